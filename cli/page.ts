/** A twin → a live session with its preview as a page: what `serve` and `demo` have in common. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Mode } from '../preview/protocol.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import { kernelFactory } from '../runtime/load.ts';
import { parseElementName } from '../runtime/names.ts';
import { findElement } from '../runtime/lookup.ts';
import { createFan, serve, ServeError } from '../live/serve/index.ts';
import type { SampleSink } from '../live/serve/index.ts';
import type { Guard, GuardOptions } from '../live/serve/guard.ts';
import { createSession } from '../live/session/session.ts';
import type { Session } from '../live/session/contract.ts';
import type { Replay } from '../live/session/replay.ts';
import { packageFolder } from './package-folder.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface PageOptions {
  port?: number;
  mode: Mode;
  replay?: Replay;
  scenario?: string;
  clock: () => number;
  /** The clock of the machine, which may be set; `clock` when left out. */
  wall?: () => number;
  /** s of the clock that the twin stays behind it; a quarter of a second when left out. */
  lag?: number;
  /** Loopback when left out. */
  host?: string;
  tls?: { cert: string; key: string };
  /** Made when the session is there, which knows what is a parameter. */
  guard?: (names: Required<Pick<GuardOptions, 'isParameter' | 'isPrivate'>>) => Guard;
}

export interface Page {
  address: string;
  session: Session;
  /** Samples that are sent to the page's server go there from now on. */
  take(sink: SampleSink): void;
  /** The twin starts: time 0 is now. */
  start(artefact: Artefact): void;
  close(): Promise<void>;
}

/** ms since 1970, never going back; `speed` above 1 makes it run ahead. */
export function clockAt(speed = 1): () => number {
  const begun = Date.now();
  const origin = performance.now();
  return () => begun + (performance.now() - origin) * speed;
}

export async function openPage({
  port = 0,
  mode,
  replay,
  scenario,
  clock,
  wall,
  lag,
  host,
  tls,
  guard,
}: PageOptions): Promise<Page> {
  const fan = createFan();
  const session = createSession({
    send: fan.send,
    now: clock,
    ...(wall === undefined ? {} : { wall }),
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    mode,
    live: mode === 'live',
    ...(lag === undefined ? {} : { lag }),
    ...(replay === undefined ? {} : { replay }),
    ...(mode === 'simulate' && scenario !== undefined ? { scenario } : {}),
    ...(mode === 'replay' ? { speed: 1, scenario: null } : {}),
  });
  fan.connect(session);
  const isParameter = (id: string): boolean => {
    const manifest = session.twin()?.manifest;
    const place = manifest && findElement(manifest, id);
    // What is not known is nothing that an operator sets.
    return place === undefined || manifest!.variables[place.variable]!.role === 'parameter';
  };
  const isPrivate = (id: string): boolean => {
    const manifest = session.twin()?.manifest;
    if (manifest === undefined) return false;
    const { name } = parseElementName(id);
    const parameters =
      manifest.events?.find((event) => event.command && event.name === name)?.parameters ?? [];
    return [
      manifest.variables.find((variable) => variable.name === name),
      ...parameters.map(({ variable }) => manifest.variables[variable]),
    ].some((variable) => variable?.private === true);
  };
  let sink: SampleSink | undefined;
  const served = await serve({
    session: fan,
    samples: () => sink,
    pages: join(packageFolder(), 'dist', 'preview'),
    port,
    ...(host === undefined ? {} : { host }),
    ...(tls === undefined ? {} : { tls }),
    ...(guard === undefined ? {} : { guard: guard({ isParameter, isPrivate }) }),
  }).catch((error: unknown) => {
    session.dispose();
    throw error instanceof ServeError ? new Refusal(error.message) : error;
  });
  return {
    address: served.address,
    session,
    take: (given) => {
      sink = given;
    },
    start: (artefact) => session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) }),
    close: async () => {
      session.dispose();
      await served.close();
    },
  };
}

/** `  page      http://…` */
export function writeFacts(facts: readonly (readonly [string, string])[], terminal: Terminal): void {
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts)
    terminal.out(`  ${terminal.style('dim', name.padEnd(width))}  ${value}\n`);
}

/** Shows a page in the browser of a desktop. Elsewhere, and when it does not work, the address that is printed will do. */
export function showInBrowser(address: string, terminal: Terminal): void {
  const environment = process.env;
  if (!terminal.interactive || environment['CI'] || environment['SSH_CONNECTION'] || process.getuid?.() === 0)
    return;
  const desktop = environment['DISPLAY'] || environment['WAYLAND_DISPLAY'];
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'linux' && desktop ? 'xdg-open' : undefined;
  if (command === undefined) return;
  const child = spawn(command, [address], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}

/** The debugger of another house: Microsoft's DebugClient, over stdio, with `pollux dap` as its adapter. */
import { join } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { bundle, root } from '../harness/bundle.ts';

const DAP = `import { dap } from './cli/commands/dap.ts';
const terminal = { err: (text) => process.stderr.write(text) };
process.exitCode = await dap(terminal);`;

/** Bundles the command as it is in the sources now. */
export async function bundleAdapter(): Promise<void> {
  await bundle({ text: DAP }, 'dap.mjs');
}

export const example = (path: string): string => join(root, 'examples', path);

export type Stop = DebugProtocol.StoppedEvent['body'];

/** A session over a process of its own; the caller stops it. */
export async function debugging() {
  const client = new DebugClient(process.execPath, join(root, 'dist', 'test', 'dap.mjs'), 'pollux');
  client.defaultTimeout = 60_000;
  await client.start();
  const output: string[] = [];
  client.on('output', (event: DebugProtocol.OutputEvent) => output.push(event.body.output));
  const stop = async (): Promise<Stop> =>
    ((await client.waitForEvent('stopped')) as DebugProtocol.StoppedEvent).body;
  return {
    client,
    output,
    /** Launches, sets what `configure` sets, and returns where the run stops first. */
    async launch(launch: object, configure: () => Promise<unknown> = async () => {}): Promise<Stop> {
      await client.initializeRequest({
        adapterID: 'pollux',
        linesStartAt1: true,
        columnsStartAt1: true,
        pathFormat: 'path',
      });
      // Together, so that nobody waits for an event any longer once a request is refused.
      await Promise.all([
        client.waitForEvent('initialized'),
        client.launchRequest(launch as DebugProtocol.LaunchRequestArguments),
      ]);
      await configure();
      const [stopped] = await Promise.all([stop(), client.configurationDoneRequest()]);
      return stopped;
    },
    /** Sends a request that lets the run go on, and waits until it stands again. */
    async go(command: string, args: object = { threadId: 1 }): Promise<Stop> {
      const [stopped] = await Promise.all([stop(), client.send(command, args)]);
      return stopped;
    },
    async request<T = never>(command: string, args: object = {}): Promise<T> {
      const response = (await client.send(command, args)) as DebugProtocol.Response;
      return response.body as T;
    },
    async moment(): Promise<{ time: number; index: number | null; hash: string }> {
      return this.request('pollux/moment');
    },
    async evaluate(expression: string, frameId?: number, context = 'watch'): Promise<string> {
      const args = frameId === undefined ? { expression, context } : { expression, context, frameId };
      return (await this.request<{ result: string }>('evaluate', args)).result;
    },
    stop: () => client.stop(),
  };
}
export type Debugging = Awaited<ReturnType<typeof debugging>>;

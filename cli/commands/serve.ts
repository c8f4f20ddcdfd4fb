import { linkHttp } from '../../live/http/index.ts';
import { BindingError, linkMqtt, mqttSettings, MqttSettingsError } from '../../live/mqtt/index.ts';
import type { MqttSettings } from '../../live/mqtt/index.ts';
import { opcuaSettings, OpcuaSettingsError } from '../../live/opcua/settings.ts';
import type { OpcuaSettings } from '../../live/opcua/settings.ts';
import type { Arrival, Receiver, Verdict } from '../../live/receiver.ts';
import { freshName, recordArrivals, RecordingError } from '../../live/recording/index.ts';
import type { ArrivalRecorder } from '../../live/recording/index.ts';
import { loadReplay } from '../../live/replay.ts';
import type { LoadedReplay } from '../../live/replay.ts';
import type { Session } from '../../live/session/contract.ts';
import type { ReadUnit } from '../../live/units.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { timeText } from '../../runtime/trouble.ts';
import { dataKey, encryptFile, withPlainFile } from '../at-rest.ts';
import { exposureOf } from '../exposure.ts';
import type { ExposureOptions } from '../exposure.ts';
import { REFRESH } from '../folder-lock.ts';
import { stateFolder } from '../kept-state.ts';
import { liveTwinOf } from '../live-twin.ts';
import { clockAt, openPage, writeFacts } from '../page.ts';
import type { Page } from '../page.ts';
import { unitReader } from '../read-unit.ts';
import { systemSentence } from '../terminal/system-error.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { TrustOptions } from '../trust.ts';
import { closeAll, stopSignal, untilStopped } from '../until-stopped.ts';

export interface ServeCommandOptions extends TrustOptions, ExposureOptions {
  root?: string;
  port?: number;
  broker?: string;
  opcua?: string;
  replay?: string;
  record?: string;
  /** Folder in which the state is kept. */
  state?: string;
  /** s between two savings. */
  stateEvery?: number;
}

/** Live where there is a broker or a server, replayed with `--replay`, else simulated; until it is stopped. */
export async function serve(
  path: string,
  options: ServeCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.replay !== undefined && (options.broker ?? options.opcua ?? options.record) !== undefined)
    throw new Refusal('--replay takes the place of live data: leave out --broker, --opcua and --record');
  if (options.state !== undefined && options.replay !== undefined)
    throw new Refusal('--replay begins anew each time: leave out --state');
  const exposed = exposureOf(options, (text) => terminal.err(`${terminal.style('yellow', text)}\n`));
  const found = liveTwinOf(path, options, terminal);
  if (found === undefined) return Exit.findings;
  const { artefact, scenario } = found;
  const { manifest } = artefact;
  const closing: (() => unknown)[] = [];
  // From here on something may be acknowledged that has to be kept.
  const signal = stopSignal();
  try {
    const readUnit = unitReader();
    const replay =
      options.replay === undefined
        ? undefined
        : await withPlainFile(options.replay, (file) => loadReplay(file, manifest, readUnit));
    const sources = replay === undefined ? sourcesOf(manifest, options, terminal) : {};
    const isLive = sources.mqtt !== undefined || sources.opcua !== undefined || sources.http === true;
    if (options.record !== undefined && !isLive)
      throw new Refusal(
        '--record writes down what comes in live, and nothing does: name a broker with --broker or a server with --opcua, or bind with from http("…")',
      );
    const mode = replay !== undefined ? 'replay' : isLive ? 'live' : 'simulate';
    const clock = clockAt();
    const { audit, ...exposure } = exposed;
    closing.push(() => audit?.close());
    const page = await openPage({
      port: options.port,
      mode,
      replay: replay?.replay,
      scenario,
      clock,
      wall: Date.now,
      ...exposure,
    });
    const begins = { who: 'pollux', action: 'start', detail: { twin: manifest.name, mode } };
    if (audit?.write({ ...begins, outcome: 'done' }) === false)
      throw new Refusal('nothing is begun that cannot be written down');
    closing.push(() => {
      audit?.write({ who: 'pollux', action: 'stop', outcome: 'done' });
      if (audit !== undefined) terminal.err(`Last line of the audit log: ${audit.head()}\n`);
    });
    closing.push(() => page.close());
    page.start(artefact);
    const resumed =
      options.state === undefined
        ? undefined
        : keepState(options.state, options, manifest, page.session, terminal, closing);
    const record = options.record === undefined ? undefined : freshName(options.record);
    if (isLive) {
      const recorder =
        record === undefined
          ? undefined
          : await recordTo(record, manifest, clock(), page.session, terminal, closing);
      const telling = tellingOf(page.session, terminal);
      const note = (arrival: Arrival, verdict: Verdict): void => {
        if (verdict === 'onTime' || verdict === 'revised') recorder?.(arrival);
      };
      const receiver: Receiver = {
        ...telling,
        arrive: (arrival) => {
          const verdict = page.session.arrive(arrival);
          note(arrival, verdict);
          return verdict;
        },
        gather: (arrival, became) =>
          telling.gather!(arrival, (verdict) => {
            note(arrival, verdict);
            became(verdict);
          }),
      };
      if (sources.mqtt !== undefined) {
        const link = linkMqtt({ manifest, settings: sources.mqtt, receiver, readUnit });
        closing.push(() => link.close());
        page.session.attach(link);
      }
      if (sources.opcua !== undefined) {
        // The library is large, and only those load it who use it.
        const { linkOpcua } = await import('../../live/opcua/index.ts');
        const link = linkOpcua({ manifest, settings: sources.opcua, receiver, readUnit });
        closing.push(() => link.close());
        page.session.attach(link);
      }
      if (sources.http === true) takeSamples(page, manifest, receiver, readUnit, closing);
    }
    terminal.out(`${terminal.style('bold', manifest.title || manifest.name)}\n`);
    writeFacts(
      [
        ['page', terminal.style('cyan', page.address)],
        ['data', dataText(sources, page.address, options.replay, replay, scenario)],
        ...(resumed === undefined ? [] : ([['state', resumed]] as const)),
        ...(record === undefined ? [] : ([['record', recordText(record, options.record!)]] as const)),
      ],
      terminal,
    );
    if (replay !== undefined) tellOfReplay(replay, terminal);
    terminal.out(`${terminal.style('dim', 'Ctrl-C stops it.')}\n`);
  } catch (error) {
    signal.forget();
    await closeAll(closing);
    throw refusalOf(error);
  }
  await untilStopped(closing, signal);
  return Exit.fine;
}

/** Takes up the state that a folder holds, and saves it there from now on. Returns what is to be said of it. */
function keepState(
  folder: string,
  { stateEvery = 10 }: ServeCommandOptions,
  manifest: Manifest,
  session: Session,
  terminal: Terminal,
  closing: (() => unknown)[],
): string {
  const { kept, save, refresh, release } = stateFolder(folder, manifest);
  const still = setInterval(refresh, REFRESH);
  closing.push(() => {
    clearInterval(still);
    release();
  });
  if (kept !== undefined) {
    const wrong = session.resume(kept);
    if (wrong !== undefined) throw new Refusal(`${folder} cannot be taken up: ${wrong}`);
  }
  let failed = '';
  const write = (): void => {
    const now = session.keep();
    if (now === undefined) return;
    try {
      save(now);
      failed = '';
    } catch (error) {
      // A full disk is no reason to stop; the last state that was whole is still there.
      const why = systemSentence(error) ?? String(error);
      if (why !== failed) terminal.err(`${terminal.style('yellow', `the state is not kept: ${why}`)}\n`);
      failed = why;
    }
  };
  write();
  const timer = setInterval(write, 1000 * stateEvery);
  closing.push(() => {
    clearInterval(timer);
    write();
  });
  if (kept === undefined) return folder;
  const at = timeText(session.twin()?.time() ?? 0);
  const stopped = session.twin()?.trouble();
  return stopped === undefined
    ? `${folder}, goes on from t = ${at}`
    : `${folder}, which had stopped at t = ${at} (mend the text and carry the state over with pollux upgrade, or begin with an empty folder): ${stopped.message}`;
}

/** Writes down what comes in until the end, or until that fails, which is said and stops nothing else. */
async function recordTo(
  file: string,
  manifest: Manifest,
  epoch: number,
  session: Session,
  terminal: Terminal,
  closing: (() => unknown)[],
): Promise<(arrival: Arrival) => void> {
  let recorder: ArrivalRecorder | undefined = await recordArrivals(file, manifest, epoch);
  const fail = (error: unknown): void => {
    const why = systemSentence(error) ?? String(error);
    const text = `${file} ends here: ${why}. What comes in is not written down any more; mend that and start again, which begins another file`;
    terminal.err(`${terminal.style('yellow', text)}\n`);
    const ended = recorder;
    recorder = undefined;
    try {
      ended?.close();
    } catch {
      // What can be kept of it is kept.
    }
  };
  closing.push(() => {
    // What waits to be taken is written down, too.
    session.flush();
    if (recorder === undefined) return;
    try {
      const { rows, tooLate } = recorder.close();
      if (dataKey() !== undefined) encryptFile(file, 'recording');
      terminal.err(
        `Wrote ${file}: ${rows} rows${tooLate === 0 ? '' : `; ${tooLate} samples came too late for it`}\n`,
      );
    } catch (error) {
      fail(error);
    }
  });
  return (arrival) => {
    try {
      recorder?.add(arrival);
    } catch (error) {
      fail(error);
    }
  };
}

const recordText = (file: string, wanted: string): string =>
  file === wanted ? file : `${file}, as ${wanted} is there already`;

/** What the user can mend is said in a sentence; anything else is our fault and keeps its stack. */
export const refusalOf = (error: unknown): unknown =>
  error instanceof BindingError ||
  error instanceof MqttSettingsError ||
  error instanceof OpcuaSettingsError ||
  error instanceof RecordingError
    ? new Refusal(error.message)
    : error;

/** A session as a receiver that also says on the terminal when a connection comes and goes. */
export function tellingOf(session: Session, terminal: Terminal): Receiver {
  let before = '';
  return {
    now: session.now,
    arrive: session.arrive,
    ...(session.gather === undefined ? {} : { gather: session.gather }),
    fault: session.fault,
    connection: (name, state) => {
      session.connection(name, state);
      const text = `${name} ${state.state}: ${state.detail}`;
      if (text === before || state.state === 'connecting') return;
      before = text;
      terminal.err(`${terminal.style(state.state === 'lost' ? 'yellow' : 'dim', text)}\n`);
    },
  };
}

/** What brings data in live. */
interface Sources {
  mqtt?: MqttSettings | undefined;
  opcua?: OpcuaSettings | undefined;
  http?: boolean;
}

function sourcesOf(manifest: Manifest, options: ServeCommandOptions, terminal: Terminal): Sources {
  const protocols = new Set(manifest.bindings.map(({ protocol }) => protocol));
  const served = ['mqtt', 'opcua', 'http'];
  const others = [...protocols].filter((protocol) => !served.includes(protocol));
  if (others.length > 0)
    terminal.err(
      `pollux: bindings of ${others.join(', ')} are not served by this version; those of mqtt, opcua and http are\n`,
    );
  const mqtt = mqttSettings(process.env, options.broker);
  const opcua = opcuaSettings(process.env, options.opcua);
  const http = manifest.bindings.some((each) => each.protocol === 'http' && each.direction === 'from');
  const given = { mqtt, opcua };
  const isLive =
    http || (['mqtt', 'opcua'] as const).some((each) => protocols.has(each) && given[each] !== undefined);
  const found: Sources = { http };
  for (const [protocol, missing] of [
    ['mqtt', 'no broker is named (--broker or POLLUX_MQTT_URL)'],
    ['opcua', 'no OPC UA server is named (--opcua or POLLUX_OPCUA_URL)'],
  ] as const) {
    const wanted = protocols.has(protocol);
    const settings = given[protocol];
    if (wanted && settings !== undefined) Object.assign(found, { [protocol]: settings });
    else if (wanted)
      terminal.err(
        `pollux: ${missing}, so ${isLive ? `nothing comes over ${protocol}` : 'the twin is simulated'}\n`,
      );
    else if (settings !== undefined)
      terminal.err(
        `pollux: ${manifest.name} has no bind block for ${protocol}${isLive ? '' : ', so it is simulated'}\n`,
      );
  }
  return found;
}

function takeSamples(
  page: Page,
  manifest: Manifest,
  receiver: Receiver,
  readUnit: ReadUnit,
  closing: (() => unknown)[],
): void {
  const link = linkHttp({ manifest, receiver, readUnit });
  page.session.attach({ probes: [], alarm: () => {}, value: () => {}, counts: () => link.counts() });
  let stopping = false;
  closing.push(() => (stopping = true));
  page.take({
    closed: () => {
      if (stopping) return 'The server is being stopped: send this again when it is back.';
      const mode = page.session.status()?.mode;
      return mode === 'live'
        ? undefined
        : `The twin does not run live now, but in the mode ${mode}: samples are taken when it does.`;
    },
    batch: (format, called) => link.batch(format, called),
  });
}

function dataText(
  { mqtt, opcua, http }: Sources,
  address: string,
  file: string | undefined,
  replay: LoadedReplay | undefined,
  scenario: string | undefined,
): string {
  if (replay !== undefined)
    return `${file}: ${replay.samples} samples over ${timeText(replay.replay.duration)}`;
  const live = [
    ...(mqtt === undefined ? [] : [mqtt.url]),
    ...(opcua === undefined ? [] : [opcua.url]),
    ...(http === true ? [`POST to ${address}samples`] : []),
  ];
  if (live.length > 0) return live.join(', ');
  return `simulated${scenario === undefined ? '' : `, scenario ${scenario}`}`;
}

function tellOfReplay({ unused, bad }: LoadedReplay, terminal: Terminal): void {
  for (const { column, why } of unused) terminal.err(`  column ${column} is not used: ${why}\n`);
  for (const { line, why } of bad.first) terminal.err(`  line ${line} is not used: ${why}\n`);
  if (bad.count > bad.first.length) terminal.err(`  and ${bad.count - bad.first.length} more lines\n`);
}

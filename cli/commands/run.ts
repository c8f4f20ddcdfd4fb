import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { RecordingWriter } from '../../live/recording/index.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { keptValues } from '../../runtime/kept-values.ts';
import { valueText } from '../../runtime/describe.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { methodText } from '../../runtime/solvers/method.ts';
import { hasPrivate } from '../../runtime/private.ts';
import { parseElementName } from '../../runtime/names.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinSettings } from '../../runtime/twin.ts';
import { timeText } from '../../runtime/trouble.ts';
import { isNamed } from '../analyse.ts';
import { artefactOf } from '../artefact.ts';
import { atRest, dataKey, encryptFile, fromRest } from '../at-rest.ts';
import { recordEvents } from '../happened.ts';
import type { Happened } from '../happened.ts';
import { callAll, parseCommands } from '../commands-at.ts';
import { parseMethod } from '../method.ts';
import { offered } from '../offered.ts';
import { durationOf, parseSettings } from '../quantity.ts';
import { columnsOf, passRows, recordRows, shown } from '../record.ts';
import type { Recorded, RunColumn } from '../record.ts';
import { chart } from '../terminal/chart.ts';
import { progress } from '../terminal/progress.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { Thinned } from '../thinned.ts';
import type { TrustOptions } from '../trust.ts';
import { viewed } from '../viewed.ts';
import { writeWhole } from '../whole-file.ts';

export interface RunOptions extends TrustOptions {
  scenario?: string;
  root?: string;
  duration?: string;
  seed?: number;
  method?: string;
  set?: string[];
  command?: string[];
  out?: string;
  save?: string;
  restore?: string;
  json?: boolean;
}

/** That are told of, here or to an agent. */
const EVENTS_HELD = 50;
const EVENTS_SHOWN = 20;
const CHARTS_SHOWN = 3;
const VALUES_SHOWN = 30;

export async function run(path: string, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.out !== undefined) mustBeWritable(options.out, RECORDINGS);
  if (options.save !== undefined) mustBeWritable(options.save);
  const ran = await perform(path, options, terminal, options.json === true ? 'all' : 'few');
  if (ran === undefined) return Exit.findings;
  const { twin, scenario, recorded, events } = ran;
  if (options.save !== undefined) writeWhole(options.save, atRest(twin.save(), 'state'));
  if (options.out !== undefined)
    terminal.err(`Wrote ${options.out}: ${recorded.count} rows, ${recorded.columns.length} columns\n`);
  if (options.json === true) await writeJson(ran, terminal);
  else summarise(twin, scenario, recorded, events, terminal);
  const trouble = twin.trouble();
  if (trouble === undefined) return Exit.fine;
  terminal.err(`${terminal.style(['red', 'bold'], 'stopped')} ${trouble.code}: ${trouble.message}\n`);
  return Exit.findings;
}

/** A run that has come to its end, or to trouble. */
export interface Ran {
  twin: Twin;
  /** Its number in the manifest. */
  scenario: number | undefined;
  recorded: Recorded;
  events: Happened;
}

/**
 * Nothing when the text has errors; they are written out then. The recording that `out` names is written while it runs.
 * @param most values that may be put aside
 * @param keep whether all rows and events can be asked for, or as few as a chart needs
 */
export async function perform(
  path: string,
  options: RunOptions,
  terminal: Terminal,
  keep: 'all' | 'few',
  most = Infinity,
): Promise<Ran | undefined> {
  const method = options.method === undefined ? undefined : parseMethod(options.method);
  const duration = options.duration === undefined ? undefined : durationOf(options.duration);
  const { method: _, ...wanted } = options;
  const takesOnlyScenario = duration === undefined;
  const chosen = { ...wanted, takesOnlyScenario, ...(method === undefined ? {} : { method }) };
  const artefact = artefactOf(path, chosen, terminal);
  if (artefact === undefined) return undefined;
  const { manifest } = artefact;
  if (options.save !== undefined && hasPrivate(manifest) && dataKey() === undefined)
    throw new Refusal(
      `a state of ${manifest.name} holds private data, and so is saved encrypted only: set POLLUX_DATA_KEY or POLLUX_DATA_KEY_FILE`,
    );
  const scenario = chooseScenario(manifest, options);
  const length = duration ?? manifest.scenarios[scenario ?? -1]?.duration;
  if (length === undefined)
    throw new Refusal(
      `${manifest.name} has no scenario of its own, so say how long to run, --duration "1 h", or which scenario of an asset, --scenario NAME`,
    );
  const settings: TwinSettings = {
    duration: length,
    ...(method === undefined ? {} : { method }),
    overrides: parseSettings(options.set ?? [], manifest),
    checkpoints: { limit: 0 },
  };
  const calls = parseCommands(options.command ?? [], manifest);
  const twin = createTwin({
    manifest,
    kernel: kernelFactory(artefact),
    ...(scenario === undefined ? {} : { scenario }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    settings,
  });
  const events = recordEvents(twin, EVENTS_HELD, options.json === true);
  const recorded = keep === 'all' ? recordRows(twin) : recordFew(twin);
  const values = (length / twin.outputPeriod) * recorded.columns.length;
  if (keep === 'all' && values > most)
    throw new Refusal(
      `this would put ${values.toPrecision(2)} values aside, more than ${most.toPrecision(2)}: ` +
        'run for a shorter time, or write output every with a longer period into the scenario',
    );
  const output = options.out === undefined ? undefined : await recordingTo(options.out, recorded.columns);
  try {
    if (output !== undefined) passRows(twin, output);
    if (options.restore !== undefined) restore(twin, options.restore, terminal);
    callAll(twin, calls);
    await progress(terminal, `Running ${manifest.title}`, length, (until) => {
      const { time, reason } = twin.advance(until, { steps: MOST_STEPS });
      return { at: time, done: reason === 'end' || reason === 'trouble', early: reason === 'steps' };
    });
    output?.finish();
    return { twin, scenario, recorded, events };
  } finally {
    output?.drop();
  }
}

function recordFew(twin: Twin): Recorded {
  const { columns } = columnsOf(twin);
  const few = new Thinned(columns.length);
  passRows(twin, few);
  return {
    columns,
    get rows() {
      return few.rows;
    },
    get count() {
      return few.count;
    },
  };
}

/** Of a slice of a run: some hundredths of a second. */
const MOST_STEPS = 20_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A recording that has its name only when it is whole. */
async function recordingTo(file: string, columns: readonly RunColumn[]) {
  const { createRecording } = await import('../../live/recording/index.ts');
  const part = join(dirname(file), `.${basename(file, extname(file))}.${process.pid}${extname(file)}`);
  const refuse = (error: unknown): never => {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new Refusal(
      code === undefined ? message.replaceAll(part, file) : `${file} cannot be written (${code})`,
    );
  };
  let writer: RecordingWriter | undefined;
  // Nor is it left behind by Ctrl-C, after which the signal does what it always does.
  const stopped = (signal: NodeJS.Signals): void => {
    drop();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, stopped);
  const unheard = (): void => {
    for (const signal of SIGNALS) process.off(signal, stopped);
  };
  const close = (): void => {
    writer?.close();
    writer = undefined;
  };
  /** What was not finished is not left behind. */
  const drop = (): void => {
    unheard();
    close();
    rmSync(part, { force: true });
  };
  writer = await createRecording(part, columns).catch((error: unknown) => {
    unheard();
    return refuse(error);
  });
  return {
    take(row: readonly number[]) {
      try {
        writer?.write(row);
      } catch (error) {
        refuse(error);
      }
    },
    finish() {
      close();
      if (dataKey() !== undefined) encryptFile(part, 'recording');
      renameSync(part, file);
    },
    drop,
  };
}

function chooseScenario(manifest: Manifest, { scenario, root }: RunOptions): number | undefined {
  const all = manifest.scenarios;
  const listed = offered(
    all.map(({ name }) => name),
    scenario,
  );
  if (scenario !== undefined) {
    const index = all.findIndex(({ name }) => isNamed(name, scenario));
    if (index >= 0) return index;
    throw new Refusal(`${manifest.name} has no scenario ${scenario}; it has ${listed}`);
  }
  if (root !== undefined) return undefined;
  if (all.length > 1) throw new Refusal(`say which with --scenario: there are ${listed}`);
  return all.length === 1 ? 0 : undefined;
}

const RECORDINGS = ['.csv', '.parquet', '.json'];

/** Said before a long run, not after it. */
function mustBeWritable(file: string, extensions?: readonly string[]): void {
  if (extensions !== undefined && !extensions.includes(extname(file).toLowerCase()))
    throw new Refusal(`--out ${file}: the name of a recording ends in ${extensions.join(', ')}`);
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new Refusal(`${file} cannot be written: there is no folder ${folder}`);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new Refusal(`${file} cannot be written: it is a folder`);
}

function restore(twin: Twin, file: string, terminal: Terminal): void {
  if (!existsSync(file)) throw new Refusal(`there is no saved state ${file}`);
  const wrong = twin.restore(fromRest(file, 'state'));
  if (wrong !== undefined) throw new Refusal(`${file} cannot be restored: ${wrong}`);
  for (const { name, kept, now } of keptValues(twin))
    terminal.err(
      `pollux: ${name} is ${kept} in ${file}, and stays so; the text says ${now} now (pollux upgrade takes what the text says)\n`,
    );
}

function summarise(
  twin: Twin,
  scenario: number | undefined,
  recorded: Recorded,
  events: Happened,
  terminal: Terminal,
): void {
  const { columns } = recorded;
  const rows = Array.from(recorded.rows, (row) => shown(recorded, row));
  const { manifest } = twin;
  const title =
    scenario === undefined ? manifest.title : `${manifest.title}: ${manifest.scenarios[scenario]!.name}`;
  terminal.out(`${terminal.style('bold', title)}, ${timeText(twin.time())}\n`);
  for (const event of events.first.slice(0, EVENTS_SHOWN))
    terminal.out(`  ${timeText(event.time).padStart(12)}  ${event.name}: ${event.text}\n`);
  const more = events.count - EVENTS_SHOWN;
  if (more > 0) terminal.out(`  … and ${more} more events\n`);
  const times = rows.map((row) => row[0]!);
  const { charted, numbers } = viewed(manifest);
  const moving = columns
    .map((column, n) => ({ ...column, values: rows.map((row) => row[n]!) }))
    .filter(({ labels, values }) => labels === undefined && values.some((value) => value !== values[0]));
  const drawn = charted.flatMap(({ name, unit }) =>
    moving
      .filter((column) => column.name === name)
      .map((column) => ({
        ...column,
        unit,
        values: column.values.map(
          (value) => ((value + column.unit.offset) * column.unit.factor) / unit.factor - unit.offset,
        ),
      })),
  );
  // What the writer of the text wants to see goes before what the model happens to remember.
  const telling = drawn.length > 0 ? drawn : moving.filter(({ state }) => state);
  for (const { name, unit, values } of telling.slice(0, CHARTS_SHOWN)) {
    terminal.out(`\n${name}${unit.label === '' ? '' : ` [${unit.label}]`}\n`);
    const lines = chart(times, values, Math.min(terminal.width, 100), 6, (value) =>
      String(Number(value.toPrecision(4))),
    );
    terminal.out(lines.map((line) => terminal.style('cyan', line) + '\n').join(''));
  }
  terminal.out('\n');
  const listed = columns.slice(1);
  const width = Math.max(0, ...columns.map(({ name }) => name.length));
  const viewedIn = new Map(numbers.map(({ name, unit }) => [name, unit]));
  const list = (some: Recorded['columns']): void => {
    for (const { name } of some) {
      const value = twin.value(name);
      const variable = manifest.variables.find((v) => v.name === parseElementName(name).name);
      if (value !== undefined && variable !== undefined)
        terminal.out(
          `  ${name.padEnd(width)}  ${valueText(value, viewedIn.get(name) ?? variable.unit, variable.base, 4, variable.labels)}\n`,
        );
    }
  };
  const kpis = listed.filter(({ name, kpi, state }) => kpi || (!state && viewedIn.has(name)));
  const states = listed.filter(({ state }) => state);
  list(kpis);
  if (kpis.length > 0 && states.length > 0) terminal.out('\n');
  list(states.slice(0, VALUES_SHOWN));
  // Where nothing is remembered, what follows from the rest is all there is: that of the whole before that of its parts.
  if (kpis.length === 0 && states.length === 0) {
    const whole = listed.filter(({ name }) => !name.includes('.'));
    list((whole.length > 0 ? whole : listed).slice(0, VALUES_SHOWN));
  }
  terminal.out(terminal.style('dim', `  ${methodText(twin.method())}\n`.replace(/^ +\n$/, '')));
  terminal.out(terminal.style('dim', `  state ${twin.hash()}\n`));
}

/** In pieces: a long run is longer than a text may be. */
async function writeJson({ twin, scenario, recorded, events }: Ran, terminal: Terminal): Promise<void> {
  const head = JSON.stringify({
    name: twin.manifest.name,
    scenario: scenario === undefined ? null : twin.manifest.scenarios[scenario]!.name,
    seed: twin.seed,
    time: twin.time(),
    hash: twin.hash(),
    method: twin.method(),
    trouble: twin.trouble() ?? null,
  });
  terminal.out(`${head.slice(0, -1)},"events":[`);
  for (const piece of events.asJson()) {
    terminal.out(piece);
    await terminal.drained?.();
  }
  const columns = recorded.columns.map(({ name, unit }) => ({ name, unit: unit.text }));
  terminal.out(`],"columns":${JSON.stringify(columns)},"rows":[`);
  let waiting = '';
  let isFirst = true;
  for (const row of recorded.rows) {
    waiting += `${isFirst ? '' : ','}${JSON.stringify(shown(recorded, row))}`;
    isFirst = false;
    if (waiting.length < 65536) continue;
    terminal.out(waiting);
    waiting = '';
    await terminal.drained?.();
  }
  terminal.out(`${waiting}]}\n`);
}

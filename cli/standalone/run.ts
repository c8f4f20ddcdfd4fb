import process from 'node:process';
import type { Artefact, Manifest } from '../../runtime/contract/manifest.ts';
import { valueText } from '../../runtime/describe.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { elementNames } from '../../runtime/names.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { RunEvent, Twin } from '../../runtime/twin.ts';
import { timeText } from '../../runtime/trouble.ts';
import type { Options } from './arguments.ts';
import { Complaint } from './complaint.ts';
import { writeCsv } from './csv.ts';

const EVENTS_SHOWN = 30;
const VALUES_SHOWN = 40;

/** Runs, writes the CSV if wanted, and a summary: beside it when the CSV goes to standard output. Returns the exit code. */
export function runScenario(artefact: Artefact, options: Options): number {
  const { manifest } = artefact;
  const scenario = chooseScenario(manifest, options.scenario);
  const duration =
    options.duration ?? (scenario === undefined ? undefined : manifest.scenarios[scenario]!.duration);
  if (duration === undefined)
    throw new Complaint(`${manifest.name} has no scenario, so say how long to run: --duration "1 h"`);
  const twin = createTwin({
    manifest,
    kernel: kernelFactory(artefact),
    ...(scenario === undefined ? {} : { scenario }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    settings: { duration, checkpoints: { limit: 0 } },
  });
  const events: RunEvent[] = [];
  let happened = 0;
  twin.listen({
    event: (event) => {
      happened += 1;
      if (events.length < EVENTS_SHOWN) events.push(event);
    },
  });
  const finish = options.csv === undefined ? undefined : writeCsv(twin, options.csv);
  twin.advance(duration);
  finish?.();
  const text = summary(twin, events, happened);
  if (options.csv === '-') process.stderr.write(text);
  else process.stdout.write(text);
  const trouble = twin.trouble();
  if (trouble === undefined) return 0;
  process.stderr.write(`stopped ${trouble.code}: ${trouble.message}\n`);
  return 3;
}

function chooseScenario({ name, scenarios }: Manifest, wanted: string | undefined): number | undefined {
  if (wanted === undefined) return scenarios.length === 0 ? undefined : 0;
  const index = scenarios.findIndex(
    (scenario) => scenario.name === wanted || shortName(scenario.name) === wanted,
  );
  if (index >= 0) return index;
  throw new Complaint(
    `${name} has no scenario ${wanted}; it has ${scenarios.map((each) => shortName(each.name)).join(', ') || 'none'}`,
  );
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function summary(twin: Twin, events: readonly RunEvent[], happened: number): string {
  const { manifest } = twin;
  const scenario =
    twin.scenario === undefined ? '' : `: ${shortName(manifest.scenarios[twin.scenario]!.name)}`;
  const lines = [
    `${manifest.title || manifest.name}${scenario}, ${timeText(twin.time())}, seed ${twin.seed}`,
  ];
  for (const { time, name, text } of events) lines.push(`  ${timeText(time).padStart(14)}  ${name}: ${text}`);
  if (happened > events.length) lines.push(`  … and ${happened - events.length} more events`);
  const states = manifest.variables
    .filter(({ visible, role }) => visible && (role === 'state' || role === 'discrete'))
    .flatMap(({ name, dims, unit, base, address, labels }) =>
      elementNames(name, dims).map(
        (element, i) => [element, valueText(twin.value(address + 8 * i)!, unit, base, 4, labels)] as const,
      ),
    );
  const shown = states.slice(0, VALUES_SHOWN);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  lines.push('', ...shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`));
  if (states.length > shown.length) lines.push(`  … and ${states.length - shown.length} more values`);
  lines.push(`  state ${twin.hash()}`);
  return lines.join('\n') + '\n';
}

export function listText({ name, title, doc, scenarios, sensors, alarms }: Manifest): string {
  const firstLine = (text: string): string => text.split('\n', 1)[0]!.trim();
  const section = (heading: string, rows: readonly (readonly [string, string])[]): string[] => {
    const width = Math.max(0, ...rows.map(([left]) => left.length));
    return rows.length === 0
      ? []
      : ['', heading, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())];
  };
  return [
    title === '' || title === name ? name : `${title} (${name})`,
    ...(doc === '' ? [] : [firstLine(doc)]),
    ...section(
      'scenarios',
      scenarios.map(
        (each) => [shortName(each.name), `${timeText(each.duration)}  ${firstLine(each.doc)}`] as const,
      ),
    ),
    ...section(
      'sensors',
      sensors.flatMap((each) =>
        elementNames(each.name, each.dims).map((element) => [element, each.unit.label] as const),
      ),
    ),
    ...section(
      'alarms',
      alarms.flatMap((each) =>
        elementNames(each.name, each.dims).map(
          (element) => [element, `${each.severity}: ${each.message}`] as const,
        ),
      ),
    ),
    '',
  ].join('\n');
}

/**
 * The language server over stdio, as an editor feels it: start to first diagnostics, keystroke to diagnostics,
 * completion; alone, and in folders of a thousand and of ten thousand files.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleServer, Client, position } from '../language-server/client.ts';
import type { Report } from './harness.ts';

const built = fileURLToPath(new URL('../../dist/language-server/main.mjs', import.meta.url));
const example = new URL('../../examples/pump-station/', import.meta.url);

export default async function bench(report: Report): Promise<void> {
  const server = existsSync(built) ? built : await bundleServer();
  await starts(report, server);
  for (const lines of [100, 1_000, 10_000]) await keystrokes(report, server, lines);
  await workspace(report, server, 1_000, 100);
  await workspace(report, server, 10_000, 10_000);
}

async function starts(report: Report, server: string): Promise<void> {
  const uri = new URL('station.twin', example).href;
  const text = readFileSync(new URL('station.twin', example), 'utf8');
  const [answered, diagnosed, cpu]: number[][] = [[], [], []];
  for (let round = 0; round < 7; round += 1) {
    const begin = performance.now();
    const client = new Client(server);
    await client.start(example.href);
    answered?.push(performance.now() - begin);
    await client.open(uri, text);
    diagnosed?.push(performance.now() - begin);
    cpu?.push(client.cpu() ?? NaN);
    await client.stop();
  }
  report.value('process start to `initialize` answered, median of 7', median(answered ?? []), 'ms');
  report.value(
    'process start to first diagnostics of the pump station, median of 7 (goal 1000)',
    median(diagnosed ?? []),
    'ms',
  );
  if (cpu?.every((each) => !Number.isNaN(each))) {
    report.value('CPU time of the server until its first diagnostics, all threads', median(cpu), 'ms');
  }
}

async function keystrokes(report: Report, server: string, lines: number): Promise<void> {
  const uri = 'file:///bench/plant.twin';
  const text = plant(lines);
  const client = new Client(server);
  await client.start();
  const first = await client.open(uri, text);
  if (first.diagnostics.length > 0)
    throw new Error(`the bench text has findings: ${first.diagnostics[0]?.message}`);
  const size = `${text.split('\n').length.toLocaleString('en')} lines`;
  await type(report, client, uri, text, size, lines === 1_000 ? 20 : lines === 10_000 ? 50 : undefined);
  await client.stop();
}

/** Types into the middle of an open file: one digit of an equation, in a sound text and in a broken one. */
async function type(
  report: Report,
  client: Client,
  uri: string,
  text: string,
  size: string,
  goal: number | undefined,
): Promise<void> {
  // What takes longer than the first diagnostics is done by now.
  await wait(1_500);
  const half = text.indexOf('* (temperature', text.length / 2);
  const start = position(text, '9876', 0, text.slice(0, half).split('9876').length - 2);
  const range = { start, end: { line: start.line, character: start.character + 1 } };
  const rounds = 60;
  const aim = goal === undefined ? '' : ` (goal ${goal})`;
  const keys = async (kind: string): Promise<void> => {
    const times: number[] = [];
    const before = client.cpu();
    for (let round = 0; round < rounds; round += 1) {
      const begin = performance.now();
      await client.change(uri, { range, text: String(1 + (round % 9)) });
      times.push(performance.now() - begin);
      // As when somebody types: what follows a pause is not counted, and does not delay the next key.
      await wait(60);
    }
    const after = client.cpu();
    report.value(
      `${size}, ${kind}: keystroke to diagnostics, median of ${rounds}${aim}`,
      median(times),
      'ms',
    );
    report.value(`${size}, ${kind}: keystroke to diagnostics, 95th percentile`, quantile(times, 0.95), 'ms');
    if (before !== undefined && after !== undefined)
      report.value(
        `${size}, ${kind}: CPU time a key, with all that follows it`,
        (after - before) / rounds,
        'ms',
      );
  };
  await keys('sound');
  const behind = { line: start.line, character: start.character + 4 };
  await client.change(uri, { range: { start: behind, end: behind }, text: ' + (' });
  await keys('broken');
  await client.change(uri, {
    range: { start: behind, end: { ...behind, character: behind.character + 4 } },
    text: '',
  });
  const complete = async (typing: boolean): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      if (typing) void client.change(uri, { range, text: String(1 + (round % 9)) });
      const begin = performance.now();
      await client.request('textDocument/completion', { textDocument: { uri }, position: start });
      times.push(performance.now() - begin);
      await wait(typing ? 40 : 5);
    }
    return times;
  };
  report.value(`${size}: completion, median of 40 (goal 20)`, median(await complete(false)), 'ms');
  const typing = await complete(true);
  report.value(
    `${size}: completion while typing without a pause, median of 40 (goal 20)`,
    median(typing),
    'ms',
  );
  report.value(`${size}: completion while typing, 95th percentile`, quantile(typing, 0.95), 'ms');
}

/** A folder of so many files of a hundred lines each; one more, of so many lines, is opened and typed into. */
async function workspace(report: Report, server: string, files: number, lines: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-bench-'));
  let client: Client | undefined;
  try {
    for (let file = 0; file < files; file += 1) {
      // The file that is looked at last has a mistake, so that one hears of it.
      const mistake = file === files - 1 ? '\nconst wrong = 3 m + 2 s\n' : '';
      writeFileSync(join(folder, `area${file}.twin`), area(file) + mistake);
    }
    const last = Math.floor((files - 1) / 10);
    const text = plant(lines).replace(
      'package plant\n',
      `package plant\n\nuse area${last}: Heater0\n\nasset Both { part one: Heater0 let warmth = one.temperature }\n`,
    );
    const path = join(folder, 'plant.twin');
    writeFileSync(path, text);
    const total = (files * area(0).split('\n').length + lines).toLocaleString('en');
    const name = `${files.toLocaleString('en')} files, ${total} lines`;
    const uri = pathToFileURL(path).href;
    const begin = performance.now();
    client = new Client(server);
    await client.start(pathToFileURL(folder).href);
    const first = await client.open(uri, text);
    const goal = files > 5_000 ? 2_000 : 1_000;
    report.value(
      `${name}: process start to first diagnostics of an open file of ${lines} lines (goal ${goal})`,
      performance.now() - begin,
      'ms',
    );
    if (first.diagnostics.length > 0)
      report.note(
        `Its first findings were made before all files were known: ${first.diagnostics[0]?.message}`,
      );
    if (files <= 1_000) {
      const wrong = pathToFileURL(join(folder, `area${files - 1}.twin`)).href;
      while (!client.published.some((each) => each.uri === wrong)) await wait(10);
      report.value(
        `${name}: process start to the findings of all files (goal 6000)`,
        performance.now() - begin,
        'ms',
      );
    }
    await wait(3_000);
    if (lines > 1_000) await type(report, client, uri, text, name, 50);
    const memory = client.memory();
    if (memory !== undefined) {
      const most = files > 5_000 ? 1_500 : 400;
      report.value(`${name}: resident memory, at its most (goal ${most})`, memory.most, 'MiB');
    }
  } finally {
    await client?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ten files make a package, which uses the one before it. */
function area(file: number): string {
  const own = Math.floor(file / 10);
  const uses = own === 0 ? '' : `\nuse area${own - 1}: Heater0\n`;
  const chain =
    own === 0 ? '' : `\nasset Pair${file} {\n  part before: Heater0\n  let warmth = before.temperature\n}\n`;
  const assets = Array.from({ length: 4 }, (_, index) => asset((file % 10) * 4 + index));
  return `package area${own}\n${uses}${chain}\n${assets.join('\n')}`;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A file of about so many lines: assets of 22 lines each, with parts, equations, sensors, rules and alarms. */
export function plant(lines: number): string {
  const assets = Array.from({ length: Math.max(1, Math.round(lines / 22)) }, (_, index) => asset(index));
  return `package plant\n\n${assets.join('\n')}`;
}

function asset(index: number): string {
  return `/// Heater number ${index}.
asset Heater${index} {
  param heatCapacity = 18 kJ/K
  param cooling      = 45 W/K    in 0 W/K..100 W/K
  param power        = 9876 W
  input ambient: Temperature = 20 degC
  input running: Boolean = true
  state temperature = 20 degC
  state energy      = 0 kWh
  let heat = if running then power else 0
  let loss = cooling * 9876 / 9876 * (temperature - ambient)
  der(temperature) = (heat - loss) / heatCapacity
  der(energy)      = heat
  sensor probe measures temperature every 10 s  noise normal(0.3 K)
  rule tooHot {
    when temperature > 95 degC for 30 s
    set running = false
  }
  alarm hot: warning "Too hot" {
    raise when temperature > 85 degC for 5 min
  }
}
`;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/**
 * The language server over stdio, as an editor feels it: start to first diagnostics, keystroke to diagnostics,
 * completion. One digit of an equation in the middle of the file is changed, again and again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleServer, Client, position } from '../language-server/client.ts';
import type { Report } from './harness.ts';

const built = fileURLToPath(new URL('../../dist/language-server/main.mjs', import.meta.url));
const example = new URL('../../examples/pump-station/', import.meta.url);

export default async function bench(report: Report): Promise<void> {
  const server = existsSync(built) ? built : await bundleServer();
  await starts(report, server);
  for (const lines of [100, 1_000, 10_000]) await keystrokes(report, server, lines);
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
  const rounds = lines > 5_000 ? 20 : 40;
  const half = text.indexOf('* (temperature', text.length / 2);
  const start = position(text, '9876', 0, text.slice(0, half).split('9876').length - 2);
  const range = { start, end: { line: start.line, character: start.character + 1 } };
  const keys: number[] = [];
  const before = client.cpu();
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await client.change(uri, { range, text: String(1 + (round % 9)) });
    keys.push(performance.now() - begin);
    // As when somebody types: what follows a pause is not counted, and does not delay the next key.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const after = client.cpu();
  const completions: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const begin = performance.now();
    await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { ...start, character: start.character },
    });
    completions.push(performance.now() - begin);
  }
  const goal = lines === 1_000 ? ' (goal 50)' : '';
  const size = `${text.split('\n').length.toLocaleString('en')} lines`;
  report.value(`${size}: keystroke to diagnostics, median of ${rounds}${goal}`, median(keys), 'ms');
  report.value(`${size}: keystroke to diagnostics, 95th percentile`, quantile(keys, 0.95), 'ms');
  if (before !== undefined && after !== undefined) {
    report.value(`${size}: CPU time a key, with all that follows it`, (after - before) / rounds, 'ms');
  }
  report.value(`${size}: completion, median of 15`, median(completions), 'ms');
  await client.stop();
}

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

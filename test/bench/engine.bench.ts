/** What a compiled twin costs against the same loops in C -O2. The C side is a process that is told how often to run, and says how long it took. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Contender, Report } from './harness.ts';

const NODES = 1000;
const PUMPS = 100;

const chain = `package bench
asset Rod {
  param conduct  = 4 W/K
  param capacity = 30 J/K
  input left     = 80 degC
  input right    = 20 degC
  state T[${NODES}] = 20 degC
  der(T[1]) = conduct * (left - 2 * T[1] + T[2]) / capacity
  for i in 2..${NODES - 1} {
    der(T[i]) = conduct * (T[i - 1] - 2 * T[i] + T[i + 1]) / capacity
  }
  der(T[${NODES}]) = conduct * (T[${NODES - 1}] - 2 * T[${NODES}] + right) / capacity
}
`;

const pumps = `package bench
asset Pumps {
  param speed = 3 1/s
  param head  = 2
  param drag  = 0.5 1/s
  state h[${PUMPS}] = 0.5
  for i in 1..${PUMPS} {
    der(h[i]) = speed * tanh(head - h[i]) * exp(-h[i]) - drag * h[i]
  }
}
`;

function compiled(text: string): Artefact {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///bench.twin', text }], readLibraryFiles());
  const value = model && compile(model, roots[0]!).value;
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.artefact;
}

function kernelOf(text: string, begin?: (element: number) => number) {
  const artefact = compiled(text);
  const kernel = kernelFactory(artefact)();
  kernel.parameters();
  kernel.start();
  const { address, count } = artefact.manifest.layout.states;
  const states = new Float64Array(kernel.memory, address, count);
  if (begin !== undefined) states.forEach((_, i) => (states[i] = begin(i)));
  return kernel;
}

export default async function bench(report: Report): Promise<void> {
  const c = startC('-O2');
  const faster = startC('-O3');
  if (c === undefined) report.missing('C -O2', 'gcc is not here: apt-get install gcc');
  else report.note(`C by ${c.version}`);
  const inC = (name: string, calls: number): Contender[] =>
    c === undefined || faster === undefined
      ? []
      : [
          { name: 'C -O2', run: () => c.run(name, calls), elsewhere: (times) => c.run(name, times * calls) },
          {
            name: 'C -O3',
            run: () => faster.run(name, calls),
            elsewhere: (times) => faster.run(name, times * calls),
          },
        ];
  try {
    const rod = kernelOf(chain);
    const repeat = (calls: number, once: (n: number) => void) => (): void => {
      for (let n = 0; n < calls; n += 1) once(n);
    };
    await report.compare(
      `derivative of a heat chain of ${NODES} nodes (goal 1.6)`,
      { unit: 'ns/node', perCall: 10_000 * NODES },
      [...inC('derivatives', 10_000), { name: 'twin', run: repeat(10_000, () => rod.derivatives()) }],
    );
    await report.compare('the same, a whole Runge–Kutta step', { unit: 'ns/node', perCall: 2000 * NODES }, [
      ...inC('rk4', 2000),
      { name: 'twin', run: repeat(2000, (n) => rod.rk4(n * 0.01, 0.01, (n + 1) * 0.01)) },
    ]);
    const array = kernelOf(pumps, (i) => 0.5 + 0.01 * i);
    await report.compare(
      `derivative of ${PUMPS} pumps with exp and tanh, against those of the C library`,
      { unit: 'ns/pump', perCall: 2000 * PUMPS },
      [...inC('pumps', 2000), { name: 'twin', run: repeat(2000, () => array.derivatives()) }],
    );
  } finally {
    c?.stop();
    faster?.stop();
  }
  await bouncing(report);
}

async function bouncing(report: Report): Promise<void> {
  const place = new URL('../../examples/bouncing-ball/ball.twin', import.meta.url);
  const artefact = compiled(readFileSync(place, 'utf8'));
  const kernel = kernelFactory(artefact);
  const scenario = artefact.manifest.scenarios.findIndex(({ name }) => name.endsWith('.drop'));
  const [{ median } = { median: NaN }] = await report.compare(
    'bouncing ball: five seconds with thirty-one bounces and a sensor every 20 ms',
    { unit: 'ms' },
    [
      {
        name: 'twin',
        run: () => {
          const settings = { checkpoints: { keep: 'recent' as const, limit: 2 } };
          const twin = createTwin({ manifest: artefact.manifest, kernel, scenario, settings });
          twin.advance(twin.duration);
        },
      },
    ],
  );
  report.value('faster than time passes', 5000 / median, 'times');
}

/** The loops in C as a process; undefined where there is no compiler. */
function startC(level: string) {
  const found = spawnSync('gcc', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pollux-bench-'));
  const program = join(folder, 'engine');
  const source = join(import.meta.dirname, 'engine.c');
  const made = spawnSync('gcc', [level, '-o', program, source, '-lm'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    version: found.stdout.split('\n')[0]!,
    /** Nanoseconds that the processor worked. */
    run: (name: string, calls: number) =>
      new Promise<number>((resolve) => {
        lines.once('line', (line) => resolve(Number(line.split(' ')[0]) * 1e9));
        child.stdin.write(`${name} ${calls}\n`);
      }),
    stop: () => {
      child.stdin.end();
      lines.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Solvers against SUNDIALS' CVODE in C and SciPy, at equal error: each takes the largest tolerance, in half decades, with which its
 * relative error at the end is below the one asked for, with absolute tolerances of a millionth of that. A call is a whole run from making the
 * solver, or the twin, to its end; the twin's code is loaded, and its memory is there, before.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ManifestMethod } from '../../runtime/contract/manifest.ts';
import { reusing } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { problems } from '../solvers/problems.ts';
import type { Contender, Report } from './harness.ts';
import { Peers } from './peers.ts';

const LIBRARIES = [
  'cvode',
  'nvecserial',
  'sunmatrixdense',
  'sunmatrixband',
  'sunlinsoldense',
  'sunlinsolband',
  'sunnonlinsolfixedpoint',
].map((name) => `-lsundials_${name}`);
const TOLERANCES = Array.from({ length: 19 }, (_, n) => 10 ** (-2 - n / 2));

interface Work {
  title: string;
  /** Number in `peers/cvode.c`. */
  problem: number;
  text: string;
  end: number;
  /** Found by a twin at a tolerance of 1e-12 where none are published. */
  values?: readonly number[];
  method: 'rodas5p' | 'auto';
  goal: number;
  errors: readonly number[];
}

const rcNetwork = `asset Problem {
  param pace       = 1 1/s
  param left[1000] = 200
  param right[1000] = 200.1
  state y[1000]    = 20
  let u[1000]: Fraction
  for i in 1..1000 { u[i] = y[i] * 0.01 }
  der(y[1]) = (left[1] * (100 - y[1]) + right[1] * (y[2] - y[1]) - 5 * u[1]^4) * pace
  for i in 2..999 {
    der(y[i]) = (left[i] * (y[i - 1] - y[i]) + right[i] * (y[i + 1] - y[i]) - 5 * u[i]^4) * pace
  }
  der(y[1000]) = (left[1000] * (y[999] - y[1000]) + right[1000] * (0 - y[1000]) - 5 * u[1000]^4) * pace
}
`;

const lotkaVolterra = `asset Problem {
  param pace = 1 1/s
  state prey = 1
  state hunters = 1
  der(prey) = (1.5 * prey - prey * hunters) * pace
  der(hunters) = (prey * hunters - 3 * hunters) * pace
}
`;

const stiffSet = ['Robertson', 'van der Pol, μ = 1000', 'HIRES', 'Pollution'].map((name, problem): Work => {
  const { text, end, values } = problems.find((one) => one.name === name)!;
  return { title: name, problem, text, end, values, method: 'rodas5p', goal: 0.5, errors: [1e-4, 1e-7] };
});

const works: readonly Work[] = [
  ...stiffSet,
  {
    title: 'stiff network of 1,000 nodes',
    problem: 4,
    text: rcNetwork,
    end: 10,
    method: 'rodas5p',
    goal: 0.8,
    errors: [1e-4, 1e-6],
  },
  {
    title: 'Lotka and Volterra',
    problem: 5,
    text: lotkaVolterra,
    end: 100,
    method: 'auto',
    goal: 0.3,
    errors: [1e-4, 1e-7],
  },
];

interface Twins {
  run(method: ManifestMethod): Float64Array;
}

function twinsOf({ text, end, problem }: Work): Twins {
  const { model, roots, diagnostics } = analyse(
    [{ uri: 'file:///bench.twin', text: `package bench\n${text}` }],
    readLibraryFiles(),
  );
  const value = model && compile(model, roots[0]!).value;
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { manifest } = value.artefact;
  // As runs of an experiment have it: code and memory are there, the twin is made anew.
  const kernel = reusing(kernelFactory(value.artefact));
  const variable = (name: string): number => manifest.variables.findIndex((one) => one.name === name);
  const each = (name: string, of: (element: number) => number) =>
    Array.from({ length: 1000 }, (_, element) => ({ variable: variable(name), element, value: of(element) }));
  const overrides =
    problem === 4
      ? [
          ...each('left[]', (i) => 200 + 0.1 * i),
          ...each('right[]', (i) => 200.1 + 0.1 * i),
          ...each('y[]', (i) => 20 + (i % 7)),
        ]
      : [];
  return {
    run: (method) => {
      const twin = createTwin({
        manifest,
        kernel,
        settings: {
          duration: end,
          method,
          maxStep: end,
          outputPeriod: end,
          overrides,
          checkpoints: { keep: 'recent', limit: 0, interval: Infinity },
        },
      });
      if ('tolerance' in method) twin.machine.absoluteTolerances.fill(1e-6 * method.tolerance);
      twin.advance(end);
      // Where a tolerance is too large for the problem, nothing comes of it.
      return twin.trouble() ? twin.machine.states.map(() => NaN) : twin.machine.states;
    },
  };
}

const errorOf = (found: ArrayLike<number>, known: ArrayLike<number>): number =>
  Array.from(found, (value, i) => Math.abs(value / known[i]! - 1)).reduce((a, b) => Math.max(a, b), 0);

/** The largest tolerance from which on the error stays below. */
function sufficient(error: number, errorAt: (tolerance: number) => number): number | undefined {
  const errors = TOLERANCES.map((tolerance) => ({ tolerance, met: errorAt(tolerance) <= error }));
  const first = errors.findIndex((_, n) => errors.slice(n, n + 3).every(({ met }) => met));
  return errors[first]?.tolerance;
}

const memo = (compute: (tolerance: number) => number): ((tolerance: number) => number) => {
  const known = new Map<number, number>();
  return (tolerance) => {
    const found = known.get(tolerance) ?? compute(tolerance);
    known.set(tolerance, found);
    return found;
  };
};

export default async function bench(report: Report): Promise<void> {
  const peers = new Peers();
  const folder = mkdtempSync(join(tmpdir(), 'pollux-bench-stiff-'));
  const source = join(import.meta.dirname, 'peers');
  const options = (problem: number, tolerance: number): string[] => [
    '-O2',
    `-DPROBLEM=${problem}`,
    `-DRTOL=${tolerance}`,
    '-Wl,--no-as-needed',
    ...LIBRARIES,
  ];
  /** What the program says of its own error. */
  const errorInC = (problem: number, tolerance: number): number => {
    const program = join(folder, `check-${problem}`);
    const files = [join(source, 'cvode.c'), join(source, 'main.c'), '-lm'];
    const made = spawnSync('gcc', ['-DCHECK', ...options(problem, tolerance), '-o', program, ...files]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return Number(spawnSync(program, { input: '1\n', encoding: 'utf8' }).stdout.split(' ')[1]);
  };
  try {
    const lacking = peers.lacks('gcc') ?? peers.lacks('libsundials-dev');
    if (lacking !== undefined) {
      report.missing('CVODE', lacking);
      return;
    }
    for (const work of works) {
      const { title, problem, method: name, goal, errors } = work;
      const twins = twinsOf(work);
      const known =
        work.values ?? twins.run({ name: problem === 5 ? 'tsit5' : 'rodas5p', tolerance: 1e-12 }).slice();
      const twinAt = memo((tolerance) => errorOf(twins.run({ name, tolerance }), known));
      const programAt = memo((tolerance) => errorInC(problem, tolerance));
      for (const error of errors) {
        const [own, theirs] = [sufficient(error, twinAt), sufficient(error, programAt)];
        if (own === undefined || theirs === undefined) {
          report.missing(title, `no tolerance meets an error of ${error}`);
          continue;
        }
        const program = peers.start({
          name: `CVODE, ${theirs.toPrecision(1)}`,
          source: 'cvode.c',
          options: options(problem, theirs),
          work: 1,
        });
        if (typeof program === 'string') {
          report.missing(title, program);
          continue;
        }
        const twin: Contender = {
          name: `twin by ${name}, ${own.toPrecision(1)}`,
          run: () => {
            twins.run({ name, tolerance: own });
          },
        };
        await report.compare(
          `${title}, to an error of ${error}`,
          { unit: 'us/run', turn: 150, rounds: 9, goal },
          [program, twin],
        );
        if (problem !== 5 || error !== errors[0]) continue;
        await againstSciPy(report, peers, source, known, error, twin);
      }
    }
  } finally {
    peers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function againstSciPy(
  report: Report,
  peers: Peers,
  source: string,
  known: ArrayLike<number>,
  error: number,
  twin: Contender,
): Promise<void> {
  const title = `Lotka and Volterra, to an error of ${error}, against SciPy`;
  const lacking = peers.lacks('python3-scipy');
  if (lacking !== undefined) {
    report.missing(title, lacking);
    return;
  }
  const file = join(source, 'lotka_volterra.py');
  const tolerance = sufficient(error, (one) => {
    const { stdout } = spawnSync('/usr/bin/python3', [file, `${one}`], { input: '1\n', encoding: 'utf8' });
    return errorOf(stdout.trim().split(' ').slice(1).map(Number), known);
  });
  if (tolerance === undefined) return;
  const program = peers.start({
    name: `SciPy's RK45, ${tolerance.toPrecision(1)}`,
    source: 'lotka_volterra.py',
    options: [`${tolerance}`],
    needs: 'python3-scipy',
    work: 1,
  });
  if (typeof program === 'string') report.missing(title, program);
  else await report.compare(title, { unit: 'us/run', turn: 150, rounds: 5, goal: 1 / 300 }, [program, twin]);
}

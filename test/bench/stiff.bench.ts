/**
 * Solvers against SUNDIALS' CVODE in C and SciPy, at equal error: each takes the largest tolerance, in half decades, with which its
 * error at the end is below the one asked for, with absolute tolerances of a millionth of that. The error is relative, and, of the small
 * problems, once more relative to size and a millionth, as that of very small values may be harder for one than for the other. A call is a whole
 * run, for which code, solver and memory are there before, on both sides.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { reusing } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { problems } from '../solvers/problems.ts';
import type { Contender, Report } from './harness.ts';
import { Peers } from './peers.ts';
import { sundials } from './sundials.ts';

const TOLERANCES = Array.from({ length: 19 }, (_, n) => 10 ** (-2 - n / 2));

interface Work {
  title: string;
  /** Number in `peers/cvode.c`. */
  problem: number;
  text: string;
  end: number;
  /** Found by a twin at a tolerance of 1e-12 where none are published. */
  values?: readonly number[];
  method: 'rodas5p' | 'bdf' | 'auto';
  /** Elements along a side, where the program takes it. */
  side?: number;
  /** None where nothing was promised. */
  goal?: number;
  /** What is added to a value's size before its error is compared with it. */
  small?: number;
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

/** Side of the plate, without its edges; `SIDE` in `peers/cvode.c`. */
const SIDE = 40;
const WHOLE = SIDE + 2;

/** Two substances that react and spread over a plate, whose edges are kept. */
const plate = `asset Problem {
  param pace = 1 1/s
  param pull = ${0.2 * (SIDE + 1) ** 2}
  state u[${WHOLE}, ${WHOLE}] = 1
  state v[${WHOLE}, ${WHOLE}] = 3.4
  for i in 2..${WHOLE - 1} {
    for j in 2..${WHOLE - 1} {
      der(u[i, j]) = (1 + u[i, j]^2 * v[i, j] - 4.4 * u[i, j] + pull * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j])) * pace
      der(v[i, j]) = (3.4 * u[i, j] - u[i, j]^2 * v[i, j] + pull * (v[i - 1, j] + v[i + 1, j] + v[i, j - 1] + v[i, j + 1] - 4 * v[i, j])) * pace
    }
  }
${['u', 'v']
  .map(
    (name) => `  for i in 1..${WHOLE} { der(${name}[i, 1]) = 0 1/s   der(${name}[i, ${WHOLE}]) = 0 1/s }
  for i in 2..${WHOLE - 1} { der(${name}[1, i]) = 0 1/s   der(${name}[${WHOLE}, i]) = 0 1/s }
`,
  )
  .join('')}}
`;

/** Element (i, j) of a square, and those beside it; beyond the edges it is as before them. */
function square(side: number, equations: (own: string, beside: (name: string) => string) => string): string {
  const places = (index: string): [range: string, own: string, before: string, after: string][] => [
    ['', '1', '2', '2'],
    [`for ${index} in 2..${side - 1}`, index, `${index} - 1`, `${index} + 1`],
    ['', `${side}`, `${side - 1}`, `${side - 1}`],
  ];
  return places('i')
    .flatMap(([rows, i, above, below]) =>
      places('j').map(([columns, j, left, right]) => {
        const beside = (name: string): string =>
          `${name}[${above}, ${j}] + ${name}[${below}, ${j}] + ${name}[${i}, ${left}] + ${name}[${i}, ${right}]`;
        const inner = equations(`${i}, ${j}`, beside);
        const inRow = columns === '' ? inner : `${columns} { ${inner} }`;
        return rows === '' ? inRow : `${rows} { ${inRow} }`;
      }),
    )
    .join('\n');
}

/** The Brusselator in its transient, as in Hairer & Wanner, IV.10, without its jump. */
const brusselator = (side: number): string => `asset Problem {
  param pace = 1 1/s
  param pull = ${0.1 * (side - 1) ** 2}
  state u[${side}, ${side}] = 1
  state v[${side}, ${side}] = 1
${square(
  side,
  (
    own,
    beside,
  ) => `der(u[${own}]) = (1 + u[${own}]^2 * v[${own}] - 4.4 * u[${own}] + pull * (${beside('u')} - 4 * u[${own}])) * pace
der(v[${own}]) = (3.4 * u[${own}] - u[${own}]^2 * v[${own}] + pull * (${beside('v')} - 4 * v[${own}])) * pace`,
)}
}
scenario run for Problem {
  method bdf tolerance 1e-6
  run 2 s
}
`;

const stiffSet = ['Robertson', 'van der Pol, μ = 1000', 'HIRES', 'Pollution'].map((name, problem): Work => {
  const { text, end, values } = problems.find((one) => one.name === name)!;
  return { title: name, problem, text, end, values, method: 'rodas5p', goal: 0.5, errors: [1e-4, 1e-7] };
});

const works: readonly Work[] = [
  ...stiffSet,
  ...stiffSet.map((work): Work => ({ ...work, title: `${work.title}, small values forgiven`, small: 1e-6 })),
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
  {
    title: `plate of ${SIDE} by ${SIDE} with two substances, sparse solvers on both sides`,
    problem: 6,
    text: plate,
    end: 10,
    method: 'auto',
    errors: [1e-4, 1e-6],
  },
];

const squares = [20, 32, 64].flatMap((side): Work[] =>
  (['rodas5p', 'bdf'] as const).map((method) => ({
    title: `Brusselator on ${side} by ${side} elements`,
    problem: 7,
    side,
    text: brusselator(side),
    end: 2,
    method,
    // A run of the largest takes seconds, and many tolerances are tried.
    errors: side > 32 ? [1e-4] : [1e-4, 1e-6],
  })),
);

interface Twins {
  run(method: ManifestMethod): Float64Array;
}

function twinsOf({ text, end, problem, side = 0 }: Work): Twins {
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
      : problem === 6
        ? Array.from({ length: SIDE * SIDE }, (_, n) => ({
            variable: manifest.variables.findIndex((one) => one.name.startsWith('u[')),
            element: (1 + Math.floor(n / SIDE)) * WHOLE + 1 + (n % SIDE),
            value: 1 + 0.1 * (n % 7),
          }))
        : problem === 7
          ? ['u', 'v'].flatMap((name) =>
              Array.from({ length: side * side }, (_, n) => {
                const [x, z] = [Math.floor(n / side) / (side - 1), (n % side) / (side - 1)];
                return {
                  variable: manifest.variables.findIndex((one) => one.name.startsWith(`${name}[`)),
                  element: n,
                  value: name === 'u' ? 22 * z * (1 - z) ** 1.5 : 27 * x * (1 - x) ** 1.5,
                };
              }),
            )
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

const errorOf = (found: ArrayLike<number>, known: ArrayLike<number>, small = 0): number =>
  Array.from(found, (value, i) => Math.abs(value - known[i]!) / (Math.abs(known[i]!) + small)).reduce(
    (a, b) => Math.max(a, b),
    0,
  );

/** The largest tolerance from which on the error stays below. */
function sufficient(error: number, errorAt: (tolerance: number) => number): number | undefined {
  return TOLERANCES.find((_, n) =>
    TOLERANCES.slice(n, n + 3).every((tolerance) => errorAt(tolerance) <= error),
  );
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
  const options = ({ problem, side }: Work, tolerance: number): string[] => [
    '-O2',
    '-I/usr/include/suitesparse',
    `-DPROBLEM=${problem}`,
    ...(side === undefined ? [] : [`-DSIDE=${side}`]),
    `-DRTOL=${tolerance}`,
  ];
  let library: string[] = [];
  /** What the program says of its own error. */
  const errorInC = (work: Work, tolerance: number): number => {
    const { problem, small = 0 } = work;
    const program = join(folder, `check-${problem}`);
    const files = [join(source, 'cvode.c'), join(source, 'main.c'), ...library];
    const made = spawnSync('gcc', [
      '-DCHECK',
      `-DSMALL=${small}`,
      ...options(work, tolerance),
      '-o',
      program,
      ...files,
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return Number(spawnSync(program, { input: '1\n', encoding: 'utf8' }).stdout.split(' ')[1]);
  };
  try {
    const lacking = peers.lacks('gcc') ?? peers.lacks('libsundials-dev') ?? peers.lacks('libsuitesparse-dev');
    const made = lacking ?? sundials();
    if (typeof made === 'string') {
      report.missing('CVODE', made);
      return;
    }
    library = made.options;
    report.note(`SUNDIALS ${made.version}, from Debian's source with gcc -O2`);
    for (const work of [...works, ...squares]) {
      const { title, problem, method: name, goal, small = 0, errors } = work;
      const twins = twinsOf(work);
      const known =
        work.values ??
        twins
          .run({ name: problem === 5 ? 'tsit5' : 'rodas5p', tolerance: problem >= 6 ? 1e-10 : 1e-12 })
          .slice();
      const twinAt = memo((tolerance) => errorOf(twins.run({ name, tolerance }), known, small));
      const programAt = memo((tolerance) => errorInC(work, tolerance));
      for (const error of errors) {
        const [own, theirs] = [sufficient(error, twinAt), sufficient(error, programAt)];
        if (own === undefined || theirs === undefined) {
          report.missing(title, `no tolerance meets an error of ${error}`);
          continue;
        }
        const program = peers.start({
          name: `CVODE, ${theirs.toPrecision(1)}`,
          source: 'cvode.c',
          options: options(work, theirs),
          libraries: library,
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
          `${title}${work.side === undefined ? '' : `, by ${name}`}, to an error of ${error}`,
          { unit: 'us/run', turn: 150, rounds: 9, ...(goal === undefined ? {} : { goal }) },
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

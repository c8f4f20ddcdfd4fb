/** Text → artefact for arrays of parts of growing size, and `pollux check` as a process. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, compile } from '../../compiler/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { quantile, type Report } from './harness.ts';
import { unrolled } from './models.ts';

const text = (parts: number): string => `package bench
asset Node {
  param capacity = 30 J/K
  input heat     = 0 W
  state T = 20 degC
  der(T) = heat / capacity
  rule hot { when T > 90 degC  set alarmed = true }
  state alarmed: Boolean = false
}
asset Chain {
  part node[${parts}]: Node
  let q[${parts + 1}]: Power
  q[1] = 4 W/K * (80 degC - node[1].T)
  for i in 2..${parts} { q[i] = 4 W/K * (node[i - 1].T - node[i].T) }
  q[${parts + 1}] = 4 W/K * (node[${parts}].T - 20 degC)
  for i in 1..${parts} { node[i].heat = q[i] - q[i + 1] }
}
`;

export default async function bench(report: Report): Promise<void> {
  const library = readLibraryFiles();
  const build = (parts: number) => (): void => {
    const { model, diagnostics } = analyse([{ uri: 'file:///bench.twin', text: text(parts) }], library);
    const value = model && compile(model, { kind: 'asset', name: 'bench.Chain' }).value;
    if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  };
  await report.compare(
    'text to artefact, parts in an array',
    { unit: 'ms', rounds: 9, goal: 1.2 },
    [10, 1000, 100_000, 1_000_000].map((parts) => ({ name: `node[${parts}]`, run: build(parts) })),
  );
  const timed = (title: string, text_: string): void => {
    const spent = (): number => process.cpuUsage().user / 1e3;
    const begun = spent();
    const { model, roots } = analyse([{ uri: 'file:///bench.twin', text: text_ }], library);
    const analysed = spent();
    const compiled = compile(model!, roots[0]!).value!.artefact;
    const generated = spent();
    const twin = createTwin({ manifest: compiled.manifest, kernel: kernelFactory(compiled) });
    twin.advance(1, { steps: 1 });
    report.value(`${title}: text to model`, analysed - begun, 'ms');
    report.value(`${title}: model to artefact (goal 300)`, generated - analysed, 'ms');
    report.value(`${title}: start and first step`, spent() - generated, 'ms');
  };
  timed('10,000 equations written out', unrolled(10_000));
  timed('the same again', unrolled(10_000));
  fresh(report, 10_000);
  const root = join(import.meta.dirname, '..', '..');
  const command = join(root, 'dist', 'cli', 'pollux.mjs');
  if (!existsSync(command)) {
    report.missing('pollux check', 'dist/ is not built: npm run build');
    return;
  }
  const started =
    (...args: string[]) =>
    (): void => {
      const { status } = spawnSync(process.execPath, args, { cwd: root });
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    };
  await report.compare(
    'processes, from start to end (goal for check: well under a second)',
    { unit: 'ms', rounds: 15, clock: 'wall' },
    [
      { name: 'node, doing nothing', run: started('-e', '0') },
      { name: 'pollux --version', run: started(command, '--version') },
      { name: 'pollux check examples/pump-station', run: started(command, 'check', 'examples/pump-station') },
    ],
  );
}

/** The same in processes that have compiled nothing yet. */
function fresh(report: Report, equations: number): void {
  const script = join(import.meta.dirname, 'fresh.ts');
  const rounds = Array.from({ length: Math.min(5, Number(process.env['POLLUX_BENCH_ROUNDS'] ?? 5)) }, () => {
    const { stdout } = spawnSync(process.execPath, [script, String(equations)], { encoding: 'utf8' });
    return JSON.parse(stdout) as { analysed: number; started: number };
  });
  const median = (of: 'analysed' | 'started'): number =>
    Number(
      quantile(
        rounds.map((round) => round[of]),
        0.5,
      ).toPrecision(3),
    );
  const what = `${equations.toLocaleString('en')} equations written out`;
  report.goal(`${what}: text to model`, 'a fresh process', 2500, median('analysed'), 'ms');
  report.goal(`${what}: model to first step`, 'a fresh process', 300, median('started'), 'ms');
}

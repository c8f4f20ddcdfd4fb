/** Runs the bench modules one after another (see README.md). */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Report } from './harness.ts';
import { said } from './sundials.ts';

const folder = import.meta.dirname;
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { report: { type: 'string' }, quick: { type: 'boolean' } },
});
if (values.quick === true) process.env['POLLUX_BENCH_ROUNDS'] ??= '3';
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .sort();
// A whole name means that one alone: `server` is a part of another, too.
const isWanted = (file: string, name: string): boolean =>
  all.includes(`${name}.bench.ts`) ? file === `${name}.bench.ts` : file.includes(name);
const files = all.filter((file) => wanted.length === 0 || wanted.some((name) => isWanted(file, name)));

const report = new Report((line) => process.stdout.write(`${line}\n`));
report.note(
  `Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`,
);
for (const [name, command, ...args] of [
  ['gcc', 'gcc', '--version'],
  ['Python', '/usr/bin/python3', '--version'],
  ['SciPy', '/usr/bin/python3', '-c', 'import scipy; print(scipy.__version__)'],
  ['SimPy', 'dpkg-query', '-W', '-f=${Version}', 'python3-simpy'],
] as const) {
  const version = said(command, args);
  report.note(version === undefined ? `${name} is not here yet` : `${name}: ${version}`);
}
report.note(
  `${new Date().toISOString().slice(0, 10)}; before the first round some ${loadavg()[0]!.toFixed(1)} processes wanted a core`,
);
if (files.length === 0) report.note(`No *.bench.ts in test/bench is called ${wanted.join(' or ')}.`);

for (const file of files) {
  report.title(file.replace('.bench.ts', ''));
  try {
    const module: { default: (report: Report) => Promise<void> } = await import(
      pathToFileURL(join(folder, file)).href
    );
    await module.default(report);
  } catch (error) {
    process.exitCode = 1;
    report.missing(file, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

report.goals();
const output = values.report ?? join(dirname(dirname(folder)), 'dist', 'bench.md');
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, report.markdown);
process.stdout.write(`\nwritten to ${output}\n`);

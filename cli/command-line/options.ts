/** What is written behind the names of options → values, or a sentence that says what it must be; and options of several commands. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { COVERAGE_REPORTS } from '../coverage/names.ts';
import type { CoverageReport } from '../coverage/names.ts';
import { FORMATS, REPORT_FORMATS } from '../formats/names.ts';
import type { ReportFile } from '../formats/names.ts';

export const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number above zero.');
  return value;
};
export const seed = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number, at most 2^53 in size.');
  return value;
};
/** Every `--set` adds one, as long as the next word is not taken for the path. */
export const collect = (text: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  text,
];
export const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000_000)
    throw new InvalidArgumentError('It must be a whole number from 1 to 10000000.');
  return value;
};
export const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return value;
};
/** For commands that run bundles. */
export const trusting = (command: Command): Command =>
  command
    .option('--trust <key>', 'run a bundle only if this public key has signed it; may be repeated', collect)
    .option('--trust-file <file>', 'whose bundles may run; pollux.trust.json when not said')
    .option('--require-signature', 'run no bundle that nobody trusted has signed');
export const shard = (text: string): { part: number; of: number } => {
  const [, part, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || of === undefined || part < 1 || part > of)
    throw new InvalidArgumentError('Write which part of how many, from one: 2/5.');
  return { part, of };
};
export const coverageReports = (
  text: string,
  before: readonly CoverageReport[] | undefined,
): CoverageReport[] => {
  const kinds = text.split(',').map((word) => COVERAGE_REPORTS.find((kind) => kind === word.trim()));
  if (kinds.includes(undefined))
    throw new InvalidArgumentError(`Choose from ${COVERAGE_REPORTS.join(', ')}, with commas between.`);
  return [...(before ?? []), ...kinds.filter((kind) => kind !== undefined)];
};
export const percent = (text: string): number => {
  const value = Number(text.replace(/\s*%$/, ''));
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('It must be a percentage from 0 to 100.');
  return value;
};
const reportFiles = (text: string, before: readonly ReportFile[] | undefined): ReportFile[] => {
  const [, word, path] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const kind = REPORT_FORMATS.find((each) => each === word);
  if (kind === undefined || path === undefined)
    throw new InvalidArgumentError(
      `Write a format and a file: ${REPORT_FORMATS.join(', ')}, as in sarif=out.sarif.`,
    );
  return [...(before ?? []), { format: kind, path }];
};
export const report = new Option(
  '--report <format=file>',
  'the same in one more format, into a file; may be repeated',
).argParser(reportFiles);
export const noCache = new Option('--no-cache', 'find everything anew, also where nothing has changed');
export const json = new Option('--json', 'results as JSON on standard output');
export const format = new Option('--format <format>', 'how to print the results')
  .choices(FORMATS)
  .default('text');

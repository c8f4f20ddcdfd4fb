/** What a command found, in further formats, into files: so that nothing is run once for each format. */
import { writeWhole } from '../whole-file.ts';
import type { FormatOptions } from './names.ts';
import { render } from './report.ts';
import type { Report } from './report.ts';

export type WriteFile = (path: string, text: string) => void;

export const writeFile: WriteFile = (path, text) => writeWhole(path, text);

export async function writeReportFiles(
  report: Report,
  { report: files = [] }: FormatOptions,
  write: WriteFile = writeFile,
): Promise<void> {
  for (const { format, path } of files) write(path, await render(report, format));
}

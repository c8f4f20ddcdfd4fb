/** Coverage → reports: text to read, files for those who take them. */
import { join } from 'node:path';
import type { WriteFile } from '../formats/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Coverage } from './measure.ts';
import type { CoverageOptions } from './names.ts';

const FILES = { json: 'coverage.json', lcov: 'lcov.info', cobertura: 'cobertura.xml' } as const;

export async function writeReports(
  coverage: Coverage,
  { coverageReport = ['text'], coverageOut = 'coverage' }: CoverageOptions,
  terminal: Terminal,
  say: (text: string) => void,
  write: WriteFile,
): Promise<void> {
  for (const report of [...new Set(coverageReport)]) {
    switch (report) {
      case 'text':
        say((await import('./text.ts')).coverageText(coverage, terminal));
        break;
      case 'json':
        write(join(coverageOut, FILES.json), (await import('./json.ts')).coverageJson(coverage));
        break;
      case 'lcov':
        write(join(coverageOut, FILES.lcov), (await import('./lcov.ts')).lcov(coverage));
        break;
      case 'cobertura':
        write(join(coverageOut, FILES.cobertura), (await import('./cobertura.ts')).cobertura(coverage));
    }
  }
}

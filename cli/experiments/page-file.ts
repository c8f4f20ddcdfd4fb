/**
 * What an experiment or a calibration showed, as a page that stands alone: `preview/study` with all it was told in itself. It asks nothing of
 * any network, and equal results are equal bytes: it has no date, no time that anything took, and no path of this machine.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { StudyEvent } from '../../preview/study/protocol.ts';
import { packageFolder } from '../package-folder.ts';
import { Refusal } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

export interface PageFile {
  take(event: StudyEvent): void;
  /** Writes what was taken. */
  write(name: string, terminal: Terminal): void;
}

/** Whether it can be written is asked before the runs, not after them. */
export function pageFile(file: string): PageFile {
  if (!/\.html?$/i.test(file)) throw new Refusal(`--html ${file}: the name of a page ends in .html`);
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new Refusal(`${file} cannot be written: there is no folder ${folder}`);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new Refusal(`${file} cannot be written: it is a folder`);
  const parts = partsOf(join(packageFolder(), 'dist', 'preview'));
  const events: StudyEvent[] = [];
  return {
    take: (event) => events.push(event),
    write: (name, terminal) => {
      writeWhole(file, studyPage(name, events, parts));
      terminal.err(`Wrote ${file}\n`);
    },
  };
}

interface Parts {
  script: string;
  style: string;
}

/** The page's script and style, the font in it. */
function partsOf(folder: string): Parts {
  const script = join(folder, 'study.js');
  if (!existsSync(script))
    throw new Refusal(`--html needs ${script}, which is not there: build Pollux first, npm run build`);
  // Maps of the sources lie beside the script, and would be asked for.
  const read = (file: string): string =>
    readFileSync(join(folder, file), 'utf8').replace(/\/[/*]# sourceMappingURL=[^\n]*\n?/g, '');
  const style = read('study.css').replaceAll(/url\("?\.\/([^")]+\.woff2)"?\)/g, (_, font: string) => {
    const bytes = readFileSync(join(folder, font));
    return `url("data:font/woff2;base64,${bytes.toString('base64')}")`;
  });
  return { script: read('study.js'), style };
}

function studyPage(name: string, events: readonly StudyEvent[], { script, style }: Parts): string {
  const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  // Nothing but these two runs or is drawn, whatever stands in the texts; the document's own drawings have inline styles.
  const policy = [
    `default-src 'none'`,
    `script-src ${hashOf(script)}`,
    `style-src 'unsafe-inline'`,
    'font-src data:',
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(name)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>${escaped(name)} is drawn by a script in this file: allow scripts to see it.</noscript></div>
<script type="application/json" id="events">${asData(events)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** JSON of which no part can end the element that it stands in. */
const asData = (events: readonly StudyEvent[]): string => {
  const lines = events.map((event) => JSON.stringify(event).replaceAll('<', '\\u003c'));
  return `[\n${lines.join(',\n')}\n]`;
};

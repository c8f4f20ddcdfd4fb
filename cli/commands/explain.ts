import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../package-folder.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Prints the page of a diagnostic. */
export function explain(code: string, terminal: Terminal): ExitCode {
  const folder = join(packageFolder(), 'docs', 'diagnostics');
  const name = code.toUpperCase();
  const page = join(folder, `${name}.md`);
  if (!/^PX\d{4}$/.test(name) || !existsSync(page)) {
    const known = readdirSync(folder)
      .filter((file) => /^PX\d{4}\.md$/.test(file))
      .map((file) => file.slice(0, -3));
    const near = known.filter((other) => other.startsWith(name.slice(0, 4))).toSorted();
    throw new Refusal(
      `there is no diagnostic ${code}; ` +
        (name.length >= 4 && near.length > 0
          ? `those nearby are ${near.join(', ')}`
          : 'the code stands behind each message of pollux check, such as PX3001'),
    );
  }
  const text = readFileSync(page, 'utf8');
  terminal.out(
    text.replace(/^#+ (.*)$/gm, (_, title: string) => terminal.style('bold', title)).trimEnd() + '\n',
  );
  return Exit.fine;
}

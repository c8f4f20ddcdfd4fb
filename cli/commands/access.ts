import { existsSync, readFileSync } from 'node:fs';
import { hashOfToken, newToken, readAccess } from '../../live/serve/access.ts';
import { checkAudit } from '../../live/serve/audit.ts';
import { readText } from '../trust.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

/** A new token for somebody; it is shown once, and only its hash is kept. An earlier one of theirs no longer holds. */
export function access(
  file: string,
  name: string,
  options: { role: string; days?: number },
  terminal: Terminal,
): ExitCode {
  const before: unknown = existsSync(file) ? JSON.parse(usable(file)) : { format: 1 };
  const { tokens = [], ...rest } = before as { tokens?: { name: string }[] };
  const token = newToken();
  const expires =
    options.days === undefined
      ? {}
      : { expires: new Date(Date.now() + options.days * 86_400_000).toISOString() };
  const entry = { name, sha256: hashOfToken(token), role: options.role, ...expires };
  const text = JSON.stringify(
    { ...rest, tokens: [...tokens.filter((each) => each.name !== name), entry] },
    undefined,
    2,
  );
  writeWhole(file, `${text}\n`, 0o600);
  terminal.out(`${token}\n`);
  terminal.err(
    `${name} may ${options.role} with this token. It is shown this once: ${file} has its hash alone.\n`,
  );
  return Exit.fine;
}

function usable(file: string): string {
  const text = readFileSync(file, 'utf8');
  const read = readAccess(text);
  if ('problem' in read) throw new Refusal(`${file} cannot be used: ${read.problem}`);
  return text;
}

/** Exit code 3 when a line was changed, taken out or put in. */
export function audit(file: string, { head }: { head?: string }, terminal: Terminal): ExitCode {
  const checked = checkAudit(readText(file, 'audit log'));
  const problem =
    'problem' in checked
      ? checked.problem
      : head !== undefined && head !== checked.head
        ? `its last line is not the one with the hash ${head}: lines are missing at the end, or it is another log`
        : undefined;
  if (problem !== undefined) terminal.out(`${terminal.style('red', 'broken')} ${file}: ${problem}\n`);
  else if ('lines' in checked)
    terminal.out(`${terminal.style('green', 'whole')} ${file}: ${checked.lines} lines, ${checked.head}\n`);
  return problem === undefined ? Exit.fine : Exit.findings;
}

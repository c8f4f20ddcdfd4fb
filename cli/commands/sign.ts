import { shortId } from '../../bundles/keys.ts';
import { unseal } from '../../bundles/open.ts';
import { signBundle } from '../../bundles/sign.ts';
import { judge } from '../../bundles/trust.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { policyOf, sealedAt } from '../trust.ts';
import type { TrustOptions } from '../trust.ts';
import { signingKeyAt } from './keys.ts';
import { writeWhole } from '../whole-file.ts';

/** Adds a signature; what is damaged is not signed. */
export function sign(path: string, options: { key: string; out?: string }, terminal: Terminal): ExitCode {
  const key = signingKeyAt(options.key);
  const sealed = sealedAt(path);
  const opened = unseal(sealed);
  const signed = 'problem' in opened ? opened : signBundle(sealed, key);
  if ('problem' in signed) throw new Refusal(`${path} is not signed: ${signed.problem}`);
  const out = options.out ?? path;
  writeWhole(out, signed.bytes);
  terminal.out(`${out}  ${sealed.digest}  signed by ${shortId(key.id)}\n`);
  return Exit.fine;
}

/** Whether it is what was signed, and by whom; exit code 3 when it may not run here. */
export function verify(
  path: string,
  options: TrustOptions & { json?: boolean },
  terminal: Terminal,
): ExitCode {
  const policy = policyOf(options);
  const sealed = sealedAt(path);
  const judged = judge(sealed, policy);
  const opened = 'problem' in judged ? judged : unseal(sealed);
  const problem = 'problem' in opened ? opened.problem : undefined;
  const signers = 'problem' in judged ? [] : judged.signers;
  if (options.json === true)
    terminal.out(
      `${JSON.stringify({ bundle: path, name: sealed.contents.name, digest: sealed.digest, signers, problem: problem ?? null }, undefined, 2)}\n`,
    );
  else if (problem !== undefined) terminal.out(`${terminal.style('red', 'refused')} ${path}: ${problem}\n`);
  else {
    terminal.out(`${terminal.style('green', 'whole')} ${path}  ${sealed.digest}\n`);
    if (signers.length === 0) terminal.out('  not signed\n');
    for (const { id, trustedAs } of signers)
      terminal.out(
        `  signed by ${shortId(id)}, ${trustedAs === undefined ? 'whom nobody said to trust' : `trusted as ${trustedAs}`}\n`,
      );
  }
  return problem === undefined ? Exit.fine : Exit.findings;
}

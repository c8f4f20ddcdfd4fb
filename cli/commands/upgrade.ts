import { existsSync, statSync } from 'node:fs';
import { carry } from '../../runtime/carry.ts';
import type { Carried } from '../../runtime/carry.ts';
import type { Artefact, Manifest } from '../../runtime/contract/manifest.ts';
import { valueText } from '../../runtime/describe.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { PRIVATE_TEXT } from '../../runtime/private.ts';
import { parseElementName } from '../../runtime/names.ts';
import { timeText } from '../../runtime/trouble.ts';
import { artefactOf } from '../artefact.ts';
import { atRest, fromRest } from '../at-rest.ts';
import { lockFolder } from '../folder-lock.ts';
import { replaceState, stateIn } from '../kept-state.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { TrustOptions } from '../trust.ts';
import { writeWhole } from '../whole-file.ts';

export interface UpgradeOptions extends TrustOptions {
  from: string;
  to: string;
  out?: string;
  root?: string;
  acceptLoss?: boolean;
  json?: boolean;
}

const SHOWN = 30;

/** Carries a saved state over to another version; writes nothing when something would be lost that nobody said may be. */
export function upgrade(file: string, options: UpgradeOptions, terminal: Terminal): ExitCode {
  // A folder is one that `pollux serve --state` keeps.
  if (!existsSync(file) || !statSync(file).isDirectory()) return carriedOver(file, false, options, terminal);
  const lock = lockFolder(file);
  try {
    return carriedOver(file, true, options, terminal);
  } finally {
    lock.release();
  }
}

function carriedOver(file: string, isFolder: boolean, options: UpgradeOptions, terminal: Terminal): ExitCode {
  const stored = isFolder ? stateIn(file) : { file, mode: 'simulate' as const };
  if (stored === undefined || !existsSync(stored.file)) throw new Refusal(`there is no saved state ${file}`);
  if (isFolder && options.out !== undefined)
    throw new Refusal(
      `${file} is a folder, whose state is replaced: leave out --out, or copy the folder first`,
    );
  const version = (path: string): Artefact | undefined => artefactOf(path, options, terminal);
  const from = version(options.from);
  // Programs read one answer, people all that is wrong.
  const to = from === undefined && options.json === true ? undefined : version(options.to);
  if (from === undefined || to === undefined) return Exit.findings;
  const carried = carry(
    { manifest: from.manifest, kernel: kernelFactory(from) },
    { manifest: to.manifest, kernel: kernelFactory(to) },
    fromRest(stored.file, 'state'),
    stored.mode === 'simulate' ? 'none' : 'all',
  );
  if ('problem' in carried) throw new Refusal(`${file} cannot be carried over: ${carried.problem}`);
  const refused = carried.lost.length > 0 && options.acceptLoss !== true;
  const out = options.out ?? file;
  if (!refused && isFolder) replaceState(file, atRest(carried.state, 'state'), to.manifest);
  else if (!refused) writeWhole(out, atRest(carried.state, 'state'));
  const { state: _, ...report } = carried;
  if (options.json === true)
    terminal.out(`${JSON.stringify({ ...report, written: refused ? null : out }, undefined, 2)}\n`);
  else tell(carried, to.manifest, terminal);
  if (refused)
    terminal.err(
      'pollux: nothing was written, since what is lost would be gone: say --accept-loss if it may be\n',
    );
  else terminal.err(`Wrote ${out}\n`);
  return refused ? Exit.findings : Exit.fine;
}

function tell(carried: Carried, manifest: Manifest, terminal: Terminal): void {
  const { time, scenario, begins, defaults, lost } = carried;
  terminal.out(
    `${manifest.name} at t = ${timeText(time)}${scenario === null ? '' : `, scenario ${scenario}`}: ${carried.carried} values carried over\n`,
  );
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    terminal.out(`\n${title}\n`);
    for (const line of lines.slice(0, SHOWN)) terminal.out(`  ${line}\n`);
    if (lines.length > SHOWN) terminal.out(`  … and ${lines.length - SHOWN} more\n`);
  };
  const shown = (name: string, value: number | null): string => {
    if (value === null) return PRIVATE_TEXT;
    const variable = manifest.variables.find((each) => each.name === parseElementName(name).name);
    return variable === undefined ? String(value) : valueText(value, variable.unit, variable.base, 6);
  };
  list(
    'values that the new version gives',
    defaults.map(({ name, before, after }) => `${name}: ${shown(name, before)} → ${shown(name, after)}`),
  );
  list('new', begins);
  list(
    'lost',
    lost.map(({ name, why }) => `${name}: ${why}`),
  );
}

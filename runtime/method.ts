/** Which method a run has come to use, and why: for people, and as data. */
import type { ManifestMethod } from './contract/manifest.ts';
import { Cause } from './auto.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import { plain, timeText } from './trouble.ts';

export interface MethodInUse {
  /** As asked for. */
  asked: ManifestMethod['name'];
  /** None where there are no states. */
  name?: Exclude<ManifestMethod['name'], 'auto'>;
  /** s; where `auto` has changed over. */
  since?: number;
  /** How often it did. */
  changes: number;
  reason: string;
}

export function methodInUse({ cells, states, kernel }: Machine, method: ManifestMethod): MethodInUse {
  if (states.length === 0) return { asked: method.name, changes: 0, reason: 'there are no states' };
  if (method.name !== 'auto')
    return { asked: method.name, name: method.name, changes: 0, reason: 'as was asked for' };
  const name = cells[Cell.implicit] === 1 ? 'rodas5p' : 'tsit5';
  const changes = cells[Cell.switches]!;
  if (changes === 0) {
    const reason =
      kernel.rodasTry === undefined
        ? 'no matrix was made for an implicit method'
        : 'the system has not shown to be stiff';
    return { asked: 'auto', name, changes, reason };
  }
  const rate = `rates up to ${plain(cells[Cell.fastestRate]!)} 1/s`;
  const step = `steps of ${timeText(cells[Cell.switchStep]!)}`;
  const reason =
    cells[Cell.cause] === Cause.stiff
      ? `the system is stiff: ${rate} held ${step}`
      : cells[Cell.cause] === Cause.easy
        ? `it is not stiff any more: ${rate} allow ${step}`
        : `${name === 'rodas5p' ? 'tsit5' : 'rodas5p'} could not go on`;
  return { asked: 'auto', name, changes, since: cells[Cell.switchedAt]!, reason };
}

/** `method rodas5p since 31 ms, as the system is stiff: …` */
export function methodText({ asked, name, since, reason }: MethodInUse): string {
  if (name === undefined) return '';
  if (asked !== 'auto') return `method ${name}`;
  return `method ${name}${since === undefined ? '' : ` since ${timeText(since)}`}, as ${reason}`;
}

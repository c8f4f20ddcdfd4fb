/** Which method a run has come to use, and why: for people, and as data. */
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestMethod } from '../contract/studies.ts';
import { Cause } from './auto.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { plain, timeText } from '../trouble.ts';

/** Where a text says none. */
export const DEFAULT_METHOD = { name: 'auto', tolerance: 1e-6 } as const;

/** `rk4 step 10 ms`, `auto tolerance 0.000001`: a method in the words that ask for it. */
export const askedText = (method: ManifestMethod): string =>
  'step' in method
    ? `${method.name} step ${timeText(method.step)}`
    : `${method.name} tolerance ${plain(method.tolerance)}`;

export interface MethodInUse {
  /** As asked for. */
  asked: ManifestMethod['name'];
  /** None where there are no states. */
  name?: Exclude<ManifestMethod['name'], 'auto'>;
  /** s; where `auto` has changed over. */
  since?: number;
  /** How often it did. */
  changes: number;
  why: MethodReason;
  /** Where it has changed over: the fastest rate (1/s) and the step (s) that decided. */
  rate?: number;
  step?: number;
  /** The same in words. */
  reason: string;
}

export type MethodReason = 'noStates' | 'asked' | 'noMatrix' | 'notStiff' | 'stiff' | 'easy' | 'failed';

/** Where a step of `rodas5p` costs as much as so many explicit ones, factors that serve many steps are worth more than its order. */
const DEAR = 15;

/** What `auto` goes over to. */
export const implicitFor = ({ implicit }: Manifest): 'rodas5p' | 'bdf' =>
  implicit?.matrix !== undefined && (implicit.cost ?? 0) >= DEAR ? 'bdf' : 'rodas5p';

export function methodInUse(
  { cells, states, kernel, manifest }: Machine,
  method: ManifestMethod,
): MethodInUse {
  if (states.length === 0)
    return { asked: method.name, changes: 0, why: 'noStates', reason: 'there are no states' };
  if (method.name !== 'auto')
    return { asked: method.name, name: method.name, changes: 0, why: 'asked', reason: 'as was asked for' };
  const implicit = implicitFor(manifest);
  const name = cells[Cell.implicit] === 1 ? implicit : 'tsit5';
  const changes = cells[Cell.switches]!;
  if (changes === 0) {
    return kernel.rodasTry === undefined
      ? { asked: 'auto', name, changes, why: 'noMatrix', reason: 'no matrix was made for an implicit method' }
      : { asked: 'auto', name, changes, why: 'notStiff', reason: 'the system has not shown to be stiff' };
  }
  const since = cells[Cell.switchedAt]!;
  const found = { asked: 'auto', name, changes, since } as const;
  if (cells[Cell.cause] === Cause.failed)
    return { ...found, why: 'failed', reason: `${name === implicit ? 'tsit5' : implicit} could not go on` };
  const [rate, step] = [cells[Cell.fastestRate]!, cells[Cell.switchStep]!];
  const [rates, steps] = [`rates up to ${plain(rate)} 1/s`, `steps of ${timeText(step)}`];
  const large = implicit === 'bdf' ? ' and its matrix dear' : '';
  return cells[Cell.cause] === Cause.stiff
    ? { ...found, why: 'stiff', rate, step, reason: `the system is stiff${large}: ${rates} held ${steps}` }
    : { ...found, why: 'easy', rate, step, reason: `it is not stiff any more: ${rates} allow ${steps}` };
}

/** `method rodas5p since 31 ms, as the system is stiff: …` */
export function methodText({ asked, name, since, reason }: MethodInUse): string {
  if (name === undefined) return '';
  if (asked !== 'auto') return `method ${name}`;
  return `method ${name}${since === undefined ? '' : ` since ${timeText(since)}`}, as ${reason}`;
}

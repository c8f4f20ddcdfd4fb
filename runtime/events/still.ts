/** Steps that do not advance time any more than rounding does would go on for ever: they are counted, in a saved cell, and what ends them is named. */
import { handlerName } from '../describe.ts';
import type { Instance } from './due.ts';
import { MOST_STILL, STANDS_STILL } from '../contract/sides.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { variableElement } from '../machine.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { stateAt } from '../state-at.ts';

/** Call after each step that was committed at the machine's time. `fired`: what happened there; `due`: what is to happen by a time. */
export function watchStill(
  machine: Machine,
  from: number,
  fired: readonly Instance[],
  due: (time: number) => readonly Instance[],
): Trouble | undefined {
  const { cells } = machine;
  const time = machine.time();
  if (!(time <= from * STANDS_STILL)) {
    cells[Cell.still] = 0;
    return undefined;
  }
  cells[Cell.still]! += 1;
  return cells[Cell.still]! > MOST_STILL
    ? standing(machine, time, fired[0] ?? due(time * STANDS_STILL)[0])
    : undefined;
}

function standing(machine: Machine, time: number, first: Instance | undefined): Trouble {
  const { manifest } = machine;
  const { crossings = [], handlers } = manifest;
  const nearest = nearestCrossing(machine);
  const crossing = crossings.findLast(({ offset }) => offset <= nearest);
  const source = first === undefined ? crossing?.source : handlers[first.which]!.source;
  const state = fastest(machine);
  const what =
    first !== undefined
      ? `${handlerName(manifest, first.which, first.instance)} happens again and again`
      : source !== undefined
        ? `the steps end at what is compared in line ${source.line}`
        : `the steps get ever shorter${state === undefined ? '' : `, and ${state} changes fastest`}`;
  return {
    code: 'PX9009',
    message:
      `Time stands still at t = ${timeText(time)}: ${MOST_STILL.toLocaleString('en')} steps in a row of ${manifest.name} were too short for the digits of the time, as ${what}` +
      `${first !== undefined || source === undefined || state === undefined ? '' : ` (${state} changes fastest)`}. ` +
      'Give a condition a width, a period a least value, or an equation its limit there.',
    time,
    ...(source === undefined ? {} : { source }),
  };
}

function nearestCrossing({ crossings }: Machine): number {
  let nearest = -1;
  crossings.forEach((value, i) => {
    if (nearest < 0 || Math.abs(value) < Math.abs(crossings[nearest]!)) nearest = i;
  });
  return nearest;
}

/** By how much of its tolerance it changes. */
export function fastest({ manifest, derivatives, absoluteTolerances }: Machine): string | undefined {
  let worst = -1;
  let rate = 0;
  derivatives.forEach((derivative, i) => {
    const scaled = Math.abs(derivative) / (absoluteTolerances[i]! || 1);
    if (scaled > rate) [worst, rate] = [i, scaled];
  });
  if (worst < 0) return undefined;
  const state = stateAt(manifest, worst);
  return state && variableElement(manifest, state.id, state.element);
}

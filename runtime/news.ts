/** What happens in a run, told to who listens once, however often time is gone over again; and how much of it there was. */
import type { RunEvent } from './describe.ts';
import type { ColumnTaken, SampleTaken } from './events/instant.ts';
import type { RowSide, Telling } from './listeners.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import { createAgain } from './samples/again.ts';
import type { StepWatch } from './solvers/too-long.ts';
import type { Trouble } from './trouble.ts';

export function createNews(machine: Machine, telling: Telling) {
  const { manifest, cells } = machine;
  const again = createAgain(telling);
  /** Events logged and rows due so far, told or not. */
  let logged = 0;
  let rows = 0;
  let troubleTold = '';
  const microstep = (): number => cells[Cell.microstep]!;

  return {
    again,
    logged: (): number => logged,
    rows: (): number => rows,
    /** An instant has come to nothing, and with it what it logged. */
    unlog: (before: number): void => {
      logged = before;
    },
    row: (time: number, side: RowSide): void => {
      rows += 1;
      if (again.tells(time)) telling.to((listener) => listener.row?.(time, side));
    },
    accepted: (time: number): void => {
      if (again.tells(time)) telling.to((listener) => listener.accepted?.(time));
    },
    event: (event: Omit<RunEvent, 'id' | 'time' | 'microstep'>): void => {
      const time = machine.time();
      if (!again.isBefore(time)) logged += 1;
      if (again.tells(time)) telling.event({ time, microstep: microstep(), ...event });
    },
    sample: (taken: SampleTaken): void => {
      if (again.tells(taken.time)) telling.to((listener) => listener.sample?.(taken));
    },
    column: (taken: ColumnTaken): void => {
      if (again.tells(taken.time)) telling.column(taken);
    },
    /** That fixed steps are too long: said once, whether time is gone over again or not. */
    tooLong: (said: ReturnType<StepWatch['verdict']>): void => {
      if (said !== undefined) telling.event({ time: machine.time(), microstep: microstep(), ...said });
    },
    /** The run stops. The same words are not said twice. */
    trouble: (found: Trouble): void => {
      logged += 1;
      if (troubleTold === found.message) return;
      troubleTold = found.message;
      telling.event({
        time: found.time,
        microstep: microstep(),
        kind: 'trouble',
        name: manifest.name,
        text: found.message,
        severity: 'critical',
        ...(found.source === undefined ? {} : { source: found.source }),
      });
    },
  };
}

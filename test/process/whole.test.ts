/** What an item sets as a whole is set by its elements, all of which are found before one is written. */
import { expect, it } from 'vitest';
import { compiled, finished } from '../solvers/compiled.ts';

const model = compiled(`asset Yard {
  param content[3]: Number = [0.2, 0.3, 0.5]
  state stored[3] = 0
  state share[3] = [1, 2, 5]
  state seen[2, 2] = 0
  process trucks {
    item load = 1.5
    arrive every 3 min
    set stored = stored + load * content
    set share = share / sum(share)
    set share = [share[3], share[1], share[2]]
    set seen[1, *] = 7
    set seen[*, 2] = [3, load]
    leave
  }
}
`);

it.each([false, true])('interpreted: %s', (interpreted) => {
  const twin = finished(model, {
    method: { name: 'auto', tolerance: 1e-6 },
    end: 14 * 60,
    interpreted,
  });
  const values = (name: string, of: readonly string[]): (number | undefined)[] =>
    of.map((index) => twin.value(`${name}[${index}]`));
  expect(twin.value('trucks.arrived')).toBe(4);
  [1.2, 1.8, 3].forEach((value, at) => expect(values('stored', ['1', '2', '3'])[at]).toBeCloseTo(value, 12));
  // Of 1, 2 and 5 parts of 8, gone round four times.
  expect(values('share', ['1', '2', '3'])).toEqual([5 / 8, 1 / 8, 2 / 8]);
  expect(values('seen', ['1, 1', '1, 2', '2, 1', '2, 2'])).toEqual([7, 3, 0, 1.5]);
});

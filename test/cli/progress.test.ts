import { expect, it } from 'vitest';
import { progress } from '../../cli/terminal/progress.ts';
import type { Terminal } from '../../cli/terminal/terminal.ts';

it('goes on in slices that begin small, rise to the end, and stop where the work is done', async () => {
  const terminal: Terminal = {
    out: () => {},
    err: () => {},
    style: (_, text) => text,
    width: 80,
    interactive: false,
  };
  const asked: number[] = [];
  await progress(terminal, '', 1e6, (until) => {
    asked.push(until);
    return { at: until, done: false };
  });
  // Nobody knows how long the first takes.
  expect(asked[0]).toBeLessThan(2);
  expect(asked.at(-1)).toBe(1e6);
  expect(asked.every((until, at) => at === 0 || until > asked[at - 1]!)).toBe(true);
  expect(asked.length).toBeGreaterThanOrEqual(200);
  // What is not there yet is asked for again, also at the end.
  const again: number[] = [];
  await progress(terminal, '', 1e6, (until) => {
    again.push(until);
    return { at: until, done: false, early: again.length % 2 === 1 };
  });
  expect(again.every((until, at) => at % 2 === 0 || until === again[at - 1])).toBe(true);
  expect(again.slice(-2)).toEqual([1e6, 1e6]);
  let steps = 0;
  await progress(terminal, '', 1e6, (until) => ({ at: until, done: (steps += 1) === 3 }));
  expect(steps).toBe(3);
});

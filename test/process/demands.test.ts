/** Values that steps and places of a process go by: what is no number, or has no meaning there, stops the run and is named, in code and interpreted. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

/** `a` is 1, `none` is the root of -1. */
function run(members: string, end = 10): Twin {
  const system = flat(`asset A {\nparam a = 1\n${members}\n}\nscenario s for A { run ${end} s }\n`);
  const artefact = generate(system);
  const [twin, interpreted] = [kernelFactory(artefact), () => interpret(system)].map((kernel) => {
    const one = createTwin({ manifest: artefact.manifest, kernel, scenario: 0 });
    one.advance(Infinity);
    return one;
  });
  expect(interpreted!.trouble()).toEqual(twin!.trouble());
  expect(interpreted!.hash()).toBe(twin!.hash());
  return twin!;
}
const told = (members: string): string => {
  const { code, message, source } = run(members).trouble() ?? { message: '' };
  return code === undefined ? 'fine' : `${code} line ${source?.line}: ${message}`;
};
const none = 'sqrt(a - 2)';
const items = (steps: string): string => `process job {\narrive every 1 s\n${steps}\n}`;
const used = (resource: string, steps = 'use m for 0.5 s'): string => `resource ${resource}\n${items(steps)}`;

describe('stops the run', () => {
  it.each([
    ['a condition of choose', items(`choose ${none} < 1 -> leave, else -> leave`), 'PX9053', 6, "'choose"],
    [
      'the same of what an item carries',
      `process job {\nitem k: Number = 0 - time / 1 s\narrive every 1 s\nchoose sqrt(k) < 1 -> leave, else -> leave\n}`,
      'PX9053',
      7,
      "'choose",
    ],
    ['a condition within a value', items(`wait if ${none} < 1 then 1 s else 2 s`), 'PX9003', 6, 'wait'],
    ['a condition that is waited for', items(`wait until ${none} < 1`), 'PX9053', 6, "'wait until"],
    [
      'a condition that items come by',
      `state x = 2\nder(x) = -1 / 1 s\nprocess job {\narrive when sqrt(x - 1) > 5\n}`,
      'PX9053',
      7,
      "'arrive when sqrt(x - 1) > 5' of job cannot be told at t = 1 s",
    ],
    [
      'a probability that is none',
      items(`choose ${none} -> leave, else -> leave`),
      'PX9003',
      6,
      'A probability in',
    ],
    [
      'a negative probability',
      items('choose a - 1.5 -> leave, else -> leave'),
      'PX9055',
      6,
      'is -0.5 at t = 1 s',
    ],
    [
      'probabilities that are too many together',
      items('choose 0.7 * a -> b, 0.7 * a -> b, else -> leave\nstation b'),
      'PX9055',
      6,
      'The sum of the probabilities',
    ],
    [
      'what an item carries',
      `process job {\nitem k: Number = ${none}\narrive every 1 s\n}`,
      'PX9003',
      5,
      "'k' of job",
    ],
    ['what an item sets', `state n = 0\n${items(`set n = ${none}`)}`, 'PX9003', 7, "'set n = "],
    ['what an item sets to no end', `state n = 0\n${items('set n = 1 / (a - 1)')}`, 'PX9055', 7, 'Infinity'],
    ['a priority', used('m', `use m for 2 s priority ${none}`), 'PX9003', 7, 'The priority or order'],
    [
      'an order',
      used('m', `queue q order lowest ${none}\nuse m for 2 s`),
      'PX9003',
      8,
      'The priority or order',
    ],
    ['a size of a resource', used(`m[${none}]`), 'PX9003', 4, 'The number of units of m'],
    ['a negative size of one', used('m[a - 2]'), 'PX9055', 4, 'is -1'],
    ['units on duty', used(`m[5] { shifts daily 00:00..12:00 with ${none} }`), 'PX9003', 4, 'on duty of m'],
    [
      'a size of a queue',
      used('m', `queue q[${none}] when full: balk\nuse m for 2 s`),
      'PX9003',
      7,
      'places of q',
    ],
    ['a batch', items('batch a - 1'), 'PX9055', 6, 'is 0 at t = 1 s. It must not be less than 1'],
    ['a group', 'process job {\narrive every 1 s in groups of a - 3\n}', 'PX9055', 5, 'is -2'],
    ['a time between arrivals', `process job {\narrive every ${none} * 1 s\n}`, 'PX9003', 5, "'arrive every"],
    ['a negative one', 'process job {\narrive every (a - 2) * 1 s\n}', 'PX9022', 5, 'is -1 s at t = 0 s'],
    ['a first time', `process job {\narrive at ${none} * 1 s\n}`, 'PX9003', 5, 'The first time'],
    ['an end', `process job {\narrive every 1 s until ${none} * 1 s\n}`, 'PX9003', 5, 'The end of'],
    ['a patience', used('m', `queue q patience ${none} * 1 s\nuse m for 2 s`), 'PX9003', 7, 'The time of'],
    [
      'a time of setting up',
      used('m', 'item k: Number = time / 1 s').replace(
        'arrive every 1 s\nitem k: Number = time / 1 s',
        'item k: Number = time / 1 s\narrive every 1 s\nuse m for 0.5 s setup -1 s * a when k changes',
      ),
      'PX9022',
      8,
      'The setup time',
    ],
    ['a time to break', used(`m { breaks after ${none} * 1 s of busy repair 1 s }`), 'PX9003', 4, 'of m'],
    [
      'a belt that stands still',
      items('convey b 10 m at (a - 1) * 1 m/s spacing 1 m'),
      'PX9055',
      6,
      'must be finite',
    ],
  ])('%s', (_, members, code, line, text) => {
    const said = told(members);
    expect(said.slice(0, said.indexOf(':'))).toBe(`${code} line ${line}`);
    expect(said).toContain(text);
  });
});

describe('says nothing', () => {
  it.each([
    [
      'of rounding in probabilities',
      items('choose 0.1 * a -> b, 0.2 * a -> b, 0.7 * a + 1e-12 -> b, else -> leave\nstation b'),
    ],
    [
      'of a probability that is 0 but for rounding',
      items('choose a - 0.9 - 0.1 - 1e-12 -> leave, else -> leave'),
    ],
    ['of what is not asked for', items(`choose a > 0 or ${none} < 1 -> leave, else -> leave`)],
    ['of a queue without end', used('m', 'queue q[1 / (a - 1)]\nuse m for 0.5 s')],
  ])('%s', (_, members) => {
    expect(told(members)).toBe('fine');
  });

  it('and takes a size that is whole but for rounding for that', () => {
    const busy = (size: string): number | undefined =>
      run(`param p = 0.3\nparam q = 0.1\n${used(`m[${size}]`, 'use m for 100 s')}`).value('m.busy');
    expect(0.3 / 0.1).toBeLessThan(3);
    expect(busy('p / q')).toBe(3);
    expect(busy('p / q - 0.1')).toBe(2);
  });
});

describe('a value of an item that is drawn within bounds', () => {
  const kept = (value: string): Twin =>
    run(
      `process job {\narrive every 1 s\nitem w = ${value}\nchoose w < 1 -> low, w > 2 -> high, else -> leave\nexit low\nexit high\n}`,
      400,
    );
  const counts = (twin: Twin) => ['job.left', 'job.low', 'job.high'].map((name) => twin.value(name));

  it('lies there, with and without draw, as times between arrivals do', () => {
    expect(counts(kept('normal(1, 1) in 1..2'))).toEqual([400, 0, 0]);
    expect(kept('normal(1, 1) in 1..2').hash()).toBe(kept('draw normal(1, 1) in 1..2').hash());
    // Without bounds half of them are below the mean, and a sixth above one deviation more.
    const [, low, high] = counts(kept('normal(1, 1)')) as number[];
    expect(Math.abs(low! / 400 - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(high! / 400 - 0.1587)).toBeLessThan(0.07);
  });
});

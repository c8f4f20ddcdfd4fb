/** Random networks of stations: against a simulation of its own kind, and against laws that hold whatever is drawn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate, textOf } from './event-list.ts';
import type { Network, Station } from './event-list.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled, expectAgreement, started } from './flows.ts';

const milli = (low: number, high: number) =>
  fc.integer({ min: low * 1000, max: high * 1000 }).map((value) => value / 1000);

const station = (count: number): fc.Arbitrary<Station> =>
  fc.record(
    {
      servers: fc.integer({ min: 1, max: 3 }),
      capacity: fc.integer({ min: 1, max: 4 }),
      full: fc.constantFrom('block' as const, 'block' as const, 'balk' as const),
      order: fc.constantFrom('fifo' as const, 'fifo' as const, 'lifo' as const, 'highest' as const),
      patience: milli(2, 9),
      base: milli(0.2, 3),
      spread: milli(0, 4),
      phase: milli(0.1, 0.9),
      routes: fc.array(
        fc.record({
          modulus: fc.integer({ min: 2, max: 5 }),
          to: fc.integer({ min: -1, max: count - 1 }),
        }),
        { maxLength: 2 },
      ),
      otherwise: fc.integer({ min: -1, max: count - 1 }),
    },
    { requiredKeys: ['servers', 'full', 'order', 'base', 'spread', 'phase', 'routes', 'otherwise'] },
  );

const network: fc.Arbitrary<Network> = fc.integer({ min: 1, max: 4 }).chain((count) =>
  fc.record({
    gap: milli(0.3, 2),
    spread: milli(0, 2),
    most: fc.integer({ min: 20, max: 120 }),
    visits: fc.integer({ min: 1, max: 9 }),
    stations: fc.array(station(count), { minLength: count, maxLength: count }),
  }),
);

const END = 400;
const near = (value: number | undefined, expected: number, what: string): void => {
  const off = Math.abs(value! - expected);
  if (!(off <= 1e-9 * Math.max(1, Math.abs(expected))))
    throw new Error(`${what}: ${value}, expected ${expected}`);
};

/** Everything that both know, at a time. */
function compare(twin: Twin, drawn: Network, time: number): void {
  expect(twin.trouble()?.message).toBeUndefined();
  const { counts, stays, ...areas } = simulate(drawn, time);
  const count = (name: string, value: number): void =>
    near(twin.value(name) ?? 0, value, `${name} at ${time} s`);
  for (const name of ['arrived', 'left', 'balked', 'reneged', 'inside'] as const)
    count(`job.${name}`, counts[name]);
  const mean = (name: string, area: number): void =>
    near(twin.value(name), area / time, `${name} at ${time} s`);
  mean('inside', areas.inside);
  drawn.stations.forEach(({ servers }, s) => {
    count(`q${s}.length`, counts.lengths[s]!);
    count(`s${s}.busy`, counts.busy[s]!);
    count(`s${s}.blocked`, counts.blocked[s]!);
    mean(`length${s}`, areas.lengths[s]!);
    mean(`held${s}`, areas.busy[s]!);
    mean(`worked${s}`, (areas.busy[s]! - areas.blocked[s]!) / servers);
  });
  if (stays.length > 0)
    near(twin.value('stay'), stays.reduce((a, b) => a + b, 0) / stays.length, `stay at ${time} s`);
}

const times = fc.array(milli(1, END), { minLength: 2, maxLength: 3 });
const sorted = (drawn: readonly number[]): number[] => [...drawn.toSorted((a, b) => a - b), END];

describe('a random network', () => {
  it('does what the list of events says, at any time', () => {
    fc.assert(
      fc.property(network, times, (drawn, at) => {
        const twin = started(compiled(textOf(drawn), `run ${END} s`));
        for (const time of sorted(at)) {
          twin.advance(time);
          compare(twin, drawn, time);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('keeps some hundred events in order, many of which are at one time, and takes some of them back', () => {
    const station = { full: 'block' as const, spread: 0, phase: 0.5, routes: [{ modulus: 3, to: 1 }] };
    const crowd: Network = {
      gap: 0.0625,
      spread: 0,
      most: 900,
      visits: 3,
      stations: [
        { ...station, servers: 40, order: 'fifo', patience: 2.5, base: 3, otherwise: -1 },
        { ...station, servers: 20, order: 'lifo', patience: 40, base: 2, otherwise: 0 },
      ],
    };
    const twin = started(compiled(textOf(crowd), `run ${END} s`));
    for (const time of [5, 20.03125, 40, 60, END]) {
      twin.advance(time);
      compare(twin, crowd, time);
    }
    expectAgreement(textOf({ ...crowd, most: 150 }), 'run 20 s');
  });

  it('does the same where an equation reads it, which then sees each of its events', () => {
    fc.assert(
      fc.property(network, times, (drawn, at) => {
        const text = `state area = 0 s  der(area) = job.inside  ${textOf(drawn)}`;
        const twin = started(compiled(text, `run ${END} s`));
        for (const time of sorted(at)) {
          twin.advance(time);
          compare(twin, drawn, time);
          near(twin.value('area'), simulate(drawn, time).inside, `area at ${time} s`);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('goes on with the same bits after it was saved and restored, branched and rewound', () => {
    fc.assert(
      fc.property(network, times, fc.boolean(), (drawn, at, coupled) => {
        const text = `${coupled ? 'state area = 0 s  der(area) = job.inside' : ''} ${textOf(drawn)}`;
        const artefact = compiled(text, `run ${END} s`);
        const whole = started(artefact);
        whole.advance(END);
        const twin = started(artefact);
        for (const time of sorted(at)) {
          twin.advance(time);
          const other = started(artefact);
          other.restore(twin.save());
          expect(other.hash()).toBe(twin.hash());
          other.advance(END);
          expect(other.hash()).toBe(whole.hash());
          const branch = twin.branch();
          branch.advance(END);
          expect(branch.hash()).toBe(whole.hash());
        }
        twin.rewind(at[0]!);
        compare(twin, drawn, at[0]!);
        twin.advance(END);
        expect(twin.hash()).toBe(whole.hash());
      }),
      { numRuns: 12 },
    );
  });

  it('obeys the laws of Little and of utilisation once all have left, and loses nobody before', () => {
    fc.assert(
      fc.property(network, times, (drawn, at) => {
        // Who is blocked by those behind it never leaves: so each place holds all.
        const stations = drawn.stations.map(({ capacity: _, patience: __, ...rest }) => rest);
        const open = { ...drawn, stations };
        const twin = started(compiled(textOf(open), 'run 5000 s'));
        const value = (name: string): number => twin.value(name) ?? 0;
        for (const time of at.toSorted((a, b) => a - b)) {
          twin.advance(time);
          const gone = value('job.left') + value('job.balked') + value('job.reneged');
          expect(value('job.arrived')).toBe(gone + value('job.inside'));
        }
        twin.advance(5000);
        const { work } = simulate(open, 5000);
        expect(value('job.left')).toBe(drawn.most);
        near(value('inside') * 5000, value('stay') * drawn.most, 'number inside over time');
        stations.forEach(({ servers }, s) =>
          near(value(`worked${s}`) * servers * 5000, work[s]!, `work of station ${s}`),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('that is closed keeps all that it has, and is walked to the same bits', () => {
    fc.assert(
      fc.property(network, (drawn) => {
        const count = drawn.stations.length;
        const stations = drawn.stations.map(({ routes, capacity: _, patience: __, ...rest }, s) => ({
          ...rest,
          routes: routes.map(({ modulus, to }) => ({ modulus, to: Math.max(to, 0) })),
          otherwise: (s + 1) % count,
        }));
        const closed = { ...drawn, most: 10, visits: 1e6, stations };
        const twin = started(compiled(textOf(closed), `run ${END} s`));
        twin.advance(END);
        compare(twin, closed, END);
        expect(twin.value('job.inside')).toBe(10);
        expectAgreement(textOf(closed), 'run 40 s');
      }),
      { numRuns: 6 },
    );
  });
});

/** Connections that stay loops against the same joins followed one element at a time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { elements } from '../../compiler/3-flatten/box.ts';
import { boxOf, connect, Tangled } from '../../compiler/3-flatten/equations/connections.ts';
import type { Connection, Terminal } from '../../compiler/3-flatten/equations/connections.ts';
import type { Group } from '../../compiler/3-flatten/instances/instances.ts';

const SIZE = 6;
const ports = ['a', 'b', 'c'].map((path) => ({ path, dims: [SIZE] }) as unknown as Group);

/** A join in a loop over i, of neighbours, single elements and whole arrays. */
const joins = fc
  .record({
    from: fc.nat({ max: 2 }),
    rounds: fc.integer({ min: 1, max: 4 }),
    ends: fc.array(
      fc.record({
        port: fc.nat({ max: 2 }),
        kind: fc.constantFrom('loop', 'next', 'one', 'all'),
        at: fc.nat({ max: SIZE - 1 }),
      }),
      { minLength: 2, maxLength: 3 },
    ),
  })
  .map(({ from, rounds, ends }): Connection => {
    const to = Math.min(from + rounds, SIZE - 1);
    const terminals = ends.map(({ port, kind, at }): Terminal => {
      const group = ports[port]!;
      if (kind === 'one') return { group, index: [at], inner: [] };
      if (kind === 'all')
        return { group, index: [{ loop: 'k', offset: 0 }], inner: [{ variable: 'k', from: 0, to: SIZE }] };
      return { group, index: [{ loop: 'i', offset: kind === 'next' ? 1 : 0 }], inner: [] };
    });
    return { loops: [{ variable: 'i', from, to }], terminals, sources: [] };
  });

/** Sets of elements, as sorted texts. */
function sets(rounds: string[][]): string[] {
  const parent = new Map<string, string>();
  const root = (one: string): string => {
    const up = parent.get(one) ?? one;
    return up === one ? one : root(up);
  };
  for (const round of rounds) for (const one of round) parent.set(root(one), root(round[0]!));
  const found = new Map<string, string[]>();
  for (const one of parent.keys()) found.set(root(one), [...(found.get(root(one)) ?? []), one]);
  return [...found.values()].map((set) => set.toSorted().join(' ')).toSorted();
}

/** What each round of a connection joins. */
const roundsOf = (connection: Connection): string[][] =>
  [...elements(connection.loops.map((loop) => [loop.from, loop.to] as const))].map((at) => {
    const loops = connection.loops.map((loop, dim) => ({ ...loop, from: at[dim]!, to: at[dim]! + 1 }));
    return connection.terminals.flatMap((terminal) =>
      [...elements(boxOf({ ...connection, loops }, terminal))].map(
        (index) => `${terminal.group.path}${index.join(',')}`,
      ),
    );
  });

it('joins the same elements, each in one connection', () => {
  fc.assert(
    fc.property(fc.array(joins, { minLength: 1, maxLength: 4 }), (list) => {
      let connections: Connection[];
      try {
        connections = connect(list);
      } catch (error) {
        // These are followed one by one instead.
        expect(error).toBeInstanceOf(Tangled);
        return;
      }
      const rounds = connections.flatMap(roundsOf);
      const all = rounds.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(rounds.map((round) => round.toSorted().join(' ')).toSorted()).toEqual(
        sets(list.flatMap(roundsOf)),
      );
    }),
    { numRuns: 400 },
  );
});

/** How often indexes of ports are looked at when so many are joined to one, each by a join of its own. */
function looksAt(count: number): number {
  let looks = 0;
  const element = (group: Group, at: number): Terminal => ({
    group,
    inner: [],
    get index() {
      looks += 1;
      return [at];
    },
  });
  const [one, all] = [
    { path: 'inlet', dims: [1] },
    { path: 'pipe', dims: [count] },
  ] as unknown as [Group, Group];
  const connections = connect(
    Array.from({ length: count }, (_, at) => ({
      loops: [],
      terminals: [element(one, 0), element(all, at)],
      sources: [],
    })),
  );
  expect(connections.map(({ terminals }) => terminals.length)).toEqual([count + 1]);
  return looks;
}

it('joins many elements to one port by looking each of them up, not by comparing each with all', () => {
  expect(looksAt(400)).toBeLessThan(2.2 * looksAt(200));
});

it('takes apart what is joined in pairs by looking it up, too', () => {
  let looks = 0;
  const pairs = (count: number): number => {
    looks = 0;
    const groups = ['pipe', 'vent'].map((path) => ({ path, dims: [count] }) as unknown as Group);
    const joined = connect(
      Array.from({ length: count }, (_, at) => ({
        loops: [],
        terminals: groups.map((group) => ({
          group,
          inner: [],
          get index() {
            looks += 1;
            return [at];
          },
        })),
        sources: [],
      })),
    );
    expect(joined).toHaveLength(count);
    return looks;
  };
  const few = pairs(200);
  expect(pairs(400)).toBeLessThan(2.2 * few);
});

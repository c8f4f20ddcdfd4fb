/** Minimal version selection against its definition (Cox 2018): the greatest minimum over all that can be reached. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { select } from '../../packages/select.ts';
import type { Candidate, Demand } from '../../packages/select.ts';

/** `needs['b 1']`: what version 1.1.0 of b asks for. Version n stands for 1.n.0. */
type Graph = Record<string, [name: string, version: number][]>;

const versionOf = (n: number): string => `1.${n}.0`;
const demand = (by: string, [name, n]: [string, number], git = 'https://example.org/'): Demand => ({
  name,
  requirement: { git: `${git}${name}`, version: versionOf(n) },
  by,
  folder: '',
});

async function selected(graph: Graph, roots: [string, number][]): Promise<Record<string, string>> {
  const found = await select<Candidate>(
    roots.map((each) => demand('root', each)),
    async ({ name, requirement }) => {
      const version = 'version' in requirement ? requirement.version : '';
      const n = version.split('.')[1];
      return {
        version,
        demands: (graph[`${name} ${n}`] ?? []).map((each) => demand(`${name} ${version}`, each)),
      };
    },
  );
  return Object.fromEntries([...found.values()].map(({ name, candidate }) => [name, candidate.version]));
}

describe('selecting versions', () => {
  it("gives the build list of the article's example", async () => {
    // research.swtch.com/vgo-mvs: A 1 needs B 1.2 and C 1.2; B 1.2 needs D 1.3; C 1.2 needs D 1.4; D 1.3 and 1.4 need E 1.2.
    const graph: Graph = { 'b 2': [['d', 3]], 'c 2': [['d', 4]], 'd 3': [['e', 2]], 'd 4': [['e', 2]] };
    expect(
      await selected(graph, [
        ['b', 2],
        ['c', 2],
      ]),
    ).toEqual({ b: '1.2.0', c: '1.2.0', d: '1.4.0', e: '1.2.0' });
  });

  it('leaves out what only a version that was passed over needs', async () => {
    const graph: Graph = { 'b 1': [['old', 1]], 'c 1': [['b', 2]] };
    expect(
      await selected(graph, [
        ['b', 1],
        ['c', 1],
      ]),
    ).toEqual({ b: '1.2.0', c: '1.1.0' });
  });

  it('satisfies every demand of what it selects, with nothing newer than anyone asked for', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const one = fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 }));
    const graphs = fc.dictionary(
      fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 })).map(([name, n]) => `${name} ${n}`),
      fc.array(one, { maxLength: 3 }),
      { maxKeys: 12 },
    );
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(one, { minLength: 1, maxLength: 3 }), async (graph, roots) => {
        const found = await selected(graph, roots);
        const number = (name: string): number => Number(found[name]!.split('.')[1]);
        const asked = new Map<string, Set<number>>();
        const note = ([name, n]: [string, number]): void =>
          void asked.set(name, (asked.get(name) ?? new Set()).add(n));
        roots.forEach(note);
        Object.values(graph).flat().forEach(note);
        for (const [name, n] of roots) expect(number(name)).toBeGreaterThanOrEqual(n);
        for (const name of Object.keys(found)) {
          expect(asked.get(name)!.has(number(name))).toBe(true);
          for (const [other, n] of graph[`${name} ${number(name)}`] ?? [])
            expect(number(other)).toBeGreaterThanOrEqual(n);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names both sides when versions break with each other, or sources differ', async () => {
    const look = async ({ name, requirement }: Demand): Promise<Candidate> => ({
      version: 'version' in requirement ? requirement.version : '1.0.0',
      demands:
        name === 'b'
          ? [
              {
                ...demand('b 1.0.0', ['c', 0]),
                requirement: { git: 'https://example.org/c', version: '2.0.0' },
              },
            ]
          : [],
    });
    await expect(select([demand('root', ['c', 1]), demand('root', ['b', 0])], look)).rejects.toThrow(
      'root needs c 1.x, b 1.0.0 needs c 2.x: these break with each other',
    );
    const elsewhere = demand('other', ['c', 1], 'https://elsewhere.org/');
    await expect(select([demand('root', ['c', 1]), elsewhere], look)).rejects.toThrow(
      'root takes c from https://example.org/c, other from https://elsewhere.org/c: there can be only one c',
    );
  });
});

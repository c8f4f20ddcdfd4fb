import type { FlatIndex } from '../../ir/flat-expression.ts';
import type { Group } from '../instances/instances.ts';
import type { Connection, Terminal } from './connections.ts';

/**
 * Joins that name one port in the same words are one connection, in the place of the first of them: a thousand joins to one
 * port are found by looking up its name, not by comparing each with all. What only shares some elements is left as it is.
 */
export function united(joins: readonly Connection[]): Connection[] {
  const leaders = joins.map((_, at) => at);
  const leaderOf = (at: number): number => {
    let top = at;
    while (leaders[top] !== top) top = leaders[top]!;
    for (let next = at; next !== top;) [next, leaders[next]] = [leaders[next]!, top];
    return top;
  };
  const namer = new Namer();
  const firsts = new Map<string, number>();
  for (const [at, join] of joins.entries())
    for (const terminal of join.terminals) {
      const name = namer.nameOf(join, terminal);
      const [own, other] = [leaderOf(at), leaderOf(firsts.get(name) ?? at)];
      leaders[Math.max(own, other)] = Math.min(own, other);
      firsts.set(name, other);
    }
  const companies = new Map<number, Connection[]>();
  for (const [at, join] of joins.entries()) {
    const leader = leaderOf(at);
    const company = companies.get(leader);
    if (company === undefined) companies.set(leader, [join]);
    else company.push(join);
  }
  return [...companies.values()].map((company) =>
    company.length === 1 ? company[0]! : merged(company, namer),
  );
}

/** Of joins over the same rounds; a port that several of them name is in it once. */
function merged(joins: readonly Connection[], namer: Namer): Connection {
  const { loops } = joins[0]!;
  const terminals = new Map<string, Terminal>();
  for (const join of joins)
    for (const terminal of join.terminals) {
      const name = namer.nameOf(join, terminal);
      if (!terminals.has(name)) terminals.set(name, terminal);
    }
  return { loops, terminals: [...terminals.values()], sources: joins.flatMap(({ sources }) => sources) };
}

/** What is named alike is the same port in each round of the same loops. */
class Namer {
  private readonly groups = new Map<Group, number>();

  nameOf({ loops }: Connection, { group, index, inner }: Terminal): string {
    if (!this.groups.has(group)) this.groups.set(group, this.groups.size);
    const rounds = [...loops, ...inner].map(({ variable, from, to }) => `${variable}:${from}..${to}`);
    return [this.groups.get(group), index.map(indexText), loops.length, rounds].join(' ');
  }
}

const indexText = (at: FlatIndex): string =>
  typeof at === 'number' ? String(at) : `${at.loop}+${at.offset}`;

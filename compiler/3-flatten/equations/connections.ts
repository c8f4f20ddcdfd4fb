import type { FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { equal, loopName, rangesOf, substituteIndex } from '../../ir/expressions.ts';
import type { Substitution } from '../../ir/expressions.ts';
import { contains, meets, Places, reach } from '../box.ts';
import type { Box } from '../box.ts';
import type { Group } from '../instances/instances.ts';
import { united } from './united.ts';

/** Elements of one array of ports that belong to a connection; `inner` loops run inside of it. */
export interface Terminal {
  /** The ports along one path. */
  group: Group;
  index: FlatIndex[];
  inner: FlatLoop[];
}

/** Ports that are joined: one connection for each combination of the loops. */
export interface Connection {
  loops: FlatLoop[];
  terminals: Terminal[];
  sources: SourceRange[];
}

/** Joins whose ports overlap in no pattern that loops can follow. */
export class Tangled extends Error {}

/**
 * Joins → connections that share no port: what is joined to the same port becomes one connection. Loops stay loops: two
 * joins that meet in some elements of an array are cut there, and what all rounds of a loop join to one port is one
 * connection with a loop inside of it.
 */
export function connect(joins: readonly Connection[]): Connection[] {
  const open = united(joins.map(single));
  const done = new Apart();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const tidy = settle(next);
    const met = done.meeting(tidy);
    if (!met) {
      done.add(tidy);
      continue;
    }
    done.delete(met.other);
    open.push(...merge(tidy, met.own, met.other, met.theirs));
  }
  return done.all().map(inOrder).reverse();
}

export const boxOf = ({ loops }: Connection, { index, inner }: Terminal): Box =>
  reach(index, rangesOf([...loops, ...inner]));

const standsIn = (index: readonly FlatIndex[], loop: string) =>
  index.filter((one) => typeof one !== 'number' && one.loop === loop).length;

/** A loop of one round becomes a number. */
function single(connection: Connection): Connection {
  const by: Substitution = new Map(
    connection.loops.flatMap((loop) =>
      loop.to - loop.from === 1 ? [[loop.variable, loop.from] as const] : [],
    ),
  );
  return by.size === 0
    ? connection
    : renamed(
        connection,
        by,
        connection.loops.filter((loop) => !by.has(loop.variable)),
      );
}

function renamed(connection: Connection, by: Substitution, loops: FlatLoop[]): Connection {
  const terminals = connection.terminals.map((one) => ({
    ...one,
    index: one.index.map((at) => substituteIndex(at, by)),
  }));
  return { ...connection, loops, terminals };
}

/** Every loop stands once in the index of every terminal, and no two terminals overlap. */
function settle(connection: Connection): Connection {
  let now = connection;
  for (;;) {
    const doubled = now.terminals.some(({ index }) =>
      now.loops.some((loop) => standsIn(index, loop.variable) > 1),
    );
    if (doubled) throw new Tangled();
    const lacking = now.loops.find((loop) =>
      now.terminals.some(({ index }) => standsIn(index, loop.variable) === 0),
    );
    if (lacking) {
      now = collapse(now, lacking);
      continue;
    }
    const pair = overlapping(now);
    if (!pair) return now;
    now = unite(now, ...pair);
  }
}

/** All rounds of a loop are one connection. */
function collapse({ loops, terminals, sources }: Connection, loop: FlatLoop): Connection {
  return {
    loops: loops.filter((one) => one !== loop),
    terminals: terminals.map((one) =>
      standsIn(one.index, loop.variable) > 0 ? { ...one, inner: [...one.inner, loop] } : one,
    ),
    sources,
  };
}

function overlapping(connection: Connection): [Terminal, Terminal] | undefined {
  const boxes = new Map(connection.terminals.map((one) => [one, boxOf(connection, one)]));
  for (const company of byGroup(connection.terminals).values()) {
    const before = new Places<Terminal>();
    for (const other of company) {
      const box = boxes.get(other)!;
      const [one] = before.meeting(box);
      if (one !== undefined) return [one, other];
      before.add(other, box);
    }
  }
  return undefined;
}

/** Two terminals of one connection that share elements become one. */
function unite(connection: Connection, one: Terminal, other: Terminal): Connection {
  const outer = new Set(connection.loops.map((loop) => loop.variable));
  const isOuter = (at: FlatIndex) => typeof at !== 'number' && outer.has(at.loop);
  for (const [dim, at] of one.index.entries()) {
    const there = other.index[dim]!;
    if (!isOuter(at) && !isOuter(there)) continue;
    if (equal(at, there)) continue;
    // `join cell[i].left, cell[i + 1].left`: neighbours that chain into one.
    const step = typeof at !== 'number' && typeof there !== 'number' && at.loop === there.loop;
    if (step && Math.abs(at.offset - there.offset) !== 1) throw new Tangled();
    const loop = connection.loops.find(
      (each) =>
        each.variable === (isOuter(at) ? (at as { loop: string }).loop : (there as { loop: string }).loop),
    )!;
    return collapse(connection, loop);
  }
  const [a, b] = [boxOf(connection, one), boxOf(connection, other)];
  const without = (dropped: Terminal) => ({
    ...connection,
    terminals: connection.terminals.filter((each) => each !== dropped),
  });
  if (contains(a, b)) return without(other);
  if (contains(b, a)) return without(one);
  const apart = a.flatMap((range, dim) => (equal(range, b[dim]) ? [] : [dim]));
  if (apart.length !== 1) throw new Tangled();
  const dim = apart[0]!;
  const range = [Math.min(a[dim]![0], b[dim]![0]), Math.max(a[dim]![1], b[dim]![1])] as const;
  const variable = freshLoop(connection);
  const united: Terminal = {
    group: one.group,
    index: one.index.map((at, place) => (place === dim ? { loop: variable, offset: 0 } : at)),
    inner: [...withoutLoop(one, one.index[dim]!), { variable, from: range[0], to: range[1] }],
  };
  const terminals = connection.terminals.flatMap((each) =>
    each === one ? [united] : each === other ? [] : [each],
  );
  return { ...connection, terminals };
}

function withoutLoop({ inner }: Terminal, at: FlatIndex): FlatLoop[] {
  return typeof at === 'number' ? inner : inner.filter((loop) => loop.variable !== at.loop);
}

function freshLoop({ loops, terminals }: Connection): string {
  const taken = new Set([...loops, ...terminals.flatMap((one) => one.inner)].map((loop) => loop.variable));
  for (let at = 0; ; at += 1) if (!taken.has(loopName(at))) return loopName(at);
}

interface Meeting {
  own: Terminal;
  other: Connection;
  theirs: Terminal;
}

function byGroup(terminals: readonly Terminal[]): Map<Group, Terminal[]> {
  const found = new Map<Group, Terminal[]>();
  for (const one of terminals) {
    const company = found.get(one.group);
    if (company === undefined) found.set(one.group, [one]);
    else company.push(one);
  }
  return found;
}

/** Connections that share no port. Those that reach into elements of a group are looked up: a manifold may have thousands of joins. */
class Apart {
  /** When each was added. */
  private readonly order = new Map<Connection, number>();
  private readonly byGroup = new Map<Group, Places<Connection>>();
  private added = 0;

  add(connection: Connection): void {
    this.order.set(connection, this.added);
    this.added += 1;
    for (const terminal of connection.terminals) {
      const places = this.byGroup.get(terminal.group) ?? new Places<Connection>();
      places.add(connection, boxOf(connection, terminal));
      this.byGroup.set(terminal.group, places);
    }
  }

  delete(connection: Connection): void {
    this.order.delete(connection);
    for (const terminal of connection.terminals)
      this.byGroup.get(terminal.group)?.delete(connection, boxOf(connection, terminal));
  }

  all(): Connection[] {
    return [...this.order.keys()];
  }

  /** Where one shares a port with the first of these that it does so with. */
  meeting(connection: Connection): Meeting | undefined {
    const { terminals } = connection;
    const near = terminals.flatMap((one) => [
      ...(this.byGroup.get(one.group)?.meeting(boxOf(connection, one)) ?? []),
    ]);
    const [other] = near.sort((a, b) => this.order.get(a)! - this.order.get(b)!);
    if (other === undefined) return undefined;
    const own = byGroup(terminals);
    for (const theirs of other.terminals)
      for (const one of own.get(theirs.group) ?? [])
        if (meets(boxOf(connection, one), boxOf(other, theirs))) return { own: one, other, theirs };
    return undefined;
  }
}

/** Two connections that meet in a terminal: what they share as one, and what is left of each. */
function merge(one: Connection, own: Terminal, other: Connection, theirs: Terminal): Connection[] {
  const [a, b] = [boxOf(one, own), boxOf(other, theirs)];
  const shared = a.map(([from, to], dim) => [Math.max(from, b[dim]![0]), Math.min(to, b[dim]![1])] as const);
  const rest: Connection[] = [];
  const first = cutTo(one, own, shared, rest);
  const second = cutTo(other, theirs, shared, rest);
  const mine = outerLoops(first.connection, first.terminal);
  const their = outerLoops(second.connection, second.terminal);
  // Where one has a loop of connections and the other a single one, all rounds are that one.
  for (const [dim, loop] of mine.entries())
    if (loop && !their[dim]) return [...rest, second.connection, collapse(first.connection, loop)];
  for (const [dim, loop] of their.entries())
    if (loop && !mine[dim]) return [...rest, first.connection, collapse(second.connection, loop)];

  const loops = first.connection.loops;
  const taken = new Set(
    [...loops, ...first.connection.terminals.flatMap((each) => each.inner)].map((l) => l.variable),
  );
  const by = new Map<string, FlatIndex>();
  for (const [dim, loop] of mine.entries()) {
    const [here, there] = [first.terminal.index[dim]!, second.terminal.index[dim]!];
    if (!loop || typeof here === 'number' || typeof there === 'number') continue;
    by.set(there.loop, { loop: here.loop, offset: here.offset - there.offset });
  }
  const terminals = second.connection.terminals.map((each) => apartFrom(each, taken));
  const moved = renamed({ ...second.connection, terminals }, by, []);
  const sources = [...first.connection.sources, ...second.connection.sources];
  return [...rest, { loops, terminals: [...first.connection.terminals, ...moved.terminals], sources }];
}

/** Inner loops get names that stand nowhere else. */
function apartFrom(terminal: Terminal, taken: Set<string>): Terminal {
  const by = new Map<string, FlatIndex>();
  const inner = terminal.inner.map((loop) => {
    if (!taken.has(loop.variable)) return loop;
    let at = 0;
    while (taken.has(`${loop.variable}${at}`)) at += 1;
    const variable = `${loop.variable}${at}`;
    by.set(loop.variable, { loop: variable, offset: 0 });
    return { ...loop, variable };
  });
  for (const loop of inner) taken.add(loop.variable);
  return { ...terminal, inner, index: terminal.index.map((at) => substituteIndex(at, by)) };
}

/** For each dim, the loop of connections that counts it; undefined for a number or a loop inside. */
function outerLoops({ loops }: Connection, { index }: Terminal): (FlatLoop | undefined)[] {
  return index.map((at) =>
    typeof at === 'number' ? undefined : loops.find((loop) => loop.variable === at.loop),
  );
}

/** The rounds in which a terminal lies in a box; the other rounds go to `rest`. */
function cutTo(
  connection: Connection,
  terminal: Terminal,
  box: Box,
  rest: Connection[],
): { connection: Connection; terminal: Terminal } {
  const at = connection.terminals.indexOf(terminal);
  let core = connection;
  for (const [dim, loop] of outerLoops(connection, terminal).entries()) {
    const index = terminal.index[dim]!;
    if (!loop || typeof index === 'number') continue;
    const [from, to] = box[dim]!.map((end) => end - index.offset) as [number, number];
    const limited = (low: number, high: number): Connection => ({
      ...core,
      loops: core.loops.map((one) =>
        one.variable === loop.variable ? { ...one, from: low, to: high } : one,
      ),
    });
    if (loop.from < from) rest.push(single(limited(loop.from, from)));
    if (to < loop.to) rest.push(single(limited(to, loop.to)));
    core = limited(from, to);
  }
  const cut = single(core);
  return { connection: cut, terminal: cut.terminals[at]! };
}

/** The ports as the tree of parts has them, so that the order of joins in the text changes nothing. */
function inOrder(connection: Connection): Connection {
  const terminals = connection.terminals.toSorted((a, b) => {
    const [left, right] = [boxOf(connection, a), boxOf(connection, b)];
    const at = left.findIndex((range, dim) => range[0] !== right[dim]?.[0]);
    return (
      Number(a.group.path > b.group.path) - Number(a.group.path < b.group.path) ||
      (left[at]?.[0] ?? 0) - (right[at]?.[0] ?? 0)
    );
  });
  return { ...connection, terminals };
}

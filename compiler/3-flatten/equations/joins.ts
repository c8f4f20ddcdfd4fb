import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { joinsTangled } from '../../diagnostics/ports.ts';
import { loopName, number, substituteIndex } from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import { elements, subtract, subtractAll, whole } from '../box.ts';
import type { Box } from '../box.ts';
import { boxOf, connect, Tangled } from './connections.ts';
import type { Connection, Terminal } from './connections.ts';
import type { Family } from './families.ts';
import type { Group } from '../instances/instances.ts';
import { placeOf } from '../expressions/places.ts';
import { scopeOf, within } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import { SCALAR_LIMIT } from '../algebra/scalarise.ts';

/**
 * What is joined → equations: across variables are equal, through variables sum to zero. Through counts positive into the
 * asset that owns the port, so for the ports of parts it enters with a plus, and for a port of the asset that joins them
 * with a minus: what flows into the asset flows on into its parts. Each asset joins by itself; through a port of a part
 * that its owner does not join nothing flows.
 */
export function joinEquations(flattening: Flattening, outside: 'closed' | 'open'): Family[] {
  const families: Family[] = [];
  for (const group of flattening.groups) {
    const ports = portsOf(group);
    const covered = new Map<Group, Box[]>();
    const cover = (port: Group, box: Box): void => {
      const boxes = covered.get(port);
      if (boxes === undefined) covered.set(port, [box]);
      else boxes.push(box);
    };
    for (const connection of connectionsOf(flattening, group)) {
      for (const terminal of connection.terminals) cover(terminal.group, boxOf(connection, terminal));
      families.push(...equationsOf(group, connection));
    }
    for (const port of ports)
      for (const box of subtractAll(whole(port.dims), covered.get(port) ?? []))
        families.push(...closed(port, box, port.part!.source));
  }
  if (outside === 'open') return families;
  const root = flattening.groups[0]!;
  for (const port of root.children.values())
    if (port.part?.port) families.push(...closed(port, whole(port.dims), port.part.source));
  return families;
}

/** The ports of the parts of a group. */
function portsOf(group: Group): Group[] {
  return [...group.children.values()]
    .filter((part) => !part.part?.port)
    .flatMap((part) => [...part.children.values()].filter((port) => port.part?.port));
}

export function connectionsOf(flattening: Flattening, group: Group): Connection[] {
  const joins = group.type.joins.flatMap((join): Connection[] => {
    const scope = within(flattening, scopeOf(group), join.loops);
    if (!scope) return [];
    const terminals = join.places.map((place): Terminal => {
      // The first variable of the port stands for the port.
      const segments = [...place.segments, { name: '' }];
      const stars: FlatLoop[] = [];
      const found = placeOf(
        flattening,
        { segments, target: { kind: 'port' } },
        { ...scope, stars },
        join.source,
      );
      return { group: found.group, index: found.index, inner: stars };
    });
    return [{ loops: [...scope.loops], terminals, sources: [join.source] }];
  });
  try {
    return connect(joins);
  } catch (error) {
    if (!(error instanceof Tangled)) throw error;
    return oneByOne(flattening, group, joins);
  }
}

/** Each round and each element by itself, in all instances of the group at once. */
function oneByOne(flattening: Flattening, group: Group, joins: readonly Connection[]): Connection[] {
  const depth = group.dims.length;
  const rounds = joins.flatMap((join) => {
    const own = join.loops.slice(0, depth);
    const free = join.loops.slice(depth);
    return [...elements(free.map((loop) => [loop.from, loop.to] as const))].map((at) => {
      const by: Substitution = new Map(free.map((loop, position) => [loop.variable, at[position]!]));
      const terminals = join.terminals.flatMap((terminal) =>
        [...elements(terminal.inner.map((loop) => [loop.from, loop.to] as const))].map((inner): Terminal => {
          const all = new Map([
            ...by,
            ...terminal.inner.map((loop, position) => [loop.variable, inner[position]!] as const),
          ]);
          return { ...terminal, inner: [], index: terminal.index.map((one) => substituteIndex(one, all)) };
        }),
      );
      return { loops: own, terminals, sources: join.sources };
    });
  });
  const count = rounds.reduce((sum, round) => sum + round.terminals.length, 0);
  if (count <= SCALAR_LIMIT) return connect(rounds);
  const holes = { asset: group.type.name.replace(/.*\./, ''), count, limit: SCALAR_LIMIT };
  flattening.diagnostics.push(report(joinsTangled, holes, joins[0]!.sources[0]!));
  return [];
}

/** Nothing flows through ports that are not joined. */
function closed(port: Group, box: Box, source: SourceRange): Family[] {
  const { loops, index } = over(box);
  return variablesOf(port, 'through').map((variable) => ({
    loops,
    left: { kind: 'load', variable, index },
    right: number(0),
    group: port.parent!,
    source,
  }));
}

/** Loops over all elements of a box, and the index of one: dims of one element go without a loop. */
export function over(box: Box): { loops: FlatLoop[]; index: FlatIndex[] } {
  const loops: FlatLoop[] = [];
  const index = box.map(([from, to]): FlatIndex => {
    if (to - from === 1) return from;
    const variable = loopName(loops.length);
    loops.push({ variable, from, to });
    return { loop: variable, offset: 0 };
  });
  return { loops, index };
}

/** Of a port: those that are equal where ports are joined (across), or those that sum to zero (through). */
export function variablesOf(port: Group, flows: 'across' | 'through'): number[] {
  return port.type.variables.flatMap((one) =>
    one.flows === flows ? (port.variables.get(one.name) ?? []) : [],
  );
}

function equationsOf(group: Group, connection: Connection): Family[] {
  const { loops, terminals } = tidy(connection);
  const source = connection.sources[0]!;
  // One port stands for all: best one that is no array inside the connection.
  const first = terminals.find((one) => one.inner.length === 0) ?? terminals[0]!;
  const others = terminals.flatMap((one) => (one === first ? besides(one) : [one]));
  const lead = firstOf(first);
  const [across, through] = [acrossOf(first.group), variablesOf(first.group, 'through')];
  const families: Family[] = [];
  const add = (left: FlatExpression, right: FlatExpression, inner: FlatLoop[] = []) =>
    families.push({ loops: [...loops, ...inner], left, right, group, source });
  for (const [position, variable] of across.entries())
    for (const other of others)
      add(
        { kind: 'load', variable: acrossOf(other.group)[position]!, index: other.index },
        { kind: 'load', variable, index: lead },
        other.inner,
      );
  for (const [position, variable] of through.entries()) {
    const own: Load = { kind: 'load', variable, index: lead };
    const rest = others.map((other) => {
      const load: Load = {
        kind: 'load',
        variable: variablesOf(other.group, 'through')[position]!,
        index: other.index,
      };
      const value: FlatExpression =
        other.inner.length === 0
          ? load
          : { kind: 'reduction', operator: 'sum', loops: other.inner, body: load };
      return { value, plus: isOwn(group, other) === isOwn(group, first) };
    });
    const [only, ...more] = rest;
    if (!only) add(own, number(0));
    else if (more.length === 0 && only.value.kind === 'load')
      add(only.value, only.plus ? { kind: 'unary', operator: 'negate', operand: own } : own);
    else {
      const sum = rest.reduce<FlatExpression>(
        (left, { value, plus }) => ({ kind: 'binary', operator: plus ? '+' : '-', left, right: value }),
        own,
      );
      add(sum, number(0));
    }
  }
  return families;
}

const acrossOf = (port: Group) => variablesOf(port, 'across');
const isOwn = (group: Group, { group: port }: Terminal) => port.parent === group;

function firstOf({ index, inner }: Terminal): FlatIndex[] {
  const by: Substitution = new Map(inner.map((loop) => [loop.variable, loop.from]));
  return index.map((one) => substituteIndex(one, by));
}

/** The elements of a terminal but its first one. */
function besides(terminal: Terminal): Terminal[] {
  const { inner } = terminal;
  const all: Box = inner.map((loop) => [loop.from, loop.to] as const);
  const first: Box = inner.map((loop) => [loop.from, loop.from + 1] as const);
  if (inner.length === 0) return [];
  return subtract(all, first).map((box) => {
    const by = new Map<string, FlatIndex>();
    const left = inner.flatMap((loop, at) => {
      const [from, to] = box[at]!;
      if (to - from === 1) by.set(loop.variable, from);
      return to - from === 1 ? [] : [{ ...loop, from, to }];
    });
    return { ...terminal, inner: left, index: terminal.index.map((one) => substituteIndex(one, by)) };
  });
}

/** Loops are named by depth, those inside after those outside. */
function tidy({ loops, terminals, sources }: Connection): Connection {
  const outer = new Map<string, FlatIndex>();
  const named = loops.map((loop, at) => {
    const variable = loopName(at);
    outer.set(loop.variable, { loop: variable, offset: 0 });
    return { ...loop, variable };
  });
  return {
    loops: named,
    sources,
    terminals: terminals.map((terminal) => {
      const by = new Map(outer);
      const inner = terminal.inner.map((loop, at) => {
        const variable = loopName(loops.length + at);
        by.set(loop.variable, { loop: variable, offset: 0 });
        return { ...loop, variable };
      });
      return { ...terminal, inner, index: terminal.index.map((one) => substituteIndex(one, by)) };
    }),
  };
}

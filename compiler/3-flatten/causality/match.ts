import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import {
  definedTwice,
  elementsMissing,
  tooFewEquations,
  tooManyEquations,
} from '../../diagnostics/flattening.ts';
import { keyOf, reach, Taken, whole } from '../box.ts';
import type { Box } from '../box.ts';
import { equal, loads, rangesOf, visit } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import type { Families, Family, Unknown } from '../equations/families.ts';
import { linearFactor } from '../algebra/isolate.ts';
import type { Flattening } from '../flattening.ts';
import { boxName, plainName } from '../names.ts';
import { instances, SCALAR_LIMIT, scalars } from '../algebra/scalarise.ts';

/**
 * Finds for each unknown the equation that determines it: a greatest matching of the graph of equations and unknowns,
 * by augmenting paths (Kuhn's algorithm). Its nodes are families and whole segments of arrays; where that does not come
 * out even, single equations and elements. What stays unmatched is explained with the decomposition of Dulmage and
 * Mendelsohn (1958): everything that an unmatched node reaches by alternating paths is over- or underdetermined.
 */
/** Says why equations do not come out even. */
export type Explain = () => void;

/**
 * Definitions determine their own variable, unless the equations come out even only when one of them is read the other
 * way round: `pump.pressure = p` where p is what is looked for.
 */
export function match(flattening: Flattening, part: Families): Family[] | Explain {
  const { equations, definitions, unknowns } = part;
  const whole = new Graph(flattening, equations, segmentsOf(flattening, equations, unknowns), unknowns);
  if (whole.solve()) return [...definitions, ...whole.matched()];
  const every = [...equations, ...definitions];
  const wanted = [...unknowns, ...targetsOf(definitions)];
  const turned = new Graph(flattening, every, segmentsOf(flattening, every, wanted), wanted);
  if (turned.solve()) return turned.matched();

  const single = elementwise(flattening, equations, unknowns);
  if (!single) return () => whole.explain();
  if (single.solve()) return [...definitions, ...single.matched()];
  const all = elementwise(flattening, every, wanted);
  if (all?.solve()) return all.matched();
  return () => (isScalar(flattening, part) ? whole : single).explain();
}

function isScalar(flattening: Flattening, { equations, unknowns }: Families): boolean {
  return (
    equations.every((family) => family.loops.length === 0) &&
    unknowns.every((unknown) => flattening.variables[unknown.variable]!.dims.length === 0)
  );
}

/** Single equations and elements in the place of families; undefined where they are too many. */
function elementwise(flattening: Flattening, equations: Family[], unknowns: Unknown[]): Graph | undefined {
  const count = (dims: number[]) => dims.reduce((product, size) => product * size, 1);
  const elements = unknowns.reduce((sum, one) => sum + count(flattening.variables[one.variable]!.dims), 0);
  const size = equations.reduce((sum, family) => sum + instances(family), 0);
  if (elements > SCALAR_LIMIT || size > SCALAR_LIMIT) return undefined;
  const open = new Set(unknowns.map((unknown) => unknown.variable));
  const single = equations.flatMap((family) => scalars(family, (variable) => open.has(variable)));
  const points = unknowns.flatMap((unknown) => pointsOf(flattening, unknown));
  return new Graph(flattening, single, points, unknowns);
}

export function targetsOf(definitions: Family[]): Unknown[] {
  const groups = new Map(definitions.map((family) => [family.target!.variable, family.group]));
  return [...groups].map(([variable, group]) => ({ variable, group }));
}

/**
 * Parts that share no unknown: what is wrong with one does not make another one be looked at element by element. `same`: what
 * counts as the same variable.
 */
export function connected(
  { equations, definitions, unknowns }: Families,
  same: (variable: VariableId) => VariableId = (variable) => variable,
): Families[] {
  const open = [...unknowns, ...targetsOf(definitions)].map((one) => same(one.variable));
  const parent = new Map(open.map((variable) => [variable, variable]));
  const rootOf = (variable: VariableId): VariableId => {
    let at = variable;
    // All on the way are led half the way on, so that a chain as long as the text is not gone along again.
    for (let next = parent.get(at)!; next !== at; next = parent.get(at)!) {
      const after = parent.get(next)!;
      parent.set(at, after);
      at = after;
    }
    return at;
  };
  const touched = (family: Family): VariableId[] => {
    const found: VariableId[] = [];
    const add = (node: FlatExpression): void => {
      if (node.kind !== 'load') return;
      const variable = same(node.variable);
      if (parent.has(variable)) found.push(variable);
    };
    visit(family.left, add);
    visit(family.right, add);
    return found;
  };
  const firsts = new Map<Family, VariableId | undefined>();
  for (const family of [...equations, ...definitions]) {
    const all = touched(family);
    const [first] = all;
    firsts.set(family, first);
    for (let n = 1; n < all.length; n++) parent.set(rootOf(all[n]!), rootOf(first!));
  }
  const parts = new Map<VariableId, Families>();
  const partOf = (root: VariableId): Families => {
    const known = parts.get(root) ?? { equations: [], definitions: [], unknowns: [] };
    parts.set(root, known);
    return known;
  };
  for (const unknown of unknowns) partOf(rootOf(same(unknown.variable))).unknowns.push(unknown);
  for (const family of definitions) partOf(rootOf(same(family.target!.variable))).definitions.push(family);
  for (const family of equations) {
    const first = firsts.get(family);
    partOf(first === undefined ? -1 : rootOf(first)).equations.push(family);
  }
  return [...parts.values()];
}

export interface Segment {
  unknown: Unknown;
  box: Box;
}

/** Splits each unknown array where its equations split it: by the ranges of the left sides, `T[i]` or `C * der(T[i])`. */
function segmentsOf(flattening: Flattening, equations: Family[], unknowns: Unknown[]): Segment[] {
  const left = new Map<VariableId, Map<string, Box>>();
  const open = new Set(unknowns.map(({ variable }) => variable));
  for (const family of equations)
    for (const { load, loops } of loads(family.left)) {
      // What is there once is whole anyway.
      if (loops.length > 0 || load.index.length === 0 || !open.has(load.variable)) continue;
      const box = reach(load.index, rangesOf(family.loops));
      const boxes = left.get(load.variable) ?? new Map<string, Box>();
      if (!boxes.has(keyOf(box))) boxes.set(keyOf(box), box);
      left.set(load.variable, boxes);
    }
  return unknowns.flatMap((unknown) => {
    const all = whole(flattening.variables[unknown.variable]!.dims);
    if (all.length === 0) return [{ unknown, box: all }];
    const taken = new Taken();
    for (const box of left.get(unknown.variable)?.values() ?? [])
      taken.leave(box).forEach((one) => taken.add(one));
    const pieces = flattening.cuts?.get(unknown.variable) ?? [all];
    const rest = pieces.flatMap((piece) => taken.leave(piece));
    return [...taken.all(), ...rest].map((box) => ({ unknown, box }));
  });
}

function pointsOf(flattening: Flattening, unknown: Unknown): Segment[] {
  const { dims } = flattening.variables[unknown.variable]!;
  let boxes: Box[] = [[]];
  for (const size of dims)
    boxes = boxes.flatMap((box) => Array.from({ length: size }, (_, at) => [...box, [at, at + 1] as const]));
  return boxes.map((box) => ({ unknown, box }));
}

interface Edge {
  segment: number;
  load: Load;
  /** The lower the easier it is to solve for. */
  rank: number;
}

const HARDEST = 4;

/** 0: the left side; 1: the right side; 2: only added to others; 3: with a factor; 4: anything else. */
function rankOf(family: Family, load: Load): number {
  if (load === family.left) return 0;
  if (load === family.right) return 1;
  const factor = linearFactor(family, load);
  if (!factor) return HARDEST;
  return factor.kind === 'number' ? 2 : 3;
}

export class Graph {
  private readonly edges: Edge[][];
  /** By equation, the chosen edge; by segment, its equation. */
  private readonly chosen: (Edge | undefined)[];
  private readonly owner: (number | undefined)[];
  private readonly flattening: Flattening;
  private readonly equations: Family[];
  private readonly segments: Segment[];

  constructor(flattening: Flattening, equations: Family[], segments: Segment[], unknowns: Unknown[]) {
    const open = new Set(unknowns.map((unknown) => unknown.variable));
    this.flattening = flattening;
    this.equations = equations;
    this.segments = segments;
    this.chosen = equations.map(() => undefined);
    this.owner = segments.map(() => undefined);
    const at = new Map<string, number>();
    /** Of what is there once. */
    const single = new Map<VariableId, number>();
    segments.forEach(({ unknown: { variable }, box }, position) => {
      if (box.length === 0) single.set(variable, position);
      else at.set(`${variable}/${box.join(';')}`, position);
    });
    this.edges = equations.map((family) => {
      const ranges = rangesOf(family.loops);
      const found: Edge[] = [];
      for (const side of [family.left, family.right])
        for (const { load, loops } of loads(side)) {
          if (loops.length > 0 || !open.has(load.variable) || !covers(family, load)) continue;
          const segment =
            load.index.length === 0
              ? single.get(load.variable)
              : at.get(`${load.variable}/${reach(load.index, ranges).join(';')}`);
          if (segment === undefined || found.some((edge) => edge.segment === segment)) continue;
          found.push({ segment, load, rank: rankOf(family, load) });
        }
      return found.sort((a, b) => a.rank - b.rank);
    });
  }

  /** Whether every equation determines something and every unknown is determined. */
  solve(): boolean {
    for (let rank = 0; rank < HARDEST; rank += 1)
      this.edges.forEach((edges, equation) => {
        const free = edges.find((edge) => edge.rank === rank && this.owner[edge.segment] === undefined);
        if (!this.chosen[equation] && free) this.choose(equation, free);
      });
    this.edges.forEach((_, equation) => {
      if (!this.chosen[equation]) this.augment(equation);
    });
    return !this.chosen.includes(undefined) && !this.owner.includes(undefined);
  }

  private choose(equation: number, edge: Edge): void {
    this.chosen[equation] = edge;
    this.owner[edge.segment] = equation;
  }

  /** Breadth first, so that long chains of single elements need no deep recursion. */
  private augment(start: number): void {
    const from = new Map<number, { equation: number; edge: Edge }>();
    const queue = [start];
    for (const equation of queue)
      for (const edge of this.edges[equation]!) {
        if (from.has(edge.segment)) continue;
        from.set(edge.segment, { equation, edge });
        const owner = this.owner[edge.segment];
        if (owner !== undefined) {
          queue.push(owner);
          continue;
        }
        let step = from.get(edge.segment);
        while (step) {
          const before = this.chosen[step.equation];
          this.choose(step.equation, step.edge);
          step = before && step.equation !== start ? from.get(before.segment) : undefined;
        }
        return;
      }
  }

  matched(): Family[] {
    return this.equations.flatMap((family, at) => {
      const edge = this.chosen[at];
      return edge ? [{ ...family, target: edge.load }] : [];
    });
  }

  unmatched(): Family[] {
    return this.equations.filter((_, at) => !this.chosen[at]);
  }

  isDetermined(): boolean {
    return !this.owner.includes(undefined);
  }

  explain(): void {
    this.explainSurplus();
    this.explainLack();
  }

  private explainSurplus(): void {
    const twice = new Map<VariableId, number[]>();
    const said = new Set<number>();
    this.chosen.forEach((edge, equation) => {
      if (edge || said.has(equation)) return;
      const family = this.equations[equation]!;
      const own = this.edges[equation]!.find((one) => one.rank === 0);
      const other = own && this.equations[this.owner[own.segment]!]!;
      if (own && other && other.left.kind === 'load' && other.left.variable === own.load.variable) {
        twice.set(own.load.variable, [...(twice.get(own.load.variable) ?? []), equation]);
        return;
      }
      const { equations, segments } = this.reachFrom(equation);
      for (const one of equations) said.add(one);
      const names = this.names(segments);
      this.report(
        report(
          tooManyEquations,
          {
            asset: shortName(family.group.type.name),
            names,
            unknowns: segments.length,
            equations: equations.length,
          },
          family.source,
          { related: this.related(equations.filter((one) => one !== equation)) },
        ),
      );
    });
    for (const [variable, equations] of twice) {
      const flat = this.flattening.variables[variable]!;
      const edges = equations.map((one) => this.edges[one]!.find((edge) => edge.rank === 0)!);
      const elements = this.names(edges.map((edge) => edge.segment));
      const others = edges.map((edge) => this.owner[edge.segment]!);
      const holes = { name: plainName(flat), elements };
      const { source } = this.equations[equations[0]!]!;
      this.report(report(definedTwice, holes, source, { related: this.related(others) }));
    }
  }

  private explainLack(): void {
    const partly = new Map<VariableId, number[]>();
    const said = new Set<number>();
    this.owner.forEach((owner, segment) => {
      if (owner !== undefined || said.has(segment)) return;
      const { unknown } = this.segments[segment]!;
      const others = this.segments.some(
        (one, at) => one.unknown.variable === unknown.variable && this.owner[at] !== undefined,
      );
      const { equations, segments } = this.reachBack(segment);
      for (const one of segments) said.add(one);
      const flat = this.flattening.variables[unknown.variable]!;
      if (others || flat.role === 'derivative') {
        partly.set(unknown.variable, [...(partly.get(unknown.variable) ?? []), segment]);
        said.delete(segment);
        return;
      }
      const holes = {
        asset: shortName(unknown.group.type.name),
        names: this.names(segments),
        unknowns: segments.length,
        equations: equations.length,
      };
      this.report(report(tooFewEquations, holes, flat.source, { related: this.related(equations) }));
    });
    for (const [variable, segments] of partly) {
      const flat = this.flattening.variables[variable]!;
      const owner = flat.role === 'derivative' ? this.flattening.variables[flat.partner!]! : flat;
      const what = flat.role === 'derivative' ? 'the derivative ' : '';
      const holes = { name: plainName(owner), elements: this.names(segments), what };
      this.report(report(elementsMissing, holes, flat.source));
    }
  }

  private report(diagnostic: ReturnType<typeof report>): void {
    const { diagnostics } = this.flattening;
    if (
      !diagnostics.some((one) => one.message === diagnostic.message && equal(one.source, diagnostic.source))
    )
      diagnostics.push(diagnostic);
  }

  private related(equations: number[]) {
    const sources = new Map(
      equations.map((one) => [JSON.stringify(this.equations[one]!.source), this.equations[one]!.source]),
    );
    return [...sources.values()].slice(0, 8).map((source) => ({ message: 'another equation', source }));
  }

  /** Names as the type's text has them where all belong to one type: then they hold for each of its instances. */
  private names(segments: number[]): string[] {
    const chosen = [...new Set(segments)].sort((a, b) => a - b).map((at) => this.segments[at]!);
    const [first] = chosen;
    const own = chosen.every(({ unknown }) => unknown.group === first!.unknown.group);
    const named = chosen.map(({ unknown, box }) => {
      const variable = this.flattening.variables[unknown.variable]!;
      const { path, dims } = unknown.group;
      if (!own || path === '') return boxName(variable, box);
      const local = {
        ...variable,
        name: variable.name.replace(`${path}.`, ''),
        dims: variable.dims.slice(dims.length),
      };
      return boxName(local, box.slice(dims.length));
    });
    return [...new Set(named)];
  }

  /** What an unmatched equation reaches: more equations than unknowns. */
  private reachFrom(start: number): { equations: number[]; segments: number[] } {
    const equations = [start];
    const segments = new Set<number>();
    for (const equation of equations)
      for (const { segment } of this.edges[equation]!) {
        if (segments.has(segment)) continue;
        segments.add(segment);
        const owner = this.owner[segment];
        if (owner !== undefined && !equations.includes(owner)) equations.push(owner);
      }
    return { equations, segments: [...segments] };
  }

  /** What an unmatched unknown reaches: more unknowns than equations. */
  private reachBack(start: number): { equations: number[]; segments: number[] } {
    const segments = [start];
    const equations = new Set<number>();
    for (const segment of segments)
      this.edges.forEach((edges, equation) => {
        if (equations.has(equation) || !edges.some((edge) => edge.segment === segment)) return;
        equations.add(equation);
        const own = this.chosen[equation];
        if (own && !segments.includes(own.segment)) segments.push(own.segment);
      });
    return { equations: [...equations], segments };
  }
}

/** Whether a family determines each element that the load reaches exactly once: every loop stands at one dim. */
function covers(family: Family, load: Load): boolean {
  const used = load.index.flatMap((one) => (typeof one === 'number' ? [] : [one.loop]));
  return family.loops.every(
    (loop) => loop.to - loop.from === 1 || used.filter((one) => one === loop.variable).length === 1,
  );
}

function shortName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf('.') + 1);
}

import type { Block, SolveBlock } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import {
  children,
  freshen,
  mapChildren,
  rangesOf,
  substitute,
  substituteIndex,
} from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import { contains, reach } from '../box.ts';
import type { Flattening } from '../flattening.ts';
import { writeOut } from './scalarise.ts';
import { subtract } from './simplify.ts';

/** Must become zero. */
export interface Equation {
  residual: FlatExpression;
  source: SourceRange;
}

/** Longer definitions become equations of their own, so that an expression does not grow with each step back. */
const MOST_NODES = 200;

/**
 * Writes out what is computed, back to states, inputs and parameters. What is solved for, or too long, stays as it is: an unknown
 * with equations of its own, which are collected.
 */
export class Expansion {
  readonly equations: Equation[] = [];
  /** Something is computed here by one block and there by another, so the loops that it stands in cannot stay one. */
  isSplit = false;
  private readonly flattening: Flattening;
  private readonly running: readonly Block[];
  private readonly isScalar: boolean;
  private readonly done = new Set<string>();
  private names = 0;

  /** `isScalar`: sums over what changes are written out, so that single elements stand in what comes out. */
  constructor(flattening: Flattening, running: readonly Block[], isScalar = false) {
    this.flattening = flattening;
    this.running = running;
    this.isScalar = isScalar;
  }

  expand(expression: FlatExpression, loops: readonly FlatLoop[]): FlatExpression {
    switch (expression.kind) {
      case 'reduction': {
        const written = this.isScalar
          ? writeOut(expression, (id) => this.flattening.variables[id]!.role !== 'parameter')
          : expression;
        if (written.kind !== 'reduction') return this.expand(written, loops);
        return { ...expression, body: this.expand(expression.body, [...loops, ...expression.loops]) };
      }
      case 'load':
        return this.load(expression, loops);
      default:
        return mapChildren(expression, (child) => this.expand(child, loops));
    }
  }

  private load(load: Load, loops: readonly FlatLoop[]): FlatExpression {
    const { role } = this.flattening.variables[load.variable]!;
    if (role !== 'algebraic' && role !== 'derivative') return load;
    const box = reach(load.index, rangesOf(loops));
    for (const [at, block] of this.running.entries()) {
      const targets = block.kind === 'solve' ? block.unknowns : [block.target];
      const target = targets.find(
        (one) => one.variable === load.variable && contains(reach(one.index, rangesOf(block.loops)), box),
      );
      if (!target) continue;
      const by = new Map<string, FlatIndex>();
      target.index.forEach((index, dim) => {
        if (typeof index !== 'number') by.set(index.loop, shifted(load.index[dim]!, -index.offset));
      });
      if (block.kind === 'solve') {
        this.collect(at, block, by, loops);
        return load;
      }
      const value = substitute(freshen(block.value, this.fresh), by);
      if (size(value) <= MOST_NODES) return this.expand(value, loops);
      this.once(`${at}${JSON.stringify([...by])}`, () =>
        this.equations.push({
          residual: subtract(load, this.expand(value, loops)),
          source: block.source,
        }),
      );
      return load;
    }
    this.isSplit = true;
    return load;
  }

  private collect(at: number, block: SolveBlock, by: Substitution, loops: readonly FlatLoop[]): void {
    this.once(`${at}${JSON.stringify([...by])}`, () =>
      block.residuals.forEach((residual, row) =>
        this.equations.push({
          residual: this.expand(substitute(freshen(residual, this.fresh), by), loops),
          source: block.sources[row]!,
        }),
      ),
    );
  }

  private once(key: string, make: () => void): void {
    if (this.done.has(key)) return;
    this.done.add(key);
    make();
  }

  private readonly fresh = (): string => {
    this.names += 1;
    return `x${this.names}`;
  };
}

function shifted(index: FlatIndex, by: number): FlatIndex {
  return typeof index === 'number'
    ? index + by
    : substituteIndex(index, new Map([[index.loop, { loop: index.loop, offset: by }]]));
}

function size(expression: FlatExpression): number {
  return children(expression).reduce((sum, child) => sum + size(child), 1);
}

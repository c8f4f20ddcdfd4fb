/**
 * Equations of one twin → the same equations of eight, side by side: two in the lanes of a vector, and four vectors in turn, so that
 * the processor has something to do while it waits for one. States and what is computed from them are in locals; what a replica does not
 * change is read from cells of its own.
 */
import { f64x2, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement, V128, ValueType } from '../wasm/index.ts';
import { statementsOf } from '../wasm/straight.ts';
import { NotPairwise, TwoLanes } from '../wasm/two-lanes.ts';

export type Maker = FunctionBuilder<Readonly<Record<string, ValueType>>>;

export const VECTORS = 4;
/** Bytes from one cell to the next: the eight replicas' values lie together. */
export const CELL = 16 * VECTORS;

/** Cells that replicas read and no equation writes: where they lie among the replicas' own. */
export class Cells {
  readonly addresses: number[] = [];
  readonly first: number;

  constructor(first: number) {
    this.first = first;
  }

  at(address: number): number {
    let index = this.addresses.indexOf(address);
    if (index < 0) index = this.addresses.push(address) - 1;
    return this.first + CELL * index;
  }
}

/** One of the vectors. */
export class SideBySide extends TwoLanes {
  protected readonly callsInChoices = true;
  /** By address: what stands for the number there. Stores go here too. */
  readonly values = new Map<number, V128>();
  private readonly vectors = new Map<Local, Local<'v128'>>();
  private readonly stored = new Map<number, Local<'v128'>>();
  private readonly cells: Cells;
  private readonly which: number;

  constructor(f: Maker, cells: Cells, which: number) {
    super(f);
    this.cells = cells;
    this.which = which;
  }

  /** Throws `NotPairwise` where a function is more than a straight line of equations. */
  run(body: readonly Statement[]): Statement[] {
    return body.flatMap((statement) => this.statement(statement));
  }

  /** Addresses that were stored to so far. */
  written(): { address: number; value: Local<'v128'> }[] {
    return [...this.stored].map(([address, value]) => ({ address, value }));
  }

  protected statement(statement: Statement): Statement[] {
    switch (statement.kind) {
      case 'comment':
        return [];
      case 'straight':
        return this.run(statementsOf(statement));
      case 'set': {
        if (statement.local.type !== 'f64') throw new NotPairwise();
        const value = this.value(statement.value as F64);
        return [set(this.own(this.vectors, statement.local, statement.local.name), value)];
      }
      case 'store': {
        if (statement.op !== 'f64.store' || statement.address.kind !== 'constant') throw new NotPairwise();
        const address = Number(statement.address.value) + statement.offset;
        const value = this.value(statement.value as F64);
        const vector = this.own(this.stored, address, `cell ${address}`);
        this.values.set(address, vector);
        return [set(vector, value)];
      }
      default:
        throw new NotPairwise();
    }
  }

  protected local(node: Local<'f64'>): V128 {
    const found = this.vectors.get(node);
    if (found === undefined) throw new NotPairwise();
    return found;
  }

  protected load(address: I32, offset: number): V128 {
    if (address.kind !== 'constant') throw new NotPairwise();
    return this.at(Number(address.value) + offset);
  }

  /** The number at an address. */
  at(address: number): V128 {
    return this.values.get(address) ?? f64x2.load(0, this.cells.at(address) + 16 * this.which);
  }

  private own<K>(map: Map<K, Local<'v128'>>, key: K, name: string): Local<'v128'> {
    let vector = map.get(key);
    if (vector === undefined) {
      vector = this.f.local('v128', name);
      map.set(key, vector);
    }
    return vector;
  }
}

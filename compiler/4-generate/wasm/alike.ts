/**
 * Pieces of code that are alike but for some numbers, as one piece in which those numbers depend on the row: which of the pieces is
 * meant. This is anti-unification (Plotkin 1970, Reynolds 1970) of trees, where only numbers, own locals and own labels may differ.
 *
 * What it gains is not size: a processor guesses where a jump goes by where it went, and ten copies of the same code are ten places.
 */
import { i32 } from './arithmetic.ts';
import type { Expression, I32, Label, Local, Statement, ValueType } from './nodes.ts';

/** What differs from row to row. */
export interface Rows {
  /** row * step. */
  times: (step: number) => I32;
  /** One number a row from a table in memory; undefined where there is no room. */
  listed: (type: 'i32' | 'f64', numbers: readonly number[]) => Expression | undefined;
  /** The label that takes the place of labels around the pieces; undefined where there is none. */
  around: (labels: readonly Label[]) => Label | undefined;
  /** Nothing else reads or writes the local. */
  isOwn: (local: Local, row: number) => boolean;
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (part: unknown): part is Tree => typeof part === 'object' && part !== null;

/** Every part of code, from the outside in; code of called functions is not among them. */
export function eachPart(code: unknown, see: (part: Tree) => void): void {
  if (Array.isArray(code)) {
    for (const one of code) eachPart(one, see);
    return;
  }
  if (!isTree(code)) return;
  see(code);
  for (const [name, part] of Object.entries(code))
    if (name !== 'callee' && name !== 'label' && isTree(part)) eachPart(part, see);
}

/** The same text for pieces that may be one: all but numbers that can depend on the row. */
export function shapeOf(piece: readonly Statement[], around: (label: Label) => string): string {
  const known = new Map<unknown, string>();
  const nameOf = (one: unknown): string => {
    let name = known.get(one);
    if (name === undefined) known.set(one, (name = `${known.size}`));
    return name;
  };
  const bound = new Set<unknown>();
  const said: string[] = [];
  const say = (part: unknown, name: string): void => {
    if (Array.isArray(part)) {
      said.push('[');
      for (const one of part) say(one, name);
      said.push(']');
    } else if (!isTree(part)) {
      if (name !== 'offset') said.push(`${part as string} `);
    } else if (part.kind === 'local') {
      said.push(`${part.type as string} `);
    } else if (part.kind === 'constant') {
      said.push(part.type === 'i32' || part.type === 'f64' ? 'number ' : `${part.value as bigint} `);
    } else if (part.kind === 'comment') {
      // Said to people only.
    } else if (name === 'callee') {
      said.push(`${nameOf(part)} `);
    } else if (name === 'label') {
      said.push(bound.has(part) ? `${nameOf(part)} ` : around(part as unknown as Label));
    } else {
      if (part.kind === 'block' || part.kind === 'loop') bound.add(part.label);
      said.push('(');
      for (const [key, inner] of Object.entries(part)) say(inner, key);
      said.push(')');
    }
  };
  say(piece, '');
  return said.join('');
}

class Unlike extends Error {}

/** All of them as one, or undefined where they differ in more than numbers. */
export function asOne(
  pieces: readonly (readonly Statement[])[],
  rows: Rows,
): readonly Statement[] | undefined {
  try {
    return new Together(rows, pieces.length).parts(pieces) as readonly Statement[];
  } catch (error) {
    if (error instanceof Unlike) return undefined;
    throw error;
  }
}

/** What a load and a store have in common. */
interface Access {
  readonly address: I32;
  readonly offset: number;
}

class Together {
  private readonly rows: Rows;
  /** By row: locals and labels of its piece, and those of the first that stand for them. */
  private readonly names: { readonly here: Map<unknown, unknown>; readonly first: Map<unknown, unknown> }[];

  constructor(rows: Rows, count: number) {
    this.rows = rows;
    this.names = Array.from({ length: count }, () => ({ here: new Map(), first: new Map() }));
  }

  parts(all: readonly unknown[]): unknown {
    const [first] = all;
    if (all.every((one) => Object.is(one, first))) return this.same(first);
    if (Array.isArray(first)) {
      const lists = all as readonly (readonly unknown[])[];
      if (lists.some((one) => one.length !== first.length)) throw new Unlike();
      return first.map((_, at) => this.parts(lists.map((one) => one[at])));
    }
    if (!isTree(first)) throw new Unlike();
    const trees = all as readonly Tree[];
    if (trees.some(({ kind }) => kind !== first.kind)) throw new Unlike();
    switch (first.kind) {
      case 'comment':
        return {
          kind: 'comment',
          text: `${first.text as string} (and ${all.length - 1} more that are alike)`,
        };
      case 'local':
        return this.local(trees as unknown as readonly Local[]);
      case 'constant':
        if (trees.some(({ type }) => type !== first.type)) throw new Unlike();
        if (trees.every(({ value, second }) => Object.is(value, first.value) && second === first.second))
          return first;
        return this.number(
          first.type as ValueType,
          trees.map(({ value }) => value as number),
        );
      case 'load':
      case 'store':
        return { ...this.fields(trees, ['address', 'offset']), ...this.access(trees as unknown as Access[]) };
      case 'block':
      case 'loop':
        for (const [row, { label }] of trees.entries())
          if (!this.isNamed(row, label, first.label)) throw new Unlike();
        return this.fields(trees, ['label']);
      case 'branch':
      case 'branchIf':
        return {
          ...this.fields(trees, ['label']),
          label: this.label(trees.map(({ label }) => label as Label)),
        };
      // Functions, tables of jumps and equations are not looked into.
      case 'switch':
      case 'straight':
      case undefined:
        throw new Unlike();
      default:
        return this.fields(trees, []);
    }
  }

  /** One tree that stands in all of them: its names stand for themselves. */
  private same(tree: unknown): unknown {
    eachPart(tree, (part) => {
      const name =
        part.kind === 'local' ? part : part.kind === 'block' || part.kind === 'loop' ? part.label : undefined;
      if (name !== undefined && !this.names.every((_, row) => this.isNamed(row, name, name)))
        throw new Unlike();
    });
    return tree;
  }

  private fields(trees: readonly Tree[], but: readonly string[]): Tree {
    const [first] = trees as readonly [Tree];
    return Object.fromEntries(
      Object.entries(first).map(([name, part]) => [
        name,
        but.includes(name) ? part : this.parts(trees.map((tree) => tree[name])),
      ]),
    );
  }

  /** Whether one stands for the other, now and before. */
  private isNamed(row: number, here: unknown, first: unknown): boolean {
    const names = this.names[row]!;
    if (!names.here.has(here) && !names.first.has(first)) {
      names.here.set(here, first);
      names.first.set(first, here);
    }
    return names.here.get(here) === first && names.first.get(first) === here;
  }

  private local(all: readonly Local[]): Local {
    const first = all[0]!;
    const alike = all.every(
      (local, row) =>
        local.type === first.type && this.rows.isOwn(local, row) && this.isNamed(row, local, first),
    );
    if (!alike) throw new Unlike();
    return first;
  }

  private label(all: readonly Label[]): Label {
    const first = all[0]!;
    if (this.names[0]!.here.has(first)) {
      if (all.every((label, row) => this.names[row]!.here.get(label) === first)) return first;
      throw new Unlike();
    }
    const around = this.rows.around(all);
    if (around === undefined) throw new Unlike();
    return around;
  }

  private number(type: ValueType, all: readonly number[]): Expression {
    const step = type === 'i32' ? stepOf(all) : undefined;
    if (step !== undefined) return i32.add(all[0]!, this.rows.times(step));
    const listed = type === 'i32' || type === 'f64' ? this.rows.listed(type, all) : undefined;
    if (listed === undefined) throw new Unlike();
    return listed;
  }

  /** Steps go into the address and the first number into the offset, which costs nothing. */
  private access(all: readonly Access[]): Access {
    const constants = all.map(({ address }) =>
      address.kind === 'constant' ? Number(address.value) : undefined,
    );
    const isConstant = constants.every((one) => one !== undefined);
    const offsets = all.map(({ offset }, row) => offset + (isConstant ? constants[row]! : 0));
    const address = isConstant ? undefined : (this.parts(all.map((one) => one.address)) as I32);
    if (offsets.every((one) => one === offsets[0]))
      return { address: address ?? i32.const(0), offset: offsets[0]! };
    const step = stepOf(offsets);
    const isUpwards = step !== undefined && step > 0;
    const far = isUpwards ? this.rows.times(step) : (this.number('i32', offsets) as I32);
    return {
      address: address === undefined ? far : i32.add(address, far),
      offset: isUpwards ? offsets[0]! : 0,
    };
  }
}

/** What numbers grow by from one to the next; undefined where that is not always the same. */
function stepOf(numbers: readonly number[]): number | undefined {
  const step = numbers[1]! - numbers[0]!;
  return numbers.every((one, row) => one === numbers[0]! + row * step) ? step : undefined;
}

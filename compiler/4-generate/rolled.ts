/**
 * Long lists of operations on numbers in memory → code: neighbours of the same shape whose addresses advance evenly become one loop, so that
 * what arrays have made does not grow with them.
 */
import { f64, forRange, i32, set } from './wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement } from './wasm/index.ts';

/** A number in memory, by its byte address; `of` another than 'memory': from a base that a parameter holds. */
export interface Place {
  of: 'memory' | 'vector';
  address: number;
}

/** A number that code reads and writes. */
export interface Cell {
  load(): F64;
  store(value: F64): Statement;
}

export interface Operation {
  /** Of operations with the same one, `emit` makes the same statements but for addresses. */
  shape: string;
  places: Place[];
  emit(cells: readonly Cell[]): Statement[];
}

/** Longest group that repeats, and how often it must. */
const LONGEST_GROUP = 8;
const FEWEST = 4;

/** `vector`: where places of that kind begin. */
export function rolled(
  f: FunctionBuilder<Record<string, 'i32' | 'f64'>>,
  operations: readonly Operation[],
  vector?: Local<'i32'>,
): { statements: Statement[]; length: number } {
  const pointers = new Map<string, Local<'i32'>>();
  const round = f.local('i32', 'round');
  const statements: Statement[] = [];
  let length = 0;
  const base = (of: Place['of']): I32 => (of === 'vector' ? vector! : i32.const(0));
  const steps = stepsOf(operations);
  for (let at = 0; at < operations.length;) {
    const { group, count } = longestRun(steps, at);
    const own = operations.slice(at, at + group);
    length += own.reduce((total, { places }) => total + places.length, 0);
    if (count === 1) {
      for (const operation of own)
        statements.push(
          ...operation.emit(operation.places.map(({ of, address }) => cell(base(of), address))),
        );
      at += group;
      continue;
    }
    const used = new Map<string, { pointer: Local<'i32'>; stride: number; of: Place['of'] }>();
    const body = own.flatMap((operation, n) => {
      const after = operations[at + group + n]!;
      const cells = operation.places.map(({ of, address }, k) => {
        const stride = after.places[k]!.address - address;
        if (stride === 0) return cell(base(of), address);
        const key = `${of} ${stride}`;
        let pointer = pointers.get(key);
        if (!pointer) pointers.set(key, (pointer = f.local('i32', key)));
        used.set(key, { pointer, stride, of });
        // A pointer that falls ends at the base.
        return cell(pointer, stride > 0 ? address : address + stride * (count - 1));
      });
      return operation.emit(cells);
    });
    for (const { pointer, stride, of } of used.values())
      statements.push(set(pointer, i32.add(base(of), stride > 0 ? 0 : -stride * (count - 1))));
    const advance = [...used.values()].map(({ pointer, stride }) => set(pointer, i32.add(pointer, stride)));
    statements.push(forRange(round, 0, count, [...body, ...advance]));
    at += group * count;
  }
  return { statements, length };
}

const cell = (base: I32, offset: number): Cell => ({
  load: () => f64.load(base, offset),
  store: (value) => f64.store(base, value, offset),
});

/** Operations as numbers: which shape each has, and its addresses. */
interface Steps {
  shapes: Int32Array;
  addresses: Float64Array[];
}

function stepsOf(operations: readonly Operation[]): Steps {
  const known = new Map<string, number>();
  const numberOf = (shape: string): number => {
    const number = known.get(shape) ?? known.size;
    known.set(shape, number);
    return number;
  };
  return {
    shapes: Int32Array.from(operations, ({ shape }) => numberOf(shape)),
    addresses: operations.map(({ places }) => Float64Array.from(places, ({ address }) => address)),
  };
}

function longestRun(steps: Steps, at: number): { group: number; count: number } {
  const { length } = steps.shapes;
  let best = { group: 1, count: 1 };
  for (let group = 1; group <= LONGEST_GROUP && at + 2 * group <= length; group += 1) {
    // Each as far from the one a group before it as those of the second group are from the first.
    let end = at + group;
    while (end < length && advances(steps, end, group, at + group + ((end - at) % group))) end += 1;
    const count = Math.floor((end - at) / group);
    if (count >= FEWEST && count * group > best.count * best.group) best = { group, count };
  }
  return best;
}

/** Whether an operation is like the one a group before it, and as far from it as `model` is from its own. */
function advances({ shapes, addresses }: Steps, at: number, group: number, model: number): boolean {
  if (shapes[at] !== shapes[at - group]) return false;
  const [to, from, toModel, fromModel] = [
    addresses[at]!,
    addresses[at - group]!,
    addresses[model]!,
    addresses[model - group]!,
  ];
  for (let k = 0; k < to.length; k += 1) if (to[k]! - from[k]! !== toModel[k]! - fromModel[k]!) return false;
  return true;
}

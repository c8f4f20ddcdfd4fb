/**
 * Code nodes → plain functions over a memory, by walking them. The machine of the process flow is written once, as such nodes: so
 * the interpreter carries it out too, with its own values of the model's expressions (`instead`) in place of the emitted ones.
 * Knows the instructions that the machine uses.
 */
import type { Expression, FunctionHandle, Label, Statement } from '../4-generate/wasm/index.ts';
import { statementsOf } from '../4-generate/wasm/index.ts';

type Value = number | bigint;
interface Frame {
  locals: Value[];
  results: Value[];
}
type Evaluate = (frame: Frame) => Value;
/** Nothing, a label to go to, or the return. */
type Carry = (frame: Frame) => Label | typeof RETURN | undefined;
const RETURN = { name: 'return' };

const binaries: Record<string, (a: never, b: never) => Value> = {
  'f64.add': (a: number, b: number) => a + b,
  'f64.sub': (a: number, b: number) => a - b,
  'f64.mul': (a: number, b: number) => a * b,
  'f64.div': (a: number, b: number) => a / b,
  'f64.min': (a: number, b: number) => Math.min(a, b),
  'f64.max': (a: number, b: number) => Math.max(a, b),
  'f64.eq': (a: number, b: number) => (a === b ? 1 : 0),
  'f64.ne': (a: number, b: number) => (a === b ? 0 : 1),
  'f64.lt': (a: number, b: number) => (a < b ? 1 : 0),
  'f64.gt': (a: number, b: number) => (a > b ? 1 : 0),
  'f64.le': (a: number, b: number) => (a <= b ? 1 : 0),
  'f64.ge': (a: number, b: number) => (a >= b ? 1 : 0),
  'i32.add': (a: number, b: number) => (a + b) | 0,
  'i32.sub': (a: number, b: number) => (a - b) | 0,
  'i32.mul': (a: number, b: number) => Math.imul(a, b),
  'i32.div_u': (a: number, b: number) => Math.floor((a >>> 0) / (b >>> 0)) | 0,
  'i32.rem_u': (a: number, b: number) => ((a >>> 0) % (b >>> 0)) | 0,
  'i32.rem_s': (a: number, b: number) => (a % b) | 0,
  'i32.and': (a: number, b: number) => a & b,
  'i32.or': (a: number, b: number) => a | b,
  'i32.xor': (a: number, b: number) => a ^ b,
  'i32.shl': (a: number, b: number) => a << b,
  'i32.shr_s': (a: number, b: number) => a >> b,
  'i32.shr_u': (a: number, b: number) => (a >>> b) | 0,
  'i32.eq': (a: number, b: number) => (a === b ? 1 : 0),
  'i32.ne': (a: number, b: number) => (a === b ? 0 : 1),
  'i32.lt_s': (a: number, b: number) => (a < b ? 1 : 0),
  'i32.lt_u': (a: number, b: number) => (a >>> 0 < b >>> 0 ? 1 : 0),
  'i32.gt_s': (a: number, b: number) => (a > b ? 1 : 0),
  'i32.gt_u': (a: number, b: number) => (a >>> 0 > b >>> 0 ? 1 : 0),
  'i32.le_s': (a: number, b: number) => (a <= b ? 1 : 0),
  'i32.le_u': (a: number, b: number) => (a >>> 0 <= b >>> 0 ? 1 : 0),
  'i32.ge_s': (a: number, b: number) => (a >= b ? 1 : 0),
  'i32.ge_u': (a: number, b: number) => (a >>> 0 >= b >>> 0 ? 1 : 0),
  'i64.shr_u': (a: bigint, b: bigint) => BigInt.asUintN(64, a) >> b,
  'i64.shl': (a: bigint, b: bigint) => BigInt.asIntN(64, a << b),
};

const bits = new DataView(new ArrayBuffer(8));
const unaries: Record<string, (a: never) => Value> = {
  'f64.neg': (a: number) => -a,
  'f64.abs': (a: number) => Math.abs(a),
  'f64.floor': (a: number) => Math.floor(a),
  'f64.ceil': (a: number) => Math.ceil(a),
  'f64.trunc': (a: number) => Math.trunc(a),
  'f64.sqrt': (a: number) => Math.sqrt(a),
  'f64.nearest': (a: number) => {
    const down = Math.floor(a);
    const rest = a - down;
    if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
    return Math.round(a);
  },
  'f64.convert_i32_s': (a: number) => a,
  'f64.reinterpret_i64': (a: bigint) => {
    bits.setBigInt64(0, a);
    return bits.getFloat64(0);
  },
  'i64.reinterpret_f64': (a: number) => {
    bits.setFloat64(0, a);
    return bits.getBigInt64(0);
  },
  'i32.eqz': (a: number) => (a === 0 ? 1 : 0),
  'i32.wrap_i64': (a: bigint) => Number(BigInt.asIntN(32, a)),
  'i64.extend_i32_s': (a: number) => BigInt(a),
  'i32.trunc_sat_f64_s': (a: number) =>
    Number.isNaN(a) ? 0 : Math.trunc(Math.min(Math.max(a, -2147483648), 2147483647)),
};

export function walker(
  memory: ArrayBuffer,
  instead: ReadonlyMap<FunctionHandle, (...operands: number[]) => number>,
): (handle: FunctionHandle) => (...operands: number[]) => number {
  const view = new DataView(memory);
  const bytes = new Uint8Array(memory);
  const made = new Map<FunctionHandle, (operands: Value[]) => Value[]>();

  const functionOf = (handle: FunctionHandle): ((operands: Value[]) => Value[]) => {
    const own = instead.get(handle);
    if (own) return (operands) => [own(...(operands as number[]))];
    const known = made.get(handle);
    if (known) return known;
    let body: Carry | undefined;
    const zeros = (): Value[] => handle.locals.map(({ type }) => (type === 'i64' ? 0n : 0));
    const run = (operands: Value[]): Value[] => {
      // Made when first called, as functions call each other in circles.
      body ??= sequence(handle.body);
      const frame: Frame = { locals: zeros(), results: [] };
      operands.forEach((operand, at) => {
        frame.locals[at] = operand;
      });
      body(frame);
      return frame.results;
    };
    made.set(handle, run);
    return run;
  };

  const value = (node: Expression): Evaluate => {
    switch (node.kind) {
      case 'local': {
        const { ordinal } = node;
        return ({ locals }) => locals[ordinal]!;
      }
      case 'constant': {
        const { value: constant } = node;
        return () => constant;
      }
      case 'unary': {
        const [operate, operand] = [unaries[node.op] as (a: Value) => Value, value(node.operand)];
        if (operate === undefined) throw new Error(`No way to walk ${node.op}`);
        return (frame) => operate(operand(frame));
      }
      case 'binary': {
        const operate = binaries[node.op] as (a: Value, b: Value) => Value;
        if (operate === undefined) throw new Error(`No way to walk ${node.op}`);
        const [left, right] = [value(node.left), value(node.right)];
        return (frame) => operate(left(frame), right(frame));
      }
      case 'load': {
        const [address, { offset, op }] = [value(node.address), node];
        const at = (frame: Frame): number => ((address(frame) as number) >>> 0) + offset;
        if (op === 'f64.load') return (frame) => view.getFloat64(at(frame), true);
        if (op === 'i32.load') return (frame) => view.getInt32(at(frame), true);
        throw new Error(`No way to walk ${op}`);
      }
      case 'tee': {
        const [inner, { ordinal }] = [value(node.value), node.local];
        return (frame) => (frame.locals[ordinal] = inner(frame));
      }
      case 'select':
      case 'conditional': {
        const [condition, yes, no] = [value(node.condition), value(node.whenTrue), value(node.whenFalse)];
        return (frame) => (condition(frame) === 0 ? no(frame) : yes(frame));
      }
      case 'call': {
        const { callee } = node;
        const operands = node.operands.map(value);
        return (frame) => functionOf(callee)(operands.map((operand) => operand(frame)))[0]!;
      }
      case 'after': {
        const [before, inner] = [sequence(node.body), value(node.value)];
        return (frame) => {
          before(frame);
          return inner(frame);
        };
      }
      default:
        throw new Error(`No way to walk ${node.kind}`);
    }
  };

  const sequence = (statements: readonly Statement[]): Carry => {
    const all = statements.map(statement);
    return (frame) => {
      for (const one of all) {
        const signal = one(frame);
        if (signal !== undefined) return signal;
      }
      return undefined;
    };
  };

  const statement = (node: Statement): Carry => {
    switch (node.kind) {
      case 'set': {
        const [inner, { ordinal }] = [value(node.value), node.local];
        return (frame) => {
          frame.locals[ordinal] = inner(frame);
          return undefined;
        };
      }
      case 'store': {
        const [address, inner, { offset, op }] = [value(node.address), value(node.value), node];
        const at = (frame: Frame): number => ((address(frame) as number) >>> 0) + offset;
        if (op !== 'f64.store' && op !== 'i32.store') throw new Error(`No way to walk ${op}`);
        return (frame) => {
          const [place, stored] = [at(frame), inner(frame) as number];
          if (op === 'f64.store') view.setFloat64(place, stored, true);
          else view.setInt32(place, stored, true);
          return undefined;
        };
      }
      case 'callStatement': {
        const { callee, targets } = node;
        const operands = node.operands.map(value);
        return (frame) => {
          const results = functionOf(callee)(operands.map((operand) => operand(frame)));
          targets.forEach(({ ordinal }, at) => {
            frame.locals[ordinal] = results[at]!;
          });
          return undefined;
        };
      }
      case 'drop': {
        const inner = value(node.value);
        return (frame) => {
          inner(frame);
          return undefined;
        };
      }
      case 'block': {
        const [body, target] = [sequence(node.body), node.label];
        return (frame) => {
          const signal = body(frame);
          return signal === target ? undefined : signal;
        };
      }
      case 'loop': {
        const [body, target] = [sequence(node.body), node.label];
        return (frame) => {
          for (;;) {
            const signal = body(frame);
            if (signal !== target) return signal;
          }
        };
      }
      case 'if': {
        const [condition, yes, no] = [
          value(node.condition),
          sequence(node.whenTrue),
          sequence(node.whenFalse),
        ];
        return (frame) => (condition(frame) === 0 ? no(frame) : yes(frame));
      }
      case 'branch':
        return () => node.label;
      case 'branchIf': {
        const condition = value(node.condition);
        return (frame) => (condition(frame) === 0 ? undefined : node.label);
      }
      case 'switch': {
        const [index, cases, otherwise] = [
          value(node.index),
          node.cases.map(sequence),
          sequence(node.otherwise),
        ];
        const entries = new Map(node.entries.map((entry, at) => [entry, cases[at]!]));
        return (frame) => {
          const chosen = (index(frame) as number) >>> 0;
          let signal = (cases[node.targets === undefined ? chosen : node.targets[chosen]!] ?? otherwise)(
            frame,
          );
          for (let next = entries.get(signal!); next !== undefined; next = entries.get(signal!))
            signal = next(frame);
          return signal;
        };
      }
      case 'return': {
        const values = node.values.map(value);
        return (frame) => {
          frame.results = values.map((one) => one(frame));
          return RETURN;
        };
      }
      case 'fill': {
        const [address, filled, count] = [value(node.address), value(node.value), value(node.byteCount)];
        return (frame) => {
          const at = address(frame) as number;
          bytes.fill(filled(frame) as number, at, at + (count(frame) as number));
          return undefined;
        };
      }
      case 'copy': {
        const [to, from, count] = [value(node.to), value(node.from), value(node.byteCount)];
        return (frame) => {
          const at = from(frame) as number;
          bytes.copyWithin(to(frame) as number, at, at + (count(frame) as number));
          return undefined;
        };
      }
      case 'straight':
        return sequence(statementsOf(node));
      case 'comment':
        return () => undefined;
      default:
        throw new Error(`No way to walk ${node.kind}`);
    }
  };

  return (handle) => {
    const run = functionOf(handle);
    return (...operands) => run(operands)[0] as number;
  };
}

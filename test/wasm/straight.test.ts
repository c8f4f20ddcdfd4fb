import { expect, it } from 'vitest';
import fc from 'fast-check';
import { ModuleBuilder } from '../../compiler/4-generate/wasm/index.ts';
import type { FunctionBuilder } from '../../compiler/4-generate/wasm/index.ts';
import {
  ADD,
  DIVIDE,
  END,
  GET,
  LOAD,
  MULTIPLY,
  NEGATE,
  SET,
  statementsOf,
  STORE,
  StraightCode,
  SUBTRACT,
  TO,
  UNLESS,
} from '../../compiler/4-generate/wasm/straight.ts';
import type { Straight } from '../../compiler/4-generate/wasm/straight.ts';

type Term =
  | { constant: number }
  | { load: number }
  | { local: number }
  | { negated: Term }
  | { operation: number; left: Term; right: Term };

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 6 },
    fc.record({ constant: fc.double() }),
    fc.record({ load: fc.nat(5_000_000) }),
    fc.record({ local: fc.nat(200) }),
    fc.record({ negated: tie('term') }),
    fc.record({
      operation: fc.constantFrom(ADD, SUBTRACT, MULTIPLY, DIVIDE),
      left: tie('term'),
      right: tie('term'),
    }),
  ),
}));

/** Positions of locals begin at the third, so that each is an f64. */
function put(code: StraightCode, written: Term, locals: number): void {
  if ('constant' in written) code.putConstant(written.constant);
  else if ('load' in written) code.put(LOAD, written.load);
  else if ('local' in written) code.put(GET, 3 + (written.local % locals));
  else if ('negated' in written) {
    put(code, written.negated, locals);
    code.put(NEGATE, 0);
  } else {
    put(code, written.left, locals);
    put(code, written.right, locals);
    code.put(written.operation, 0);
  }
}

/** An i32 stands among the locals, as their positions are not those of the code. */
function functionIn(m: ModuleBuilder, count: number): FunctionBuilder {
  const f = m.function('f', {});
  for (let n = 0; n < count; n++) f.local(n === 1 ? 'i32' : 'f64', `local ${n}`);
  return f;
}

const made = (fill: (f: FunctionBuilder) => void, count: number): { bytes: Uint8Array; text: string } => {
  const m = new ModuleBuilder();
  m.importMemory(100);
  const f = functionIn(m, count);
  fill(f);
  m.export('f', f);
  return { bytes: m.encode(), text: m.print() };
};

it('straight code and its nodes are the same bytes and the same text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ value: term, at: fc.nat(5_000_000), flag: fc.option(fc.nat(5_000_000)) })),
      (equations) => {
        const count = equations.length + 3;
        const pieces = (code: StraightCode): Straight[] =>
          equations.map(({ value, at, flag }, n) => {
            const from = code.mark;
            if (flag !== null) {
              code.put(UNLESS, flag);
              code.put(TO, 0);
            }
            put(code, value, equations.length);
            if (flag !== null) {
              code.put(STORE, at);
              code.put(END, 0);
            } else {
              code.put(SET, n + 3);
              code.put(TO, 0);
              code.put(GET, n + 3);
              code.put(STORE, at);
            }
            return { kind: 'straight', of: code, from, to: code.mark, text: `equation ${n + 1}` };
          });
        const short = made((f) => f.body.push(...pieces(new StraightCode(f))), count);
        const long = made((f) => f.body.push(...pieces(new StraightCode(f)).flatMap(statementsOf)), count);
        expect(short.bytes).toEqual(long.bytes);
        expect(short.text).toBe(long.text);
        expect(WebAssembly.validate(short.bytes as Uint8Array<ArrayBuffer>)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

/** Texts as other programs write them: long chains of declarations, deep nests of parts. */
import { expect, it } from 'vitest';
import { inline } from '../../compiler/3-flatten/algebra/inline.ts';
import { beneath, type Located } from '../../compiler/3-flatten/events/crossings.ts';
import type { FlatExpression } from '../../compiler/ir/flat-expression.ts';
import type { Block } from '../../compiler/ir/flat-system.ts';
import { analysed, flat, said } from './systems.ts';

const each = (count: number, line: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, n) => line(n));

const chain = (lines: string[], last: number): string =>
  `asset A { state x = 1 m   der(x) = l${last} / 1 s   let l0 = 2 * x   ${lines.join('   ')} }`;

it('a value may follow from thousands of others, in whatever order they stand', () => {
  const lets = each(1200, (n) => `let l${n + 1} = l${n} * 0.5 + x`);
  for (const lines of [lets, lets.toReversed()]) {
    const { dynamics, variables } = flat(chain(lines, 1200));
    expect(dynamics).toHaveLength(1202);
    expect(variables.find(({ name }) => name === 'l1200')?.type).toMatchObject({ dimension: 'm' });
  }
});

it('a mistake at the far end is said once', () => {
  const lets = each(300, (n) => `let l${n + 1} = l${n} + 1 m`);
  const text = `asset A { let l0 = 1 m + 2 s   ${lets.toReversed().join('   ')} }`;
  expect(said(text).filter((one) => one.startsWith('PX'))).toHaveLength(1);
});

it('a circle is one, however long', () => {
  const lets = each(300, (n) => `let l${n} = l${(n + 1) % 300} + 1`);
  const codes = said(`asset A { ${lets.join('   ')} }`).map((one) => one.split(' ')[0]);
  expect(codes).toEqual(['PX3105']);
});

it('parts may lie deep, and too deep is said', () => {
  const nested = (levels: number): string =>
    `asset L0 { state x = 1   der(x) = -x / 1 s }   ${each(levels, (n) => `asset L${n + 1} { part p: L${n} }`).join('   ')}`;
  expect(said(nested(199))).toEqual([]);
  expect(said(nested(300))).toEqual(['PX4022 t.L300 has parts of parts more than 200 deep.']);
});

/** What a parameter is that takes a constant for its value. */
const valueOf = (constants: string[], last: string): unknown => {
  const asset = `asset A { param p = ${last}   state x = 1   der(x) = -p * x / (1 s) }`;
  const { model } = analysed([...constants, asset].join('\n'));
  return model?.assets['t.A']?.variables[0]?.value;
};

it('constants may name each other twice each, hundreds of times over: there are 2^300 ways from the last to the first', () => {
  const constants = each(300, (n) => `const c${n + 2} = 0.5 * (c${n} + c${n + 1})`);
  // c[n] = 2 - 2 * (-1 / 2)^n.
  expect(valueOf(['const c0 = 0', 'const c1 = 3', ...constants], 'c301')).toMatchObject({
    kind: 'number',
    value: 2,
  });
});

it('constants may follow from a thousand others, in whatever order they stand', () => {
  const constants = ['const c0 = 0', ...each(1000, (n) => `const c${n + 1} = c${n} + 1`)];
  for (const lines of [constants, constants.toReversed()])
    expect(valueOf(lines, 'c1000')).toMatchObject({ kind: 'number', value: 1000 });
});

it('what a chain of conditions compares is looked up, not searched for among all', () => {
  /** How often the equations of a chain are asked what they determine. */
  const looks = (count: number): number => {
    let looked = 0;
    const load = (variable: number): FlatExpression => ({ kind: 'load', variable, index: [] });
    const source = { uri: '', start: 0, end: 0, line: 0, column: 0, endLine: 0, endColumn: 0 };
    const blocks = each(count, () => '').map((_, at): Block => ({
      kind: 'assign',
      get target() {
        looked += 1;
        return { variable: at + 1, index: [] };
      },
      value: load(at),
      loops: [],
      source,
    }));
    const located = blocks.map((_, at): Located => ({
      node: load(at),
      value: load(at),
      loops: [],
      source,
      bends: true,
    }));
    expect(beneath(blocks, located)).toHaveLength(2 * count - 1);
    const variables = each(count + 1, () => '').map(() => ({ role: 'algebraic' }));
    for (let at = 1; at < count; at += 1) inline({ variables } as never, blocks, load(at), [], 20);
    return looked;
  };
  expect(looks(800)).toBeLessThan(2.2 * looks(400));
});

/** Texts as other programs write them: long chains of declarations, deep nests of parts. */
import { expect, it } from 'vitest';
import { flat, said } from './systems.ts';

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

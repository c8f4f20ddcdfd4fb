/** Too few, too many, twice, not at all: what a modeller is told about the equations as a whole. */
import { describe, expect, it } from 'vitest';
import { analysed, said } from './systems.ts';

describe('it should explain equations that do not come out even', () => {
  it('too few', () => {
    expect(said('asset A { let a: Number   let b: Number   a + b = 3 }')).toEqual([
      'PX4001 A has 1 equation for 2 unknowns (a and b).',
    ]);
    expect(said('asset A { let a: Number   let b = 2 * a }')).toEqual(['PX4001 Nothing in A determines a.']);
  });

  it('too many, although the count is right', () => {
    expect(
      said(
        'asset A { let a: Number   let b: Number   let c: Number   a + b = 3   2 * a + b = 6   a - b = 1 }',
      ),
    ).toEqual([
      'PX4002 A has 3 equations for 2 unknowns: a and b would have to obey all of them at once.',
      'PX4001 Nothing in A determines c.',
    ]);
  });

  it('an equation of what is known', () => {
    expect(said('asset A { param p = 1   input q: Number = 2   p + q = 3 }')).toEqual([
      'PX4002 This equation of A has nothing to determine: all values in it are known already.',
    ]);
  });

  it('elements twice, and others not at all', () => {
    expect(
      said('asset A { let x[5]: Number   for i in 1..3 { x[i] = 1 }   for i in 3..5 { x[i] = 2 } }'),
    ).toEqual(["PX4003 'x' is determined by more than one equation: x[3]."]);
    expect(said('asset A { let x[5]: Number   for i in 1..2 { x[i] = 1 }   x[5] = 2 }')).toEqual([
      'PX4004 Nothing determines x[3] and x[4].',
    ]);
    expect(said('asset A { state T[3]: Number = 0   der(T[1]) = 1 1/s }')).toEqual([
      'PX4004 Nothing determines the derivative der(T[2]) and der(T[3]).',
    ]);
  });

  it('at the type that lacks it, once for all its instances', () => {
    const { diagnostics } = analysed(`
      asset Part { let q: Number }
      asset A { part p[3]: Part   part r: Part }`);
    expect(diagnostics.map(({ message, source }) => [message, source.line])).toEqual([
      ['Nothing in Part determines q.', 3],
    ]);
  });

  it('an index outside of its array', () => {
    expect(
      said(
        'asset A { let x[4]: Number   for i in 1..4 { x[i] = if i1[i] > 0 then x[i - 1] else 0 }   param i1[4]: Number = [1, 1, 1, 1] }',
      ),
    ).toEqual(["PX4008 'x' has elements 1 to 4, and the index runs from 0 to 3."]);
  });

  it('arrays of different sizes side by side', () => {
    expect(said('asset A { param a[2] = 1   param b[3] = 2   let s = sum(a[*] * b[*]) }')).toEqual([
      'PX4009 The [*] in this expression run side by side over arrays of 2 and 3 elements.',
    ]);
  });

  it('equations that say the same twice, or contradict each other', () => {
    const pair = (second: string) =>
      said(`asset A { let x: Number   let y: Number   x + y = 3   ${second} }`);
    const open =
      'PX4021 The equations of x and y do not determine them: one equation follows from the others, or contradicts them.';
    expect(pair('2 * x + 2 * y = 6')).toEqual([open]);
    expect(pair('2 * x + 2 * y = 7')).toEqual([open]);
    expect(pair('2 * x + 3 * y = 6')).toEqual([]);
    expect(said('asset A { let x: Number   floor(x) = 3 }')).toEqual([
      'PX4021 The equation of x does not determine it: a small change of it changes neither side.',
    ]);
  });

  it('defaults and start values in a circle', () => {
    expect(said('asset A { param a: Number = b   param b: Number = a + 1 }')).toEqual([
      'PX4005 The defaults of a and b depend on each other in a circle.',
    ]);
  });

  it('a parameter that nobody gave', () => {
    expect(said('asset A { param load: Force }')).toEqual(["PX4013 'load' of t.A has no value here."]);
  });

  it('sizes that are no sizes', () => {
    expect(said('asset A { fixed n = 0   state x[n] = 1 }')).toEqual([
      "PX4010 The size of 'x' is 0; it must be a whole number from 1.",
    ]);
  });

  it('a fixed value that differs between elements', () => {
    expect(
      said(
        'asset Cell { fixed n = 2   state x[n] = 1 }  asset Row { part cell[3]: Cell(n = 3) }  asset A { part row: Row(cell[2].n = 4) }',
      ),
    ).toEqual(["PX4007 'row.cell[].n' is fixed, so it must be the same for all elements of an array."]);
  });

  it('two rules that always meet', () => {
    expect(
      said(`asset A {
        state x = 0   param limit = 1   input level: Number = 0
        when level > limit -> set x = 1
        when level > limit -> set x = 2
      }`),
    ).toEqual([expect.stringMatching(/^PX5\d+ 'x' is set /)]);
  });

  it('too many elements that depend on each other in a circle', () => {
    expect(
      said(`asset A {
        fixed n = 350
        let u[n]: Number
        for i in 1..n { u[i] = (u[i] * sum(u[*])) ^ 2 + 1 }
      }`),
    ).toEqual([
      'PX4012 350 elements of u depend on each other across the array; up to 300 are solved together.',
    ]);
  });
});

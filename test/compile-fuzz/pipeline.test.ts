/**
 * Made-up models through the whole pipeline: valid ones check, compile and run whatever the order of their lines, and
 * damaged ones are told what is wrong with them, never answered with an exception.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

const few = { numRuns: 30, seed: 20260803 };

const UNITS = [
  { length: 'm', time: 's' },
  { length: 'mm', time: 'min' },
  { length: 'km', time: 'h' },
];

interface Model {
  params: { value: number; unit: { length: string; time: string } }[];
  /** Each reads params and lets before it, by position. */
  lets: { kind: number; first: number; second: number }[];
  states: { start: number; kind: number; reads: number }[];
  parts: number;
  rule: boolean;
  order: number[];
}

const model: fc.Arbitrary<Model> = fc.record({
  params: fc.array(fc.record({ value: fc.integer({ min: 1, max: 99 }), unit: fc.constantFrom(...UNITS) }), {
    minLength: 1,
    maxLength: 4,
  }),
  lets: fc.array(fc.record({ kind: fc.nat(5), first: fc.nat(20), second: fc.nat(20) }), {
    minLength: 1,
    maxLength: 8,
  }),
  states: fc.array(
    fc.record({ start: fc.integer({ min: -5, max: 5 }), kind: fc.nat(3), reads: fc.nat(20) }),
    { minLength: 1, maxLength: 4 },
  ),
  parts: fc.integer({ min: 1, max: 5 }),
  rule: fc.boolean(),
  order: fc.array(fc.nat(1000), { minLength: 64, maxLength: 64 }),
});

/** Declarations that need no order, each a member of its own. All lets are lengths. */
function membersOf({ params, lets, states, parts, rule }: Model): string[] {
  const members = params.map(({ value, unit }, n) => `param p${n} = ${value} ${unit.length}  in 0 m..100 km`);
  const names = params.map((_, n) => `p${n}`).concat(states.map((_, n) => `x${n}`));
  const pick = (position: number): string => names[position % names.length]!;
  for (const [n, { kind, first, second }] of lets.entries()) {
    const [a, b] = [pick(first), pick(second)];
    const value = [
      `${a} + ${b}`,
      `${a} * sin(${b} / 1 m)`,
      `if ${a} > ${b} then ${a} else ${b} / 2`,
      `max(${a}, ${b}) - min(${a}, ${b})`,
      `${a} * tanh(${b} / 1 km)`,
      `sqrt(${a}^2 + ${b}^2)`,
    ][kind]!;
    // With a value, or declared and defined by an equation elsewhere.
    if (kind % 2 === 0) members.push(`let y${n} = ${value}`);
    else members.push(`let y${n}: Length`, `y${n} = ${value}`);
    names.push(`y${n}`);
  }
  for (const [n, { start, kind, reads }] of states.entries()) {
    const source = pick(reads);
    const rate = [
      `(${source} - x${n}) / 10 s`,
      `-x${n} / 3 s + 1 m/s * cos(${source} / 1 m)`,
      `1 m/s * tanh(${source} / 1 m)`,
      `(cell[1].level - x${n}) / 1 min`,
    ][kind]!;
    members.push(`state x${n} = ${start} m`, `der(x${n}) = ${rate}`);
  }
  members.push(`part cell[${parts}]: Cell(inflow = y0 / 1 h)`, 'let total = sum(cell[*].level)');
  if (rule)
    members.push(
      'state alarmed: Boolean = false',
      'rule watch {\n    when x0 > 1 m\n    set alarmed = true\n  }',
      'sensor gauge measures x0 every 100 ms  noise normal(1 mm)',
    );
  return members;
}

const CELL = `asset Cell {
  input inflow: Velocity = 0 m/s
  param leak   = 0.1 1/s
  state level  = 1 m
  der(level) = inflow - leak * level
}`;

const shuffled = <T>(items: readonly T[], order: readonly number[]): T[] =>
  items
    .map((item, n) => ({ item, key: order[n % order.length]!, n }))
    .toSorted((a, b) => a.key - b.key || a.n - b.n)
    .map(({ item }) => item);

const textOf = (members: readonly string[], others: readonly string[]): string =>
  `package fuzz\n\n${[`asset Root {\n  ${members.join('\n  ')}\n}`, ...others].join('\n\n')}\n`;

const sources = (text: string) => [{ uri: 'file:///fuzz.twin', text }];

/** State of each variable after a second, by name: the hash also has where they lie, which follows the order of lines. */
function ranFor(text: string): { hash: string; states: Record<string, number> } {
  const { model: checked, diagnostics } = analyse(sources(text), libraryFiles);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(
    errors.map(({ code, message }) => `${code} ${message}`),
    text,
  ).toEqual([]);
  const { value } = compile(checked!, { kind: 'asset', name: 'fuzz.Root' });
  const { manifest } = value!.artefact;
  const twin = createTwin({ manifest, kernel: kernelFactory(value!.artefact), settings: { duration: 1 } });
  twin.advance(1);
  expect(twin.trouble(), text).toBeUndefined();
  const states = manifest.variables.flatMap(({ name, role, dims, address }) =>
    role === 'state' || role === 'discrete'
      ? Array.from(
          { length: dims.reduce((n, size) => n * size, 1) },
          (_, n) => [`${name} ${n}`, twin.value(address + 8 * n)!] as const,
        )
      : [],
  );
  return { hash: twin.hash(), states: Object.fromEntries(states) };
}

describe('a made-up model', () => {
  it('checks, compiles and runs, and computes the same whatever the order of its lines', () => {
    fc.assert(
      fc.property(model, (made) => {
        const members = membersOf(made);
        const straight = ranFor(textOf(members, [CELL]));
        for (const value of Object.values(straight.states)) expect(Number.isFinite(value)).toBe(true);
        expect(ranFor(textOf(members, [CELL])).hash).toBe(straight.hash);
        const mixed = textOf(shuffled(members, made.order), [CELL]).replace(
          /^package fuzz\n\n([\s\S]*)\n\n(asset Cell[\s\S]*)\n$/,
          'package fuzz\n\n$2\n\n$1\n',
        );
        expect(ranFor(mixed).states).toEqual(straight.states);
      }),
      few,
    );
  });

  it('damaged in any way, is answered with diagnostics', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(12),
      insert: fc.constantFrom(
        '',
        '{',
        '}',
        ' = ',
        '[1]',
        'der(',
        '"',
        '\u0000',
        'x0',
        ' 3 kg',
        '9e999',
        'asset A {',
        '///',
        '..',
      ),
    });
    fc.assert(
      fc.property(model, fc.array(damage, { minLength: 1, maxLength: 3 }), (made, damages) => {
        let text = textOf(membersOf(made), [CELL]);
        for (const { at, length, insert } of damages) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + insert + text.slice(start + length);
        }
        const { model: checked, roots, diagnostics } = analyse(sources(text), libraryFiles);
        const failed = diagnostics.some(({ severity }) => severity === 'error');
        expect(checked === undefined, text).toBe(failed);
        if (checked !== undefined) for (const root of roots) compile(checked, root);
      }),
      { ...few, numRuns: 60 },
    );
  });
});

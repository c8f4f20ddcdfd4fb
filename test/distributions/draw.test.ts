/** `draw` in its places: when a number is drawn, from whose stream, and that emitted code and interpreter agree. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

/** A value that is there. */
const at = (of: Twin, name: string): number => of.value(name)!;

function twin(text: string, { root = 'A', seed = 1, interpreted = false } = {}): Twin {
  const system = flat(text, root);
  const artefact = generate(system);
  const kernel = interpreted ? () => interpret(system) : kernelFactory(artefact);
  return createTwin({ manifest: artefact.manifest, kernel, seed });
}

/** Times at which something named happened. */
function times(of: Twin, until: number, name: string): number[] {
  const found: number[] = [];
  of.listen({ event: (event) => void (event.name === name && found.push(event.time)) });
  of.advance(until);
  expect(of.trouble()).toBeUndefined();
  return found;
}

const EVERYTHING = `
asset Machine {
  param mtbf = draw lognormal(40 h, 10 h)
  param slots[3] = draw triangular(1 m, 2 m, 4 m)
  state level = draw normal(20 degC, 2 K)
  state load = 0
  state count = 0
  input gain = draw uniform(1, 2)
  rule tired {
    when load > 1 for gamma(2, 20 s)
    set load = 0
  }
  every exponential(3 s) { set load = pre(load) + draw weibull(1.6, 0.5)   set count = pre(count) + 1 }
  every 10 s -> set level = draw normal(20 degC, 2 K)
  sensor gauge measures level every 1 s noise lognormal(1 K, 1 K)
}
asset A {
  part machine[3]: Machine
  part special: Machine(mtbf = draw erlang(3, 2 h), gain = draw exponential(2))
}`;

describe('it should draw', () => {
  it('the same bits in emitted code and interpreter', () => {
    const [interpreted, emitted] = [true, false].map((which) => {
      const one = twin(EVERYTHING, { interpreted: which });
      one.advance(120);
      return { hash: one.hash(), trouble: one.trouble(), count: one.value('machine[2].count') };
    });
    expect(interpreted).toEqual(emitted);
    expect(emitted!.trouble).toBeUndefined();
    expect(emitted!.count).toBeGreaterThan(10);
  });

  it('a parameter once a run, however often it is computed', () => {
    const one = twin(EVERYTHING);
    const before = one.value('machine[1].slots[2]');
    const other = one.value('machine[1].slots[3]');
    expect(before).not.toBe(other);
    one.set('special.mtbf', 1);
    one.advance(10);
    expect(one.value('machine[1].slots[2]')).toBe(before);
    expect(one.value('machine[1].mtbf')).toBe(twin(EVERYTHING).value('machine[1].mtbf'));
    expect(one.value('machine[1].mtbf')).not.toBe(twin(EVERYTHING, { seed: 2 }).value('machine[1].mtbf'));
  });

  it('with parameters that the draw depends on: the same place in the distribution', () => {
    const one = twin('asset A { param mean = 4 s  param x = draw exponential(mean) }');
    const x = at(one, 'x');
    one.set('mean', 8);
    one.advance(1);
    expect(one.value('x')).toBe(2 * x);
  });

  it('anew in each action, and each time between ticks', () => {
    const one = twin(`asset A {
      state x = 0
      state gap = 0 s  state last = 0 s
      every exponential(2 s) { set x = draw normal(0, 1)  set gap = time - last  set last = time }
    }`);
    const gaps: number[] = [];
    const xs: number[] = [];
    for (let stops = 0; stops < 400; stops += 1) {
      const before = one.value('last');
      while (one.value('last') === before) one.advance(one.time() + 0.01, {});
      gaps.push(at(one, 'gap'));
      xs.push(at(one, 'x'));
    }
    expect(new Set(xs).size).toBe(400);
    expect(gaps.reduce((a, b) => a + b, 0) / 400).toBeGreaterThan(2 - 4 * (2 / 20));
    expect(gaps.reduce((a, b) => a + b, 0) / 400).toBeLessThan(2 + 4 * (2 / 20));
  });

  it('a wait anew each time that a condition becomes true', () => {
    const text = `asset A {
      state phase = 0 s
      state busy: Boolean = false
      every 10 s -> set busy = true
      rule off { when busy for uniform(1 s, 3 s)  set busy = false }
    }`;
    const offs = times(twin(text), 200, 'off').map((time, n) => time - 10 * n);
    expect(offs).toHaveLength(20);
    for (const wait of offs) expect(wait >= 1 && wait <= 3).toBe(true);
    expect(new Set(offs.map((wait) => wait.toFixed(9))).size).toBe(20);
  });

  it('the same after save and restore, and in a branch', () => {
    const whole = twin(EVERYTHING);
    whole.advance(100);
    const part = twin(EVERYTHING);
    part.advance(33.3);
    const other = twin(EVERYTHING);
    expect(other.restore(part.save())).toBeUndefined();
    other.advance(100);
    expect(other.hash()).toBe(whole.hash());
    const branch = part.branch();
    branch.advance(100);
    expect(branch.hash()).toBe(whole.hash());
  });
});

describe('it should give each place a stream of its own', () => {
  const machine = `asset Machine {
    param mtbf = draw exponential(10 s)
    state broken = 0
    rule fails { when broken < 1 for exponential(5 s)  set broken = 2 }
    every exponential(7 s) -> set broken = draw uniform(0, 2)
  }`;

  it('so that adding machines and reactions shifts nobody', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (n, m, first) => {
          const plant = (size: number, more: string) =>
            twin(
              `${machine} asset A { ${first ? more : ''} part machine[${size}]: Machine ${first ? '' : more} }`,
            );
          const a = plant(n, '');
          const b = plant(m, 'part other: Machine  param extra = draw uniform(0, 1)');
          a.advance(60);
          b.advance(60);
          for (let i = 1; i <= Math.min(n, m); i += 1)
            for (const name of ['mtbf', 'broken'])
              expect(b.value(`machine[${i}].${name}`)).toBe(a.value(`machine[${i}].${name}`));
          expect(b.value('other.mtbf')).not.toBe(b.value('machine[1].mtbf'));
        },
      ),
      { numRuns: 15, seed: 20261122 },
    );
  });

  it('named by its path', () => {
    const { streams } = generate(flat(EVERYTHING)).manifest;
    expect(streams.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'machine[].mtbf',
        'machine[].slots[]',
        'machine[].tired/for',
        'machine[].every exponential(3 s)/every',
        'machine[].every exponential(3 s)/load',
        'machine[].gauge',
        'special.mtbf',
      ]),
    );
    expect(new Set(streams.map(({ name }) => name)).size).toBe(streams.length);
  });
});

describe('it should stop and say so', () => {
  it.each([
    [
      'param s = 1  every 1 s -> set x = draw normal(0, s - time / 3 s)',
      /x draws at t = 4 s from a distribution/,
    ],
    ['param s = 0 s  every exponential(s) -> set x = 1', /every exponential\(s\)\/every draws at t = 0 s/],
    ['param s = -1 s  rule r { when x < 1 for weibull(2, s)  set x = 1 }', /r\/for draws at t = 0 s/],
    ['param y = draw gamma(-x0, 1)  param x0 = 2', /y draws at t = 0 s/],
    ['sensor g measures x every 1 s noise exponential(x)', /g draws at t = 0 s/],
  ])('where a distribution cannot exist: %s', (text, message) => {
    for (const interpreted of [true, false]) {
      const one = twin(`asset A { state x = 0  ${text} }`, { interpreted });
      one.advance(10);
      expect(one.trouble()?.code).toBe('PX9040');
      expect(one.trouble()?.message).toMatch(message);
    }
  });

  it('where a drawn period is not positive', () => {
    const one = twin('asset A { state x = 0  every normal(1 s, 2 s) -> set x = 1 }');
    one.advance(1000);
    expect(one.trouble()?.code).toBe('PX9007');
  });
});

/** Equations chosen by a condition, and functions that jump: where they change, and what comes out. */
import { describe, expect, it } from 'vitest';
import { printFlat } from '../../compiler/3-flatten/index.ts';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat } from './systems.ts';

function ran(text: string, until: number) {
  const system = flat(text);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({
      manifest: artefact.manifest,
      kernel,
      settings: { duration: 100, method: { name: 'tsit5', tolerance: 1e-8 } },
    });
    twin.advance(until);
    expect(twin.trouble()).toBeUndefined();
    return twin;
  });
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return emitted!;
}

describe('it should run equations chosen by a condition', () => {
  it('what stands alone on the left is computed without iteration', () => {
    const system = flat(`asset A {
      input closed = false   state level = 1 m
      let flow: VolumeFlow
      if closed {
        flow = 0
      } else {
        flow = 2 m2/s * level
      }
      der(level) * 1 m2 = -flow
    }`);
    expect(printFlat(system)).toContain('flow := if closed then 0 else 2 * level');
    expect(system.dynamics.every(({ kind }) => kind === 'assign')).toBe(true);
  });

  it('in three pieces, each crossing located', () => {
    const twin = ran(
      `asset A {
        state x = 0   let r: Number
        if x < 1 {
          r = 1
        } else if x < 2 {
          r = 2
        } else {
          r = 3
        }
        der(x) * 1 s = r
      }`,
      2,
    );
    expect(twin.value('x')).toBeCloseTo(3.5, 12);
  });

  it('an ideal diode and a resistor: either no voltage or no current', () => {
    const source = `asset A {
      let u: Voltage   let i: Current   let supply = 5 V * sin(time * 1 1/s)
      if supply > 0 V {
        u = 0
      } else {
        i = 0
      }
      u + 10 ohm * i = supply
    }`;
    const twin = ran(source, 1);
    expect(twin.value('u')).toBeCloseTo(0, 14);
    expect(twin.value('i')).toBeCloseTo(Math.sin(1) / 2, 14);
    twin.advance(4);
    expect(twin.value('u')).toBeCloseTo(5 * Math.sin(4), 14);
    expect(twin.value('i')).toBeCloseTo(0, 14);
  });

  it('for each element of an array', () => {
    const twin = ran(
      `asset A {
        fixed n = 3
        state x[n] = 0   let r[n]: Number
        for i in 1..n {
          if time < i * 1 s {
            r[i] = 1
          } else {
            r[i] = -1
          }
          der(x[i]) * 1 s = r[i]
        }
      }`,
      4,
    );
    expect([1, 2, 3].map((at) => Math.round(twin.value(`x[${at}]`)! * 1e9))).toEqual([-2e9, -0, 2e9]);
  });
});

describe('it should stop where a function jumps', () => {
  it.each([
    ['floor(x) == 4', 4 / 1.7],
    ['ceil(x) >= 5', 4 / 1.7],
    ['round(x) == 3', 2.5 / 1.7],
    ['trunc(x) > 6', 7 / 1.7],
    ['mod(x, 3) < 1', 15 / 1.7],
    ['sign(x - 2) > 0', 2 / 1.7],
    ['whole >= 4', 4 / 1.7],
  ])('%s', (condition, time) => {
    const twin = ran(
      `asset A { state x = 0   state moment = -1 s   let whole = floor(x)   der(x) * 1 s = 1.7   when ${condition} { set moment = time } }`,
      10,
    );
    expect(twin.value('moment')).toBeCloseTo(time, 12);
  });

  it('downwards and below zero as well', () => {
    const twin = ran(
      'asset A { state x = 3   state moment = -1 s   der(x) * 1 s = -1.7   when ceil(x) == -2 { set moment = time } }',
      10,
    );
    expect(twin.value('moment')).toBeCloseTo(5 / 1.7, 12);
  });

  it('so that stairs are integrated exactly', () => {
    const stairs = ran('asset A { state y = 0   der(y) * 1 s = floor(20 * time / 1 s) }', 3);
    expect(stairs.value('y')).toBeCloseTo((59 * 60) / 2 / 20, 9);
    const saw = ran('asset A { state y = 0   der(y) * 1 s = mod(time / 1 s, 0.25) }', 3);
    expect(saw.value('y')).toBeCloseTo(3 * 0.125, 10);
    const square = ran('asset A { state y = 0   der(y) * 1 s = sign(sin(3 * time / 1 s)) }', 1.5);
    expect(square.value('y')).toBeCloseTo((2 * Math.PI) / 3 - 1.5, 9);
  });

  it('but at a kink of what is shown alone, which bends nothing', () => {
    const { crossings } = flat('asset A { state y = 1   let k = abs(y) + max(y, 2)   der(y) * 1 s = -y }');
    expect(crossings).toEqual([]);
  });
});

/** Events of conditions that wave, jump or have kinks: each at its time, none passed over in a long step, and none where it is smooth. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { analysed, flat } from '../flatten/systems.ts';

/** Walked and emitted, with the same bits. */
function ran(text: string, until: number, tolerance = 1e-6): Twin {
  const system = flat(`asset A {\n${text}\n}`);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({
      manifest: artefact.manifest,
      kernel,
      settings: { duration: until, method: { name: 'auto', tolerance } },
    });
    twin.advance(until);
    expect(twin.trouble()).toBeUndefined();
    return twin;
  });
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return emitted!;
}

const counted = (condition: string, more = ''): string =>
  `${more}\n state count = 0\n state latest = -1 s\n when ${condition} { set count = pre(count) + 1  set latest = time }`;

describe('it should find each event of a long run', () => {
  const end = 3000;
  it.each([
    ['sin(time * 1 1/s) > 0.5', Math.floor((end - Math.PI / 6) / (2 * Math.PI)) + 1],
    ['sin(time * 1 1/s) > 0.9999', Math.floor((end - Math.PI / 2) / (2 * Math.PI)) + 1],
    ['time / 1 s - floor(time / 1 s) > 0.5', end],
    ['mod(time, 3 s) > 1 s', end / 3],
    ['abs(sin(time * 1 1/s)) < 1e-6', Math.floor(end / Math.PI) + 1],
    ['min(cos(time * 1 1/s), 0.5) > 0.4', Math.floor((end + Math.acos(0.4)) / (2 * Math.PI)) + 1],
  ])('%s', (condition, wanted) => {
    expect(ran(counted(condition), end).value('count')).toBe(wanted);
  });

  it('of what is integrated without an error, and of what is computed from it', () => {
    const more = 'state x = 0\n der(x) * 1 s = 1\n let wave = sin(x)';
    const above = Math.floor((end - Math.PI / 6) / (2 * Math.PI)) + 1;
    expect(ran(counted('wave > 0.5', more), end).value('count')).toBe(above);
  });

  it('where an angle jumps by a turn', () => {
    const turning = `state x = 1\n state y = 0\n der(x) * 1 s = -y\n der(y) * 1 s = x
      let angle = atan2(y, x)\n state turned = 0\n der(turned) * 1 s = angle`;
    const twin = ran(counted('angle < 0', turning), 20, 1e-9);
    expect(twin.value('count')).toBe(3);
    expect(twin.value('latest')).toBeCloseTo(5 * Math.PI, 7);
    // Each whole turn adds nothing.
    const rest = 20 - 6 * Math.PI;
    expect(twin.value('turned')).toBeCloseTo(rest ** 2 / 2, 7);
  });
});

describe('it should be at the right time', () => {
  it('a sawtooth falls at whole numbers, to 1e-9 s', () => {
    const times: number[] = [];
    const system = flat(
      `asset A { ${counted('time / 1 s - floor(time / 1 s) < 0.5')}\n state area = 0\n der(area) * 1 s = time / 1 s - floor(time / 1 s) }`,
    );
    const { manifest, ...artefact } = generate(system);
    const twin = createTwin({
      manifest,
      kernel: kernelFactory({ manifest, ...artefact }),
      settings: { duration: 12.5 },
    });
    for (let second = 0; second < 12; second += 1) {
      twin.advance(second + 0.25);
      times.push(twin.value('latest')!);
    }
    times.forEach((time, second) => expect(Math.abs(time - second)).toBeLessThan(1e-9));
    twin.advance(12);
    expect(twin.value('area')).toBeCloseTo(6, 9);
  });

  it('what is most changes where one value passes another', () => {
    const twin = ran(
      `let warm = 2 - time / 1 s\n let cold = time / 3 s\n let which = most(warm, cold)\n ${counted('which == cold')}`,
      10,
    );
    expect(twin.value('count')).toBe(1);
    expect(twin.value('latest')).toBeCloseTo(1.5, 8);
  });
});

/** A block on a belt is drawn by a spring: it sticks until the spring has the static friction, slips, and sticks again. */
it('dry friction sticks and slips as its closed form does', () => {
  const [mass, stiffness, speed, held, slipping] = [2, 50, 0.1, 10, 6];
  const twin = ran(
    `state x = 0 m
     state v = 0 m/s
     state slips = 0
     state slipped = 0 s
     state stuck = 0 s
     let friction: Force
     let spring = ${stiffness} N/m * (${speed} m/s * time - x)
     der(x) = v
     ${mass} kg * der(v) = spring - friction
     modes contact {
       initial Sticks {
         friction = spring
         when spring > ${held} N -> Slips { set slips = pre(slips) + 1  set slipped = time }
       }
       Slips {
         friction = ${slipping} N
         at v < 0 m/s falling -> Sticks { set v = 0  set stuck = time }
       }
     }`,
    20,
    1e-9,
  );
  const w = Math.sqrt(stiffness / mass);
  const stretch = (held - slipping) / stiffness;
  const slip = (2 * Math.PI - 2 * Math.atan((stretch * w) / speed)) / w;
  const stick = (2 * stretch) / speed;
  const first = held / stiffness / speed;
  const slips = Math.floor((20 - first) / (slip + stick)) + 1;
  expect(twin.value('slips')).toBe(slips);
  const last = first + (slips - 1) * (slip + stick);
  expect(twin.value('slipped')).toBeCloseTo(last, 7);
  expect(twin.value('stuck')).toBeCloseTo(last + slip <= 20 ? last + slip : last - stick, 7);
});

describe('it should leave what is smooth', () => {
  const square = 'if x > 1 then (x - 1)^2 else 0';
  it('without a crossing, and with the same value', () => {
    const text = (value: string): string =>
      `state x = 0\n state y = 0\n der(x) * 1 s = 1\n let force = ${value}\n der(y) * 1 s = force`;
    const located = flat(`asset A {\n${text(square)}\n}`);
    const smooth = flat(`asset A {\n${text(`smooth(${square})`)}\n}`);
    expect(located.crossings).toHaveLength(1);
    expect(smooth.crossings).toEqual([]);
    const twin = ran(text(`smooth(${square})`), 3, 1e-10);
    expect(twin.value('y')).toBeCloseTo(8 / 3, 8);
  });

  it('through functions, tables and jumps, and nothing beyond them', () => {
    const { crossings } = flat(`
      function corner(x: Number): Number = smooth(if x > 0 then x^3 else 0)
      table curve(x: Number): Number { points 0: 0, 1: 1, 2: 3 }
      asset A {
        state x = 0
        let one = corner(x) + smooth(curve(x) * floor(x) * 0)
        let two = if x < 5 then 1 else 2
        der(x) * 1 s = one + two
      }`);
    expect(crossings).toHaveLength(1);
  });

  it('of numbers only, as an event has to be found', () => {
    const { diagnostics } = analysed('asset A { state x = 0  when smooth(x > 1) -> set x = 0 }');
    expect(diagnostics.map(({ code }) => code)).toContain('PX3102');
  });
});

describe('it should say that == is passed by', () => {
  const codes = (members: string): string[] =>
    analysed(`asset A {\n${members}\n}`).diagnostics.map(({ code }) => code);
  it('in events and in what is true or false', () => {
    expect(codes('state x = 0\n der(x) * 1 s = 1\n state n = 0\n when x == 3 -> set n = 1')).toEqual([
      'PX4313',
    ]);
    expect(codes('let hit = time != 3 s')).toEqual(['PX4313']);
  });

  it('but not where values stay the same, or where it only chooses a value', () => {
    expect(
      codes(
        'state v = 1\n der(v) * 1 s = -1\n state n = 0\n at v < 0 falling -> set v = 0\n when v == 0 -> set n = 1',
      ),
    ).toEqual([]);
    expect(codes('let flow = max(1 - time / 1 s, 0)\n state n = 0\n when flow == 0 -> set n = 1')).toEqual(
      [],
    );
    expect(codes('let x = time / 1 s\n let y = if x == 0 then 1 else sin(x) / x')).toEqual([]);
    expect(codes('state n = 0\n when floor(time / 1 s) == 3 -> set n = 1')).toEqual([]);
  });
});

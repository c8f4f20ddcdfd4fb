/**
 * More of the Test Set for Initial Value Problem Solvers (see `problems.ts`), which take more than a table of values: seven bodies, a beam, a transistor amplifier
 * whose equations are not all for rates, and 400 concentrations in a tissue. Values as published there. SciPy finds the same for the first (DOP853, eleven digits)
 * and the last (Radau IIA, eight digits); it does not solve equations that are not for rates, as the amplifier's.
 */
import { describe, expect, it } from 'vitest';
import { beam, beamAngles, beamSpeeds } from './beam.ts';
import { adaptive, compiled, finished, twinOf } from './compiled.ts';

const pleiades = compiled(`asset Problem {
  param pace = 1 1/s
  state x[7] = [3, 3, -1, -3, 2, -2, 2]
  state y[7] = [3, -3, 2, 0, 0, -4, 4]
  state u[7] = [0, 0, 0, 0, 0, 1.75, -1.5]
  state v[7] = [0, 0, 0, -1.25, 1, 0, 0]
  for i in 1..7 {
    der(x[i]) = u[i] * pace
    der(y[i]) = v[i] * pace
  }
${Array.from({ length: 7 }, (_, i) => {
  const others = Array.from({ length: 7 }, (_unused, j) => j).filter((j) => j !== i);
  const pull = (axis: string): string =>
    others
      .map(
        (j) =>
          `${j + 1} * (${axis}[${j + 1}] - ${axis}[${i + 1}]) / ((x[${i + 1}] - x[${j + 1}])^2 + (y[${i + 1}] - y[${j + 1}])^2)^1.5`,
      )
      .join(' + ');
  return `  der(u[${i + 1}]) = (${pull('x')}) * pace\n  der(v[${i + 1}]) = (${pull('y')}) * pace\n`;
}).join('')}}
`);

describe('Pleiades', () => {
  const values = [
    0.3706139143970502, 0.3237284092057233e1, -0.3222559032418324e1, 0.659709145577531, 0.3425581707156584,
    0.1562172101400631e1, -0.7003092922212495, -0.3943437585517392e1, -0.327138097397255e1,
    0.5225081843456543e1, -0.259061243497747e1, 0.1198213693392275e1, -0.2429682344935824,
    0.1091449240428098e1,
  ];
  it.each(['tsit5', 'auto'] as const)('ends as is published, by %s', (name) => {
    const { states } = finished(pleiades, { method: adaptive(name, 1e-11), end: 3 }).machine;
    for (const [index, wanted] of values.entries())
      expect(Math.abs(states[index]! - wanted), `${index + 1}`).toBeLessThan(1e-7);
  });
});

describe('beam', () => {
  const value = compiled(beam);
  const error = (name: 'rodas5p' | 'auto', tolerance: number): number => {
    const { states } = finished(value, { method: adaptive(name, tolerance), end: 5 }).machine;
    return Math.max(...[...beamAngles, ...beamSpeeds].map((wanted, i) => Math.abs(states[i]! - wanted)));
  };
  it.each(['rodas5p', 'auto'] as const)('ends as is published, by %s', (name) => {
    expect(error(name, 1e-9)).toBeLessThan(1e-6);
    expect(error(name, 1e-5)).toBeLessThan(1e-3);
  });

  it('is the same in generated code and interpreted', () => {
    const asked = { method: adaptive('rodas5p', 1e-4), end: 0.1 };
    expect(finished(value, { ...asked, interpreted: true }).hash()).toBe(finished(value, asked).hash());
  });
});

/** The voltages at capacitors are states, those at nodes follow from them by equations that are solved together. */
const amplifier = compiled(`function base(u: Number): Number = 1e-6 * (exp(u / 0.026) - 1)
asset Problem {
  param pace = 1 1/s
  state u1 = -3
  state y3 = 3
  state u4 = 3
  state y6 = 3
  state u7 = 6
  let y1: Number
  let y2: Number
  let y4: Number
  let y5: Number
  let y7: Number
  let y8: Number
  let q1 = base(y2 - y3)
  let q2 = base(y5 - y6)
  let f1 = (y1 - 0.1 * sin(200 * pi * time * pace)) / 1000
  let f4 = (y4 - 6) / 9000 + 0.99 * q1
  let f7 = (y7 - 6) / 9000 + 0.99 * q2
  y1 - y2 = u1
  f1 + (2 * y2 - 6) / 9000 + 0.01 * q1 = 0
  y4 - y5 = u4
  f4 + (2 * y5 - 6) / 9000 + 0.01 * q2 = 0
  y7 - y8 = u7
  f7 + y8 / 9000 = 0
  der(u1) = -f1 / 1e-6 * pace
  der(y3) = (q1 - y3 / 9000) / 2e-6 * pace
  der(u4) = -f4 / 3e-6 * pace
  der(y6) = (q2 - y6 / 9000) / 4e-6 * pace
  der(u7) = -f7 / 5e-6 * pace
}
`);

describe('transistor amplifier', () => {
  const values = [
    -0.5562145012262709e-2, 0.3006522471903042e1, 0.2849958788608128e1, 0.2926422536206241e1,
    0.2704617865010554e1, 0.2761837778393145e1, 0.4770927631616772e1, 0.1236995868091548e1,
  ];
  it.each(['rodas5p', 'bdf', 'auto'] as const)('ends as is published, by %s', (name) => {
    const twin = finished(amplifier, { method: adaptive(name, 1e-8), end: 0.2 });
    for (const [index, wanted] of values.entries())
      expect(Math.abs(twin.value(`y${index + 1}`)! - wanted), `y${index + 1}`).toBeLessThan(1e-6);
  });

  it('has the same past in a saved run, where equations are solved by iteration', () => {
    const asked = { method: adaptive('bdf', 1e-6), end: 0.05 };
    const whole = finished(amplifier, asked).hash();
    const twin = twinOf(amplifier, asked);
    twin.advance(0.0213);
    const other = twinOf(amplifier, asked);
    expect(other.restore(twin.save())).toBeUndefined();
    other.advance(0.05);
    expect(other.hash()).toBe(whole);
  });
});

const CELLS = 200;
const tissue = compiled(`asset Problem {
  param pace = 1 1/s
  input outside = 2
  param flow[${CELLS}] = 0
  param spread[${CELLS}] = 0
  state u[${CELLS}] = 0
  state v[${CELLS}] = 1
  der(u[1]) = (flow[1] * (u[2] - outside) + spread[1] * (outside - 2 * u[1] + u[2]) - 100 * u[1] * v[1]) * pace
  for j in 2..${CELLS - 1} {
    der(u[j]) = (flow[j] * (u[j + 1] - u[j - 1]) + spread[j] * (u[j - 1] - 2 * u[j] + u[j + 1]) - 100 * u[j] * v[j]) * pace
  }
  der(u[${CELLS}]) = -100 * u[${CELLS}] * v[${CELLS}] * pace
  for j in 1..${CELLS} { der(v[j]) = -100 * v[j] * u[j] * pace }
  at time >= 5 s -> set outside = 0
}
`);

describe('medical Akzo Nobel', () => {
  const variable = (name: string): number =>
    tissue.artefact.manifest.variables.findIndex((one) => one.name === name);
  const overrides = Array.from({ length: CELLS }, (_, j) => {
    const z = (j + 1) / CELLS - 1;
    return [
      { variable: variable('flow[]'), element: j, value: (z ** 3 / 16) * CELLS },
      { variable: variable('spread[]'), element: j, value: (z ** 4 / 16) * CELLS ** 2 },
    ];
  }).flat();
  it.each(['rodas5p', 'bdf', 'auto'] as const)('ends as is published, by %s', (name) => {
    const twin = twinOf(tissue, { method: adaptive(name, 1e-8), end: 20, settings: { overrides } });
    twin.machine.absoluteTolerances.fill(1e-12);
    twin.advance(20);
    expect(twin.trouble()).toBeUndefined();
    // In the order of the Test Set u and v alternate.
    for (const [index, wanted] of [
      [1, 0.5113983840919909e-5],
      [79, 0.2339942217046434e-3],
      [149, 0.3595616017506735e-3],
      [199, 0.11737412926802e-3],
    ] as const)
      expect(Math.abs(twin.machine.states[(index - 1) / 2]! / wanted - 1), `y${index}`).toBeLessThan(1e-5);
  });
});

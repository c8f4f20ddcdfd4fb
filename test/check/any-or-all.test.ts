/** A comparison of an array of parts says how it is asked of each of them. */
import { expect, it } from 'vitest';
import { apply, check, URI } from './harness.ts';

const plant = (condition: string): string => `package t
asset Pump {
  modes valve { initial Shut { after 3 s -> Open } final Open }
  state level = 2 m
  der(level) = 0 m/s
}
asset Plant {
  part v[3]: Pump
  part w[3]: Pump
  param limit = 1 m
  let wrong = ${condition}
}
`;

it.each([
  ['v.valve == Open', 'v[*].valve == Open'],
  ['limit < v.level', 'limit < v[*].level'],
  ['limit > 0 m and v.level >= 2 * limit', 'v[*].level >= 2 * limit'],
  ['v.level > w[1].level', 'v[*].level > w[1].level'],
])('%s', (condition, compared) => {
  const text = plant(condition);
  const told = check({ [URI]: text }).checking.find(({ code }) => code === 'PX2111');
  expect(told?.help).toContain(`any(${compared})`);
  expect(told?.help).toContain(`all(${compared})`);
  for (const name of ['any', 'all']) {
    const fix = told?.fixes?.find(({ title }) => title === `Write ${name}(${compared})`);
    const mended = apply(text, fix);
    expect(mended).toContain(`${name}(${compared})`);
    expect(check({ [URI]: mended }).checking.filter((one) => one.severity === 'error')).toEqual([]);
  }
});

it.each(['2 * v.level > limit', 'v.level > w.level', 'any(v.valve == Open)'])(
  '%s is no comparison of one array, or within any already',
  (condition) => {
    const told = check({ [URI]: plant(condition) }).checking.find(({ code }) => code === 'PX2111');
    expect(told?.help).toMatch(/^Pick one/);
  },
);

/** What cannot be estimated is refused with its reason, once the whole of the equations is known. */
import { expect, it } from 'vitest';
import { analyse } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { twinOfText } from './helper.ts';

const library = readLibraryFiles();
const said = (members: string, bind: string): string[] => {
  const text = `package p\nasset A {\n${members}\n}\ntwin T: A\nbind T {\n${bind}\n}\n`;
  const { diagnostics } = analyse([{ uri: 'file:///p.twin', text }], library);
  return diagnostics.map(({ message }) => message);
};
const SEEN = 'sensor seen measures x noise normal(1)';
const FROM = 'seen from mqtt("x")\n';

it.each([
  ['state x = 0\nwhen seen > 1 { set x = 2 }', SEEN, /^'x' cannot be estimated: it has no der\(…\)\.$/],
  ['state x = 0\nder(x) = 1 Hz\nwhen x > 1 { set x = 0 }', SEEN, /^'x' .*: it is set by when x > 1/],
  [
    'state x = 0.6\nstate y = 0.8\nlet pull: Frequency\nx^2 + y^2 = 1\nder(x) = -pull * x - y * 1 Hz\nder(y) = -pull * y + x * 1 Hz',
    SEEN,
    /^'x' .* tie/,
  ],
  [
    'state x[65] = 1\nder(x) = -x / 1 s',
    'sensor seen measures x[1] noise normal(1)',
    /^'x' .*65 values .* 64 are possible/,
  ],
  ['state x = 1\nder(x) = 1 Hz', 'sensor seen measures x', /^'x' .*: no sensor that gets samples says/],
  ['state x = 1\nder(x) = 1 Hz', 'sensor seen measures x noise exponential(1)', /no sensor/],
])('%s', (members, sensor, wanted) => {
  const found = said(`${members}\n${sensor}`, `${FROM}estimate x within 1 drifts 0 in 1 s`);
  expect(found).toEqual([expect.stringMatching(wanted)]);
});

it('asks for a sensor that is bound, and takes the others too', () => {
  const members = `state x = 1\nder(x) = 1 Hz\n${SEEN}\nsensor other measures x`;
  const estimate = 'estimate x within 1 drifts 0 in 1 s';
  expect(said(members, `other from mqtt("o")\n${estimate}`)).toHaveLength(1);
  expect(said(members, `${FROM}${estimate}`)).toEqual([]);
});

it('estimates what is named, and takes the rest as known', () => {
  const { estimator, variables } = twinOfText(`asset Cell { state x[2] = 1  der(x) = -x / 1 s }
  asset A {
    part cell[3]: Cell
    sensor seen measures cell[2].x[1] noise uniform(1, 2)
  }
  twin T: A
  bind T {
    seen from mqtt("x")
    estimate cell[2].x within 1 drifts 2 in 4 s
    estimate cell[3].x[2] within 3 drifts 0 in 1 s
  }\n`).manifest;
  expect(
    estimator!.states.map(({ variable, element, spread, drift }) => [
      variables[variable]!.name,
      element,
      spread,
      drift,
    ]),
  ).toEqual([
    ['cell[].x[]', 2, 1, 1],
    ['cell[].x[]', 3, 1, 1],
    ['cell[].x[]', 5, 3, 0],
  ]);
});

it('keeps private states to itself, and does not listen to private sensors', () => {
  const text = (sensor: string, estimated: string): string => `asset A {
    private state secret = 1
    state x = 1
    der(secret) = 0
    der(x) = 0
    sensor seen measures x noise normal(1)
    sensor hidden measures secret noise normal(1)
  }
  twin T: A
  bind T {
    ${sensor} from mqtt("x")
    estimate ${estimated} within 1 drifts 0 in 1 s
  }\n`;
  const { estimator, variables, sensors } = twinOfText(text('seen', 'secret')).manifest;
  const shown = variables.filter(({ visible }) => visible).map(({ name }) => name);
  expect(shown).not.toContain('secret.sd');
  expect(shown).toContain('seen.surprise');
  expect(estimator!.sensors.map(({ sensor }) => sensors[sensor]!.name)).toEqual(['seen']);
  expect(() => twinOfText(text('hidden', 'x'))).toThrow('no sensor that gets samples');
});

/** Completion, as a client gets it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTank, type Served } from './tank.ts';

let served: Served;

beforeAll(async () => {
  served = await serveTank();
});
afterAll(() => served.stop());

describe('completion', () => {
  const head =
    'package plant\nuse plant.parts: Valve\nasset A {\n  param speed = 3 m/s\n  param long = 2 m\n  part v: Valve\n';

  it('offers members after a dot, and nothing else', async () =>
    expect(await served.labels(`${head}  let x = v.|\n}`)).toEqual(['opening', 'share']));
  it('offers what every sensor has', async () =>
    expect(await served.labels(`${head}  sensor s measures long\n  let x = s.|\n}`)).toEqual(
      expect.arrayContaining(['measured', 'predicted', 'residual', 'stale', 'outOfRange']),
    ));
  it('puts names of the quantity that is due first', async () => {
    const fitting = (await served.offered(`${head}  let x = long + |\n}`)).filter(({ sortText }) =>
      sortText?.startsWith('0'),
    );
    expect(fitting.map(({ label }) => label)).toEqual(['long']);
  });
  it('puts units of the quantity that is due first', async () => {
    const found = await served.offered(`${head}  let x = long > 3 |\n}`);
    const lengths = found.filter(({ sortText }) => sortText?.startsWith('0'));
    expect(lengths.map(({ label }) => label)).toEqual(expect.arrayContaining(['m', 'mm', 'km']));
    expect(lengths.map(({ label }) => label)).not.toContain('s');
    expect(found.map(({ label }) => label)).toEqual(expect.arrayContaining(['s', 'kg', 'kW']));
  });
  it('offers protocols where a binding says from where or to where, and only there', async () => {
    const bind = `${head}  sensor s measures long\n}\ntwin T: A\nbind T {\n  v.share to mqtt("a {b")\n  s`;
    expect(await served.labels(`${bind} from |\n}`)).toEqual(['mqtt', 'opcua', 'http', 'csv', 'parquet']);
    expect(await served.labels(`${bind} to o|\n}`)).toEqual(['mqtt', 'opcua']);
    expect(await served.labels(`${bind} from |`)).toContain('opcua');
    expect(await served.labels(`${head}  let x = |\n}`)).not.toContain('opcua');
    const scenario = `${head}  input u = 1 m\n}\nscenario S for A {\n  ramp u to |\n}`;
    expect(await served.labels(scenario)).not.toContain('opcua');
  });
  it('offers distributions where one can be drawn from, and only there', async () => {
    const known = ['normal', 'weibull', 'exponential'];
    expect(await served.labels(`${head}  param p = draw |\n}`)).toEqual(expect.arrayContaining(known));
    expect(await served.labels(`${head}  sensor s measures long noise |\n}`)).toEqual(
      expect.arrayContaining(known),
    );
    expect(await served.labels(`${head}  every | -> set long = 1 m\n}`)).toEqual(
      expect.arrayContaining(known),
    );
    expect(await served.labels(`${head}  let p = |\n}`)).not.toContain('weibull');
    expect(await served.labels(`${head}  let p = |\n}`)).toContain('sqrt');
  });
  it('offers types where a type stands', async () => {
    const types = await served.labels(`${head}  part p: |\n}`);
    expect(types).toEqual(expect.arrayContaining(['Valve', 'A']));
    expect(types).not.toContain('speed');
    expect(await served.labels(`${head}  param p: |\n}`)).toEqual(
      expect.arrayContaining(['Length', 'Boolean']),
    );
  });
  it('offers ports where ports stand, and the library by its packages', async () => {
    const use = 'package plant\nuse pollux.electrical\nasset B {\n  part r: Resistor\n  part c: Capacitor\n';
    const types = await served.labels(`${use}  port p: |\n}`);
    expect(types).toContain('Pin');
    expect(types).not.toContain('Resistor');
    expect(await served.labels(`${use}  part p: |\n}`)).not.toContain('Pin');
    expect(await served.labels(`${use}  join r.|, c.n\n}`)).toEqual(['p', 'n']);
    expect(await served.labels(`${use}  join |\n}`)).toEqual(expect.arrayContaining(['r', 'c']));
    const names = await served.labels('package plant\nuse pollux.thermal: |\nasset B {}');
    expect(names).toEqual(expect.arrayContaining(['HeatCapacitor', 'Convection']));
  });
  it('offers what can be adapted', async () =>
    expect(await served.labels(`${head}  part p: Valve(|)\n}`)).toEqual(['opening', 'share']));
  it('offers keywords that fit, and only those', async () => {
    const found = await served.labels(`${head}  |\n}`);
    expect(found).toEqual(expect.arrayContaining(['param', 'sensor', 'rule', 'when']));
    expect(found).not.toEqual(expect.arrayContaining(['scenario']));
    expect(found).not.toContain('scenario');
    expect(await served.labels('|')).toEqual(expect.arrayContaining(['package', 'use', 'asset', 'twin']));
  });
  it('imports what is in another package', async () => {
    const found = await served.offered('package plant\n\nasset B {\n  part v: |\n}');
    const item = found[0]?.list.items.find(({ label }) => label === 'Valve');
    expect(item?.additionalTextEdits).toMatchObject([{ newText: '\n\nuse plant.parts: Valve' }]);
  });
  it('offers widgets in a view, and what stands in an asset under the same word only there', async () => {
    const inView = await served.labels('package plant\nuse plant.parts: Valve\nview Valve { | }');
    expect(inView).toEqual(
      expect.arrayContaining(['phase', 'phase …', 'histogram', 'histogram …', 'modes', 'process']),
    );
    expect(inView).not.toContain('modes …');
    expect(await served.labels(`${head}  |\n}`)).toContain('modes …');
  });
  it('offers nothing in comments and texts', async () => {
    expect(await served.labels(`${head}  // |\n}`)).toEqual([]);
    expect(await served.labels('test "a |" on b { }')).toEqual([]);
  });
});

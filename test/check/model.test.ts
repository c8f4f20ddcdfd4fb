/** The model that comes out: values in SI, names resolved, inheritance in place. */
import { describe, expect, it } from 'vitest';
import type { AssetType } from '../../compiler/model/asset.ts';
import type { CheckedModel } from '../../compiler/model/checked-model.ts';
import type { Expression } from '../../compiler/model/expression.ts';
import { check } from './harness.ts';

function modelOf(text: string): CheckedModel {
  const { parsing, checker, files } = check(text);
  expect(parsing).toEqual([]);
  const { value, diagnostics } = checker.model(files);
  expect(diagnostics.filter((each) => each.severity === 'error')).toEqual([]);
  if (value === undefined) throw new Error('no model');
  // Plain data: nothing is lost on the way through JSON.
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  return value;
}

function only(model: CheckedModel, name: string): AssetType {
  const asset = model.assets[name];
  if (asset === undefined) throw new Error(`no ${name}`);
  return asset;
}

/** A short text of an expression, for comparison. */
function show(e: Expression | undefined): string {
  switch (e?.kind) {
    case undefined:
      return '';
    case 'number':
    case 'boolean':
      return String(e.value);
    case 'time':
      return 'time';
    case 'loop':
      return e.variable;
    case 'unary':
      return `(${e.operator} ${show(e.operand)})`;
    case 'binary':
      return `(${show(e.left)} ${e.operator} ${show(e.right)})`;
    case 'conditional':
      return `(${show(e.condition)} ? ${show(e.then)} : ${show(e.else)})`;
    case 'call':
      return `${e.function}(${e.arguments.map(show).join(', ')})`;
    case 'window':
      return `${e.statistic}(${[e.input, ...e.parameters].map(show).join(', ')})`;
    case 'draw':
      return `draw ${e.distribution}(${e.arguments.map(show).join(', ')})`;
    case 'linear':
      return `${e.operation}(${e.arguments.map(show).join(', ')})`;
    case 'delay':
      return `delay(${show(e.value)}, ${show(e.duration)})`;
    case 'lookup':
      return `${e.table}(${e.arguments.map(show).join(', ')})`;
    case 'let':
      return `let ${e.name} = ${show(e.value)} in ${show(e.body)}`;
    case 'local':
      return e.name;
    case 'reduction':
      return `${e.operator}(${show(e.body)})`;
    case 'statistic':
      return `${e.operator}(${e.reference.segments.map(({ name }) => name).join('.')})`;
    case 'variable': {
      const path = e.reference.segments.map(({ name, index }) => {
        if (index === undefined) return name;
        const text = {
          constant: () => index.kind === 'constant' && index.value,
          all: () => '*',
          whole: () => ':',
          fixed: () => index.kind === 'fixed' && show(index.value),
          loop: () => index.kind === 'loop' && `${index.variable}+${index.offset}`,
        };
        return `${name}[${text[index.kind]()}]`;
      });
      const { target } = e.reference;
      const field =
        target.kind === 'variable' ? '' : target.kind === 'sensor' ? `!${target.field}` : '!alarm';
      return `${e.modifier === undefined ? '' : `${e.modifier} `}${path.join('.')}${field}`;
    }
  }
}

describe('literals', () => {
  // The right sides are the exact ratios by the definitions of the units, rounded once.
  it.each([
    ['120 m3/h', 120 / 3600],
    ['74 %', 0.74],
    ['20 degC', 293.15],
    ['-40 degF', 233.15],
    ['-40 degC', 233.15],
    ['1 psi', 6894.757293168362],
    ['0.1 km', 100],
    ['1_000 mm', 1],
    ['3 h', 10800],
    ['1 kWh', 3.6e6],
    ['60 km/h', 60 / 3.6],
  ])('%s', (text, si) => {
    const [variable] = only(modelOf(`asset A { param x = ${text} }`), 'A').variables;
    expect(variable?.value).toMatchObject({ kind: 'number', value: si });
  });

  it('in a range take the unit of the other bound', () => {
    const [variable] = only(modelOf('asset A { param x = 20 degC in 0..95 degC }'), 'A').variables;
    expect(variable?.range?.low).toMatchObject({ value: 273.15 });
    expect(variable?.range?.high).toMatchObject({ value: 368.15 });
  });
});

describe('variables', () => {
  it('know their quantity and the unit to be shown in', () => {
    const model = modelOf(`
      asset A {
        param flow = 120 m3/h
        input ambient: Temperature = 293.15 K
        let rise = ambient - 20 degC
        let share = 50 %
        let ratio = flow / 2 m3/h
        let power = flow * 3 bar
        param wanted: Power = 3 kW
        let open = flow > 0
        let odd: Speedup = 3 m/s3
      }
      quantity Speedup = m/s3`);
    const shown = only(model, 'A').variables.map(({ name, quantity, unit, type }) => [
      name,
      quantity,
      unit.label,
      type.scale,
    ]);
    expect(shown).toEqual([
      ['flow', 'VolumeFlow', 'm³/h', 'either'],
      ['ambient', 'Temperature', 'K', 'absolute'],
      ['rise', 'TemperatureDifference', 'K', 'difference'],
      ['share', 'Number', '%', 'either'],
      ['ratio', 'Number', '', 'either'],
      ['power', 'Power', 'W', 'either'],
      ['wanted', 'Power', 'kW', 'either'],
      ['open', 'Boolean', '', 'either'],
      ['odd', 'Speedup', 'm/s³', 'either'],
    ]);
    expect(only(model, 'A').variables[0]?.unit).toMatchObject({ factor: 1 / 3600, offset: 0 });
  });

  it('of two elements in a list have two values', () => {
    const [variable] = only(modelOf('asset A { param x[2] = [1 m, 2 km] }'), 'A').variables;
    expect(variable?.values?.map(show)).toEqual(['1', '2000']);
    expect(variable?.value).toBeUndefined();
  });
});

describe('references', () => {
  it('are paths with indexes', () => {
    const model = modelOf(`
      const half = 1/2
      const twice = 4 * half
      asset Cell { state T = 20 degC  sensor s measures T  alarm hot: info "h" { raise when T > 90 degC } }
      asset Chain {
        fixed n = 5
        part cell[n]: Cell
        let a = cell[2].T
        let b = cell[n].T - cell[n - 1].s
        let c = cell[1].s.residual
        let d = cell[1].hot or cell[3].s.stale
        let e = max(cell[*].T)
        let f = twice * (2 m)^2
        let q[n]: Temperature
        for i in 2..n { q[i] = cell[i - 1].T }
      }`);
    const chain = only(model, 'Chain');
    const values = chain.variables.flatMap(({ value }) => (value === undefined ? [] : [show(value)]));
    expect(values).toEqual([
      '5',
      'cell[2].T',
      '(cell[n].T - cell[(n - 1)].s!measured)',
      'cell[1].s!residual',
      '(cell[1].hot!alarm or cell[3].s!stale)',
      'max(cell[*].T)',
      '(2 * (2 ^ 2))',
    ]);
    const [equation] = chain.equations;
    expect(equation?.loops.map(({ variable, from, to }) => [variable, show(from), show(to)])).toEqual([
      ['i', '2', 'n'],
    ]);
    expect([show(equation?.left), show(equation?.right)]).toEqual(['q[i+0]', 'cell[i+-1].T']);
  });
});

describe('inheritance', () => {
  it('puts base members first and gives them the values of the extends clause', () => {
    const model = modelOf(
      `
      package plant
      abstract asset Machine { param load: Force  part bearing: Bearing  state wear = 0  der(wear) = 1/h_ }
      asset Bearing { param limit = 1 mm }
      asset Pump extends Machine(load = 4 kN, bearing.limit = 2 mm) { param head = 3 m }
      asset Small extends Pump(load = 1 kN) { }
      `.replace('1/h_', '1 1/h'),
    );
    const small = only(model, 'plant.Small');
    expect(small.variables.map(({ name, value }) => [name, show(value)])).toEqual([
      ['load', '1000'],
      ['wear', '0'],
      ['head', '3'],
    ]);
    expect(small.parts[0]).toMatchObject({ name: 'bearing', asset: 'plant.Bearing' });
    expect(small.parts[0]?.overrides.map(({ target, value }) => [target.segments, show(value)])).toEqual([
      [[{ name: 'limit' }], '0.002'],
    ]);
    expect(model.assets['plant.Machine']?.abstract).toBe(true);
  });
  it('writes a base out once, however many extend it', () => {
    const chain = Array.from(
      { length: 50 },
      (_, at) => `asset A${at + 1} extends A${at} { param p${at} = 1 m }`,
    );
    const model = modelOf(
      `package plant\nasset A0 { state x = 1 m  der(x) = -x / 1 s }\n${chain.join('\n')}\n`,
    );
    const variables = Object.values(model.assets).flatMap((asset) => asset.variables);
    expect(variables).toHaveLength((51 * 52) / 2);
    // One object for each declaration, not one for each asset that has it.
    expect(new Set(variables).size).toBe(51);
    expect(new Set(Object.values(model.assets).flatMap((asset) => asset.equations)).size).toBe(1);
  });
});

describe('a list for an array of parts', () => {
  it('gives each part its value', () => {
    const model = modelOf(`
      asset Cell { state T = 20 degC }
      asset Chain { part cell[2]: Cell }
      asset Plant { part chain: Chain(cell.T = [10 degC, 30 degC]) }`);
    const overrides = only(model, 'Plant').parts[0]?.overrides ?? [];
    expect(overrides.map(({ target, value }) => [target.segments, show(value)])).toEqual([
      [[{ name: 'cell', index: { kind: 'constant', value: 1 } }, { name: 'T' }], '283.15'],
      [[{ name: 'cell', index: { kind: 'constant', value: 2 } }, { name: 'T' }], '303.15'],
    ]);
  });
});

describe('experiments', () => {
  const model = modelOf(`
    asset Tank {
      input inflow = 0 m3/h
      param area[2] = 1 m2
      state level = 1 m
      der(level) = inflow / area[1]
      sensor gauge measures level every 2 s noise uniform(4 mm) range 0..5 m
      alarm high: warning "High" { raise when level > 4 m for 5 s clear when level < 3 m }
      rule full { when level > 5 m set inflow = 0 }
      at level <= 0 m falling { set level = -0.5 * pre(level) }
    }
    twin East: Tank(level = 2 m)
    bind East { gauge from mqtt("east/gauge", path = "$.v") as cm late 5 s: drop stale 1 min }
    scenario day for East { inflow = 3 m3/h  area = [1 m2, 2 m2]  at 1 h: set inflow = 1 m3/h  run 1 d  method rk4 step 10 ms  seed 7 }
    test "holds" on day {
      require when high becomes true: within 10 s level > 1 m
      expect at 2 h: level < 5 m
    }
    view East { chart gauge over 10 min as cm  gauge level in 0..5 m }`);

  it('are numbers in SI', () => {
    expect(model.scenarios[0]).toMatchObject({
      asset: 'Tank',
      twin: 'East',
      duration: 86400,
      method: { name: 'rk4', step: 0.01 },
      seed: 7,
    });
    expect(model.scenarios[0]?.schedule[0]?.time).toBe(3600);
    expect(model.scenarios[0]?.overrides.map(({ target, value }) => [target.segments, show(value)])).toEqual([
      [[{ name: 'inflow' }], String(3 / 3600)],
      [[{ name: 'area', index: { kind: 'constant', value: 1 } }], '1'],
      [[{ name: 'area', index: { kind: 'constant', value: 2 } }], '2'],
    ]);
  });

  it('bindings have the unit on the wire', () => {
    expect(model.twins[0]?.bindings[0]).toMatchObject({
      direction: 'from',
      protocol: 'mqtt',
      arguments: { 0: 'east/gauge', path: '$.v' },
      unit: { text: 'cm', factor: 0.01, offset: 0 },
      late: { after: 5, policy: 'drop' },
      stale: 60,
    });
  });

  it('requirements keep their text', () => {
    expect(model.tests[0]?.requirements.map((each) => each.text)).toEqual([
      'require when high becomes true: within 10 s level > 1 m',
      'expect at 2 h: level < 5 m',
    ]);
    expect(model.tests[0]?.requirements[0]).toMatchObject({ kind: 'response', within: 10 });
  });

  it('views show in the unit that was asked for', () => {
    expect(model.views[0]?.widgets).toMatchObject([
      { kind: 'chart', window: 600, series: [{ unit: { label: 'cm' }, text: 'gauge' }] },
      { kind: 'gauge', low: 0, high: 5 },
    ]);
  });

  it('handlers and noise are whole', () => {
    const { handlers, sensors, alarms } = only(model, 'Tank');
    expect(handlers.map(({ kind, name, direction }) => [kind, name, direction])).toEqual([
      ['rule', 'full', undefined],
      ['at', 'at level <= 0 m', 'falling'],
    ]);
    expect(show(handlers[1]?.actions[0]?.value)).toBe('(-0.5 * pre level)');
    expect(show(sensors[0]?.noise)).toBe('draw uniform((negate 0.004), 0.004)');
    expect(show(alarms[0]?.raise.duration)).toBe('5');
  });
});

describe('files of one package', () => {
  it('see each other, and units of packages they use', () => {
    const { parsing, checking, checker, files } = check({
      'file:///a.twin':
        'package brew\nunit bottle\nquantity Filling = bottle/h\nasset Line { param speed: Filling = 3 bottle/s }',
      'file:///b.twin':
        'package brew\nasset Hall { part line[2]: Line  let total = sum(line[*].speed) + 5 bottle/min }',
      'file:///c.twin':
        'package shop\nuse brew: Line\nasset Shop { part line: Line  let need = line.speed * 2 h + 3 bottle }',
      'file:///d.twin': 'package other\nasset Other { param x = 3 bottle }',
    });
    expect(parsing).toEqual([]);
    expect(checking.map(({ code, source }) => [code, source.uri])).toEqual([['PX3003', 'file:///d.twin']]);
    expect(Object.keys(checker.model(files.slice(0, 3)).value?.assets ?? {})).toEqual([
      'brew.Line',
      'brew.Hall',
      'shop.Shop',
    ]);
  });

  it('do not share names', () => {
    const { checking } = check({
      'file:///a.twin': 'package brew\nasset Line { }',
      'file:///b.twin': 'package brew\nasset Line { }',
    });
    expect(checking.map(({ code }) => code)).toEqual(['PX2101', 'PX2101']);
  });
});

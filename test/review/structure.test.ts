import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { isSame } from '../../review/review.ts';
import type { Review } from '../../review/review.ts';
import { changesOf, reviewOf } from './versions.ts';

const structureOnly = { behaviour: false };
const TANK = `package plant

/// Holds water.
asset Tank {
  param area   = 2 m2
  param leak   = 0.1 m2/s  in 0 m2/s..1 m2/s
  input inflow: VolumeFlow = 3 m3/s

  state level = 1 m
  let outflow = leak * level
  let net     = inflow - outflow

  der(level) = net / area

  sensor gauge measures level every 1 s  noise normal(1 mm)

  alarm full: warning "Close the inlet" {
    raise when level > 3 m for 10 s
  }
}

twin T1: Tank(area = 3 m2)

bind T1 {
  gauge from mqtt("t1/level") as mm
}

scenario filling for Tank {
  run 1 min
}

test "does not overflow" on filling {
  require always level < 100 m
}
`;
const edited = (...edits: [string, string][]): string =>
  edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`there is no ${from}`);
    return text.replace(from, to);
  }, TANK);
const changes = (...edits: [string, string][]): string[] =>
  changesOf(reviewOf(TANK, edited(...edits), structureOnly));

describe('what is no change', () => {
  it.each([
    ['another unit of the same value', [['param area   = 2 m2', 'param area = 20000 cm2']]],
    ['comments and documentation', [['/// Holds water.', '/// Holds a lot of water.\n// And more.']]],
    [
      'the order of lines',
      [
        [
          '  let outflow = leak * level\n  let net     = inflow - outflow\n',
          '  let net = inflow - outflow\n  let outflow = leak * level\n',
        ],
      ],
    ],
    ['the order of a sum and of a product', [['leak * level', 'level * leak']]],
    ['the sides of an equation', [['der(level) = net / area', 'der(level) = net / area\n']]],
    ['brackets that change nothing', [['inflow - outflow', '(inflow) - (outflow)']]],
  ] as [string, [string, string][]][])('%s', (_, edits) => {
    expect(changes(...edits)).toEqual([]);
  });

  it('the order and the brackets of a longer sum or product, whatever they are', () => {
    const words = ['net', 'inflow', 'outflow', '2 * inflow'];
    const bracketed = (all: readonly string[], cuts: readonly number[]): string =>
      all.length < 2
        ? all[0]!
        : ((cut) =>
            `(${bracketed(all.slice(0, cut), cuts.slice(1))} + ${bracketed(all.slice(cut), cuts.slice(1))})`)(
            1 + ((cuts[0] ?? 0) % (all.length - 1)),
          );
    const withSum = (sum: string): string =>
      TANK.replace('  der(level)', `  let total = ${sum}\n  der(level)`);
    const base = withSum(words.join(' + '));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(words, { minLength: words.length }),
        fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
        (order, cuts) => {
          expect(changesOf(reviewOf(base, withSum(bracketed(order, cuts)), structureOnly))).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
    expect(changesOf(reviewOf(base, withSum('net + inflow + outflow - 2 * inflow'), structureOnly))).toEqual([
      'changed let Tank.total',
    ]);
  });

  it('a declaration that moved to another file', () => {
    const at = TANK.indexOf('twin T1');
    const review = reviewOf(TANK, {
      'plant.twin': TANK.slice(0, at),
      'use.twin': `package plant\n\n${TANK.slice(at)}`,
    });
    expect(isSame(review)).toBe(true);
    expect(review.verdict.bump).toBe('none');
  });

  it('the format of any example, however it is spaced', () => {
    const folder = new URL('../../examples/', import.meta.url);
    const examples = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(examples.length).toBeGreaterThan(3);
    for (const { name } of examples) {
      const files = readdirSync(new URL(`${name}/`, folder)).filter((file) => file.endsWith('.twin'));
      const texts = Object.fromEntries(
        files.map((file) => [file, readFileSync(new URL(`${name}/${file}`, folder), 'utf8')]),
      );
      if (Object.values(texts).some((text) => text.includes(' from "'))) continue;
      const spaced = Object.fromEntries(
        Object.entries(texts).map(([file, text]) => [
          file,
          text.replaceAll(/^( *)(?=\w)/gm, '$1  // moved\n$1 '),
        ]),
      );
      expect(changesOf(reviewOf(texts, spaced, structureOnly))).toEqual([]);
      expect(Object.values(texts).every((text) => format(text) !== undefined)).toBe(true);
    }
  });
});

describe('what is a change', () => {
  it.each([
    [['param area   = 2 m2', 'param area   = 4 m2'], 'changed param Tank.area'],
    [['in 0 m2/s..1 m2/s', 'in 0 m2/s..2 m2/s'], 'changed param Tank.leak'],
    [['let net     = inflow - outflow', 'let net     = inflow - 2 * outflow'], 'changed let Tank.net'],
    [['der(level) = net / area', 'der(level) = 2 * net / area'], 'changed equation Tank.der(level)'],
    [['every 1 s', 'every 2 s'], 'changed sensor Tank.gauge'],
    [['level > 3 m for 10 s', 'level > 3 m for 20 s'], 'changed alarm Tank.full'],
    [['warning "Close', 'critical "Close'], 'changed alarm Tank.full'],
    [['area = 3 m2', 'area = 5 m2'], 'changed twin T1'],
    [['as mm', 'as cm'], 'changed binding T1.gauge'],
    [['run 1 min', 'run 2 min'], 'changed scenario filling'],
    [['level < 100 m', 'level < 90 m'], 'changed requirement does not overflow.always level < 90 m'],
    [['  let outflow', '  let double = 2 * level\n  let outflow'], 'added let Tank.double'],
    [['bind T1 {\n  gauge from mqtt("t1/level") as mm\n}\n', ''], 'removed binding T1.gauge'],
  ] as [[string, string], string][])('%j', (edit, change) => {
    const found = changes(edit);
    expect(found).toHaveLength(1);
    expect(found[0]!.split(' ').slice(0, 2)).toEqual(change.split(' ').slice(0, 2));
    if (!change.includes('requirement')) expect(found[0]).toBe(change);
  });

  it('tells of what samples correct, and how far it drifts', () => {
    const line = 'as mm\n  estimate level within 10 cm drifts 1 mm in 1 h';
    expect(changes(['as mm', line])).toEqual(['added estimate T1.level']);
    const [before, after] = [line, line.replace('drifts 1 mm', 'drifts 2 mm')].map((each) =>
      edited(['as mm', each]),
    );
    expect(changesOf(reviewOf(before!, after!, structureOnly))).toEqual(['changed estimate T1.level']);
    const inMinutes = before!.replace('in 1 h', 'in 60 min');
    expect(changesOf(reviewOf(before!, inMinutes, structureOnly))).toEqual([]);
  });

  it('says a value in the unit of the new text', () => {
    const [change] = reviewOf(
      TANK,
      edited(['param area   = 2 m2', 'param area = 35000 cm2']),
      structureOnly,
    ).changes;
    expect(change!.text).toBe('20000 cm² → 35000 cm²');
  });
});

it('tells tests of several packages apart that have one title', () => {
  const other = TANK.replace('package plant', 'package works');
  const review = reviewOf({ 'a.twin': other, 'b.twin': TANK }, { 'b.twin': TANK }, structureOnly);
  expect(changesOf(review).filter((change) => change.includes('test'))).toEqual([
    'removed test does not overflow',
  ]);
});

it('names each element that is bound, and what is required once', () => {
  const PLANT = `${TANK.slice(0, TANK.indexOf('twin T1'))}
asset Plant {
  part tank[2]: Tank
}
twin P: Plant

bind P {
  tank[1].gauge from mqtt("p/1")
  tank[2].gauge from mqtt("p/2")
}

scenario day for P {
  run 1 min
}

test "below 2.5 m" on day {
  require always tank[1].level < 100 m
}
`;
  const head = PLANT.replace('"p/2"', '"p/two"').replace('< 100 m', '< 90 m');
  const { changes: found } = reviewOf(PLANT, head, structureOnly);
  expect(found.map(({ subject, path, text }) => [subject, path, text])).toEqual([
    ['binding', 'P.tank[2].gauge', 'tank[2].gauge from mqtt("p/2") → tank[2].gauge from mqtt("p/two")'],
    [
      'requirement',
      'below 2.5 m',
      'require always tank[1].level < 100 m → require always tank[1].level < 90 m',
    ],
  ]);
});

it('in which unit a view and an experiment show something is a change of them', () => {
  const SHOWN = `${TANK}
view Tank "All" {
  number level
  number inflow as L/s
}

experiment sizes on filling {
  vary area in [1 m2, 2 m2]
  report level as cm
}
`;
  const shown = (from: string, to: string): string[] =>
    changesOf(reviewOf(SHOWN, SHOWN.replace(from, to), structureOnly));
  expect(shown('as L/s', 'as m3/h')).toEqual(['changed view All']);
  expect(shown('as cm', 'as mm')).toEqual(['changed experiment sizes']);
  // Where none is said, it is only how a number is written.
  expect(shown('state level = 1 m', 'state level = 100 cm')).toEqual([]);
});

it('in which unit the values of a variable are shown is a change of what people read, and of nothing else', () => {
  const told = (from: string, to: string): Review =>
    reviewOf(...([from, to].map((line) => TANK.replace(/let outflow .*/, line)) as [string, string]));
  const LET = /let outflow .*/.exec(TANK)![0];
  const shown = told(`${LET} as L/s`, `${LET} as m3/h`);
  expect(shown.changes).toMatchObject([
    {
      kind: 'changed',
      path: 'Tank.outflow',
      fields: ['unit'],
      text: 'shown in L/s → m³/h, the values are the same',
    },
  ]);
  expect([shown.verdict.bump, shown.findings, shown.causes]).toEqual(['patch', [], []]);
  expect(shown.behaviour.scenarios.every(({ signals }) => signals.length === 0)).toBe(true);
  expect(changesOf(told(LET, `${LET} as L/h`))).toEqual(['changed let Tank.outflow']);
  // What is said and what is shown without it may be the same.
  const unit = shown.changes[0]!.newText!.replace(/.* as /, '');
  expect(changesOf(told(`${LET} as ${unit}`, `${LET} as m3/h`))).toEqual([]);
  // With another value it is the text that says it.
  const both = told(`${LET} as L/s`, `${LET} * 2 as m3/h`).changes;
  expect(both).toMatchObject([
    { fields: ['value', 'unit'], text: expect.stringContaining(' as L/s → ') as string },
  ]);
});

describe('renaming', () => {
  it('of a variable is one change, wherever it is used', () => {
    const renamed = TANK.replaceAll(/\boutflow\b/g, 'drain');
    expect(changesOf(reviewOf(TANK, renamed, structureOnly))).toEqual([
      'renamed let Tank.outflow → Tank.drain',
    ]);
  });

  it('of a variable and what it is worth are two', () => {
    const renamed = edited(
      ['param area   = 2 m2', 'param surface = 3 m2'],
      ['net / area', 'net / surface'],
      ['area = 3 m2', 'surface = 3 m2'],
    );
    expect(changesOf(reviewOf(TANK, renamed, structureOnly)).toSorted()).toEqual([
      'changed param Tank.surface',
      'renamed param Tank.area → Tank.surface',
    ]);
  });

  it('of an asset is one change', () => {
    expect(changesOf(reviewOf(TANK, TANK.replaceAll('Tank', 'Vessel'), structureOnly))).toEqual([
      'renamed asset Tank → Vessel',
    ]);
  });

  it('of a package is one change, and everything else is compared as before', () => {
    const review = reviewOf(TANK, TANK.replace('package plant', 'package works.north'));
    expect(changesOf(review)).toEqual(['renamed package plant → works.north']);
    expect(review.findings).toEqual([]);
    expect(review.behaviour).toMatchObject({ gone: [], fresh: [], tests: [] });
    expect(review.behaviour.scenarios.map(({ scenario, signals }) => [scenario, signals])).toEqual([
      ['plant.filling', []],
    ]);
    expect(review.verdict.bump).toBe('patch');
    // With a change in it, that change alone is told besides.
    const more = edited(['package plant', 'package works'], ['area   = 2 m2', 'area   = 4 m2']);
    expect(changesOf(reviewOf(TANK, more, structureOnly))).toEqual([
      'renamed package plant → works',
      'changed param Tank.area',
    ]);
  });

  it('of one asset’s package says which', () => {
    const at = TANK.indexOf('twin T1');
    const split = (name: string, head: string): Record<string, string> => ({
      'tank.twin': TANK.slice(0, at).replace('package plant', `package ${name}`),
      'use.twin': `package plant\n${head}\n${TANK.slice(at)}`,
    });
    const review = reviewOf(split('plant', ''), split('parts', 'use parts\n'));
    expect(changesOf(review)).toEqual(['renamed asset plant.Tank → parts.Tank']);
    expect(review.findings).toEqual([]);
  });

  it('of a test withdraws no promise', () => {
    const review = reviewOf(TANK, edited(['does not overflow', 'stays below 2.5 m at most']));
    expect(changesOf(review)).toEqual(['renamed test does not overflow → stays below 2.5 m at most']);
    expect(review.findings).toEqual([]);
    expect(review.behaviour.tests).toEqual([]);
    // One that requires something else is another.
    const other = edited(
      ['does not overflow', 'stays low'],
      ['always level < 100 m', 'eventually level > 2 m'],
    );
    expect(changesOf(reviewOf(TANK, other, structureOnly)).toSorted()).toEqual([
      'added test stays low',
      'removed test does not overflow',
    ]);
  });

  it('of a sensor that is bound to another address besides', () => {
    const renamed = TANK.replaceAll(/\bgauge\b/g, 'mark').replace('t1/level', 't1/mark');
    expect(changesOf(reviewOf(TANK, renamed, structureOnly)).toSorted()).toEqual([
      'changed binding T1.mark',
      'renamed sensor Tank.gauge → Tank.mark',
    ]);
  });

  it('leaves what a sensor measures, and its noise, as it was', () => {
    const review = reviewOf(TANK, TANK.replaceAll(/\bgauge\b/g, 'mark'));
    expect(review.behaviour.scenarios[0]!.signals).toEqual([]);
    expect(review.behaviour.scenarios[0]!.compared).toBeGreaterThan(3);
    expect(review.unexplained).toEqual([]);
  });

  it('is found for any set of variables that are renamed at once', () => {
    const names = ['area', 'leak', 'inflow', 'level', 'outflow', 'net', 'gauge', 'full'];
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (chosen) => {
        const renamed = chosen.reduce(
          (text, name) => text.replaceAll(new RegExp(`(?<![/"])\\b${name}\\b`, 'g'), `${name}New`),
          TANK,
        );
        const found = changesOf(reviewOf(TANK, renamed, structureOnly));
        expect(found.every((change) => change.startsWith('renamed') || change.includes('binding'))).toBe(
          true,
        );
        expect(found.filter((change) => change.startsWith('renamed'))).toHaveLength(chosen.length);
      }),
      { numRuns: 8 },
    );
  });
});

describe('what other parts of the language declare', () => {
  const OVEN = `package plant

port Heat {
  across temperature: Temperature
  through heat: Power
}

asset Wall {
  port a: Heat
  port b: Heat
  param conductance = 5 W/K

  a.heat + b.heat = 0 W
  a.heat = conductance * (a.temperature - b.temperature)
}

asset Oven {
  port wall: Heat
  param power = draw normal(1 kW, 50 W)
  state temperature = 20 degC

  modes operation {
    initial Idle {
      when temperature < 25 degC for 10 s -> Heating
    }
    Heating {
      when temperature > 60 degC -> Resting
    }
    Resting {
      after exponential(2 min) -> Idle
    }
  }

  let heating = if operation == Heating then power else 0 W
  der(temperature) = (heating + wall.heat) / 2 kJ/K
  wall.temperature = temperature
}

asset Room {
  part oven: Oven
  part wall: Wall
  part other: Oven

  join oven.wall, wall.a
  join wall.b, other.wall
}

scenario day for Room {
  run 10 min
}
`;
  it('is compared in another folder, and change by change', () => {
    const moved = reviewOf({ 'a.twin': OVEN }, { 'deep/b.twin': `// moved\n${OVEN}` });
    expect(changesOf(moved)).toEqual([]);
    const change = (from: string, to: string): string[] =>
      changesOf(reviewOf(OVEN, OVEN.replace(from, to), structureOnly));
    expect(change('conductance = 5 W/K', 'conductance = 6 W/K')).toEqual(['changed param Wall.conductance']);
    expect(change('normal(1 kW, 50 W)', 'normal(1 kW, 60 W)')).toEqual(['changed param Oven.power']);
    expect(change('exponential(2 min)', 'exponential(3 min)')).toEqual([
      expect.stringMatching(/^changed when Oven\.operation: Resting -> Idle/),
    ]);
  });

  it('tells of modes once', () => {
    const plain = OVEN.replace(/  modes operation \{[\s\S]*?\n  \}\n/, '').replace(
      'if operation == Heating then power else 0 W',
      'power',
    );
    const ofModes = (before: string, after: string): string[] =>
      changesOf(reviewOf(before, after, structureOnly)).filter((each) => /operation$/.test(each));
    expect(ofModes(plain, OVEN)).toEqual(['added modes Oven.operation']);
    expect(ofModes(OVEN, plain)).toEqual(['removed modes Oven.operation']);
  });

  it('says modes by their names', () => {
    const { behaviour } = reviewOf(OVEN, OVEN.replace('exponential(2 min)', 'exponential(8 min)'));
    const texts = behaviour.scenarios[0]!.signals.filter(({ name }) => name.endsWith('operation')).map(
      ({ text }) => text,
    );
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(/^(Idle|Heating|Resting) → (Idle|Heating|Resting)$/);
  });
});

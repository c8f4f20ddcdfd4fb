/** Ramps, profiles and recordings: against closed forms; the same bits by either kernel, however a run is cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import type { ManifestDrive } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinOptions } from '../../runtime/twin.ts';
import { analysed } from '../flatten/systems.ts';

const asset = `asset A {
  input u = 1.0
  input lit: Boolean = false
  input row[2]: Number = 0
  state sum = 0.0
  state crossed = -1 s
  state drawn = 0.0
  der(sum) = u / 1 s
  der(drawn) = row[1] / 1 s
  when u > 4 -> set crossed = time
  when sum > 1000 -> set u = 7
}
`;

function built(scenario: string, data: Record<string, string> = {}) {
  const { model, roots, diagnostics } = analysed(asset + `scenario s for A { ${scenario} }`, data);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact, system } = compile(
    model,
    roots.find(({ name }) => name === 't.A')!,
  ).value!;
  return { artefact, system };
}

function made(scenario: string, data: Record<string, string> = {}) {
  const { artefact, system } = built(scenario, data);
  const emitted = (more: Partial<TwinOptions> = {}): Twin =>
    createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact), scenario: 0, ...more });
  const walked = (): Twin =>
    createTwin({ manifest: artefact.manifest, kernel: () => interpret(system), scenario: 0 });
  return { emitted, walked, manifest: artefact.manifest };
}

/** A value at a time, by either kernel. */
function values(scenario: string, name: string, times: number[], data?: Record<string, string>): number[] {
  const { emitted, walked } = made(scenario, data);
  const [one, other] = [emitted(), walked()];
  return times.map((time) => {
    one.advance(time);
    other.advance(time);
    expect(one.trouble()).toBeUndefined();
    expect(other.hash()).toBe(one.hash());
    return one.value(name)!;
  });
}

describe('a ramp', () => {
  it('goes along a line and holds its end', () => {
    const run = 'ramp u from 2 to 6 over 8 s  run 20 s';
    expect(values(run, 'u', [0, 2, 4.5, 8, 8.5, 20])).toEqual([2, 3, 4.25, 6, 6, 6]);
    // ∫ of it, exactly: a step of fifth order is exact on a line, and none goes over the bend.
    expect(values(run, 'sum', [8, 20])).toEqual([expect.closeTo(32, 12), expect.closeTo(104, 11)]);
    expect(values(run, 'crossed', [20])[0]).toBeCloseTo(4, 9);
  });

  it.each(['tsit5', 'rodas5p', 'bdf', 'rk4 step 0.5 s', 'implicitEuler step 0.5 s'])(
    'by %s too',
    (method) => {
      const run = `ramp u from 2 to 6 over 8 s  method ${method}  run 20 s`;
      const [half, end] = values(run, 'sum', [4, 20]);
      // The implicit step looks at its end: too much by half of a step's rise in each.
      const over = method.startsWith('implicit') ? [0.5, 1] : [0, 0];
      expect(half).toBeCloseTo(12 + over[0]!, 10);
      expect(end).toBeCloseTo(104 + over[1]!, 10);
    },
  );

  it('begins where the input is, and takes over from what was before', () => {
    const run = 'u = 3  ramp u to 5 over 10 s  at 5 s: ramp u to 0 over 4 s  run 20 s';
    expect(values(run, 'u', [0, 5, 6, 9, 12])).toEqual([3, 4, 3, 0, 0]);
    expect(values(run, 'sum', [5, 9, 12])).toEqual([17.5, 25.5, 25.5].map((x) => expect.closeTo(x, 11)));
  });

  it('ends where something sets the input: the scenario, a rule, or someone outside', () => {
    expect(values('ramp u from 0 to 10 over 10 s  at 5 s: set u = 1  run 20 s', 'u', [4, 5, 12])).toEqual([
      4, 1, 1,
    ]);
    expect(values('ramp u from 0 to 1000 over 10 s  run 20 s', 'u', [4, 12])).toEqual([400, 7]);
    const twin = made('ramp u from 0 to 10 over 10 s  run 20 s').emitted();
    twin.advance(4);
    twin.set('u', 2);
    twin.advance(15);
    expect(twin.value('u')).toBe(2);
    expect(twin.value('sum')).toBeCloseTo(8 + 22, 11);
    twin.rewind(3);
    expect(twin.value('u')).toBe(3);
  });

  it('reaches each element', () => {
    const run = 'ramp row to 4 over 4 s  at 2 s: ramp row[2] to 0 over 1 s  run 9 s';
    expect(values(run, 'row[1]', [1, 3, 9])).toEqual([1, 3, 4]);
    expect(values(run, 'row[2]', [1, 2.5, 9])).toEqual([1, 1, 0]);
  });

  it('gives way to what an experiment or a user gives before the start', () => {
    const { emitted, manifest } = made('ramp u from 0 to 10 over 10 s  run 20 s');
    const variable = manifest.variables.findIndex(({ name }) => name === 'u');
    const twin = emitted({ settings: { overrides: [{ variable, element: 0, value: 3 }] } });
    twin.advance(5);
    expect(twin.value('u')).toBe(3);
  });
});

describe('a profile', () => {
  it('holds between its points, and begins again', () => {
    const run = 'profile u every 10 s { 2 s: 5, 6 s: 1 }  run 40 s';
    expect(values(run, 'u', [0, 1.9, 2, 5.9, 6, 9, 11, 12, 26])).toEqual([1, 1, 5, 5, 1, 1, 1, 5, 1]);
    expect(values(run, 'sum', [10, 20, 40])).toEqual([26, 52, 104].map((x) => expect.closeTo(x, 10)));
  });

  it('goes along lines, over the end of its period, too', () => {
    const run = 'profile u every 10 s between linear { 2 s: 0, 7 s: 5 }  run 40 s';
    expect(values(run, 'u', [0, 1, 2, 4.5, 7, 8, 11, 12]).map((x) => Number(x.toFixed(12)))).toEqual([
      2, 1, 0, 2.5, 5, 4, 1, 0,
    ]);
    expect(values(run, 'sum', [40])[0]).toBeCloseTo(100, 10);
  });

  it('knows days: a run begins on Monday, 0:00', () => {
    const run = `profile lit weekly { weekdays 6:00: true, 22:00: false  saturday 8:00: true, 12:00: false }
      profile u daily { 12:00: 0.002, 18:00: 0.003 }  run 14 d`;
    const hour = 3600;
    const day = 24 * hour;
    expect(
      values(run, 'lit', [
        0,
        7 * hour,
        23 * hour,
        4 * day + 7 * hour,
        5 * day + 7 * hour,
        5 * day + 9 * hour,
        6 * day + 9 * hour,
        7 * day + 7 * hour,
      ]),
    ).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(values(run, 'u', [hour, 13 * hour, 19 * hour, day + 13 * hour])).toEqual([
      0.003, 0.002, 0.003, 0.002,
    ]);
  });

  it('that comes once leaves the input alone until its first point', () => {
    expect(values('u = 9  profile u { 3 s: 4, 5 s: 2 }  run 10 s', 'u', [0, 2, 3, 4.9, 5, 9])).toEqual([
      9, 9, 4, 4, 2, 2,
    ]);
  });
});

describe('a recording', () => {
  const csv = 'time [min],u [%],lit,other\n0,100,1,x\n1,300,0,y\n2,200,1,\n';
  it('holds, goes along lines, ends, and repeats', () => {
    const at = [0, 30, 60, 90, 119, 120, 150, 200, 240];
    expect(values('inputs from "r.csv" then hold  run 5 min', 'u', at, { 'r.csv': csv })).toEqual([
      1, 1, 3, 3, 3, 2, 2, 2, 2,
    ]);
    expect(
      values('inputs from "r.csv" between linear then hold  run 5 min', 'u', at.slice(0, 6), {
        'r.csv': csv,
      }),
    ).toEqual([1, 2, 3, 2.5, expect.closeTo(3 - 59 / 60, 12), 2]);
    expect(values('inputs from "r.csv" then repeat  run 5 min', 'u', at, { 'r.csv': csv })).toEqual([
      1, 1, 3, 3, 3, 2, 2, 1, 3,
    ]);
    // What is true or false holds, whatever numbers do.
    expect(
      values('inputs from "r.csv" between linear then repeat  run 5 min', 'lit', at, { 'r.csv': csv }),
    ).toEqual([1, 1, 0, 0, 0, 1, 1, 1, 0]);
  });

  it('feeds what it is told to', () => {
    const data = { 'r.csv': 'when [s],a\n0,5\n10,6\n' };
    expect(values('inputs from "r.csv" { row[2] from "a" }  run 10 s', 'row[2]', [0, 10], data)).toEqual([
      5, 6,
    ]);
  });

  it('is in the artefact, so other content is another artefact', () => {
    const text = (last: number) => `time [s],u\n0,1\n10,${last}\n`;
    const [one, other] = [2, 3].map(
      (last) => made('inputs from "r.csv"  run 10 s', { 'r.csv': text(last) }).manifest,
    );
    expect(JSON.stringify(one!.scenarios)).toContain('"values":[1,2]');
    expect(JSON.stringify(one)).not.toBe(JSON.stringify(other));
    expect(one!.stateFingerprint).toBe(other!.stateFingerprint);
  });

  // The distances are those of Python's datetime.
  it.each([
    ['2100-02-28 00:00', '2100-03-01 00:00', 86400],
    ['2000-02-28 00:00', '2000-03-01 00:00', 172800],
    ['1969-12-31 23:59:59.5', '1970-01-01', 0.5],
    ['2026-10-25T02:30:00+02:00', '2026-10-25T02:00:00+01:00', 1800],
    ['2026-03-28', '2026-03-28T24:00', 86400],
    ['2100-03-01 00:00:00', '2100-03-01 00:00:00.1', 0.1],
    ['2017-01-01T00:59:59+01:00', '2016-12-31T23:59:60Z', 1],
  ])('counts from %s to %s', (first, last, between) => {
    const { manifest } = made('inputs from "r.csv" then hold  run 1 s', {
      'r.csv': `time,u\n${first},1\n${last},2\n`,
    });
    expect(manifest.scenarios[0]!.drives?.[0]!.times).toEqual([0, between]);
  });

  const commas = 'where commas are the points of numbers, semicolons stand between columns';
  it.each([
    ['', 'it is empty.'],
    ['time [s],u\n', 'it has a header and no row below it.'],
    ['time [s],u\n0,1\n5,\n', 'line 3: column "u" has no value, which is no number.'],
    ['time [s],u\n0,1\n5,2\n5,3\n', 'line 4: its time does not come after that of the row above.'],
    [
      'time [s],u\n1,1\n5,2\n',
      'it begins at 1 s, and a run begins at 0 s: what the inputs are before is not known.',
    ],
    ['time [s],lit\n0,1\n5,maybe\n', 'line 3: column "lit" has "maybe", which is neither true nor false.'],
    ['time,u\n0,1\n', 'column "time" has no unit, and a time (s) is needed: write "time [s]" in its header.'],
    ['time [s],v\n0,1\n', 'none of its columns ("v") has the name of an input; there are u, lit.'],
    ['time [s],u [m]\n0,1\n', 'column "u" is in m, and a plain number is needed.'],
    ['time [s],u\n0,1\n5,2,5\n', `line 3: it has 3 cells, and the header 2; ${commas}.`],
    ['time [s],u\n0,1,a\n', 'line 2: it has 3 cells, and the header 2.'],
    ['time [s],Time [s],u\n0,0,1\n', 'two columns have the name "time".'],
    ...[
      ['2023-02-28', '2023-02-30'],
      ['2100-02-28', '2100-02-29'],
      ['2024-12-01', '2024-13-01'],
      ['2024-01-01T08:00', '2024-01-01T24:01'],
      ['2024-01-01T08:00', '2024-01-01T08:60'],
      ['2024-01-01T08:00', '2024-01-01T08:59:60'],
      ['2024-01-01T08:00Z', '2024-01-01T08:00-24:00'],
    ].map(([first, none]): [string, string] => [
      `time,u\n${first},1\n${none},2\n`,
      `line 3: column "time" has "${none}", which is no date and time.`,
    ]),
    ['time,u\n2023-02-29,1\n', 'line 2: column "time" has "2023-02-29", which is no date and time.'],
  ])('says what is wrong with %j', (text, problem) => {
    const { diagnostics } = analysed(asset + 'scenario s for A { inputs from "r.csv"  run 5 s }', {
      'r.csv': text,
    });
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `PX6119 "r.csv": ${problem}`,
    ]);
  });
});

describe('any courses', () => {
  const { artefact, system } = built(
    'profile row[1] every 3 s between linear { 0 s: 0, 1 s: 0 }  ramp u to 3 over 7 s  at 4.5 s: ramp u from 1 to 2 over 2 s  run 30 s',
  );
  const course = fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 5 }),
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 }),
      fc.constantFrom('linear' as const, 'previous' as const),
      fc.boolean(),
    )
    .map(([steps, heights, between, repeats]) => {
      const times = steps.map((_, n) => steps.slice(1, n + 1).reduce((sum, step) => sum + step / 3, 0));
      return {
        times,
        values: heights.slice(0, times.length),
        between,
        period: repeats ? times.at(-1)! + 1 : undefined,
      };
    });
  const moment = fc.double({ min: 0, max: 30, noNaN: true });

  it('make one run, wherever it is cut, saved, looked at or gone over again', () => {
    fc.assert(
      fc.property(course, moment, moment, ({ period, ...some }, a, b) => {
        const [scenario] = artefact.manifest.scenarios;
        const [{ period: _, ...first }, ...others] = scenario!.drives! as [ManifestDrive, ...ManifestDrive[]];
        const drives = [{ ...first, ...some, ...(period === undefined ? {} : { period }) }, ...others];
        const manifest = { ...artefact.manifest, scenarios: [{ ...scenario!, drives }] };
        const emitted = (): Twin => createTwin({ manifest, kernel: kernelFactory(artefact), scenario: 0 });
        const whole = emitted();
        whole.advance(30);
        const other = createTwin({ manifest, kernel: () => interpret(system), scenario: 0 });
        other.advance(30);
        expect(other.hash()).toBe(whole.hash());
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const cut = emitted();
        cut.advance(early);
        const hash = cut.hash();
        cut.advance(late);
        const saved = cut.save();
        cut.advance(30);
        expect(cut.hash()).toBe(whole.hash());
        cut.rewind(early);
        expect(cut.hash()).toBe(hash);
        const again = emitted();
        expect(again.restore(saved)).toBeUndefined();
        const straight = emitted();
        straight.advance(late);
        expect(again.value('row[1]')).toBe(straight.value('row[1]'));
        again.advance(30);
        expect(again.hash()).toBe(whole.hash());
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

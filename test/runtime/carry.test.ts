/** The state of one version goes on in another: what goes over, what does not, and that nothing is lost in silence. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { carry } from '../../runtime/carry.ts';
import type { Carried, Version } from '../../runtime/carry.ts';
import { count } from '../../runtime/contract/elements.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { madeHybrid } from '../hybrid/made.ts';
import { modelText } from '../hybrid/model.ts';

const library = readLibraryFiles();
function version(text: string): Version {
  const { model, diagnostics } = analyse([{ uri: 'file:///t.twin', text }], library);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, { kind: 'asset', name: 'Tank' }).value!;
  return { manifest: artefact.manifest, kernel: kernelFactory(artefact) };
}
const scenario = 'scenario day for Tank { run 10 h }';
const tank = (body: string): Version => version(`asset Tank {\n${body}\n}\n${scenario}\n`);
const run = (of: Version, until: number, prepare?: (twin: Twin) => void): Twin => {
  const twin = createTwin({ ...of, scenario: 'day' });
  prepare?.(twin);
  twin.advance(until);
  return twin;
};
function carried(from: Version, to: Version, twin: Twin): Carried {
  const result = carry(from, to, twin.save());
  if ('problem' in result) throw new Error(result.problem);
  return result;
}
function goOn(to: Version, { state }: Carried): Twin {
  const twin = createTwin({ ...to, scenario: 'day' });
  expect(twin.restore(state)).toBeUndefined();
  return twin;
}

const BASE = `  param rate = 2 1/h
  input open: Boolean = true
  state level = 3 m
  state ticks: Integer = 0
  let flow = if open then rate * level else 0 m/h
  der(level) = -flow
  every 10 min { set ticks = ticks + 1 }
  alarm low: warning "low" { raise when level < 1 m for 5 min  clear when level > 2 m }`;

describe('the same text', () => {
  it('goes on to the same bits', () => {
    const base = tank(BASE);
    const twin = run(base, 5000);
    const result = carried(base, base, twin);
    expect(result).toMatchObject({ time: 5000, scenario: 'day', begins: [], defaults: [], lost: [] });
    const next = goOn(base, result);
    expect(next.time()).toBe(5000);
    twin.advance(20_000);
    next.advance(20_000);
    expect(next.value('ticks')).toBe(twin.value('ticks'));
    expect(next.value('level')).toBeCloseTo(twin.value('level')!, 6);
    expect(next.value('low.active') ?? 0).toBe(twin.value('low.active') ?? 0);
  });

  it('goes on with its clocks, however their periods are written, and with new ones from their next tick', () => {
    const clocks = (...periods: string[]): Version =>
      version(
        `asset Meter {\n  param own = 60 s\n${periods.map((period, i) => `  state n${i}: Integer = 0\n  every ${period} { set n${i} = pre(n${i}) + 1 }`).join('\n')}\n}\n` +
          `asset Tank { part meter[2]: Meter }\n${scenario}\n`,
      );
    const ticks = (twin: Twin, of: number): number[] => [1, 2].map((i) => twin.value(`meter[${i}].n${of}`)!);
    const from = clocks('60 s', '60 s after 20 s', '2 min');
    // At ticks of all of them, and between.
    for (const at of [600, 630, 620])
      for (const to of [
        clocks('1 min', '1 min after 20 s', '120 s'),
        clocks('0.5 * own * 2', '60000 ms after 20 s', '2 * own'),
        clocks('own', 'own after 1/3 * own', '0.5 * 4 min'),
      ]) {
        const plain = run(from, at);
        const next = goOn(to, carried(from, to, plain));
        for (const until of [at, at + 5, at + 130]) {
          plain.advance(until);
          next.advance(until);
          for (const of of [0, 1, 2]) expect(ticks(next, of)).toEqual(ticks(plain, of));
        }
      }
    // Half as often: another clock.
    const other = clocks('2 min', '60 s after 20 s', '2 min');
    const next = goOn(other, carried(from, other, run(from, 630)));
    next.advance(750);
    expect(ticks(next, 0)).toEqual([12, 12]);
  });

  it('arrays that tick together and ones of which each ticks by itself take over from each other', () => {
    const array = (size: number, own: boolean): Version =>
      version(
        `asset Meter {\n  param own = 10 min\n  state ticks: Integer = 0\n  every ${own ? 'own' : '10 min'} { set ticks = ticks + 1 }\n}\n` +
          `asset Tank { part meter[${size}]: Meter }\n${scenario}\n`,
      );
    const [one, more, apart] = [array(3, false), array(4, false), array(3, true)];
    const ticks = (twin: Twin): number[] => [1, 2, 3].map((i) => twin.value(`meter[${i}].ticks`)!);
    for (const [from, to] of [
      [one, more],
      [more, one],
      [one, apart],
      [apart, one],
    ] as const) {
      const next = goOn(to, carried(from, to, run(from, 5000)));
      const before = ticks(next);
      next.advance(6500);
      // At 5,400 s and at 6,000 s.
      expect(ticks(next)).toEqual(before.map((count) => count + 2));
    }
  });

  it('in another order, with other names for units and one state more, goes on as well', () => {
    const base = tank(BASE);
    const other = tank(
      `  state reserve = 7 m
  state ticks: Integer = 0
  state level = 300 cm
  param rate = 2 1/h
  input open: Boolean = true
  let flow = if open then rate * level else 0 m/h
  der(reserve) = 1 mm/h
  every 10 min { set ticks = ticks + 1 }
  alarm low: warning "low" { raise when level < 1 m for 5 min  clear when level > 2 m }
  der(level) = -flow`,
    );
    const twin = run(base, 5000, (each) => each.set('open', 1));
    const result = carried(base, other, twin);
    expect(result.begins).toEqual(['reserve']);
    expect([result.defaults, result.lost]).toEqual([[], []]);
    const next = goOn(other, result);
    // Of the step that is in flight, the state at its beginning is carried.
    expect(next.value('reserve')).toBeCloseTo(7, 3);
    expect(next.value('level')).toBeCloseTo(twin.value('level')!, 5);
    twin.advance(12_000);
    next.advance(12_000);
    // At 0 s and at 600 s each, whichever version counted them.
    expect([twin.value('ticks'), next.value('ticks')]).toEqual([21, 21]);
    expect(next.value('level')).toBeCloseTo(3 * Math.exp((-2 * 12_000) / 3600), 4);
  });
});

it('a parameter that nobody set takes the new value, one that was set keeps it', () => {
  const base = tank(BASE);
  const faster = tank(BASE.replace('2 1/h', '4 1/h'));
  const untouched = carried(base, faster, run(base, 3600));
  expect(untouched.defaults).toEqual([{ name: 'rate', before: 2 / 3600, after: 4 / 3600 }]);
  const next = goOn(faster, untouched);
  next.advance(7200);
  // One hour by each.
  expect(next.value('level')).toBeCloseTo(3 * Math.exp(-2) * Math.exp(-4), 6);
  const set = run(base, 3600, (twin) => twin.set('rate', 1 / 3600));
  const kept = carried(base, faster, set);
  expect(kept.defaults).toEqual([]);
  expect(goOn(faster, kept).value('rate')).toBe(1 / 3600);
  // Also where more than values has changed.
  const more = tank(`${BASE.replace('2 1/h', '4 1/h')}\n  state extra = 0 m\n  der(extra) = 0 m/s`);
  expect(carried(base, more, run(base, 3600)).defaults).toHaveLength(1);
  expect(goOn(more, carried(base, more, set)).value('rate')).toBe(1 / 3600);
});

it('what the new version cannot take is named, with the reason', () => {
  const base = tank(`${BASE}
  state gone = 1 m
  state pressure = 1 bar
  state count: Integer = 3
  state pipe[3] = 2 m
  der(gone) = 0 m/s
  der(pressure) = 0 bar/s
  for i in 1..3 { der(pipe[i]) = 0 m/s }
  every 1 h { set count = count + 1 }`);
  const other = tank(`${BASE}
  state pressure = 1 m
  param count = 3
  state pipe[2] = 2 m
  der(pressure) = 0 m/s
  for i in 1..2 { der(pipe[i]) = 0 m/s }`);
  const { lost } = carried(base, other, run(base, 4000));
  expect(Object.fromEntries(lost.map(({ name, why }) => [name, why]))).toEqual({
    gone: 'the new version has no such thing',
    pressure: 'it was in bar and is in m now',
    count: expect.stringMatching(/^it was a discrete value and is a parameter now$/) as string,
    'pipe[3]': 'the new version has fewer of them',
  });
});

describe('modes', () => {
  const machine = (modes: string): Version => tank(`${BASE}\n  modes work {\n${modes}\n  }`);
  const base = machine('    initial Idle { after 10 min -> Busy }\n    Busy { after 10 h -> Idle }');
  it('go by their names', () => {
    const other = machine(
      '    initial Off { after 1 min -> Idle }\n    Busy { after 10 h -> Idle }\n    Idle { after 10 min -> Busy }',
    );
    const twin = run(base, 3000);
    const next = goOn(other, carried(base, other, twin));
    const label = (of: Twin): string | undefined => {
      const variable = of.manifest.variables.find(({ labels }) => labels !== undefined)!;
      return variable.labels![of.value(variable.name)!];
    };
    expect([label(twin), label(next)]).toEqual(['Busy', 'Busy']);
    next.advance(6000);
    expect(label(next)).toBe('Busy');
  });
  it('that are gone are named', () => {
    const other = machine('    initial Idle { after 20 min -> Rest }\n    Rest { after 10 h -> Idle }');
    const { lost } = carried(base, other, run(base, 3000));
    expect(lost.map(({ why }) => why)).toContain('it is in Busy, which the new version does not have');
  });
});

it('clocks that are new begin with their next tick, and random streams go on', () => {
  const noisy = (more: string): Version =>
    tank(`${BASE}\n  state noise = 0\n  every 1 min { set noise = draw normal(0, 1) }\n${more}`);
  const base = noisy('');
  const other = noisy('  state late: Integer = 0\n  every 1 h { set late = late + 1 }');
  const twin = run(base, 5000);
  const next = goOn(other, carried(base, other, twin));
  twin.advance(5400);
  next.advance(5400);
  expect(next.value('noise')).toBe(twin.value('noise'));
  // As at a start it ticks once, and then on the hour.
  expect(next.value('late')).toBe(1);
  next.advance(7300);
  expect(next.value('late')).toBe(2);
});

it('processes go over where only values change, and are named where not', () => {
  const line = (more: string, rate: string): Version =>
    tank(
      `${BASE}\n  param mean = ${rate}\n  process make {\n    arrive every exponential(mean)\n    queue buffer[50]\n    use filler for 3 min\n  }\n  resource filler[1]\n${more}`,
    );
  const base = line('', '5 min');
  const twin = run(base, 20_000);
  const same = carried(base, line('', '4 min'), twin);
  expect([same.lost, same.defaults.map(({ name }) => name)]).toEqual([[], ['mean']]);
  const other = line('  state extra = 0 m\n  der(extra) = 0 m/s', '5 min');
  expect(carried(base, other, twin).lost).toEqual([
    {
      name: expect.stringContaining('make') as string,
      why: expect.stringMatching(/^processes begin anew: \d+ items/) as string,
    },
  ]);
});

it('goes on from the time that was shown, within a step too: what went on before went on by the old text', () => {
  const rate = (of: string): Version =>
    version(
      `asset Tank {\n  param decay = ${of}\n  state x = 0 m\n  state y = 1\n  der(x) = ${of} * 1 m\n  der(y) = -decay * y\n}\n${scenario}\n`,
    );
  const [base, faster] = [rate('1e-4 1/s'), rate('3e-4 1/s')];
  const twin = run(base, 7190);
  const result = carried(base, faster, twin);
  expect(result.defaults).toEqual([{ name: 'decay', before: 1e-4, after: 3e-4 }]);
  const next = goOn(faster, result);
  expect([next.time(), next.value('x'), next.value('y')]).toEqual([7190, twin.value('x'), twin.value('y')]);
  next.advance(10_000);
  expect(next.value('x')).toBeCloseTo(0.719 + 3e-4 * 2810, 12);
  expect(next.value('y')! / Math.exp(-0.719 - 3e-4 * 2810)).toBeCloseTo(1, 6);
});

it('made-up hybrid models have all values that they had, whenever they are carried', () => {
  let carriedOver = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    const { model, roots } = analyse([{ uri: 'file:///m.twin', text: modelText(madeHybrid(seed)) }], library);
    const artefact = model && compile(model, roots[0]!).value?.artefact;
    // Two that always set the same are refused.
    if (artefact === undefined) continue;
    const made: Version = { manifest: artefact.manifest, kernel: kernelFactory(artefact) };
    const twin = createTwin(made);
    for (const time of [0.371, 1.213, 2.207]) {
      twin.advance(time);
      if (twin.trouble()) break;
      const values = (of: Twin): (readonly [string, number[]])[] =>
        made.manifest.variables.flatMap(({ name, visible, dims, address }) =>
          !visible
            ? []
            : [[name, [...of.machine.numbers.slice(address / 8, address / 8 + count(dims))]] as const],
        );
      const next = createTwin(made);
      expect(next.restore(carried(made, made, twin).state)).toBeUndefined();
      expect([next.time(), values(next)], `seed ${seed}`).toEqual([time, values(twin)]);
      carriedOver += 1;
    }
  }
  expect(carriedOver).toBeGreaterThan(60);
});

it('a queue that holds fewer than are in it lets nobody in until it has room', () => {
  const line = (places: number): Version =>
    tank(
      `${BASE}\n  resource mixer[4]\n  resource filler\n  process make {\n    arrive every 1 min\n    queue raw\n    use mixer for 1 min\n    queue buffer[${places}] when full: block\n    use filler for 10 min\n  }`,
    );
  const [base, smaller] = [line(6), line(2)];
  const twin = run(base, 7200);
  expect([twin.value('buffer.length'), twin.value('mixer.blocked')]).toEqual([6, 4]);
  const next = goOn(smaller, carried(base, smaller, twin));
  // The filler takes one out every ten minutes.
  const seen = Array.from({ length: 6 }, (_, n) => {
    next.advance(7200 + 600 * (n + 1));
    return [next.value('buffer.length'), next.value('mixer.blocked')];
  });
  expect(seen).toEqual([
    [5, 4],
    [4, 4],
    [3, 4],
    [2, 4],
    [2, 4],
    [2, 4],
  ]);
});

it('what is no state, or one of something else, is refused in words', () => {
  const base = tank(BASE);
  const other = tank(`${BASE}\n  state extra = 0 m\n  der(extra) = 0 m/s`);
  expect(carry(base, base, new Uint8Array(10))).toEqual({ problem: 'This is not a saved state of a twin.' });
  expect(carry(base, base, run(other, 10).save())).toMatchObject({
    problem: expect.stringContaining('belongs to another version') as string,
  });
});

/**
 * Random rules over random streams of samples, some late, doubled, of one time, or no numbers. However they come (one by one, as columns, all
 * that arrived together, with the run saved and taken up in between, interpreted), and whether they come in time or late, the run is the same.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';

const COUNT = 6;
const END = 60;

/** Something that rules look at. */
const looked = fc.constantFrom(
  'heat',
  'heat.residual',
  'flow',
  'heat - flow',
  'heat.predicted',
  'ewma(heat, 3 s every 1 s)',
  'mean(heat over 4 s every 1 s)',
  'max(flow over 3 s every 0.5 s)',
  'median(heat over 5 s every 1 s)',
  'quantile(flow, 0.8 over 4 s every 1 s)',
  'deviation(heat over 6 s every 1 s)',
  'slope(heat over 4 s every 1 s) * 1 s',
  'rate(heat over 3 s every 1 s) * 1 s',
  'cusum(heat.residual, 0 m, 0.25 m every 1 s)',
  'tracked',
);
const limit = fc.constantFrom(0.5, 1, 1.5, 2, 2.5, 3);
const span = fc.constantFrom(0.5, 1, 1.75, 2, 3);

const comparison = fc
  .tuple(looked, fc.constantFrom('>', '<', '>=', '<='), limit)
  .map(([x, op, y]) => `${x} ${op} ${y} m`);
const condition: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: comparison },
  {
    weight: 1,
    arbitrary: fc.constantFrom('heat.stale', 'flow.stale', 'heat.outOfRange', 'not flow.outOfRange'),
  },
  { weight: 1, arbitrary: span.map((s) => `age(heat) > ${s} s`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(looked, limit, limit)
      .map(([x, on, off]) => `hysteresis(${x}, ${Math.max(on, off) + 0.25} m, ${Math.min(on, off)} m)`),
  },
  { weight: 1, arbitrary: fc.tuple(comparison, span).map(([c, s]) => `once(${c} within ${s} s)`) },
  { weight: 1, arbitrary: fc.tuple(comparison, span).map(([c, s]) => `historically(${c} for ${s} s)`) },
  { weight: 1, arbitrary: fc.tuple(comparison, comparison).map(([a, b]) => `since(${a}, ${b})`) },
  { weight: 1, arbitrary: fc.tuple(comparison, comparison).map(([a, b]) => `${a} and ${b}`) },
  { weight: 1, arbitrary: fc.tuple(comparison, comparison).map(([a, b]) => `${a} or not (${b})`) },
);
const held = fc.option(span, { freq: 2 }).map((s) => (s === null ? '' : ` for ${s} s`));

const member = fc.oneof(
  fc.tuple(condition, held).map(
    ([c, h]) => `state n#: Integer = 0
  when ${c}${h} { set n# = pre(n#) + 1 }`,
  ),
  fc.tuple(condition, held, fc.option(fc.tuple(condition, held))).map(
    ([c, h, clear]) => `alarm a#: warning "a#" {
    raise when ${c}${h}${clear === null ? '' : `\n    clear when ${clear[0]} and not (${c})${clear[1]}`}
  }`,
  ),
  fc.tuple(looked, fc.constantFrom('0.5', '1', '1.5')).map(
    ([x, every]) => `state m# = 0 m
  every ${every} s { set m# = if ${x} > -100 m then pre(m#) + 0.25 * (${x} - pre(m#)) else pre(m#) }`,
  ),
  condition.map((c) => `let b# = ${c}`),
  fc.tuple(looked, limit).map(
    ([x, y]) => `state x#: Integer = 0
  at ${x} > ${y} m { set x# = pre(x#) + 1 }`,
  ),
);

const model = fc.record({
  moves: fc.boolean(),
  chained: fc.boolean(),
  late: fc.constantFrom('', ' late 4 s: revise', ' late 3 s: drop'),
  stale: fc.constantFrom('', ' stale 2 s', ' stale 3.25 s'),
  members: fc.array(member, { minLength: 1, maxLength: 5 }),
});

const textOf = ({
  moves,
  chained,
  late,
  stale,
  members,
}: typeof model extends fc.Arbitrary<infer T> ? T : never): string => `
asset Machine {
  input load = 1 m
  state way = 0 m
  ${moves ? 'der(way) = (load - way) / 8 s' : 'when load > 100 m -> set way = load'}
  sensor heat measures way  range 0 m..4.5 m
  sensor flow measures ${chained ? 'heat.measured + way' : 'way + 1 m'}  range 0.5 m..3 m
  state tracked = 0 m
  ${moves ? 'der(tracked) = ((if heat > 2 m then heat else 0 m) - tracked) / 2 s' : 'every 1 s { set tracked = 0.5 * pre(tracked) + 0.25 m }'}
  ${members.map((each, n) => each.replaceAll('#', String(n))).join('\n  ')}
}
asset Row { part machine[${COUNT}]: Machine }
twin East: Row
bind East {
  machine[2].heat from mqtt("h/2") as m${late}${stale}
  machine[3].heat from mqtt("h/3") as m${stale}
  machine[5].flow from mqtt("f/5") as m${late}${stale}
}\n`;

const samples = fc.array(
  fc.record({
    pause: fc.constantFrom(0, 0.25, 0.5, 1, 2, 3.5),
    all: fc.array(
      fc.record({
        what: fc.constantFrom('heat', 'heat', 'flow', 'load'),
        whole: fc.boolean(),
        instance: fc.nat(COUNT - 1),
        back: fc.constantFrom(-3, -2, -1, -0.5, 0, 0, 0, 0.5, 1, 1.25, 2, 5, 20),
        value: fc.constantFrom(0, 0.5, 1, 1.5, 2, 2.25, 3, 4, 5, NaN),
        step: fc.constantFrom(0, 0, 0.25, 0.5),
      }),
      { maxLength: 8 },
    ),
  }),
  { minLength: 1, maxLength: 10 },
);

interface Sample {
  what: string;
  instance: number;
  time: number;
  value: number;
}

describe('random rules over random streams', () => {
  it('end alike however the samples come', () => {
    let [stopped, revised] = [0, 0];
    const numRuns = Number(process.env['FUZZ'] ?? 20);
    fc.assert(
      fc.property(model, samples, (drawn, batches) => {
        const text = textOf(drawn);
        const { artefact, system } = compiled(text);
        const { manifest } = artefact;
        const sensorAt = (name: string): number =>
          manifest.sensors.findIndex((one) => one.name.endsWith(name));
        const sensors: Record<string, number> = { heat: sensorAt('heat'), flow: sensorAt('flow') };
        const load = manifest.variables.findIndex(({ name }) => name.endsWith('load'));
        const start = (interpreted = false): Twin =>
          createTwin({
            manifest,
            kernel: interpreted ? () => interpret(system) : kernelFactory(artefact),
            settings: {
              duration: 200,
              offered: 'all',
              checkpoints: { keep: 'recent', limit: 100, interval: 2 },
            },
          });
        const one = start();
        const runs = {
          columns: start(),
          together: start(),
          interpreted: start(true),
          saved: start(),
          branched: start(),
        };
        const taken: Sample[] = [];
        let now = 8;
        const offer = (twin: Twin, { what, instance, time, value }: Sample): string =>
          what === 'load'
            ? twin.offerInput(load, instance, time, value)
            : twin.offer(sensors[what]!, instance, time, value);
        for (const { pause, all } of batches) {
          now += pause;
          for (const twin of [one, ...Object.values(runs)]) twin.advance(now);
          const list: Sample[] = all.flatMap(({ what, whole, instance, back, value, step }) =>
            (whole && what !== 'load' ? [...Array(COUNT).keys()] : [instance]).map((i) => ({
              what,
              instance: i,
              time: now - back,
              value: value + step * i,
            })),
          );
          const fates = list.map((sample) => offer(one, sample));
          list.forEach((sample, i) => {
            if (fates[i] === 'onTime' || fates[i] === 'revised') taken.push(sample);
          });
          // Consecutive ones of one kind and time are columns.
          for (let from = 0; from < list.length;) {
            let to = from + 1;
            while (to < list.length && list[to]!.what === list[from]!.what) to += 1;
            const part = list.slice(from, to);
            if (part[0]!.what === 'load') part.forEach((sample) => offer(runs.columns, sample));
            else {
              const isOne = part.every(({ time }) => time === part[0]!.time);
              runs.columns.offerColumns({
                sensor: sensors[part[0]!.what]!,
                instances: part.map(({ instance }) => instance),
                time: isOne ? part[0]!.time : part.map(({ time }) => time),
                values: part.map(({ value }) => value),
              });
            }
            from = to;
          }
          runs.together.offerTogether(
            list.map(({ what, instance, time, value }) =>
              what === 'load'
                ? { kind: 'set', variable: load, element: instance, time, value }
                : { kind: 'sample', sensor: sensors[what]!, instance, time, value },
            ),
          );
          for (const twin of [runs.interpreted, runs.branched, runs.saved])
            list.forEach((sample) => offer(twin, sample));
          runs.branched = runs.branched.branch();
          const trouble = one.trouble()?.message;
          if (trouble !== undefined) {
            stopped += 1;
            // A run that has stopped is stopped for all who heard the same.
            for (const name of ['columns', 'together', 'interpreted'] as const)
              expect(runs[name].trouble()?.message, name).toBe(trouble);
            return;
          }
          for (const [name, twin] of Object.entries(runs))
            expect(twin.hash(), `${name} at ${now}`).toBe(one.hash());
        }
        const inTime = start();
        // All that was taken, known from the start.
        for (const sample of taken) expect(offer(inTime, sample)).toBe('onTime');
        const fresh = start();
        expect(fresh.restore(runs.saved.save())).toBeUndefined();
        const all = { ...runs, inTime };
        for (const twin of [one, ...Object.values(all)]) twin.advance(END);
        revised += one.sampleCounts().revised;
        if (one.trouble() === undefined) expect(fresh.time()).toBe(now);
        for (const [name, twin] of Object.entries(all)) {
          expect(twin.trouble()?.message, name).toBe(one.trouble()?.message);
          expect(twin.hash(), name).toBe(one.hash());
        }
        one.rewind(9);
        one.advance(END);
        expect(one.hash(), 'rewound').toBe(inTime.hash());
      }),
      { numRuns },
    );
    // It is not of runs that all come to nothing.
    expect(stopped).toBeLessThan(numRuns / 2);
    expect(revised).toBeGreaterThan(numRuns);
  }, 600_000);
});

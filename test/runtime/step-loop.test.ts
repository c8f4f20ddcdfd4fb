/** Many steps a call give what one step after the other gives: state, hash, and what a host hears. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import type { ManifestScenario } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

const coil = `package probe
/// Forty weakly damped coils that switch each other, with comparisons in equations and values without end.
asset Coils {
  param rate = 1 1/s
  state x[40] = 0
  state v[40] = 1
  state turns: Integer = 0
  state warm: Boolean = false
  input push = 0.2
  for i in 1..40 {
    der(x[i]) = v[i] * 1 1/s
    der(v[i]) = -(i / 10) * x[i] * rate - 0.02 * v[i] * rate + (if x[i] > 0.9 then -push else push) * rate
  }
  at x[3] >= 0.5 rising { set turns = pre(turns) + 1 }
  rule slow { when v[7] < -0.4 for 300 ms  set warm = true }
  every 700 ms { set push = -pre(push) }
}
scenario swing for Coils { run 10 s }
`;

const guarded = `package probe
/// Parts that heat up and are switched by samples, by crossings and after a while.
asset Part {
  param gain = 1 K/s
  state x = 20 degC
  state y: TemperatureDifference = 0 K
  state heated: Boolean = true
  state mean = 20 degC
  state switchings: Integer = 0
  state warnings: Integer = 0
  state crossings: Integer = 0
  state late: Boolean = false
  der(x) = if heated then gain else -0.5 * gain
  der(y) = -y * 2 1/s + 0.3 * gain
  every 70 ms {
    set mean = pre(mean) + 0.1 * (x - pre(mean))
    set heated = if pre(heated) then x < 21 degC else x < 20.5 degC
  }
  at y >= 0.1 K rising { set y = -0.2 K  set crossings = pre(crossings) + 1 }
  when x > 20.8 degC for 200 ms { set warnings = pre(warnings) + 1 }
  rule fall { when x < 20.6 degC  set switchings = pre(switchings) + 1 }
  alarm old: warning "It is late" { raise when x > 20.9 degC for 100 ms }
}
asset Plant {
  part part_[9]: Part
  sensor probe measures part_[2].x every 1 s noise normal(0.1 K)
}
scenario run1 for Plant { run 10 s }
`;

const still = `package probe
/// Nothing in it changes by itself.
asset Watch {
  state count[12]: Integer = 0
  state seen: Boolean = false
  let phase = sin(time * 2 rad/s)
  for i in 1..12 { every 90 ms { set count[i] = pre(count[i]) + (if phase > i / 14 then 1 else 0) } }
  when count[3] >= 9 for 400 ms { set seen = true }
}
scenario run1 for Watch { run 10 s }
`;

/** `lasting` s after the start the root of a negative number is asked for. */
const ticking = (lasting: number): string => `package probe
/// Ticks alone, all parts together.
asset Meter {
  param first = 2
  state level = 50
  state high: Boolean = false
  state seen: Integer = 0
  state root = 1
  every 50 ms {
    set level = pre(level) + 0.3 * (first - 0.02 * pre(level) * pre(root))
    set high = if pre(high) then level >= 40 else level > 45
    set seen = if level > 42 and not pre(high) then pre(seen) + 1 else pre(seen)
  }
  every 70 ms { set root = sqrt(${lasting} - time / 1 s) }
}
asset Plant {
  part meter[40]: Meter
  let total = sum(meter[*].level)
}
scenario run1 for Plant { run 10 s }
`;

/** Rules over columns, of which the kernel keeps nothing as long as all stays of a size that things have; `growth` a tick, till it does not. */
const columns = (lasting: number, growth: number): string => `package probe
/// Each has a clock of its own, and what one of them sets no other reads.
asset Gauge {
  param rate = 3
  input v = 50
  state high: Boolean = false
  state since = -1 s
  state held: Boolean = false
  state mean = 50
  state raised: Integer = 0
  state lost: Integer = 0
  state grown = 1
  state root = 1
  every 50 ms {
    set high = if pre(high) then v + rate * time / 1 s >= 58 else v + rate * time / 1 s > 61
    set raised = if v > 50 and not pre(high) then pre(raised) + 1 else pre(raised)
    set lost = if v > 50 then pre(lost) else pre(lost) - 2
    set since = if v + rate * time / 1 s > 55 then (if pre(since) < 0 s then time else pre(since)) else -1 s
    set held = pre(since) >= 0 s and time - pre(since) >= 300 ms
    set mean = pre(mean) + 0.1 * (v - pre(mean))
    set grown = if pre(held) then pre(grown) * ${growth} else max(pre(grown), 2)
  }
  every 70 ms { set root = sqrt(${lasting} - time / 1 s) }
}
asset Plant {
  part gauge[41]: Gauge
}
scenario run1 for Plant { run 10 s
  at 1 s: set gauge[3].v = 57
  at 2 s: set gauge[7].v = 40
}
`;

const summed = `package probe
/// Few states, each with an equation of its own, of which some read all.
asset Few {
  state x[3] = 1
  state a = 0
  let total = sum(x[*])
  der(x[1]) * 1 s = -x[1] + a
  der(x[2]) * 1 s = -x[2] * x[3]
  der(x[3]) * 1 s = 0.1 * total - max(x[*])
  der(a) * 1 s = sum(x[*]) - a
  at a >= 0.9 rising { set a = 0 }
}
scenario run1 for Few { run 10 s }
`;

const relaxing = `package probe
/// Van der Pol's oscillator: hardly stiff where it turns round, and very on its way there.
asset Oscillator {
  param stiffness = 300
  state x = 2
  state v = 0
  state turns: Integer = 0
  let power = v * v
  der(x) * 1 s = v
  der(v) * 1 s = stiffness * (1 - x * x) * v - x + 0.1 * sin(time * 3 rad/s)
  at x <= 1.9 falling { set turns = pre(turns) + 1 }
}
scenario run1 for Oscillator { run 10 s }
`;

/** Nothing in it is to be looked at but its end. */
const swinging = `package probe
asset Swing {
  param pace = 1 1/s
  state prey = 1
  state hunters = 1
  let both = prey + hunters
  der(prey) = (1.5 * prey - prey * hunters) * pace
  der(hunters) = (prey * hunters - 3 * hunters) * pace
}
scenario run1 for Swing { run 10 s }
`;

/** A value that ceases to be one at 1.3 s. */
const ending = `package probe
asset Ending {
  state x = 1
  let root = sqrt(1.3 - time / 1 s)
  der(x) * 1 s = 0.5 - x
}
scenario run1 for Ending { run 10 s }
`;

/** Levels that events often leave at the level itself, to be turned back from it or to go on; `count` of them, each with a pace of its own. */
const levels = (count: number): string => `package probe
asset Levels {
  state level[${count}] = 0
  state filling[${count}]: Boolean = true
  state turns[${count}]: Integer = 0
  state passed: Integer = 0
  for i in 1..${count} {
    der(level[i]) * 1 s = if filling[i] then 1 + i / 8 else -2
    when level[i] > 1 { set filling[i] = false  set turns[i] = pre(turns[i]) + 1 }
    when level[i] < 0.5 { set filling[i] = true }
  }
  at level[1] >= 0.75 { set passed = pre(passed) + 1 }
}
scenario run1 for Levels { run 10 s }
`;

const example = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}.twin`, import.meta.url), 'utf8');

const methods: ManifestScenario['method'][] = [
  { name: 'tsit5', tolerance: 1e-6 },
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'auto', tolerance: 1e-6 },
];
const library = readLibraryFiles();

describe.each([
  ['coils that switch', coil, true],
  ['parts with rules of all kinds', guarded, true],
  ['a watch without anything continuous', still, true],
  ['parts that tick together', ticking(10), true],
  ['parts that tick till something is no number', ticking(1.2), true],
  ['rules over columns', columns(10, 1), true],
  ['rules over columns, till one clock sets what is no number', columns(1.2, 1), true],
  ['rules over columns, till values grow beyond all numbers', columns(10, 1e4), true],
  ['rules over columns, till they grow so within a few ticks', columns(10, 1e30), true],
  ['states that are summed', summed, true],
  ['an oscillator that is stiff by turns', relaxing, true],
  ['a swing without events', swinging, true],
  ['a value that ends', ending, true],
  ['a ball that bounces', example('bouncing-ball/ball'), true],
  ['a level that turns', levels(1), true],
  ['levels that turn', levels(7), true],
  ['a pendulum, whose equations are solved by iteration', example('pendulum/pendulum'), false],
])('%s', (name, text, alone) => {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///probe.twin', text }], library);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, roots.find((root) => root.name.endsWith('Plant')) ?? roots[0]!).value!;
  expect(artefact.manifest.alone ?? false).toBe(alone);
  expect(artefact.manifest.trusted !== undefined).toBe(name.startsWith('rules over columns'));
  const whole = kernelFactory(artefact);
  const stepwise = (): Kernel => ({
    ...whole(),
    goRk4: undefined,
    goEuler: undefined,
    goTsit5: undefined,
    goRodas: undefined,
    goTime: undefined,
  });
  const twin = (kernel: () => Kernel, method: ManifestScenario['method']): Twin =>
    createTwin({
      manifest: artefact.manifest,
      kernel,
      scenario: 0,
      settings: { method, checkpoints: { interval: 0.8 } },
    });

  it.each(methods)('by $name', (method) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (stops, listens) => {
          const heard = [stepwise, whole].map((kernel) => {
            const one = twin(kernel, method);
            const told: unknown[] = [];
            if (listens)
              one.listen({
                row: (time, side) =>
                  told.push([time, side, one.value(artefact.manifest.layout.states.address)]),
                event: ({ time, name, text: said }) => told.push([time, name, said]),
              });
            for (const stop of stops.toSorted((a, b) => a - b)) told.push(one.advance(stop), one.hash());
            told.push([...one.save()]);
            const back = one.rewind(Math.min(...stops));
            told.push(back, one.hash(), one.branch().hash());
            return told;
          });
          expect(heard[1]).toEqual(heard[0]);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('by so many steps at a time', () => {
    const [slow, fast] = [stepwise, whole].map((kernel) => twin(kernel, methods[0]!)) as [Twin, Twin];
    for (let round = 0; round < 20; round += 1) {
      expect(fast.advance(5, { steps: 7 })).toEqual(slow.advance(5, { steps: 7 }));
      expect(fast.hash()).toBe(slow.hash());
    }
  });
});

it('what iterations start from is one piece of memory, whatever its size', () => {
  for (const n of [1, 3, 40, 41, 200]) {
    const { layout } = generate(
      flat(
        `asset A { state x[${n}] = 1\n let y[${n}] = x[*] * 2\n for i in 1..${n} { der(x[i]) * 1 s = -y[i] } }`,
      ),
    ).manifest;
    expect(layout.algebraics.address).toBe(layout.derivatives.address + 8 * layout.derivatives.count);
  }
});

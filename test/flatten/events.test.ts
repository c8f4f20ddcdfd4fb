/** Handlers, crossings, alarms, margins and derived views of a flat system. */
import { describe, expect, it } from 'vitest';
import { printFlat } from '../../compiler/3-flatten/index.ts';
import type { FlatHandler, FlatSystem } from '../../compiler/ir/flat-system.ts';
import { flat, running } from './systems.ts';

const section = (system: FlatSystem, title: string) =>
  (printFlat(system).trimEnd().split(`\n${title}\n`)[1] ?? '')
    .split('\n\n')[0]!
    .split('\n')
    .map((line) => line.trim());
const names = (handlers: FlatHandler[]) => handlers.map(({ kind, name }) => `${kind} ${name}`);

describe('it should locate where something can happen', () => {
  it('once for each comparison of continuous values', () => {
    const system = flat(`asset A {
      param limit = 3 m
      input gate = true
      state level = 1 m
      state count: Integer = 0
      let inflow = if level > 2 m then 1 m/s else if time < 5 s then 2 m/s else 0 m/s
      let full = level > limit
      let sign = if count > 3 then 1 else 2
      der(level) = inflow
      when full -> set count = count + 1
      when level > 2 m and gate -> set gate = false
    }`);
    expect(section(system, 'crossings')).toEqual(['level - 2', 'time - 5', 'level - limit']);
  });

  it('for each element, under one function', () => {
    const system = flat(`
      asset Node { state T = 20 degC   input q: Power = 0 W   der(T) = q / 2 J/K   alarm hot: info "h" { raise when T > 30 degC } }
      asset A { part node[3]: Node   let warm = any(node[*].T > 30 degC) }`);
    expect(section(system, 'crossings')).toEqual(['node[i].T - 303.15  for i in 1..3']);
  });

  it('turns a comparison to the direction of its crossing', () => {
    const system = flat(`asset A {
      state h = 1 m   state n: Integer = 0
      der(h) = -1 m/s
      at h >= 0.5 m falling -> set n = 1
      at h <= 0.25 m falling -> set n = 2
      at h < 0.1 m rising -> set n = 3
      at h > 0.9 m -> set n = 4
    }`);
    const shown = section(system, 'handlers').filter((line) => line.startsWith('at '));
    expect(shown.map((line) => line.replace(/^.*: when /, ''))).toEqual([
      'h <= 0.5',
      'h <= 0.25',
      'h > 0.1',
      'h > 0.9 (each change)',
    ]);
    expect(system.handlers.map(({ firesAtStart }) => firesAtStart)).toEqual([false, false, false, false]);
  });
});

describe('it should make handlers', () => {
  const system = () =>
    flat(`
      asset Pump {
        input running = true
        state temperature = 20 degC in 0 degC..120 degC
        der(temperature) = if running then 1 K/s else 0 K/s
        rule trip { when temperature > 95 degC for 30 s   set running = false }
        alarm hot: critical "hot" {
          raise when temperature > 85 degC for 5 s
          clear when temperature < 75 degC for 10 s
        }
      }
      asset A {
        part pump[2]: Pump
        every 10 s { set pump[1].running = true   set pump[2].running = true }
      }
      scenario s for A { at 5 s: set pump[1].running = false   run 1 min }`);

  it('one for each declaration, with its instances as loops', () => {
    const { handlers } = system();
    expect(names(handlers)).toEqual([
      expect.stringContaining('every'),
      'rule pump[].trip',
      'raise pump[].hot',
      'clear pump[].hot',
      'range pump[].temperature',
      expect.stringContaining('scheduled s at 5 s'),
    ]);
    expect(handlers.map(({ loops }) => loops.length)).toEqual([0, 1, 1, 1, 1, 0]);
    expect(handlers[0]!.actions.map(({ target }) => target.index)).toEqual([[0], [1]]);
  });

  it('raises once, and clears only what was raised', () => {
    const twin = running(system());
    const { kernel } = twin;
    const happen = () => {
      const { layout } = kernel.manifest;
      const queue = new Int32Array(kernel.memory, layout.queue.address, 2 * kernel.detect(0));
      for (let at = 0; at < queue.length; at += 2)
        if (queue[at + 1]! & 1) kernel.fire(queue[at]!, queue[at + 1]! >> 1);
      return kernel.commit();
    };
    happen();
    expect(twin.get('pump[2].hot.active')).toBe(0);
    twin.set('pump[2].temperature', 273.15 + 90);
    expect(happen()).toBe(1);
    expect([twin.get('pump[1].hot.active'), twin.get('pump[2].hot.active')]).toEqual([0, 1]);
    twin.set('pump[2].temperature', 273.15 + 80);
    happen();
    expect(twin.get('pump[2].hot.active')).toBe(1);
    twin.set('pump[2].temperature', 273.15 + 70);
    happen();
    expect(twin.get('pump[2].hot.active')).toBe(0);
  });
});

describe('it should say by how much a requirement holds', () => {
  it('for comparisons, and, or, not, all and any', () => {
    const system = flat(`
      asset A { state a = 1 m   state b = 5 m   state c[2] = 3 m   let t = a > 2 m }
      scenario s for A { run 1 s }
      test "x" on s {
        require always a < b
        require always a < 3 m and b > 2 m
        require always a > 3 m or not (b > 7 m)
        require always all(c[*] > 2 m)
        require never any(c[*] > 7 m)
        require never t
      }`);
    const twin = running(system);
    const margins = system.tests[0]!.requirements.map(({ margin }) =>
      margin === undefined ? undefined : twin.kernel.probe(margin, 0),
    );
    expect(margins).toEqual([4, 2, 2, 1, -4, undefined]);
  });
});

describe('it should derive a view where there is none', () => {
  it('from ranges, truths, sensors, alarms, parts and what can be set', () => {
    const system = flat(`
      asset Tank { input inflow = 1 m3/h in 0..3 m3/h   param area = 2 m2 in 1..4 m2
        state level = 1 m in 0..5 m   der(level) = inflow / area
        let high = level > 3 m
        sensor gauge measures level every 1 s
        alarm full: info "full" { raise when high } }
      asset A { part tank: Tank   state total = 0 m3   der(total) = tank.inflow }`);
    expect(section(system, 'view "A" (derived)')).toEqual([
      'row',
      'gauge 0 in 0..5',
      'number 1',
      'alarms',
      'chart "Length" 2 (sensor 0)',
      'chart "Volume" 3',
      'schematic',
      expect.stringContaining('slider tank.inflow in 0..'),
      'slider tank.area in 1..4',
    ]);
  });
});

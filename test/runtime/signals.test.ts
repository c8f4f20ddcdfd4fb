/** Events and commands while running; the emitted code and the interpreter agree. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { flatten } from '../../compiler/3-flatten/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { findCommand } from '../../runtime/commands.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';

const library = readLibraryFiles();

interface Made {
  twin: Twin;
  other: Twin;
  log: string[];
}

function make(text: string, scenario?: string): Made {
  const texts = [{ uri: 'file:///a.twin', text: `package t\n${text}` }];
  const { model, roots, diagnostics } = analyse(texts, library);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(
    model,
    roots.find(({ name }) => name === 't.A')!,
  ).value!;
  const system = flatten(model, { asset: 't.A' }).value!;
  const more = { manifest: artefact.manifest, ...(scenario === undefined ? {} : { scenario }) };
  const twin = createTwin({ ...more, kernel: kernelFactory(artefact) });
  const log: string[] = [];
  twin.listen({ event: ({ time, name, text: what }) => log.push(`${time} ${name}: ${what}`) });
  return { twin, other: createTwin({ ...more, kernel: () => interpret(system) }), log };
}

function run(text: string, seconds: number, scenario?: string): Made {
  const made = make(text, scenario);
  made.twin.advance(seconds);
  made.other.advance(seconds);
  expect(made.other.hash()).toBe(made.twin.hash());
  expect(made.twin.trouble()).toBeUndefined();
  return made;
}

describe('events', () => {
  it('reach all that listen, with their values, in the next microstep', () => {
    const { twin, log } = run(
      `asset A {
        event jam(position: Length, hard: Boolean)
        state seen = 0 m
        state n = 0
        state soft = 0
        when time > 1 s -> emit jam(position = 3 m, hard = true)
        on jam(position) -> set seen = position
        on jam { set n = n + 1 }
        on jam(hard) when not hard -> set soft = 1
      }`,
      2,
    );
    expect(['seen', 'n', 'soft'].map((name) => twin.value(name))).toEqual([3, 1, 0]);
    expect(log[0]).toMatch(/emit jam\(position = 3 m, hard = true\)$/);
  });

  it('happen once each time they are emitted, also at one instant', () => {
    const { twin } = run(
      `asset A {
        event tick
        state n = 0
        state rounds = 0
        every 1 s -> emit tick
        on tick { set n = n + 1 }
        when mod(n, 2) == 1 -> emit tick
      }`,
      3.5,
    );
    // Ticks at 0, 1, 2, 3; each odd count emits another one at the same instant.
    expect(twin.value('n')).toBe(8);
  });

  it('of parts are heard, one by one and together', () => {
    const { twin } = run(
      `asset Press {
        param wait = 1 s
        event jam(count: Number)
        command reset
        state jams = 0
        state resets = 0
        every wait after wait { set jams = jams + 1   emit jam(count = jams + 1) }
        on reset -> set resets = resets + 1
      }
      asset A {
        part press[3]: Press
        state any = 0
        state each[3]: Number = 0
        on press[*].jam -> set any = any + 1
        for i in 1..3 { on press[i].jam(count) { set each[i] = count   emit press[i].reset } }
      }`,
      2.5,
    );
    expect(twin.value('any')).toBe(2);
    expect([1, 2, 3].map((at) => twin.value(`each[${at}]`))).toEqual([2, 2, 2]);
    expect(twin.value('press[3].resets')).toBe(2);
  });

  it('move modes, and count only for the mode that is active then', () => {
    const { twin } = run(
      `asset A {
        event go
        every 1 s after 1 s -> emit go
        modes m { initial X { on go -> Y } Y { on go -> Z } Z {} }
        let inY = m == Y
      }`,
      1.5,
    );
    expect(twin.value('inY')).toBe(1);
  });

  it('that two emit at one instant stop the run by name', () => {
    const { twin } = make(
      `asset A {
        event go
        state x = 0
        when time > 1 s -> emit go
        when time > 1 s and x < 1 -> emit go
      }`,
    );
    twin.advance(2);
    expect(twin.trouble()?.message).toMatch(/both set go at t = 1 s/);
  });
});

describe('else when', () => {
  it('does not lose what the one before it makes true', () => {
    const { twin } = run(
      `asset A {
        state x = 0   state seen = 0
        when time > 1 s -> set x = 2
        else when x > 1 { set seen = seen + 1 }
        else when x > 0 { set seen = seen + 10 }
      }`,
      2,
    );
    expect([twin.value('x'), twin.value('seen')]).toEqual([2, 1]);
  });

  it('gives way to what stands before it, in the same round only', () => {
    const { twin } = run(
      `asset A {
        state first = 0   state second = 0
        when time > 1 s -> set first = 1
        else when time > 1 s and first == 0 { set second = second + 1 }
        else when time > 2 s { set second = second + 10 }
      }`,
      3,
    );
    expect([twin.value('first'), twin.value('second')]).toEqual([1, 10]);
  });
});

describe('commands', () => {
  const text = `
    asset A {
      command start(target: Temperature, fast: Boolean)
      state heat = 20 degC
      state starts = 0
      modes m {
        initial Off { on start(target, fast) -> On { set heat = target   set starts = starts + (if fast then 10 else 1) } }
        On { after 5 s -> Off }
      }
    }
    scenario s for A {
      at 2 s: start(target = 40 degC, fast = true)
      at 4 s: start(target = 50 degC, fast = true)
      run 10 s
    }`;

  it('are called by a scenario', () => {
    const { twin } = run(text, 9, 't.s');
    expect(twin.value('starts')).toBe(10);
    expect(twin.value('heat')).toBeCloseTo(313.15, 9);
  });

  it('are called from outside, and belong to the run', () => {
    const { twin, log } = make(text);
    const { command, instance } = findCommand(twin.manifest, 'start')!;
    twin.advance(1);
    expect(twin.call(command, instance, [300, 0])).toBeUndefined();
    twin.advance(3);
    const there = twin.hash();
    expect(twin.value('starts')).toBe(1);
    expect(log[0]).toBe('1 start: start(target = 26.85 °C, fast = false)');
    twin.advance(20);
    twin.rewind(0.5);
    expect(twin.value('starts')).toBe(0);
    twin.advance(3);
    expect(twin.hash()).toBe(there);
    const late = make(text).twin;
    expect(late.callAt(1, command, instance, [300, 0])).toBe('onTime');
    late.advance(3);
    expect(late.value('starts')).toBe(1);
  });

  it('of the past go over time again', () => {
    const { twin } = make(text);
    twin.advance(7);
    twin.call(0, 0, [310, 1]);
    twin.advance(8);
    expect(twin.value('starts')).toBe(10);
    expect(twin.callAt(3, 0, 0, [300, 0])).toBe('revised');
    // Started at 3 s, it is still on at 7 s.
    expect(twin.value('starts')).toBe(1);
    expect(twin.callAt(3, 0, 0, [300, 0])).toBe('duplicate');
  });

  it('are refused in words where their values do not fit', () => {
    const { twin } = make(text);
    expect(twin.call(0, 0, [300])).toBe('start needs target, fast.');
    expect(twin.call(0, 0, [300, 0.5])).toBe('fast of start is true or false (1 or 0).');
    expect(twin.call(1, 0, [])).toBe('There is no such command.');
  });
});

describe('an endless loop', () => {
  it('is told once, not a thousand times', () => {
    const { twin, log } = make(
      `asset A {
        event ping
        event pong
        when time > 1 s -> emit ping
        on ping -> emit pong
        on pong -> emit ping
      }`,
    );
    twin.advance(2);
    expect(twin.trouble()?.message).toMatch(/Endless event loop.*on ping sets pong.*on pong sets ping/);
    expect(log.length).toBeLessThan(25);
  });
});

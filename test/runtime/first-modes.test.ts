/** Modes that an instance or a scenario begins in, modes that end, and alarms that modes have of their own. */
import { describe, expect, it } from 'vitest';
import { check } from '../check/harness.ts';
import { ran } from '../vectors/both.ts';

const machine = `asset Machine {
  state load  = 0
  state boost = 0
  state heat  = 20
  der(heat) * 1 s = if operation == Running then 1 else -1

  modes operation {
    initial Idle {
      entry { set load = 1 }
      after 1 h -> Running
    }
    Running {
      entry { set load = 5 }
      exit { set load = 2 }
      initial Slow { after 4 s -> Fast }
      Fast {
        entry { set boost = boost + 1 }
        after 10 s -> Slow
      }
      after 20 s -> Failed
      alarm hot: warning "Too hot" {
        raise when heat > 30
        clear when heat < 10 for 100 s
      }
    }
    final Failed {
      alarm cold: info "Cold" { raise when heat < 30 for 2 s }
    }
  }
}`;

describe('modes that a run begins in', () => {
  const text = `${machine}
    asset A {
      part m[2]: Machine(operation = Running.Fast)
      part idle: Machine
    }
    scenario broken for A { m[2].operation = Failed  run 1 h }`;

  it('are those that the instance is given, with what is done on entry, and their timers', () => {
    const twin = ran(text, 1);
    expect(
      ['m[1].load', 'm[1].boost', 'm[1].operation', 'idle.load'].map((name) => twin.value(name)),
    ).toEqual([5, 1, 2, 1]);
    // Fast for 10 s, slow for 4 s, and so on: it is fast again from 14 s on.
    twin.advance(13.9);
    expect(twin.value('m[1].boost')).toBe(1);
    twin.advance(14.1);
    expect(twin.value('m[1].boost')).toBe(2);
    twin.advance(20.1);
    expect([twin.value('m[1].operation'), twin.value('m[1].load')]).toEqual([3, 2]);
  });

  it('or the scenario', () => {
    const twin = ran(text, 1, 'broken');
    expect([1, 2].map((at) => twin.value(`m[${at}].operation`))).toEqual([2, 3]);
    expect(twin.value('m[2].load')).toBe(0);
    expect(twin.value('m[2].boost')).toBe(0);
  });

  it('are modes of that block', () => {
    const codes = (value: string): string[] => {
      const { parsing, checking } = check(
        `${machine}\nscenario s for Machine { operation = ${value}  run 1 s }`,
      );
      return [...parsing, ...checking].map(({ code }) => code);
    };
    expect(codes('Running')).toEqual([]);
    expect(codes('Missing')).toEqual(['PX2001']);
    expect(codes('3')).toEqual(['PX5208']);
  });
});

it('an alarm of a mode is raised in it only, and cleared when it is left', () => {
  const twin = ran(`${machine}\nasset A { part m: Machine(operation = Running) }`, 10);
  const at = (time: number): (number | undefined)[] => {
    twin.advance(time);
    return ['m.hot.active', 'm.cold.active'].map((name) => twin.value(name));
  };
  expect(at(9.9)).toEqual([0, 0]);
  expect(at(10.1)).toEqual([1, 0]);
  expect(at(19.9)).toEqual([1, 0]);
  // It fails at 40: cold from 30 on, 10 s later, and for 2 s.
  expect(at(20.1)).toEqual([0, 0]);
  expect(at(31.9)).toEqual([0, 0]);
  expect(at(32.1)).toEqual([0, 1]);
});

describe('an at of a mode', () => {
  it('counts from where its mode begins, not for the jump that leads into it', () => {
    const twin = ran(
      `asset A {
        state x = 1   state falls = 0   state rises = 0   state first = 0   state inner = 0
        modes p {
          initial Off {
            entry { set x = 3 }
            at x >= 2 { set first = first + 1 }
            after 1 s -> On { set x = -1 }
          }
          On {
            der(x) = 1 / 1 s
            at x <= 0 falling { set falls = falls + 1 }
            at x >= 0 rising  { set rises = rises + 1 }
            initial Low { after 2 s -> High }
            High {
              entry { set x = 5 }
              at x > 4 { set inner = inner + 1 }
              after 1 s -> High { set x = -2 }
            }
          }
        }
      }`,
      0,
    );
    const at = (time: number): (number | undefined)[] => {
      twin.advance(time);
      return ['falls', 'rises', 'first', 'inner'].map((name) => twin.value(name));
    };
    expect(at(0)).toEqual([0, 0, 0, 0]);
    // From -1 at 1 s, by 1 a second.
    expect(at(1.5)).toEqual([0, 0, 0, 0]);
    expect(at(2.5)).toEqual([0, 1, 0, 0]);
    // At 3 s it jumps from 1 to 5, and at 4 s from 6 to 5, as the later of two settings holds: neither crosses 4 in that mode, nor 0.
    expect(at(4.5)).toEqual([0, 1, 0, 0]);
  });

  it('that stays active sees the jumps of what goes on within it', () => {
    const twin = ran(
      `asset A {
        state x = 1   state falls = 0
        modes p {
          initial On {
            at x <= 0 falling { set falls = falls + 1 }
            initial Low { after 1 s -> High }
            High { entry { set x = -1 } }
          }
        }
      }`,
      2,
    );
    expect(twin.value('falls')).toBe(1);
  });
});

it('an at of a sensor does not count its first sample', () => {
  const twin = ran(
    `asset A {
      state x = 5
      der(x) = -1 / 1 s
      state below = 0   state across = 0   state doubled = 0
      sensor g measures x every 1 s
      let z = 2 * g
      at g <= 6 falling   { set below = below + 1 }
      at g >= 2           { set across = across + 1 }
      at z <= 4.5 falling { set doubled = doubled + 1 }
    }`,
    0,
  );
  const at = (time: number): (number | undefined)[] => {
    twin.advance(time);
    return ['below', 'across', 'doubled'].map((name) => twin.value(name));
  };
  expect(at(2.5)).toEqual([0, 0, 0]);
  // It measures 2 at 3 s, and 1 at 4 s.
  expect(at(3.5)).toEqual([0, 0, 1]);
  expect(at(4.5)).toEqual([0, 1, 1]);
});

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

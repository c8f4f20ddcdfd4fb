/** Modes while running: what is left and entered, in which order; the emitted code and the interpreter agree. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { RunEvent } from '../../runtime/describe.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';

const library = readLibraryFiles();

interface Ran {
  twin: Twin;
  /** `10 operation Busy`, for each time that a value of the variable was set. */
  log: string[];
  events: RunEvent[];
}

/** Runs the text's asset A for so long, as emitted code; the interpreter must end in the same state. */
function run(text: string, seconds: number): Ran {
  const { model, roots, diagnostics } = analyse(
    [{ uri: 'file:///a.twin', text: `package t\n${text}` }],
    library,
  );
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const root = roots.find(({ name }) => name === 't.A')!;
  const { artefact, system } = compile(model, root).value!;
  const events: RunEvent[] = [];
  const one = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
  one.listen({ event: (event) => events.push(event) });
  const other = createTwin({ manifest: artefact.manifest, kernel: () => interpret(system) });
  for (const twin of [one, other]) twin.advance(seconds);
  expect(other.hash()).toBe(one.hash());
  expect(other.trouble()?.message).toBe(one.trouble()?.message);
  return {
    twin: one,
    log: events.map(({ time, text: what }) => `${Number(time.toFixed(6))} ${what}`),
    events,
  };
}

const mode = (twin: Twin, name: string): string => {
  const variable = twin.manifest.variables.find((each) => each.name === name)!;
  return variable.labels![twin.value(name)!]!;
};

describe('flat modes', () => {
  const machine = `
    asset A {
      param rate = 1 /h
      state wear = 0.0
      state entered = 0
      state left = 0
      let power: Power
      modes operation {
        initial Idle {
          power = 0 W
          exit { set left = left + 1 }
          after 1 h -> Running
        }
        Running {
          power = 2 kW
          entry { set entered = entered + 1 }
          der(wear) = rate
          when wear > 0.5 -> Failed
          after 8 h -> Idle
        }
        Failed {
          power = 1 W
          after 20 min -> Idle { set wear = 0 }
        }
      }
    }`;

  it('go round in the times of their equations and timers', () => {
    const { events } = run(machine, 3 * 3600);
    const times = events.map(({ time }) => time / 60);
    const expected = [60, 90, 110, 170];
    expect(times).toHaveLength(expected.length);
    times.forEach((time, at) => expect(time).toBeCloseTo(expected[at]!, 6));
    expect(events.map(({ name }) => name)).toEqual([
      'operation: Idle -> Running',
      'operation: Running -> Failed',
      'operation: Failed -> Idle',
      'operation: Idle -> Running',
    ]);
  });

  it('have their own equations, and states stay where a mode says nothing of them', () => {
    const { twin } = run(machine, 1.6 * 3600);
    expect(mode(twin, 'operation')).toBe('Failed');
    expect(twin.value('power')).toBe(1);
    expect(twin.value('wear')).toBeCloseTo(0.5, 9);
    expect([twin.value('entered'), twin.value('left')]).toEqual([1, 1]);
  });

  it('are told by name', () => {
    expect(run(machine, 3601).log).toEqual(['3600 operation = Running, set left = 1, set entered = 1']);
  });

  it('are saved, restored and branched', () => {
    const { twin } = run(machine, 3600 * 1.2);
    const branch = twin.branch();
    const saved = twin.save();
    twin.advance(3 * 3600);
    branch.advance(3 * 3600);
    expect(branch.hash()).toBe(twin.hash());
    expect(branch.restore(saved)).toBeUndefined();
    branch.advance(3 * 3600);
    expect(branch.hash()).toBe(twin.hash());
  });
});

describe('what happens in which order', () => {
  it('exit, transition, entry: where they set the same, the later holds', () => {
    const { twin } = run(
      `asset A {
        state a = 0   state b = 0   state c = 0
        modes m {
          initial X { exit { set a = 1 set b = 1 set c = 1 } after 1 s -> Y { set b = 2 set c = 2 } }
          Y { entry { set c = 3 } }
        }
      }`,
      2,
    );
    expect(['a', 'b', 'c'].map((name) => twin.value(name))).toEqual([1, 2, 3]);
  });

  it('entry actions of the first modes, before their transitions', () => {
    const { twin, log } = run(
      `asset A {
        state x = 5
        modes m { initial X { entry { set x = 0 } when x > 3 -> Y } Y {} }
      }`,
      2,
    );
    expect(log).toEqual(['0 set x = 0']);
    expect(mode(twin, 'm')).toBe('X');
  });

  it('the first of two transitions that are due together', () => {
    const { twin } = run(
      `asset A {
        modes m { initial X { after 1 s -> Y after 1 s -> Z } Y {} Z {} }
      }`,
      2,
    );
    expect(mode(twin, 'm')).toBe('Y');
  });

  it('one within before the one around, which follows if it still may', () => {
    const { log } = run(
      `asset A {
        modes m {
          initial X {
            initial P { when time > 1 s -> Q }
            Q { exit { set n = 1 } }
            when time > 1 s -> Z
          }
          Z {}
        }
        state n = 0
      }`,
      2,
    );
    expect(log.map((line) => line.replace(/^\S+ /, ''))).toEqual(['m.X = Q', 'm = Z']);
  });

  it('a transition to itself starts the times of its mode again', () => {
    const { log } = run(
      `asset A {
        state n = 0
        modes m {
          initial X { after 3 s -> Y   when time > 2 s -> X { set n = n + 1 } }
          Y {}
        }
      }`,
      10,
    );
    // The condition is true again as soon as the mode is entered, so this one would never end.
    expect(log.at(-1)).toMatch(/Endless event loop/);
  });

  it('a timer starts again with its mode', () => {
    const { events } = run(
      `asset A {
        input kick = false
        modes m {
          initial X { after 3 s -> Y   when kick -> X { set kick = false } }
          Y {}
        }
        every 2 s after 1 s -> set kick = (time < 4 s)
      }`,
      10,
    );
    expect(events.filter(({ name }) => name === 'm: X -> Y').map(({ time }) => time)).toEqual([6]);
  });
});

describe('modes in modes', () => {
  const text = (target: string): string => `
    asset A {
      input pause = false
      modes m {
        initial Work {
          initial First { after 2 s -> Second }
          Second {
            initial Low { after 3 s -> High }
            High {}
          }
          when pause -> Rest
        }
        Rest { when not pause -> ${target} }
      }
      every 6 s after 4 s -> set pause = not pause
    }`;

  it('begin again', () => {
    const { twin } = run(text('Work'), 10.5);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual(['Work', 'First', '']);
  });

  it('go on where they were, one level', () => {
    const { twin } = run(text('history(Work)').replace('after 4 s', 'after 5.5 s'), 11.6);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual([
      'Work',
      'Second',
      'Low',
    ]);
  });

  it('go on where they were, at all levels', () => {
    const { twin } = run(text('deep history(Work)').replace('after 4 s', 'after 5.5 s'), 11.6);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual([
      'Work',
      'Second',
      'High',
    ]);
  });

  it.each(['history', 'deep history'])('go on where they were when left from within by %s', (history) => {
    const inside = text('Work')
      .replace('after 3 s -> High', 'after 1 s -> High')
      .replace('when pause -> Rest', `at time >= 3.5 s -> ${history}(Work)`);
    const { twin } = run(inside, 3.6);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual([
      'Work',
      'Second',
      history === 'history' ? 'Low' : 'High',
    ]);
  });

  it('are entered by their names', () => {
    const { twin } = run(text('Work.Second.High'), 10.5);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual([
      'Work',
      'Second',
      'High',
    ]);
  });

  it('are none while what is around them is not active', () => {
    const { twin } = run(text('Work'), 4.5);
    expect(['m', 'm.Work', 'm.Work.Second'].map((name) => mode(twin, name))).toEqual(['Rest', '', '']);
  });

  it('run side by side, and are left together', () => {
    const side = `
      asset A {
        modes m {
          initial On {
            modes heat { initial Cold { after 1 s -> Hot } Hot { exit { set h = 7 } } }
            modes light { initial Dark { after 2 s -> Bright } Bright { when m == On.heat.Hot for 2 s -> Off } }
          }
          Off {}
        }
        state h = 0
        let bright = m == On.light.Bright
      }`;
    const { twin } = run(side, 2.5);
    expect(['m.On.heat', 'm.On.light'].map((name) => mode(twin, name))).toEqual(['Hot', 'Bright']);
    expect(twin.value('bright')).toBe(1);
    twin.advance(5);
    expect(['m', 'm.On.heat', 'm.On.light'].map((name) => mode(twin, name))).toEqual(['Off', '', '']);
    expect(twin.value('h')).toBe(7);
  });

  it('a transition of a mode to one within it stays in the mode', () => {
    const { twin } = run(
      `asset A {
        state entries = 0
        modes m {
          initial X {
            entry { set entries = entries + 1 }
            initial P {}
            Q {}
            after 2 s -> Q
            after 3 s -> Y
          }
          Y {}
        }
      }`,
      2.5,
    );
    expect(mode(twin, 'm.X')).toBe('Q');
    expect(twin.value('entries')).toBe(1);
    twin.advance(3.5);
    expect(mode(twin, 'm')).toBe('Y');
  });
});

describe('arrays of modes', () => {
  it('stay loops, and change each by itself', () => {
    const { twin } = run(
      `asset Lamp {
        input wait = 1 s
        modes m { initial Off { after wait -> On } On {} }
      }
      asset A {
        part lamp[5]: Lamp
        for i in 1..5 { lamp[i].wait = i * 1 s }
        let lit = count(lamp[*].m == On)
      }`,
      3.5,
    );
    expect(twin.value('lit')).toBe(3);
    expect(twin.manifest.handlers.filter(({ kind }) => kind === 'when')).toHaveLength(1);
  });
});

describe('clocks', () => {
  it('tick from their offset on', () => {
    const { twin } = run(
      `asset A {
        state n = 0
        state last = 0 s
        every 2 s after 0.5 s { set n = n + 1   set last = time }
      }`,
      7,
    );
    expect([twin.value('n'), twin.value('last')]).toEqual([4, 6.5]);
  });

  it('of a mode tick in it only', () => {
    const { twin } = run(
      `asset A {
        state n = 0
        modes m { initial X { after 2.5 s -> Y } Y { every 1 s -> set n = n + 1   after 3 s -> Z } Z {} }
      }`,
      9,
    );
    expect(twin.value('n')).toBe(3);
  });
});

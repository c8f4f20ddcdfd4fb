import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDebugger } from '../../debug-adapter/debugger.ts';
import type { Debugger, Work } from '../../debug-adapter/debugger.ts';
import { Program } from '../../debug-adapter/program.ts';

import { createTwin } from '../../runtime/twin.ts';
import { readData, textsOf } from '../examples/example.ts';

const finish = (work: Work): void => {
  while (work.next().done !== true);
};
const programs = [
  ['bouncing-ball', 'drop'],
  ['pump-station', 'storm'],
  ['heater-board', undefined],
].map(([example, scenario]) => {
  const program = new Program({ texts: textsOf(example!), readData }, (model, roots) => {
    const wanted = model.scenarios.find(({ name }) => name.endsWith(`.${scenario}`))?.asset;
    return roots.find(({ name }) => name === wanted) ?? roots[0]!;
  });
  const at = program.artefact.manifest.scenarios.findIndex(({ name }) => name.endsWith(`.${scenario}`));
  return { example: example!, program, scenario: Math.max(at, 0) };
});

const commands = {
  next: (debug: Debugger) => debug.next(),
  stepIn: (debug: Debugger) => debug.stepIn(),
  stepOut: (debug: Debugger) => debug.stepOut(),
  stepBack: (debug: Debugger) => debug.stepBack(),
  again: (debug: Debugger) => debug.again(),
  half: (debug: Debugger) => debug.goToTime(debug.travel.place().time / 2),
  on: (debug: Debugger) =>
    debug.goToTime(
      Math.min(debug.travel.place().time + debug.travel.twin().duration / 37, debug.travel.twin().duration),
    ),
};

describe.each(programs)('$example under the debugger', ({ program, scenario }) => {
  it('is the same at each moment, however one came there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...(Object.keys(commands) as (keyof typeof commands)[])), { maxLength: 25 }),
        (list) => {
          const debug = createDebugger(program, { scenario, say: () => {} });
          debug.begin();
          const seen = new Map<string, string>();
          for (const command of ['on', ...list] as const) {
            finish(commands[command](debug));
            const { time, index } = debug.travel.place();
            const key = `${time} ${index}`;
            const hash = debug.travel.hash();
            expect(seen.get(key) ?? hash, `${command} at ${key}`).toBe(hash);
            seen.set(key, hash);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is what it is without one', () => {
    const debug = createDebugger(program, { scenario, say: () => {} });
    debug.begin();
    for (let n = 0; n < 40; n += 1) finish(debug.next());
    for (let n = 0; n < 15; n += 1) finish(debug.stepBack());
    while (debug.travel.place().index !== 'end') finish(debug.stepOut());
    const { time } = debug.travel.place();
    const twin = createTwin({ manifest: program.artefact.manifest, kernel: program.kernel(), scenario });
    twin.advance(time);
    expect(debug.travel.hash()).toBe(twin.hash());
    finish(debug.resume());
    twin.advance(twin.duration);
    expect(debug.travel.place().time).toBe(twin.time());
    expect(debug.travel.hash()).toBe(twin.hash());
  });
});

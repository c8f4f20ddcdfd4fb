/** Whole runs, events, sensors and noise included: interpreted and emitted code must leave the same state. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { example } from './systems.ts';

describe('it should run to the same bits when interpreted', () => {
  it.each([
    ['bouncing-ball', 'examples.ball.drop', 4.5],
    ['heater-board', 'examples.heater.steps', 120],
    ['epidemic', 'examples.epidemic.distanced', 20 * 86400],
    ['pump-station', 'waterworks.bearingFault', 90],
  ])('%s: %s', (folder, scenario, until) => {
    const { systems } = example(folder);
    const { system } = systems.find((one) => one.system.scenarios.some(({ name }) => name === scenario))!;
    const artefact = generate(system);
    const { manifest } = artefact;
    const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
      const twin = createTwin({ manifest, kernel, scenario });
      twin.advance(until);
      return { time: twin.time(), hash: twin.hash(), trouble: twin.trouble() };
    });
    expect(interpreted).toEqual(emitted);
    expect(interpreted!.time).toBe(until);
  });
});

/** Conditions in equations bend the solution: steps must end at the bend, so that what is beyond it does not leak in. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

const text = `package bends

asset Bends {
  state ramp = 0
  der(ramp) = (if time < 1.2345 s then 1 else 3) / 1 s
  state late = 0
  der(late) = (if time >= 2 s then 1 else 0) / 1 s
  state soc = 50 %
  der(soc) = if soc >= 1 then 0 else 1 / 5 s
  state full = 0 s
  when soc >= 1 -> set full = time
}
scenario adaptive for Bends { run 3 s }
scenario grid for Bends { method rk4 step 0.7 s  run 3 s }
`;

const { model, roots, diagnostics } = analyse([{ uri: 'file:///bends.twin', text }], readLibraryFiles());

describe('a solution with bends', () => {
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, roots[0]!).value!;
  const kernel = kernelFactory(artefact);
  const make = (scenario: number) => createTwin({ manifest: artefact.manifest, kernel, scenario });

  it.each([
    ['tsit5', 0],
    ['rk4', 1],
  ])('has the values of its straight pieces (%s)', (_, scenario) => {
    const twin = make(scenario);
    expect(twin.advance(3).reason).toBe('end');
    expect(twin.value('ramp')).toBeCloseTo(1.2345 + 3 * (3 - 1.2345), 9);
    expect(twin.value('late')).toBeCloseTo(1, 9);
    expect(twin.value('soc')).toBeCloseTo(1, 9);
    // Half of the charge at a fifth a second.
    expect(twin.value('full')).toBeCloseTo(2.5, 9);
  });

  it.each([0, 1])('goes on to the same bits when it is restored on the way (scenario %i)', (scenario) => {
    const whole = make(scenario);
    whole.advance(3);
    for (const stop of [1.2, 1.9, 2.4]) {
      const first = make(scenario);
      first.advance(stop);
      const second = make(scenario);
      second.restore(first.save());
      second.advance(3);
      expect(second.hash()).toBe(whole.hash());
    }
  });
});

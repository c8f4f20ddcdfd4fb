/** The same promises with artefacts that the compiler made. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';

const text = `package probe

/// Two tanks joined by a pipe whose flow goes by a square root law, so that a coupled equation is solved at each step.
asset Tanks {
  param area = 2 m2
  param resistance = 30 s2/m5
  input inflow: VolumeFlow = 0.02 m3/s  in 0..1 m3/s
  state first = 1 m
  state second = 0.2 m
  state filled: Boolean = false
  let flow: VolumeFlow
  resistance * flow * abs(flow) + 2 s/m2 * flow = first - second
  der(first) = (inflow - flow) / area
  der(second) = flow / area
  sensor gauge measures second every 3 s noise normal(1 cm)
  rule full {
    when first > 1.2 m for 5 s
    set inflow = 0
    set filled = true
  }
}

scenario fill for Tanks { run 200 s }
scenario grid for Tanks { run 200 s  method rk4 step 0.25 s }
`;

const { model, roots, diagnostics } = analyse([{ uri: 'file:///probe.twin', text }], readLibraryFiles());

describe('a compiled model with a coupled equation', () => {
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, roots[0]!).value!;
  const kernel = kernelFactory(artefact);
  const make = (scenario: number): Twin => createTwin({ manifest: artefact.manifest, kernel, scenario });

  it('has a system to solve', () => {
    expect(artefact.manifest.solves.length).toBeGreaterThan(0);
  });

  it.each([0, 1])('saves, restores, branches and rewinds to the last bit (scenario %i)', (scenario) => {
    const whole = make(scenario);
    whole.listen({ row: () => {} });
    expect(whole.advance(200).reason).toBe('end');
    expect(whole.value('filled')).toBe(1);
    const parts = make(scenario);
    for (const t of [0.1, 3, 3.3, 17.77, 42]) {
      parts.advance(t);
      const other = make(scenario);
      expect(other.restore(parts.save())).toBeUndefined();
      expect(other.value('flow')).toBe(parts.value('flow'));
      other.advance(200);
      expect(other.hash()).toBe(whole.hash());
      const branch = parts.branch();
      branch.advance(200);
      expect(branch.hash()).toBe(whole.hash());
    }
    parts.advance(200);
    expect(parts.hash()).toBe(whole.hash());
    parts.rewind(20);
    parts.advance(200);
    expect(parts.hash()).toBe(whole.hash());
    const volume = parts.value('first')! + parts.value('second')!;
    expect(volume).toBeGreaterThan(1.2);
  });

  it('refuses a state of another model', () => {
    const other = analyse(
      [
        {
          uri: 'file:///probe.twin',
          text: text.replace('state second = 0.2 m', 'state second = 0.2 m\n  state third: Real = 0'),
        },
      ],
      readLibraryFiles(),
    );
    const saved = make(0).save();
    saved[10] = 0;
    expect(make(0).restore(saved)).toContain('another version');
    expect(make(1).restore(make(0).save())).toContain('scenario');
    expect(make(0).restore(new Uint8Array(3))).toContain('not a saved state');
    expect(other.diagnostics).toBeDefined();
  });

  it('draws the same noise for the same seed, other for another', () => {
    const run = (seed: number): number => {
      const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 0, seed });
      twin.advance(10);
      return twin.value('gauge.measured')!;
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });
});

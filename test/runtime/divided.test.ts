/** A division by zero is told with the name of what is 0. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

function troubleOf(members: string): string | undefined {
  const artefact = generate(flat(`asset A {\n${members}\n}\nscenario s for A { run 10 s }`));
  const twin = createTwin({
    manifest: artefact.manifest,
    kernel: kernelFactory(artefact),
    scenario: 0,
    settings: { checkpoints: { keep: 'recent', limit: 1 } },
  });
  twin.advance(10);
  return twin.trouble()?.message;
}

describe('a division by zero', () => {
  it('names a parameter, and an element of what is computed', () => {
    expect(troubleOf('param area = 0 m2\nstate x = 1 m\nder(x) = 1 L/s / area')).toContain(
      'it divides by area, which is 0.',
    );
    expect(troubleOf('input d[3] = [1, 0, 2]\nlet y[3] = 3 / d[*]')).toContain(
      'y[2] is infinite at t = 0 s: it divides by d[2], which is 0.',
    );
  });

  it('names it where an event sets it', () => {
    expect(troubleOf('state n = 0\nstate m = 1\nevery 2 s after 1 s -> set m = 5 / n')).toContain(
      'it divides by n, which is 0.',
    );
  });

  it('names time, and what is 0 in a product, a power or a root', () => {
    expect(troubleOf('state idle = 0 s\nder(idle) = 0.5\nlet share = 1 - idle / time')).toContain(
      'share is not a number at t = 0 s: it divides by time, which is 0. Keep that away from 0 with max(time, …), or write ratio(…, time), which is 0 while both are.',
    );
    const factors = 'param a = 2\nparam b = 0\n';
    for (const divisor of ['a * b', 'b^2', 'sqrt(a * b)', '(-b / a)', 'a * (1 + time / 1 s) * b'])
      expect(troubleOf(`${factors}let y = 1 / (${divisor})`), divisor).toContain(
        'it divides by b, which is 0.',
      );
    // A difference may be 0 where nothing in it is.
    expect(troubleOf('param b = 0\nlet y = sqrt(-1 - b) / (1 - time / 1 s)')).not.toContain('it divides by');
  });

  it('names nothing that is not 0, and nothing private', () => {
    expect(troubleOf('param a = 4\nparam b = -1\nlet y = sqrt(b) / a')).toContain(
      'Look for a division by zero, or a root',
    );
    expect(troubleOf('private param a = 0\nlet y = 1 / a')).not.toContain('divides by a');
  });
});

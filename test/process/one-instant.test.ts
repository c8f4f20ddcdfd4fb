/** Steps that take no time are one instant: nothing outside of the process sees what is between two `set`s. */
import { expect, it } from 'vitest';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import { compiled } from '../solvers/compiled.ts';

/** Whether what is held in two places is seen to be 10 in all, and by how often a rule saw that it was not. */
const seen = (steps: string, more = ''): { always: boolean; never: boolean } => {
  const { artefact } = compiled(`
asset Shop {
  state a = 10
  state b = 0
  state seen = 0
  resource bay
  let off = abs(a + b - 10)
  when off > 0.5 { set seen = seen + 1 }
  ${more}
  process job {
    arrive every 1 s
    ${steps}
  }
}
scenario short for Shop { run 6.5 s }
test "held" on short { require always off < 0.5  expect seen == 0 }
`);
  const { manifest } = artefact;
  const { requirements } = runTest(manifest, kernelFactory(artefact), manifest.tests[0]!);
  const [always, never] = requirements.map(({ holds }) => holds);
  return { always: always!, never: never! };
};

const sets = ['set a = a - 1', 'set b = b + 1'] as const;
const together = sets.join('\n');

it.each([
  ['alone', `${together}\nwait 0.3 s`, ''],
  ['after a wait, with others at the same time', `wait 1 s\n${together}\nleave`, ''],
  ['with a resource given back between them', `seize bay\n${sets[0]}\nrelease bay\n${sets[1]}`, ''],
  ['with a condition between them that is true', `${sets[0]}\nwait until a < 10\n${sets[1]}`, ''],
  ['among rates', `${together}\nwait 0.3 s`, 'der(a) = -0.1 Hz\nder(b) = 0.1 Hz'],
])('is not seen between two sets: %s', (_, steps, more) => {
  expect(seen(steps, more)).toEqual({ always: true, never: true });
});

it('is seen where the item stays between them, be it for a nanosecond', () => {
  expect(seen(`${sets[0]}\nwait 1 ns\n${sets[1]}`)).toEqual({ always: false, never: false });
});

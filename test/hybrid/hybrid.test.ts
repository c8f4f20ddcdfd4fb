/** Made-up hybrid models against a plain simulation of what the reference says of them, by methods of each kind. */
import { expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { compiled, twinOf } from '../solvers/compiled.ts';
import { madeHybrid } from './made.ts';
import { modelText } from './model.ts';
import { plainly, Unfit } from './plainly.ts';
import type { Values } from './plainly.ts';

const END = 2.5;
const TIMES = Array.from({ length: 10 }, (_, at) => ((at + 1) * END) / 10 - 0.00137);
const METHODS: ManifestMethod[] = [
  { name: 'tsit5', tolerance: 1e-9 },
  { name: 'rodas5p', tolerance: 1e-9 },
  { name: 'bdf', tolerance: 1e-9 },
  { name: 'rk4', step: 1 / 256 },
];
/** Some draw models that are refused, or stopped: two that set the same, events without end. */
const SEEDS = Number(process.env['FUZZ'] ?? 32);

/** What happens is exactly the same; numbers are as near as their conditioning lets them be. */
function differs(got: number | undefined, wanted: number, name: string): boolean {
  if (/^(n\d|shown_)/.test(name)) return got !== wanted;
  return (
    !(Math.abs(got! - wanted) <= 3e-6 * (1 + Math.abs(wanted))) &&
    !(Number.isNaN(got) && Number.isNaN(wanted))
  );
}

it('events happen when, as often and in the order that the reference says', () => {
  let compared = 0;
  const from = Number(process.env['FROM'] ?? 1);
  for (let seed = from; seed < from + SEEDS; seed += 1) {
    const model = madeHybrid(seed);
    const text = modelText(model);
    let wanted: Values[];
    try {
      wanted = plainly(model, TIMES);
    } catch (error) {
      if (error instanceof Unfit) continue;
      throw error;
    }
    // Adaptive methods remember few points for delays, and are off by some hundred tolerances.
    const method = model.delays.length > 0 ? METHODS[3]! : METHODS[seed % METHODS.length]!;
    let twin: ReturnType<typeof twinOf>;
    try {
      twin = twinOf(compiled(text), { method, end: END, settings: { maxStep: 0.05 } });
    } catch (error) {
      // Two that always set the same are refused.
      expect(String(error)).toContain('always happen at the same instant');
      continue;
    }
    /** One that starts a little beside it: what that changes is chance. */
    let beside: Values[] | undefined;
    for (const [at, time] of TIMES.entries()) {
      twin.advance(time);
      expect(twin.trouble()?.message, `seed ${seed}\n${text}`).toBeUndefined();
      const off = Object.entries(wanted[at]!).filter(([name, value]) =>
        differs(twin.value(name), value, name),
      );
      if (off.length === 0) continue;
      beside ??= plainly(model, TIMES, { step: 1 / 400, moved: 1e-8 });
      if (Object.entries(wanted[at]!).some(([name, value]) => differs(beside![at]![name], value, name)))
        break;
      const told = off.map(([name, value]) => `${name}: ${twin.value(name)}, not ${value}`).join('\n');
      expect.fail(`seed ${seed}, ${method.name}, at ${time} s:\n${told}\n${text}`);
    }
    compared += 1;
  }
  expect(compared).toBeGreaterThan(SEEDS / 2);
});

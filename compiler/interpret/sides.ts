/** On which side of each kink the system is: `runtime/contract/sides.ts` says what that is for. */
import { Cell } from '../../runtime/contract/cells.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { LEAST_WIDTH } from '../../runtime/contract/sides.ts';

export function rememberSides(
  { layout }: Pick<Manifest, 'layout'>,
  memory: ArrayBuffer,
  passed: boolean,
): void {
  const { kinks, runtime, crossings, located } = layout;
  if (kinks === undefined) return;
  const numbers = new Float64Array(memory, 0, Math.floor(memory.byteLength / 8));
  const part = numbers[runtime / 8 + Cell.kinkWidth]!;
  for (let k = 0; k < kinks.count; k += 1) {
    const cell = (region: number): number => region / 8 + k;
    const raw = numbers[cell(kinks.value)]!;
    const side = numbers[cell(kinks.side)]!;
    const before = numbers[cell(kinks.slack)]!;
    if (Math.abs(raw) > numbers[cell(kinks.greatest)]!) numbers[cell(kinks.greatest)] = Math.abs(raw);
    const width = part * (numbers[cell(kinks.size)]! + numbers[cell(kinks.greatest)]!) + LEAST_WIDTH;
    let value = side * raw;
    // A step that was to end at a kink may end just before it, taken anew: the side is the one that it was on its way to.
    const arrives = passed && before === 0 && value < width;
    if (value + before <= 0 || value <= -width || arrives) {
      value = -value;
      numbers[cell(kinks.side)] = -side;
      numbers[cell(located.begin.address) + kinks.first]! *= -1;
    }
    const slack = value > width ? 0 : width;
    numbers[cell(kinks.slack)] = slack;
    numbers[cell(crossings.address) + kinks.first] = value + slack;
  }
}

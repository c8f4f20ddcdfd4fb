/** Values at a moment → what to write behind the lines on which they are declared. */
import type { Manifest } from './contract/manifest.ts';
import { valueText } from './describe.ts';
import { count, elementAt, indexOf } from './contract/elements.ts';

export interface LineValue {
  uri: string;
  /** From one: the first and the last line of the declaration. */
  line: number;
  endLine: number;
  text: string;
  /** Of a value that says which mode is active: its name. */
  mode?: string;
}

/** Elements that are written out; of more, it is said how many there are. */
const MOST = 3;
const DIGITS = 5;

/**
 * @param numbers the memory, by position in f64
 * @param at instances that are meant where there are several, by the asset's path with `[]`: `pump[]` → [1]
 * @param uris only of these files
 */
export function lineValues(
  manifest: Manifest,
  numbers: Float64Array,
  at: ReadonlyMap<string, readonly number[]> = new Map(),
  uris?: ReadonlySet<string>,
): LineValue[] {
  const found: LineValue[] = [];
  const sensors = new Map(manifest.sensors.map((sensor) => [sensor.measured, sensor]));
  manifest.variables.forEach((variable, id) => {
    const { role, visible, private: isPrivate, source, name, dims, address, unit, base, labels } = variable;
    const sensor = sensors.get(id);
    if (role === 'parameter' || role === 'derivative' || isPrivate === true) return;
    if (!visible && sensor === undefined && labels === undefined) return;
    if (uris !== undefined && !uris.has(source.uri)) return;
    const show = (element: number): string => {
      const value = numbers[address / 8 + element]!;
      return Number.isNaN(value) ? 'no value yet' : valueText(value, unit, base, DIGITS, labels);
    };
    const owner = at.get(name.slice(0, Math.max(0, (sensor?.name ?? name).lastIndexOf('.'))));
    const own = owner === undefined ? dims : dims.slice(owner.length);
    const first = owner === undefined ? 0 : elementAt(dims, [...owner, ...own.map(() => 0)]);
    const size = count(own);
    const texts = Array.from({ length: Math.min(size, MOST) }, (_, element) => {
      const index =
        own.length === 0
          ? ''
          : `[${indexOf(own, element)
              .map((i) => i + 1)
              .join(', ')}] `;
      return `${index}${show(first + element)}`;
    });
    found.push({
      uri: source.uri,
      line: source.line,
      endLine: source.endLine,
      text: `${texts.join('  ')}${size > MOST ? `  … ${size}` : ''}`,
      ...(labels === undefined || size !== 1 ? {} : { mode: labels[numbers[address / 8 + first]!] ?? '' }),
    });
  });
  return found;
}

/** Whether a manifest from elsewhere can be worked with: its form, and that nothing in it points out of the twin's memory. */
import published from '../docs/reference/schemas/manifest.schema.json' with { type: 'json' };
import type { ManifestFlow } from '../runtime/contract/flow.ts';
import type { Manifest } from '../runtime/contract/manifest.ts';
import { MANIFEST_FILE } from './names.ts';
import { schemaProblem } from './schema.ts';
import type { Schema } from './schema.ts';
import { isObject } from './strict-json.ts';

/** Its literal type is of no use here. */
const schema: unknown = published;

const PAGE = 65536;
/** The most that WebAssembly can address. */
const MOST_PAGES = 65536;

/** In words; undefined when there is none. */
export function manifestProblem(value: unknown): string | undefined {
  if (!isObject(value) || value['format'] !== 'pollux-twin') return `${MANIFEST_FILE} is not that of a twin`;
  if (value['formatVersion'] !== 1)
    return `it has format version ${JSON.stringify(value['formatVersion'])?.slice(0, 20)}; this Pollux reads 1`;
  const wrong = schemaProblem(value, schema as Schema);
  if (wrong !== undefined)
    return `its ${MANIFEST_FILE} is for another version of Pollux, or damaged: ${wrong}`;
  const astray = strayPart(value as unknown as Manifest);
  return astray === undefined ? undefined : `${MANIFEST_FILE} is damaged: ${astray}`;
}

function strayPart(manifest: Manifest): string | undefined {
  const { layout, variables, handlers, alarms, sensors, scenarios, bindings, events = [] } = manifest;
  const { used = 0, trusted = { address: 0, count: 0 }, work } = manifest;
  const bytes = layout.pages * PAGE;
  const isWithin = (first: number): boolean =>
    isCount(first) && first % 8 === 0 && first + 8 * layout.states.count <= bytes;
  if (!isCount(layout.pages) || layout.pages > MOST_PAGES) return 'layout.pages is no number of pages';
  if (!isCount(layout.savedBytes) || layout.savedBytes > bytes)
    return 'layout.savedBytes lies beyond the memory';
  if (!isCount(used) || used > bytes) return 'used lies beyond the memory';
  if (!isCount(trusted.address) || !isCount(trusted.count) || trusted.address + 8 * trusted.count > bytes)
    return 'trusted lies beyond the memory';
  if (work && [work.before + 40 * layout.states.count, work.spare].some((first) => !isWithin(first)))
    return 'work lies beyond the memory';
  for (const { name, dims, address } of variables)
    if (
      !dims.every(isCount) ||
      !isCount(address) ||
      address % 8 !== 0 ||
      !(address + 8 * product(dims) <= bytes)
    )
      return `variable ${shown(name)} lies beyond the memory`;
  // Each instance of these has cells in the memory of its own.
  for (const { name, dims } of [...handlers, ...alarms, ...sensors, ...events])
    if (!dims.every(isCount) || !(8 * product(dims) <= bytes))
      return `${shown(name)} has more instances than there is memory`;
  if (manifest.flow && !isItemsWithin(manifest.flow, bytes)) return 'flow.items lies beyond the memory';
  const isVariable = (index: number): boolean => isCount(index) && index < variables.length;
  for (const { name, active } of alarms)
    if (!isVariable(active)) return `alarm ${shown(name)} has no variable`;
  for (const { name, measured, predicted, stale } of sensors)
    if (![measured, predicted, stale].every(isVariable)) return `sensor ${shown(name)} has no variable`;
  for (const { name, settings } of scenarios)
    if (!settings.every(({ variable }) => isVariable(variable)))
      return `scenario ${shown(name)} sets what there is not`;
  for (const { target } of bindings) {
    const there =
      target.kind === 'sensor'
        ? sensors[target.sensor]
        : target.kind === 'input'
          ? variables[target.variable]
          : target.kind === 'alarm'
            ? alarms[target.alarm]
            : target.kind === 'command'
              ? events[target.command]
              : manifest.probes[target.probe];
    if (there === undefined) return `a binding has no ${target.kind}`;
  }
  return undefined;
}

/** What draws items reads their records where this says. */
function isItemsWithin({ items }: ManifestFlow, bytes: number): boolean {
  const { address, bytes: size, made, free, arrived, ...fields } = items;
  return (
    [address, size].every((each) => isCount(each) && each % 8 === 0 && each <= bytes) &&
    [made, free].every((each) => isCount(each) && each + 4 <= bytes) &&
    [arrived + 4, ...Object.values(fields)].every((each) => isCount(each) && each + 4 <= size)
  );
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const shown = (name: string): string => name.slice(0, 60).replaceAll(/[\p{C}]/gu, '·');

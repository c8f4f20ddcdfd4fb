/** `--set ambient="30 degC"` → SI. The value may be any constant expression of the language. */
import { analyse, compile } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import type { Manifest, ManifestVariable } from '../runtime/contract/manifest.ts';
import { valueText } from '../runtime/describe.ts';
import { kernelFactory } from '../runtime/load.ts';
import { count, elementAt } from '../runtime/contract/elements.ts';
import { parseElementName } from '../runtime/names.ts';
import { Refusal } from './terminal/terminal.ts';

export interface Setting {
  variable: number;
  element: number;
  /** SI */
  value: number;
}

/** All elements of an array when the name has no index. */
export function parseSettings(texts: readonly string[], manifest: Manifest): Setting[] {
  return texts.flatMap((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new Refusal(`--set ${text}: write name=value, such as ambient="30 degC"`);
    const name = text.slice(0, equals).trim();
    const { variable, elements } = find(name, manifest);
    const value = quantityOf(text.slice(equals + 1).trim(), name, manifest.variables[variable]!);
    mustLieInRange(value, name, manifest.variables[variable]!);
    return elements.map((element) => ({ variable, element, value }));
  });
}

function find(name: string, manifest: Manifest): { variable: number; elements: number[] } {
  const { name: pattern, index } = parseElementName(name);
  const isSettable = ({ role }: ManifestVariable): boolean => role === 'parameter' || role === 'input';
  const whole = manifest.variables.findIndex(
    (variable) =>
      isSettable(variable) && (variable.name === pattern || variable.name.replaceAll('[]', '') === name),
  );
  const found = manifest.variables[whole];
  if (found === undefined) {
    const last = name.split('.').at(-1)!.toLowerCase();
    const near = manifest.variables.filter((v) => isSettable(v) && v.name.toLowerCase().includes(last));
    const some = (near.length > 0 ? near : manifest.variables.filter(isSettable)).slice(0, 8);
    throw new Refusal(
      `there is no parameter or input ${name}; there are ${some.map((v) => v.name).join(', ')}`,
    );
  }
  if (index.length === 0)
    return { variable: whole, elements: Array.from({ length: count(found.dims) }, (_, element) => element) };
  const outside =
    index.length !== found.dims.length || index.some((i, axis) => i < 0 || i >= found.dims[axis]!);
  if (outside)
    throw new Refusal(`${name} is outside ${found.name}, which has [${found.dims.join(', ')}] elements`);
  return { variable: whole, elements: [elementAt(found.dims, index)] };
}

function mustLieInRange(value: number, name: string, { low, high, unit, base }: ManifestVariable): void {
  if (value >= (low ?? -Infinity) && value <= (high ?? Infinity)) return;
  const [shown, from, to] = [value, low, high].map((bound) =>
    bound === undefined ? '' : valueText(bound, unit, base),
  );
  throw new Refusal(`--set ${name}: ${shown} is outside its range ${from}..${to}`);
}

const SECONDS: Pick<ManifestVariable, 'unit' | 'base' | 'dimension'> = {
  unit: { text: 's', label: 's', factor: 1, offset: 0 },
  base: 'number',
  dimension: 's',
};

/** `10 s`, `1.5 h`, or a bare number of seconds → s. */
export const secondsOf = (text: string, name: string, option: string): number =>
  quantityOf(text.trim(), name, SECONDS, option);

/** s; longer ones would lose their steps to rounding. */
const LONGEST = 1e10;

/** `--duration "60 d"` → s. */
export function durationOf(text: string): number {
  const value = secondsOf(text, '', '--duration');
  if (value > 0 && value <= LONGEST) return value;
  throw new Refusal(
    `--duration ${text}: ${value > 0 ? 'at most 1e10 s, some 300 years' : 'it must be above zero'}`,
  );
}

/** A constant of the language in SI; `option` is how it was given. */
export function quantityOf(
  text: string,
  name: string,
  variable: Pick<ManifestVariable, 'unit' | 'base' | 'dimension'>,
  option = '--set',
): number {
  const { unit, base, dimension } = variable;
  const at = name === '' ? option : `${option} ${name}`;
  if (base === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
    throw new Refusal(`${at}: it is true or false, not ${text}`);
  }
  // A bare number is meant in the unit in which the variable is shown.
  const bare = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
  if (/[\r\n]/.test(text)) throw new Refusal(`${at}: a value is one line`);
  if (bare !== undefined && Number.isFinite(bare)) return (bare + unit.offset) * unit.factor;
  const source = `package pollux_command_line\nasset Given {\n  param it = ${text}\n}\n`;
  const { model, diagnostics, roots } = analyse([{ uri: 'file:///set.twin', text: source }], libraryFiles);
  const artefact = model && roots[0] && compile(model, roots[0]).value?.artefact;
  if (!artefact) {
    const found = diagnostics.find((d) => d.severity === 'error');
    // What is wrong with the syntax or a name would be said of a text that nobody wrote.
    const isOurs = found === undefined || /^PX[12]/.test(found.code);
    throw new Refusal(
      isOurs ? `${at}: '${text}' is no constant value${exampleIn(unit.text)}` : `${at}: ${found.message}`,
    );
  }
  const given = artefact.manifest.variables[0]!;
  if (given.dimension !== dimension)
    throw new Refusal(`${at}: '${text}' does not fit${exampleIn(unit.text)}`);
  const kernel = kernelFactory(artefact)();
  kernel.parameters();
  const value = new Float64Array(kernel.memory, given.address, 1)[0]!;
  if (!Number.isFinite(value)) throw new Refusal(`${at}: '${text}' is no finite number`);
  return value;
}

const exampleIn = (unit: string): string =>
  `; write a number${unit === '' ? '' : ` with a unit, such as "1 ${unit}"`}`;

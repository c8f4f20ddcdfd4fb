/** What can be called by name, with what it takes: functions of the language and distributions. */
import { DISTRIBUTION_NAMES, FUNCTIONS, type FunctionInfo } from '../compiler/2-check/index.ts';

export interface Callable {
  name: string;
  parameters: readonly string[];
  doc: string;
  /** A distribution, which stands after `draw`, as a time or as noise. */
  distribution: boolean;
}

const ALL: ReadonlyMap<string, Callable> = new Map([
  ...[...FUNCTIONS.values()].map((info): [string, Callable] => [
    info.name,
    { name: info.name, parameters: parametersOf(info), doc: info.doc, distribution: false },
  ]),
  ...[...DISTRIBUTION_NAMES.values()].map(({ name, parameters, doc }): [string, Callable] => [
    name,
    { name, parameters: parameters.map((each) => each.name), doc, distribution: true },
  ]),
]);

export const callable = (name: string): Callable | undefined => ALL.get(name);
export const callables = (): Iterable<Callable> => ALL.values();

export function signatureOf({ name, parameters }: Callable): string {
  return `${name}(${parameters.join(', ')})`;
}

function parametersOf({ name, arguments: [fewest, most], rule }: FunctionInfo): string[] {
  if (name === 'der' || name === 'pre') return ['variable'];
  if (name === 'atan2') return ['y', 'x'];
  if (rule === 'reduction') return ['elements'];
  if (most === 1) return ['x'];
  return most === Infinity ? ['x', '…'] : ['x', 'y', 'z'].slice(0, Math.max(fewest, most));
}

/** What can be called by name, with what it takes: functions of the language and distributions. */
import { DISTRIBUTION_NAMES, FUNCTIONS, OVER_TIME, type FunctionInfo } from '../../compiler/2-check/index.ts';

export interface Callable {
  name: string;
  parameters: readonly string[];
  doc: string;
  /** A distribution, which stands after `draw`, as a time or as noise. */
  distribution: boolean;
}

const ALL: ReadonlyMap<string, Callable> = new Map([
  ...[...OVER_TIME.values()].map((each): [string, Callable] => {
    const names = each.arguments.map((one) => one.name);
    const window = each.clauses[0] === undefined ? [] : [`${names.at(-1)} ${each.clauses[0]} time`];
    const parameters = window.length === 0 ? names : [...names.slice(0, -1), ...window];
    return [each.name, { name: each.name, parameters, doc: each.doc, distribution: false }];
  }),
  ...[...FUNCTIONS.values()].map((info): [string, Callable] => [
    info.name,
    { name: info.name, parameters: parametersOf(info), doc: docOf(info), distribution: false },
  ]),
  ...[...DISTRIBUTION_NAMES.values()].map(({ name, parameters, doc }): [string, Callable] => {
    const ofOne = FUNCTIONS.get(name);
    const both = ofOne === undefined ? doc : `${doc} ${name}(x): ${ofOne.doc}`;
    return [name, { name, parameters: parameters.map((each) => each.name), doc: both, distribution: true }];
  }),
]);

export const callable = (name: string): Callable | undefined => ALL.get(name);
export const callables = (): Iterable<Callable> => ALL.values();

export function signatureOf({ name, parameters }: Callable): string {
  return `${name}(${parameters.join(', ')})`;
}

/** `mean` is of elements, and of what was, too. */
function docOf({ name, doc }: FunctionInfo): string {
  const over = OVER_TIME.get(name);
  return over === undefined ? doc : `${doc} ${over.doc}`;
}

function parametersOf({ name, arguments: [fewest, most], rule, doc }: FunctionInfo): string[] {
  if (name === 'der' || name === 'pre') return ['variable'];
  if (name === 'atan2') return ['y', 'x'];
  const written = new RegExp(`^${name}\\(([^)]*)\\)`).exec(doc)?.[1];
  if (written !== undefined) return written.split(', ');
  if (rule === 'reduction') return ['elements'];
  if (most === 1) return ['x'];
  return most === Infinity ? ['x', '…'] : ['x', 'y', 'z'].slice(0, Math.max(fewest, most));
}

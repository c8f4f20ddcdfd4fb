/**
 * A small subset of JSONPath (RFC 9535) that names exactly one place: `$`, `.name`, `['name']`, `["name"]`, `[2]`.
 * Only own properties are followed, so `$.__proto__` finds nothing that the sender did not write.
 */
export type Step = string | number;

const STEP =
  /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(\d{1,9})\]|\['((?:[^'\\]|\\['\\])*)'\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;
const MOST_STEPS = 32;

/** The steps, or in words what is wrong with the path. */
export function parsePath(path: string): Step[] | string {
  if (!path.startsWith('$')) return `a path begins with $, as in "$.value"; this one is "${path}"`;
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null)
      return `"${path}" cannot be read from "${path.slice(at)}" on: a path is made of .name, ['name'] and [2]`;
    const [whole, name, index, single, double] = match;
    steps.push(index === undefined ? (name ?? unescape(single ?? double ?? '')) : Number(index));
    at += whole.length;
    if (steps.length > MOST_STEPS) return `a path has at most ${MOST_STEPS} steps`;
  }
  return steps;
}

const unescape = (text: string): string => text.replaceAll(/\\(['"\\])/g, '$1');

/** The value at a path; undefined when there is none. */
export function follow(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof step === 'number') {
      if (!Array.isArray(value)) return undefined;
      value = value[step];
    } else {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step))
        return undefined;
      value = (value as Record<string, unknown>)[step];
    }
  }
  return value;
}

/** JSON that came from elsewhere: refused before it is parsed when it is built to do harm. */
import canonicalize from 'canonicalize';

const DEEPEST = 100;

/**
 * The value of a text in canonical JSON (RFC 8785) with a line end behind it, or in words what is wrong with it. Canonical
 * means that nothing in it can be read in two ways: no member stands twice, no number has two spellings.
 */
export function readCanonical(bytes: Uint8Array): { value: unknown } | { problem: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: 'is not UTF-8' };
  }
  const read = readStrict(text);
  if ('problem' in read) return read;
  return canonicalize(read.value) + '\n' === text ? read : { problem: 'is not in canonical form (RFC 8785)' };
}

/** The bytes that `readCanonical` takes. Throws where there is no JSON value. */
export function writeCanonical(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('only JSON values can be written');
  return new TextEncoder().encode(text + '\n');
}

/** Any JSON that is neither nested too deeply nor has a member that could reach into the prototype of objects. */
export function readStrict(text: string): { value: unknown } | { problem: string } {
  if (depthOf(text) > DEEPEST) return { problem: `is nested more than ${DEEPEST} deep` };
  let reserved = false;
  try {
    const value = JSON.parse(text, (key, inner: unknown) => {
      if (key === '__proto__') reserved = true;
      return inner;
    }) as unknown;
    return reserved ? { problem: 'has a member __proto__' } : { value };
  } catch {
    return { problem: 'is not JSON' };
  }
}

/** Neither null nor a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Brackets open at once, those in strings not counted. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (quoted) {
      if (character === 0x5c) i += 1;
      else if (character === 0x22) quoted = false;
    } else if (character === 0x22) quoted = true;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return deepest;
}

/**
 * Finds the extent of a unit in a text: `m3/h`, `W/(m2*K)`, `1/d`, `/d`, `%`, `degC`, `m/s^2`, `N·m`, `µm`.
 * Knows the shape of units and no unit: whether `m3/h` exists is asked later, where there is a table of units.
 * A unit holds no blanks, so `x / y` is a division.
 */
const SYMBOL = /[\p{L}°%‰€$£¥_]+/uy;
/** The raised digits are no valid exponents, but belong to the unit all the same: the error is then about them. */
const EXPONENT = /(?:\^-?\d+|\^\(-?\d+(?:\/\d+)?\)|\d+|[²³⁰¹⁴-⁹⁻]+)?/uy;

/**
 * The end of the unit that starts at `start`, or `start` when none does.
 * @param isKeyword a word of the language ends a unit, or is none: `5 then`, `3 in`
 */
export function endOfUnit(text: string, start: number, isKeyword: (word: string) => boolean): number {
  const first = text[start];
  if (first === '/') return endOfProduct(text, start + 1, isKeyword, true) ?? start;
  if (first === '1') {
    // `1/h`, where `1/180` is a ratio.
    return text[start + 1] === '/' ? (endOfProduct(text, start + 2, isKeyword, true) ?? start) : start;
  }
  return endOfProduct(text, start, isKeyword, false) ?? start;
}

/** The longest product at `start`; an operator that nothing follows is left to the expression around. */
function endOfProduct(
  text: string,
  start: number,
  isKeyword: (word: string) => boolean,
  groups: boolean,
): number | undefined {
  let end = endOfFactor(text, start, isKeyword, groups);
  while (end !== undefined) {
    const operator = text[end];
    if (operator !== '*' && operator !== '·' && operator !== '/') return end;
    const next = endOfFactor(text, end + 1, isKeyword, true);
    if (next === undefined) return end;
    end = next;
  }
  return undefined;
}

function endOfFactor(
  text: string,
  start: number,
  isKeyword: (word: string) => boolean,
  groups: boolean,
): number | undefined {
  if (groups && text[start] === '(') {
    const end = endOfProduct(text, text.startsWith('1/', start + 1) ? start + 3 : start + 1, isKeyword, true);
    return end !== undefined && text[end] === ')' ? endOfExponent(text, end + 1) : undefined;
  }
  SYMBOL.lastIndex = start;
  const symbol = SYMBOL.exec(text)?.[0];
  if (symbol === undefined || isKeyword(symbol)) return undefined;
  return endOfExponent(text, start + symbol.length);
}

function endOfExponent(text: string, start: number): number {
  EXPONENT.lastIndex = start;
  return start + (EXPONENT.exec(text)?.[0].length ?? 0);
}

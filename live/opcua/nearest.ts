/** Comparing takes as long as the product of two lengths, and names come from outside. */
const LONGEST = 100;

/** The one of some names that somebody may have meant: a slip in at most a quarter of its letters, capitals aside. */
export function nearest(wanted: string, names: Iterable<string>): string | undefined {
  if (wanted.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Math.floor(wanted.length / 4) + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= least) continue;
    const distance = edits(wanted.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** How many letters are to be put in, left out or replaced (Wagner and Fischer, 1974). */
function edits(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++)
      now.push(
        Math.min(
          before[column]! + 1,
          now[column - 1]! + 1,
          before[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1),
        ),
      );
    before = now;
  }
  return before[b.length]!;
}

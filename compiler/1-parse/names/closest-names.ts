/** The names nearest to a misspelt one: same letters in another case first, then the fewest slips. */

/** A name that may have been meant, and how many slips away it is. */
export interface Near {
  candidate: string;
  distance: number;
}

/** Names that are looked through once for each misspelt one: what they have in common with all of those is found once. */
export class Candidates {
  private readonly names: readonly string[];
  private readonly lower: readonly string[];
  private readonly letters: readonly number[];
  private readonly known = new Map<string, readonly Near[]>();

  constructor(names: Iterable<string>) {
    this.names = [...new Set(names)];
    this.lower = this.names.map((name) => name.toLowerCase());
    this.letters = this.lower.map(lettersOf);
  }

  /** All that are near enough, in no order. */
  near(name: string): readonly Near[] {
    let found = this.known.get(name);
    if (found === undefined) this.known.set(name, (found = this.search(name)));
    return found;
  }

  private search(name: string): Near[] {
    const allowed = name.length <= 2 ? 0 : name.length <= 3 ? 1 : name.length <= 7 ? 2 : 3;
    const lower = name.toLowerCase();
    const letters = lettersOf(lower);
    const found: Near[] = [];
    for (let at = 0; at < this.names.length; at += 1) {
      const candidate = this.names[at]!;
      if (candidate === name || Math.abs(candidate.length - name.length) > allowed) continue;
      // A slip takes no more than one letter away, and brings one.
      const others = this.letters[at]!;
      if (bitsIn(letters & ~others) > allowed || bitsIn(others & ~letters) > allowed) continue;
      const other = this.lower[at]!;
      const distance = other === lower ? 0 : slips(lower, other, allowed);
      if (distance <= allowed) found.push({ candidate, distance });
    }
    return found;
  }
}

export function closestNames(name: string, candidates: Iterable<string>, most = 3): string[] {
  return closestOf(name, [new Candidates(candidates)], most);
}

/** Of all these lists together. */
export function closestOf(name: string, lists: readonly Candidates[], most = 3): string[] {
  const ranked = lists.flatMap((list) => list.near(name));
  ranked.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return [...new Set(ranked.map((entry) => entry.candidate))].slice(0, most);
}

/** Which letters a name has, as bits; some letters share one. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let at = 0; at < name.length; at += 1) letters |= 1 << (name.charCodeAt(at) & 31);
  return letters;
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Damerau–Levenshtein distance (adjacent swaps count one), given up beyond `most`. */
function slips(a: string, b: string, most: number): number {
  let from = 0;
  while (from < a.length && from < b.length && a.charCodeAt(from) === b.charCodeAt(from)) from += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA -= 1;
    endB -= 1;
  }
  const [rows, columns] = [endA - from, endB - from];
  if (rows === 0 || columns === 0) return Math.max(rows, columns);
  let beforeLast: number[] = [];
  let last: number[] = [];
  for (let j = 0; j <= columns; j += 1) last.push(j);
  for (let i = 1; i <= rows; i += 1) {
    const row = [i];
    let smallest = i;
    const own = a.charCodeAt(from + i - 1);
    const end = Math.min(columns, i + most);
    for (let j = 1; j <= end; j += 1) {
      // Further from the diagonal lies nothing that is near enough.
      if (j < i - most) {
        row.push(most + 1);
        continue;
      }
      const other = b.charCodeAt(from + j - 1);
      let cost = Math.min(row[j - 1]! + 1, (last[j] ?? most) + 1, last[j - 1]! + (own === other ? 0 : 1));
      const swapped =
        i > 1 && j > 1 && own === b.charCodeAt(from + j - 2) && a.charCodeAt(from + i - 2) === other;
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > most) return most + 1;
    [beforeLast, last] = [last, row];
  }
  return last[columns] ?? most + 1;
}

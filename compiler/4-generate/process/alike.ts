/**
 * Steps that come again and again in a process and are alike but for what they mean, as the stations of a line: one piece of code for
 * each step of a station serves all of them. The table of jumps then has few targets, which a processor guesses.
 */
import { asOne, eachPart, shapeOf } from '../wasm/alike.ts';
import type { Rows } from '../wasm/alike.ts';
import { branch, f64, i32, label, set } from '../wasm/index.ts';
import type {
  Expression,
  I32,
  Label,
  Local,
  LocalOwner,
  ModuleBuilder,
  Statement,
  ValueType,
} from '../wasm/index.ts';

/** Fewer rounds than these stay as they are. */
const FEWEST_ROUNDS = 4;
/** Steps of a round at most. */
const LONGEST_ROUND = 64;
/** Bytes for numbers that follow no rule, of each step. */
export const LISTED_BYTES = 32;

/** Steps `first`, `first + 1`, … of which `length` make a round. */
interface Band {
  readonly first: number;
  readonly length: number;
  readonly rounds: number;
}

/** What a switch is made of. */
export interface Table {
  readonly cases: (readonly Statement[])[];
  readonly entries: Label[];
  /** The case by code. */
  readonly targets: number[];
}

interface Steps {
  module: ModuleBuilder;
  owner: LocalOwner;
  /** The code of the actor, where a case begins by way of the table. */
  code: Local<'i32'>;
  cases: readonly (readonly Statement[])[];
  /** Branches to these go on with a case. */
  entries: readonly Label[];
  /** Where `LISTED_BYTES` of each case lie. */
  listedAt: number;
}

/** The same cases, those that are alike as one. */
export function alikeAsOne(steps: Steps): Table {
  const { code, cases, entries } = steps;
  const table: Table = { cases: [], entries: [], targets: [] };
  const put = (entry: Label, piece: readonly Statement[]): number => {
    table.entries.push(entry);
    return table.cases.push(piece) - 1;
  };
  const roundOf = roundsOf(steps);
  const shapes = shapesOf(cases, entries);
  const targets = targetsOf(cases, entries);
  // Of rounds that cannot be one, no turn of which can, the next begin behind them.
  const hopeless = new Map<number, { from: number; to: number }>();
  const roundAt = (at: number): { band: Band; round: Round } | undefined => {
    for (const band of bandsAt(shapes, at)) {
      const { length, rounds } = band;
      if (runsOn(band, targets)) continue;
      const known = hopeless.get(length);
      if (known !== undefined && at < known.to && at >= known.from + length) continue;
      const round = roundOf(band);
      if (round !== undefined) return { band, round };
      if (known === undefined || at >= known.to) hopeless.set(length, { from: at, to: at + length * rounds });
    }
    return undefined;
  };
  let at = 0;
  while (at < cases.length) {
    const found = roundAt(at);
    if (found === undefined) {
      table.targets[at] = put(entries[at]!, cases[at]!);
      at += 1;
      continue;
    }
    const { first, length, rounds } = found.band;
    const { row, inside, pieces } = found.round;
    const end = first + length * rounds;
    const landings = inside.map((_, step) => label(`row of step ${first + step}`));
    const asked = askedFrom([...cases.slice(0, first), ...cases.slice(end)]);
    for (let one = first; one < end; one += 1)
      if (asked.has(entries[one]))
        put(entries[one]!, [set(code, one), branch(landings[(one - first) % length]!)]);
    pieces.forEach((piece, step) => {
      const landing = put(landings[step]!, [
        set(row, i32.divU(i32.sub(code, first + step), length)),
        branch(inside[step]!),
      ]);
      put(inside[step]!, piece);
      for (let one = first + step; one < end; one += length) table.targets[one] = landing;
    });
    at = end;
  }
  return table;
}

/** A round that stands for all of a band. */
interface Round {
  /** Which round is meant. */
  readonly row: Local<'i32'>;
  readonly inside: readonly Label[];
  readonly pieces: readonly (readonly Statement[])[];
}

/** A round as it would be, with what it would take. */
interface Draft {
  readonly round: Round;
  readonly data: readonly { address: number; bytes: Uint8Array }[];
  /** Where the numbers that it lists end. */
  readonly listedEnd: number;
}

/** undefined for a band whose steps cannot be one. */
function roundsOf({ module, owner, cases, entries, listedAt }: Steps): (band: Band) => Round | undefined {
  const codeOf = codesOf(entries);
  const userOf = usersOf(cases);
  const end = listedAt + LISTED_BYTES * cases.length;
  let listedEnd = listedAt;
  /** `looked` rounds of the band as one, of which there may be more. */
  const draft = (
    { first, length, rounds }: Band,
    looked: number,
    from: Pick<LocalOwner, 'local'>,
  ): Draft | undefined => {
    const row = from.local('i32', 'row');
    const inside = Array.from({ length }, (_, step) => label(entries[first + step]!.name));
    const pieces: (readonly Statement[])[] = [];
    const data: { address: number; bytes: Uint8Array }[] = [];
    let next = listedEnd;
    for (let step = 0; step < length; step += 1) {
      const codes = Array.from({ length: looked }, (_, round) => first + step + round * length);
      // Made anew for each step: kept over all of them they would not stay in registers.
      const products = new Map<number, Local<'i32'>>();
      const times = (by: number): I32 => {
        if (by === 1) return row;
        let local = products.get(by);
        if (local === undefined) products.set(by, (local = from.local('i32', `${by} rows`)));
        return local;
      };
      const listed = (type: 'i32' | 'f64', numbers: readonly number[]): Expression | undefined => {
        const address = Math.ceil(next / 8) * 8;
        const of = type === 'i32' ? Int32Array.from(numbers) : Float64Array.from(numbers);
        if (address + of.byteLength > end) return undefined;
        next = address + of.byteLength;
        data.push({ address, bytes: new Uint8Array(of.buffer) });
        return type === 'i32' ? i32.load(times(4), address) : f64.load(times(8), address);
      };
      const around: Rows['around'] = (labels) => {
        const to = labels.map((one) => codeOf.get(one));
        if (to[0] === undefined || to[0] < first || to[0] >= first + length * rounds)
          return labels.every((one) => one === labels[0]) ? labels[0] : undefined;
        const by = to[0] - codes[0]!;
        return to.every((one, round) => one === codes[round]! + by) ? inside[step + by] : undefined;
      };
      const piece = asOne(
        codes.map((one) => cases[one]!),
        { times, listed, around, isOwn: (local, round) => userOf.get(local) === codes[round] },
      );
      if (piece === undefined) return undefined;
      pieces.push([...[...products].map(([by, local]) => set(local, i32.mul(row, by))), ...piece]);
    }
    return { round: { row, inside, pieces }, data, listedEnd: next };
  };
  return (band) => {
    // Most bands cannot be one, which the first of their rounds tell. What is tried leaves no locals in the function, which may have many.
    for (const looked of [FEWEST_ROUNDS, band.rounds])
      if (draft(band, looked, { local: looseLocal }) === undefined) return undefined;
    const { round, data, listedEnd: next } = draft(band, band.rounds, owner)!;
    for (const { address, bytes } of data) module.dataSegment(address, bytes);
    listedEnd = next;
    return round;
  };
}

/** A local of no function. */
const looseLocal = <T extends ValueType>(type: T, name: string = type): Local<T> => ({
  kind: 'local',
  type,
  name,
  ordinal: -1,
});

const codesOf = (entries: readonly Label[]): Map<Label, number> =>
  new Map(entries.map((entry, at) => [entry, at]));

/** Which case a local belongs to, if it is of one alone. */
function usersOf(cases: readonly (readonly Statement[])[]): Map<unknown, number | 'several'> {
  const users = new Map<unknown, number | 'several'>();
  cases.forEach((piece, at) =>
    eachPart(piece, (part) => {
      if (part.kind !== 'local') return;
      const user = users.get(part);
      users.set(part, user === undefined || user === at ? at : 'several');
    }),
  );
  return users;
}

/** The steps that a step goes on with. */
function targetsOf(cases: readonly (readonly Statement[])[], entries: readonly Label[]): number[][] {
  const codeOf: ReadonlyMap<unknown, number> = codesOf(entries);
  return cases.map((piece) => {
    const to = new Set<number>();
    eachPart(piece, ({ label: one }) => {
      const code = codeOf.get(one);
      if (code !== undefined) to.add(code);
    });
    return [...to];
  });
}

/** Whether a round goes on with a step of another one without a look at the table: then they are not one. */
function runsOn({ first, length, rounds }: Band, targets: readonly (readonly number[])[]): boolean {
  const end = first + length * rounds;
  for (let one = first + length - 1; one >= first; one -= 1)
    if (targets[one]!.some((to) => to >= first + length && to < end)) return true;
  return false;
}

function askedFrom(cases: readonly (readonly Statement[])[]): Set<unknown> {
  const asked = new Set<unknown>();
  eachPart(cases, ({ label: one }) => asked.add(one));
  return asked;
}

/** The same number for cases that may be one. */
function shapesOf(cases: readonly (readonly Statement[])[], entries: readonly Label[]): number[] {
  const codeOf = codesOf(entries);
  const known = new Map<string, number>();
  return cases.map((piece, at) => {
    const shape = shapeOf(piece, (one) => {
      const to = codeOf.get(one);
      return to === undefined ? `${one.name} ` : `on by ${to - at} `;
    });
    const number = known.get(shape) ?? known.size;
    known.set(shape, number);
    return number;
  });
}

/** Bands that begin there: those that cover more first, and the shorter rounds of these. */
function bandsAt(shapes: readonly number[], first: number): Band[] {
  const bands: Band[] = [];
  const longest = Math.min(LONGEST_ROUND, Math.floor((shapes.length - first) / FEWEST_ROUNDS));
  for (let length = 1; length <= longest; length += 1) {
    let end = first + length;
    while (end < shapes.length && shapes[end] === shapes[end - length]) end += 1;
    const rounds = Math.floor((end - first) / length);
    if (rounds >= FEWEST_ROUNDS) bands.push({ first, length, rounds });
  }
  return bands.toSorted((a, b) => b.length * b.rounds - a.length * a.rounds || a.length - b.length);
}

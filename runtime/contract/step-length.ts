/**
 * How long a step is after one with an error, for all who choose it: proportional–integral control (Gustafsson 1991; gains of Hairer, Nørsett & Wanner,
 * Solving ODEs I, II.4) by the error e of a step and e' of the one before it, each over what is tolerated:
 *
 *   taken · 0.9 e'^(5/64) / e^(9/64)      after a step, from a fifth to five times the one taken
 *   taken · 0.9 / e^(3/16)                where it is tried again, not below a tenth
 *
 * The powers are made of the upper halves of doubles. As a whole number such a half is 2^20 (1023 + log2 x), but that it goes straight from each power
 * of two to the next: a product and a sum of halves is the half of a power, the same in every engine, in some ten cycles where roots take a hundred. By
 * `SHARE` the straight line touches the power where the step is as long as the one taken; farther off, the step is up to six percent shorter than it.
 * Errors are given as their squares, so no root is taken of them either.
 */

/** Of the length taken, what the halves are the new one over. */
export const SHARE = 2 / 3;

/** Halves: of 1, and of factors over `SHARE`. */
export const ONE = 0x3ff00000;
const SAFETY = 0x3ff59999; // 0.9
export const MOST = 0x401e0000; // 5
export const LEAST = 0x3fd33333; // 0.2
export const LEAST_AGAIN = 0x3fc33333; // 0.1

/** A half is moved down by so many bits and taken so often; squares have half the exponents: 5/128, 9/128 and 3/32. */
export const BEFORE = { down: 7, times: 5 } as const;
export const NOW = { down: 7, times: 9 } as const;
export const AGAIN = { down: 5, times: 3 } as const;

type Power = typeof BEFORE | typeof NOW | typeof AGAIN;
const ofOne = ({ down, times }: Power): number => times * (ONE >> down);

/** The halves without those of the errors. */
export const AFTER_STEP = SAFETY - ofOne(BEFORE) + ofOne(NOW);
export const FOR_ANOTHER_TRY = SAFETY + ofOne(AGAIN);

/** What errors below are taken for when they are those of the step before, squared. */
export const LEAST_ERROR = 1e-8;

const bytes = new DataView(new ArrayBuffer(8));
const scaled = (x: number, { down, times }: Power): number => {
  bytes.setFloat64(0, x);
  return times * (bytes.getInt32(0) >> down);
};
const lengthOf = (taken: number, half: number): number => {
  bytes.setInt32(0, half);
  bytes.setInt32(4, 0);
  return taken * SHARE * bytes.getFloat64(0);
};

/** The next step (s) after one of the length `taken` (s). `error` and that of the step `before` it, each squared and over what is tolerated. */
export const afterStep = (taken: number, error: number, before: number): number =>
  lengthOf(taken, Math.min(MOST, Math.max(LEAST, AFTER_STEP + scaled(before, BEFORE) - scaled(error, NOW))));

/** The length (s) at which a step that was `taken` (s) is tried again: its `error`, squared and over what is tolerated, is above 1, at most infinite. */
export const forAnotherTry = (taken: number, error: number): number =>
  lengthOf(taken, Math.max(LEAST_AGAIN, FOR_ANOTHER_TRY - scaled(error, AGAIN)));

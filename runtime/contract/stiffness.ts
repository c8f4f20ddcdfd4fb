/** When the automatic choice of a method looks at the fastest rate, and what it makes of it: `runtime/solvers/auto.ts`, and the kernel's loop alike. */

/** Steps between two looks, while nothing is suspected. */
export const EVERY = 16;
/** Step times rate from which on tsit5 may be held back by stability: its limit lies near 3.5, around which its steps go up and down. */
export const HELD_BACK = 1.5;
/** So many looks more for it than against it; twice as many after each return, so that the choice settles. */
export const STIFF_LOOKS = 10;

/** Rounds of the power method, and the direction that it begins in: neighbours move against each other, which a chain resists most. */
export const ROUNDS = 3;
/** Component i of that direction. */
export const firstDirection = (i: number): number => (i % 2 === 0 ? 1 : -1) * (1 + (i % 7) / 7);

/** Numbers and names as people say them. */

export const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Without its package: `plant.Tank` is `Tank`. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

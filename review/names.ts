/** Numbers and names as people say them. */
import type { Change } from './structure.ts';

export const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Without its package: `plant.Tank` is `Tank`. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** The first few of a list. */
export const some = (all: readonly string[], most: number): string =>
  `${all.slice(0, most).join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`;

/** `Pump.cooling (pump.twin:9)` */
export function placed({ path, newSource, oldSource }: Change): string {
  const place = newSource ?? oldSource;
  return place === undefined
    ? path
    : `${path} (${place.uri.slice(place.uri.lastIndexOf('/') + 1)}:${place.line})`;
}

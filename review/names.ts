/** Numbers and names as people say them. */
import type { Change } from './structure.ts';

export const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Without its package: `plant.Tank` is `Tank`. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Short names, with as much of the package in front as tells those apart that would be called the same. */
export function toldApart(names: Iterable<string>): (name: string) => string {
  const all = [...new Set(names)];
  const tail = (name: string, parts: number): string => name.split('.').slice(-parts).join('.');
  return (name) => {
    const others = all.filter((each) => each !== name && shortName(each) === shortName(name));
    let parts = 1;
    while (tail(name, parts) !== name && others.some((each) => tail(each, parts) === tail(name, parts)))
      parts += 1;
    return tail(name, parts);
  };
}

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

/**
 * Packages of the standard library that are read only when a text names them: assets for this and that field must not cost
 * those who use none of them. The units and what every sensor has are read at once, as every text sees them.
 */
import { libraryUri, type LibraryFiles } from '../../library-files.ts';

const ALWAYS: ReadonlySet<string> = new Set(['pollux.units', 'pollux.sensing', 'pollux.process']);

interface Shelved {
  uri: string;
  text: string;
}

export class Shelf {
  /** By package. */
  private readonly unread = new Map<string, Shelved[]>();

  /** Takes in the library; returns what is to be read now. */
  fill(library: LibraryFiles): Shelved[] {
    const now: Shelved[] = [];
    for (const [name, text] of Object.entries(library)) {
      const file = { uri: libraryUri(name), text };
      const packageName = /^package +([\w.]+)/m.exec(text)?.[1] ?? '';
      if (ALWAYS.has(packageName)) now.push(file);
      else this.unread.set(packageName, [...(this.unread.get(packageName) ?? []), file]);
    }
    return now;
  }

  /** The files of packages that a text names, which are read from now on. */
  take(text: string): Shelved[] {
    if (this.unread.size === 0 || !text.includes('pollux.')) return [];
    return [...this.unread].flatMap(([name, files]) => {
      if (!text.includes(name)) return [];
      this.unread.delete(name);
      return files;
    });
  }

  packageNames(): Iterable<string> {
    return this.unread.keys();
  }

  /** Packages that declare an asset or a type of ports with this name. */
  packagesWith(name: string): string[] {
    if (!/^\w+$/.test(name)) return [];
    const declared = new RegExp(`^(?:abstract )?(?:asset|port) ${name}\\b`, 'm');
    return [...this.unread].flatMap(([each, files]) =>
      files.some((file) => declared.test(file.text)) ? [each] : [],
    );
  }
}

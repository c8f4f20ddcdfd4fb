/** The code of a worker thread: beside its starter as a source; in the distribution that is a chunk, and the worker an entry point of its own. */
import { existsSync } from 'node:fs';

/** @param starter its `import.meta.url` */
export const workerFile = (starter: string, entry: string): URL =>
  ['./worker.ts', `./${entry}.mjs`, `../${entry}.mjs`]
    .map((place) => new URL(place, starter))
    .find((place) => existsSync(place))!;

/** Standard input: `Given[]` as JSON; standard output: their final hashes as JSON. */
import { readFileSync } from 'node:fs';
import { finalHash } from './final-hash.ts';
import type { Given } from './final-hash.ts';

const given = JSON.parse(readFileSync(0, 'utf8')) as Given[];
process.stdout.write(JSON.stringify(given.map(finalHash)));

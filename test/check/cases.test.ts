/** Each source in `cases/` says by marks in its comments what must be found, and where. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, expectations, places, URI } from './harness.ts';

const folder = new URL('cases/', import.meta.url);

describe('every marked finding is made, and no other', () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.twin'))) {
    it(name.replace('.twin', '').replaceAll('-', ' '), () => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const { parsing, checking, checker, files } = check({ [URI]: text });
      expect(places([...parsing, ...checking]).toSorted()).toEqual(expectations(text).toSorted());
      // A file with an error gives no model.
      const failed = checking.some((finding) => finding.severity === 'error');
      expect(checker.model(files).value === undefined).toBe(failed);
    });
  }
});

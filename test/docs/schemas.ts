/** The published schema of `manifest.json`, made from the types that compiler and runtime share. */
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { repository } from './pages.ts';

export function manifestSchema(): string {
  const schema = createGenerator({
    path: join(repository, 'runtime', 'contract', 'manifest.ts'),
    type: 'Manifest',
    skipTypeCheck: true,
    // A newer Pollux may say more; what is said must be in the form that is written here.
    additionalProperties: true,
    topRef: false,
  }).createSchema('Manifest');
  const { $schema, ...rest } = schema;
  const whole = { $schema, $id: 'urn:pollux:schema:manifest:1', title: 'manifest.json of a Pollux bundle' };
  return `${JSON.stringify({ ...whole, ...rest }, undefined, 2)}\n`;
}

/** What is written into a bundle besides the twin is what its standards and our schemas say. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { contentsOf } from '../../bundles/contents.ts';
import { provenanceOf } from '../../bundles/provenance.ts';
import { schemaProblem } from '../../bundles/schema.ts';
import type { Schema } from '../../bundles/schema.ts';
import { repository } from '../cli/pollux.ts';
import { changed, ingredients, madeTank } from './made.ts';

const made = madeTank();
const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(made.files[name])) as unknown;
const schemaAt = (path: string): Schema => JSON.parse(readFileSync(path, 'utf8')) as Schema;
const published = (name: string): Schema => schemaAt(join(repository, 'docs', 'reference', 'schemas', name));

describe('by the published schemas', () => {
  it.each([
    ['bundle.json', 'bundle.schema.json'],
    ['manifest.json', 'manifest.schema.json'],
  ])('%s is valid, as ajv judges', (file, schema) => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(published(schema));
    expect(validate(json(file)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('our own check of schemas agrees with ajv on what is wrong', () => {
    const schema = published('manifest.schema.json');
    const validate = new Ajv({ strict: false }).compile(schema);
    const changes: [string, unknown][] = [
      ['views', undefined],
      ['layout/pages', 'many'],
      ['variables/1', null],
      ['variables/0/role', 'king'],
      ['bindings/0/target', { kind: 'sensor' }],
      ['bindings/0/arguments', { topic: {} }],
      ['structure/children', {}],
      ['later', 1],
    ];
    const verdicts = changes.map(([place, value]) => {
      const manifest = changed(json('manifest.json'), place, value);
      expect(schemaProblem(manifest, schema) === undefined).toBe(validate(manifest));
      return schemaProblem(manifest, schema);
    });
    expect(verdicts).toEqual([
      'it lacks views',
      '/layout/pages is no number',
      '/variables/1 is no object',
      expect.stringContaining('/variables/0/role is none of parameter'),
      expect.stringContaining('/bindings/0/target'),
      expect.stringContaining('/bindings/0/arguments/topic'),
      '/structure/children is no array',
      undefined,
    ]);
  });
});

it('the bill of materials is CycloneDX 1.6', () => {
  const require = createRequire(import.meta.url);
  const main = require.resolve('@cyclonedx/cyclonedx-library');
  const folder = join(main.slice(0, main.indexOf('cyclonedx-library')), 'cyclonedx-library', 'res', 'schema');
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  formats.default(ajv);
  // In these two, ajv-formats has no opinion; both are for names of other languages.
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema(
      schemaAt(join(folder, `${name}.SNAPSHOT.schema.json`)),
      `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    );
  const validate = ajv.compile(schemaAt(join(folder, 'bom-1.6.SNAPSHOT.schema.json')));
  const bom = json('sbom.cdx.json') as { components: { name: string }[]; serialNumber: string };
  expect(validate(bom), JSON.stringify(validate.errors)).toBe(true);
  expect(bom.components.map(({ name }) => name)).toEqual(['pollux-runtime', 'acme.pumps', 'tank.twin']);
  expect(validate({ ...bom, serialNumber: 'mine' })).toBe(false);
  expect(dirname(folder)).toContain('cyclonedx-library');
});

describe('the provenance', () => {
  // in-toto Statement v1 and SLSA provenance v1, as their specifications list what is required.
  const digestSet = {
    type: 'object',
    minProperties: 1,
    additionalProperties: { type: 'string', pattern: '^[0-9a-f]+$' },
  };
  const statement = {
    type: 'object',
    required: ['_type', 'subject', 'predicateType', 'predicate'],
    properties: {
      _type: { const: 'https://in-toto.io/Statement/v1' },
      subject: {
        type: 'array',
        minItems: 1,
        items: { type: 'object', required: ['name', 'digest'], properties: { digest: digestSet } },
      },
      predicateType: { const: 'https://slsa.dev/provenance/v1' },
      predicate: {
        type: 'object',
        required: ['buildDefinition', 'runDetails'],
        properties: {
          buildDefinition: {
            type: 'object',
            required: ['buildType', 'externalParameters'],
            properties: {
              buildType: { type: 'string', format: 'uri' },
              resolvedDependencies: {
                type: 'array',
                items: { type: 'object', properties: { digest: digestSet } },
              },
            },
          },
          runDetails: {
            type: 'object',
            required: ['builder'],
            properties: {
              builder: {
                type: 'object',
                required: ['id'],
                properties: { id: { type: 'string', format: 'uri' } },
              },
              metadata: {
                type: 'object',
                properties: {
                  startedOn: { type: 'string', format: 'date-time' },
                  finishedOn: { type: 'string', format: 'date-time' },
                },
              },
            },
          },
        },
      },
    },
  };
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(statement);

  it('in a bundle says what it was made from, and nothing of when and where', () => {
    const inside = json('provenance.json');
    expect(validate(inside), JSON.stringify(validate.errors)).toBe(true);
    expect(inside).toMatchObject({
      subject: [
        { name: 'manifest.json' },
        { name: 'run.mjs' },
        { name: 'sbom.cdx.json' },
        { name: 'twin.wasm' },
      ],
      predicate: {
        buildDefinition: { resolvedDependencies: [{ name: 'tank.twin' }, { name: 'acme.pumps' }] },
      },
    });
    expect(JSON.stringify(inside)).not.toMatch(/metadata|environment|20\d\d-/);
  });

  it('beside it says who made it when', () => {
    const beside = provenanceOf([{ name: 'b.pollux', sha256: '00' }], ingredients(), {
      id: 'urn:uuid:1',
      started: '2026-11-22T10:00:00.000Z',
      finished: '2026-11-22T10:00:01.000Z',
      environment: { node: '24' },
      git: { commit: 'b'.repeat(40), clean: true },
    });
    expect(validate(beside), JSON.stringify(validate.errors)).toBe(true);
  });
});

it('lists its files with media types that are ours or registered', () => {
  expect(contentsOf('x', '0', []).files).toEqual([]);
  const listed = (json('bundle.json') as { files: { mediaType: string }[] }).files;
  for (const { mediaType } of listed) expect(mediaType).toMatch(/^(application|text)\/[a-z0-9.+-]+$/);
});

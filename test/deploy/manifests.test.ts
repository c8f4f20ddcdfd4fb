/** The compose file and the Kubernetes manifests: they parse, name each other and options that exist, and hold no secret. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { commands } from '../../cli/command-line/commands.ts';

const folder = join(import.meta.dirname, '..', '..', 'deploy');
const read = (...names: string[]): string => readFileSync(join(folder, ...names), 'utf8');
const NAME = 'app.kubernetes.io/name';

interface Container {
  name: string;
  image: string;
  args: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports?: { name: string; containerPort: number }[];
  resources: { limits: { memory: string } };
  securityContext: { allowPrivilegeEscalation: boolean; readOnlyRootFilesystem: boolean };
  volumeMounts: { name: string }[];
}
interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>;
    podSelector?: { matchLabels: Record<string, string> };
    ports?: { targetPort: string }[];
    serviceName?: string;
    template?: {
      metadata: { labels: Record<string, string> };
      spec: {
        securityContext: { runAsNonRoot: boolean };
        containers: Container[];
        volumes?: { name: string }[];
      };
    };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

const resourcesIn = (file: string): Resource[] =>
  parseAllDocuments(read('kubernetes', file)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Resource;
  });

const files = (parse(read('kubernetes', 'kustomization.yaml')) as { resources: string[] }).resources;
const resources = files.flatMap(resourcesIn);
const workloads = resources.filter(({ spec }) => spec.template !== undefined);
const pods = workloads.map(({ spec }) => spec.template!.metadata.labels[NAME]);

/** Options of `pollux worker` in a list of arguments. */
function expectWorker(args: readonly string[]): void {
  const [name, ...more] = args;
  const worker = commands(async () => {}).commands.find((one) => one.name() === name)!;
  expect(worker.name()).toBe('worker');
  const known = worker.options.map(({ long }) => long);
  for (const option of more.filter((one) => one.startsWith('--'))) expect(known).toContain(option);
}

describe('the manifests for Kubernetes', () => {
  it('are those that the kustomization names', () => {
    expect(files.toSorted()).toEqual(
      readdirSync(join(folder, 'kubernetes'))
        .filter((file) => file !== 'kustomization.yaml')
        .toSorted(),
    );
  });

  it('are of kinds and versions that go together', () => {
    const versions: Record<string, string> = {
      Service: 'v1',
      StatefulSet: 'apps/v1',
      Deployment: 'apps/v1',
      NetworkPolicy: 'networking.k8s.io/v1',
    };
    for (const { kind, apiVersion, metadata } of resources) {
      expect(apiVersion).toBe(versions[kind]);
      expect(metadata.name).toMatch(/^[a-z][a-z0-9-]*$/);
    }
  });

  it('select pods that there are', () => {
    for (const { kind, spec } of resources) {
      const labels = spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? spec.selector;
      expect(pods).toContain((labels as Record<string, string>)[NAME]);
      if (kind === 'StatefulSet')
        expect(resources.find((one) => one.kind === 'Service')?.metadata.name).toBe(spec.serviceName);
      if (kind === 'Service')
        for (const { targetPort } of spec.ports!) {
          const ports = workloads.flatMap((one) => one.spec.template!.spec.containers[0]!.ports ?? []);
          expect(ports.map(({ name }) => name)).toContain(targetPort);
        }
    }
  });

  it.each(workloads.map((one) => ({ name: one.metadata.name, one })))(
    '$name may no more than it must, and takes secrets from the one secret',
    ({ one }) => {
      const { spec } = one.spec.template!;
      const volumes = [
        ...(spec.volumes ?? []).map(({ name }) => name),
        ...(one.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
      ];
      expect(spec.securityContext.runAsNonRoot).toBe(true);
      for (const container of spec.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
        });
        expect(container.resources.limits.memory).toMatch(/^\d+[MG]i$/);
        expect(container.image).toMatch(/:\d+\.\d+/);
        for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
        for (const { value, valueFrom } of container.env) {
          expect(value).toBeUndefined();
          expect(valueFrom!.secretKeyRef.name).toBe('pollux-redis');
        }
      }
    },
  );

  it('start a worker of this version with options that there are', () => {
    const [container] = workloads.find(({ kind }) => kind === 'Deployment')!.spec.template!.spec.containers;
    expect(container!.image).toBe(`pollux-worker:${packageJson.version}`);
    expectWorker(container!.args);
  });

  it('start a queue that forgets nothing', () => {
    const [container] = workloads.find(({ kind }) => kind === 'StatefulSet')!.spec.template!.spec.containers;
    expect(container!.args.join(' ')).toContain('--maxmemory-policy noeviction');
  });
});

describe('what an image is built from', () => {
  const root = join(folder, '..');
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('leaves out the history, what is made, and what may hold a secret', () => {
    for (const path of ['.git', '**/.env*', '**/.pollux', '**/node_modules', 'dist'])
      expect(ignored).toContain(path);
    for (const line of readFileSync(join(root, '.gitignore'), 'utf8').split('\n').filter(Boolean)) {
      const name = line.replace(/^\/|\/$/g, '');
      expect(ignored.map((path) => path.replace(/^\*\*\//, ''))).toContain(name);
    }
  });

  it('has every folder that the build reads', () => {
    const build = readFileSync(join(root, 'esbuild.mjs'), 'utf8');
    const read = [...build.matchAll(/['"`](?:\.\/)?([a-z][a-z-]*)\//g)].map(([, name]) => name!);
    expect(read).toContain('cli');
    for (const name of read.filter((one) => !['dist', 'test'].includes(one)))
      expect(ignored).not.toContain(name);
  });
});

describe('the compose file', () => {
  interface Compose {
    services: Record<
      string,
      {
        image: string;
        command: string[];
        build?: { context: string; dockerfile: string };
        environment: Record<string, string>;
        depends_on?: Record<string, { condition: string }>;
        volumes?: string[];
        ports?: string[];
      }
    >;
    volumes: Record<string, unknown>;
  }
  const { services, volumes } = parse(read('compose.yaml')) as Compose;
  const { valkey, worker } = services;

  it('starts workers of this version once the queue answers', () => {
    expect(worker!.image).toBe(`pollux-worker:${packageJson.version}`);
    expect(worker!.depends_on).toEqual({ valkey: { condition: 'service_healthy' } });
    expectWorker(worker!.command);
    expect(existsSync(join(folder, worker!.build!.context, worker!.build!.dockerfile))).toBe(true);
  });

  it('keeps what is queued, and lets in only this machine', () => {
    expect(valkey!.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(valkey!.volumes!.map((one) => one.split(':')[0])).toEqual(Object.keys(volumes));
    for (const port of valkey!.ports!) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('holds no password', () => {
    for (const { environment } of [valkey!, worker!])
      for (const value of Object.values(environment)) expect(value).toContain('${POLLUX_REDIS_PASSWORD:?');
  });
});

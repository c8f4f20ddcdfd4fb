/** Recipes to deploy: what their own tools, or the rules they follow, say of them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { permissionsOf } from '../../bundles/describe.ts';
import { container } from '../../cli/recipes/container.ts';
import { kubernetes } from '../../cli/recipes/kubernetes.ts';
import { serviceName } from '../../cli/recipes/recipe.ts';
import type { Deployment } from '../../cli/recipes/recipe.ts';
import { systemd } from '../../cli/recipes/systemd.ts';
import { pollux, script, temporaryFolder } from '../cli/pollux.ts';
import { artefactOf, madeTank, TANK } from './made.ts';

const folder = temporaryFolder();
const deployment: Deployment = {
  name: 't1',
  title: 'Tank “1”\nRUN evil',
  digest: `sha256:${'0'.repeat(64)}`,
  permissions: permissionsOf(artefactOf(TANK, 'water.T1').manifest),
  port: 8443,
  image: 'registry.example/plants/t1:1.0.0',
  node: process.execPath,
};

it('the unit is what systemd takes, and leaves little open', (context) => {
  const [[name, text]] = Object.entries(systemd(deployment)) as [[string, string]];
  const file = join(folder, name);
  writeFileSync(file, text);
  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  if (analyze('--version').status !== 0) return context.skip('systemd-analyze is not here');
  const verified = analyze('verify', '--man=no', file);
  const about = verified.stderr.split('\n').filter((line) => line.includes('pollux-t1'));
  expect([verified.status, about]).toEqual([0, []]);
  const { stdout } = analyze('security', '--offline=true', '--no-pager', file);
  // 0 is closed, 10 is open; a plain service has 9.6.
  expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(2);
});

it('the manifests keep to the restricted Pod Security Standard, and to what the bindings need', () => {
  const files = kubernetes(deployment);
  const of = (name: string): unknown => parse(files[name]!);
  const { resources } = of('kustomization.yaml') as { resources: string[] };
  expect(Object.keys(files)).toEqual([...resources, 'kustomization.yaml']);
  for (const name of Object.keys(files))
    expect(of(name)).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
  const pod = (of('deployment.yaml') as { spec: { template: { spec: unknown } } }).spec.template.spec;
  // https://kubernetes.io/docs/concepts/security/pod-security-standards/, restricted
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        image: deployment.image,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        readinessProbe: { httpGet: { path: '/healthz', scheme: 'HTTPS' } },
        livenessProbe: { httpGet: { path: '/healthz' } },
        startupProbe: { httpGet: { port: 'page' } },
      },
    ],
  });
  expect(JSON.stringify(pod)).not.toMatch(/hostPath|hostNetwork|hostPID|privileged/);
  expect(of('network-policy.yaml')).toMatchObject({ spec: { policyTypes: ['Ingress', 'Egress'] } });
  const alone = { ...deployment, permissions: { ...deployment.permissions, network: {} } };
  expect(parse(kubernetes(alone)['network-policy.yaml']!)).toMatchObject({ spec: { egress: [] } });
});

it('what a twin may reach is named by topic and node, in whatever order arguments stand, and ports go with it', () => {
  const { manifest } = artefactOf(TANK, 'water.T1');
  const [binding] = manifest.bindings;
  const bindings: typeof manifest.bindings = [
    { ...binding!, protocol: 'mqtt', direction: 'from' as const, arguments: { path: '$.v', topic: 'a/b' } },
    {
      ...binding!,
      protocol: 'opcua',
      direction: 'to' as const,
      arguments: { sampling: 50, node: 'ns=2;s=Valve' },
    },
  ];
  const permissions = permissionsOf({ ...manifest, bindings });
  expect(permissions.network).toEqual({
    mqtt: { reads: ['a/b'], writes: [] },
    opcua: { reads: [], writes: ['ns=2;s=Valve'] },
  });
  const policy = kubernetes({ ...deployment, permissions })['network-policy.yaml']!;
  const { egress } = (parse(policy) as { spec: { egress: { ports: { port: number }[] }[] } }).spec;
  expect(egress.at(-1)!.ports.map(({ port }) => port)).toEqual([1883, 8883, 4840]);
});

it('the image runs as nobody, and no title makes a line of its own', () => {
  const { Containerfile: text = '' } = container(deployment);
  const instructions = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(instructions.map((line) => line.split(' ')[0])).toEqual([
    'FROM',
    'COPY',
    'COPY',
    'USER',
    'WORKDIR',
    'EXPOSE',
    'ENTRYPOINT',
    'CMD',
  ]);
  expect(instructions).toContain('USER 65532:65532');
  for (const line of instructions.slice(-2))
    expect(JSON.parse(line.slice(line.indexOf('[')))).toContain(
      line.startsWith('CMD') ? '--access' : 'serve',
    );
});

it.each([
  ['East', 'east'],
  ['pumpStation2', 'pump-station2'],
  ['Ü', 'twin'],
  ['x'.repeat(80), 'x'.repeat(50)],
])('%s is called %s', (name, service) => expect(serviceName(name)).toBe(service));

it('a folder for an image holds a Pollux that runs by itself', () => {
  const bundle = join(folder, 't1.pollux');
  writeFileSync(bundle, madeTank().bytes);
  const here = { cwd: folder };
  const made = pollux(['deploy', 'container', 't1.pollux', '-o', 'image'], here);
  expect([made.code, made.err, made.out]).toEqual([0, '', 'image/Containerfile\nimage/.containerignore\n']);
  const inside = script(
    join(folder, 'image', 'pollux', 'dist', 'cli', 'pollux.mjs'),
    ['inspect', bundle],
    here,
  );
  expect([inside.code, inside.err]).toEqual([0, '']);
  const refused = script(
    join(folder, 'image', 'pollux', 'dist', 'cli', 'pollux.mjs'),
    ['serve', bundle, '--host', '0.0.0.0'],
    here,
  );
  expect(refused.err).toMatch(/--access FILE/);
  expect(existsSync(join(folder, 'image', 'pollux', 'dist', 'preview', 'index.html'))).toBe(true);
  expect(pollux(['deploy', 'container', 't1.pollux', '-o', 'image'], here).err).toMatch(/is there already/);
  expect(pollux(['deploy', 'kubernetes', 't1.pollux', '-o', 'k'], here).err).toMatch(/say which image/);
  expect(pollux(['deploy', 'kubernetes', 't1.pollux', '--image', 'a\nb', '-o', 'k'], here).err).toMatch(
    /cannot have/,
  );
  expect(readFileSync(join(folder, 'image', 't1.pollux')).equals(readFileSync(bundle))).toBe(true);
});

/** Bundles in registries: Debian's own, and one in memory that hands out tokens and can lie. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReference } from '../../bundles/oci.ts';
import { command, pollux, temporaryFolder } from '../cli/pollux.ts';
import type { Ended } from '../cli/pollux.ts';
import { startDockerRegistry, USER, whyNoRegistry } from './docker-registry.ts';
import { madeTank } from './made.ts';
import { startStub } from './registry-stub.ts';
import type { Stub } from './registry-stub.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const made = madeTank();
writeFileSync(at('east.pollux'), made.bytes);

const login = { POLLUX_REGISTRY_USERNAME: USER.username, POLLUX_REGISTRY_PASSWORD: USER.password };
/** Beside this process, which may be the registry. */
const polluxBeside = (args: readonly string[], environment: Record<string, string> = login): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder, ...environment };
    const child = execFile(process.execPath, [command, ...args], { cwd: folder, env }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });

describe("Debian's docker-registry", () => {
  let registry: { host: string; stop(): void } | undefined;
  let why: string | undefined;
  beforeAll(async () => {
    why = await whyNoRegistry();
    if (why === undefined) registry = await startDockerRegistry(folder);
  }, 240_000);
  afterAll(() => registry?.stop());

  it('takes a bundle and gives the same one back', async (context) => {
    if (registry === undefined) return context.skip(why);
    const place = `${registry.host}/plants/east`;
    const pushed = await polluxBeside(['push', 'east.pollux', `${place}:1.0.0`]);
    expect([pushed.code, pushed.err]).toEqual([0, `Bundle ${made.digest}\n`]);
    const digest = /@(sha256:[0-9a-f]{64})\n$/.exec(pushed.out)![1]!;
    for (const name of [`${place}:1.0.0`, `${place}:1.0.0@${digest}`]) {
      const pulled = await polluxBeside(['pull', name, '-o', 'back.pollux']);
      expect([pulled.code, pulled.out]).toEqual([
        0,
        `back.pollux  ${made.bytes.length} bytes  ${made.digest}\n`,
      ]);
      expect(readFileSync(at('back.pollux')).equals(made.bytes)).toBe(true);
    }
    // What others see there is an OCI manifest 1.1 of our artifact type.
    const basic = Buffer.from(`${USER.username}:${USER.password}`).toString('base64');
    const answer = await fetch(`http://${registry.host}/v2/plants/east/manifests/1.0.0`, {
      headers: { authorization: `Basic ${basic}`, accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
    expect(await answer.json()).toMatchObject({
      schemaVersion: 2,
      artifactType: 'application/vnd.pollux.bundle.v1',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
    });
    // A second push uploads nothing and changes nothing.
    expect((await polluxBeside(['push', 'east.pollux', `${place}:1.0.0`])).out).toBe(pushed.out);
  });

  it('lets nobody in without the right words, and says so', async (context) => {
    if (registry === undefined) return context.skip(why);
    const place = `${registry.host}/plants/east:1.0.0`;
    for (const environment of [{}, { ...login, POLLUX_REGISTRY_PASSWORD: 'sesame' }]) {
      const { code, err } = await polluxBeside(['pull', place], environment);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/lets us in only with other credentials: set POLLUX_/),
      ]);
    }
    const auth = Buffer.from(`${USER.username}:${USER.password}`).toString('base64');
    writeFileSync(at('config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    expect((await polluxBeside(['push', 'east.pollux', place], { DOCKER_CONFIG: folder })).code).toBe(0);
    const gone = await polluxBeside(['pull', `${registry.host}/plants/west:1.0.0`]);
    expect(gone.err).toBe(`pollux: ${registry.host} has no plants/west 1.0.0\n`);
  });
});

describe('a registry with tokens', () => {
  let stub: Stub;
  beforeAll(async () => {
    stub = await startStub();
    const pushed = await polluxBeside(['push', 'east.pollux', `${stub.host}/plants/east:1`]);
    expect([pushed.code, pushed.err]).toEqual([0, `Bundle ${made.digest}\n`]);
  });
  afterAll(() => stub.close());
  const pull = async (misbehave: Stub['misbehave'], ...more: string[]): Promise<Ended> => {
    stub.misbehave = misbehave;
    stub.seen = [];
    return polluxBeside(['pull', `${stub.host}/plants/east:1`, '-o', 'lied.pollux', ...more]);
  };

  it('gets the password only where it gives tokens', async () => {
    expect((await pull(undefined)).code).toBe(0);
    const basic = stub.seen.filter(({ authorization }) => authorization?.startsWith('Basic'));
    expect(basic.map(({ path }) => path)).toEqual(['/token']);
  });

  it('that sends us elsewhere does not send our token with us', async () => {
    const other = await startStub();
    other.misbehave = () => ({ body: Buffer.from(made.bytes) });
    const ended = await pull((path) =>
      path.includes('/blobs/')
        ? { status: 307, headers: { location: `http://${other.host}/there` } }
        : undefined,
    );
    expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('From')]);
    expect(other.seen).toEqual([{ method: 'GET', path: '/there', authorization: undefined }]);
    await other.close();
  });

  const manifest = (change: (manifest: Record<string, unknown>) => void): Buffer => {
    const value = JSON.parse(stub.manifests.get('1')!.toString()) as Record<string, unknown>;
    change(value);
    return Buffer.from(JSON.stringify(value));
  };
  const instead =
    (part: string, body: () => Buffer): NonNullable<Stub['misbehave']> =>
    (path) =>
      path.includes(part) ? { body: body() } : undefined;
  it.each<[string, Stub['misbehave'], RegExp]>([
    [
      'another bundle',
      instead('/blobs/', () => Buffer.from(made.bytes).fill(1, 500, 501)),
      /what .* gave is not what it should be/,
    ],
    [
      'more than is due',
      instead('/blobs/', () => Buffer.alloc(made.bytes.length + 1)),
      /gives more than the \d+ bytes that are due/,
    ],
    [
      'a manifest without end',
      instead('/manifests/', () => Buffer.alloc(2 * 1024 * 1024, ' ')),
      /gives more than the 1048576 bytes/,
    ],
    [
      'a deep manifest',
      instead('/manifests/', () => Buffer.from('['.repeat(200_000))),
      /its manifest is not JSON/,
    ],
    [
      'an image',
      instead('/manifests/', () => manifest((m) => delete m['artifactType'])),
      /is no bundle but application\/vnd\.oci/,
    ],
    [
      'two layers',
      instead('/manifests/', () => manifest((m) => (m['layers'] as unknown[]).push({}))),
      /the one layer of a bundle/,
    ],
    [
      'a huge layer',
      instead('/manifests/', () => manifest((m) => ((m['layers'] as { size: number }[])[0]!.size = 1e12))),
      /which no bundle has/,
    ],
    [
      'a path for a digest',
      instead('/manifests/', () =>
        manifest((m) => ((m['layers'] as { digest: string }[])[0]!.digest = '../../x')),
      ),
      /names no layer/,
    ],
    [
      'another bundle by name',
      instead('/manifests/', () =>
        manifest((m) => (m['annotations'] = { 'pollux.bundle.digest': 'sha256:0' })),
      ),
      /speaks of another bundle/,
    ],
    [
      'the way to a place without TLS',
      () => ({ status: 307, headers: { location: 'http://elsewhere.example/' } }),
      /which is not encrypted/,
    ],
    ['circles', () => ({ status: 307, headers: { location: '/again' } }), /round in circles/],
    [
      'a token from a place without TLS',
      () => ({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="http://elsewhere.example/token"' },
      }),
      /for a token to a place that is not encrypted/,
    ],
    [
      'a way to log in that nobody knows',
      () => ({ status: 401, headers: { 'www-authenticate': 'Negotiate' } }),
      /not known here: Negotiate/,
    ],
    ['an error', () => ({ status: 500, body: Buffer.from('oh\u001b[2J no') }), /500 oh \[2J no/],
  ])('that gives %s is refused', async (_, misbehave, problem) => {
    const { code, out, err } = await pull(misbehave);
    expect(err).toMatch(problem);
    expect(err).toMatch(/^pollux: [^\n]+\n$/);
    expect([code, out]).toEqual([1, '']);
  });

  it('keeps nothing that is not signed by whom we trust', async () => {
    expect(pollux(['keys', 'new', 'release'], { cwd: folder }).code).toBe(0);
    stub.misbehave = undefined;
    const ended = await polluxBeside([
      'pull',
      `${stub.host}/plants/east:1`,
      '-o',
      'x.pollux',
      '--trust',
      'release.pub',
    ]);
    expect(ended.err).toMatch(/is not kept: it is not signed, and has to be; trusted for it are release\n$/);
    expect(existsSync(at('x.pollux'))).toBe(false);
  });
});

describe('references', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  it.each([
    [
      'registry.example/plants/east',
      { registry: 'registry.example', repository: 'plants/east', tag: 'latest' },
    ],
    ['localhost:5000/a:1.2', { registry: 'localhost:5000', repository: 'a', tag: '1.2' }],
    [`r.example/a:1@${digest}`, { registry: 'r.example', repository: 'a', tag: '1', digest }],
  ])('%s', (text, reference) => expect(readReference(text)).toEqual(reference));
  it.each([
    'east',
    'plants/east',
    'r.example/../x',
    'r.example/UP',
    'r.example/a:',
    'r.example/a:b c',
    'r.example/a@md5:0',
    'u:p@r.example/a',
    'http://r.example/a',
  ])('%s is none', (text) => expect(readReference(text)).toHaveProperty('problem'));
});

/** Who is let in beyond this machine, what they may do, how often, and what is written down of it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createAuthenticator, hashOfToken, newToken, readAccess } from '../../live/serve/access.ts';
import type { Access, Identity } from '../../live/serve/access.ts';
import { checkAudit, openAudit } from '../../live/serve/audit.ts';
import { createGuard } from '../../live/serve/guard.ts';
import type { Guard } from '../../live/serve/guard.ts';
import { createFan, serve } from '../../live/serve/index.ts';
import { signInWords } from '../../live/serve/sign-in-page.ts';
import type { ServeOptions } from '../../live/serve/index.ts';
import { createLimiter } from '../../live/serve/limits.ts';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import { until } from './fixture.ts';
import { certificate, hasOpenssl } from '../harness/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-security-'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Twin</title>');
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const tokens = { ada: newToken(), bob: newToken(), eve: newToken() };
const access: Access = {
  tokens: [
    { name: 'ada', sha256: hashOfToken(tokens.ada), role: 'administer' },
    { name: 'bob', sha256: hashOfToken(tokens.bob), role: 'view' },
    { name: 'eve', sha256: hashOfToken(tokens.eve), role: 'operate', expires: 1000 },
  ],
  providers: [],
};

describe('tokens', () => {
  const at = (now: number) => createAuthenticator(access, () => now);
  it('speak for their owners until they expire', async () => {
    expect(await at(0).identify(tokens.ada)).toEqual({ name: 'ada', role: 'administer' });
    expect(await at(999).identify(tokens.eve)).toEqual({ name: 'eve', role: 'operate', expires: 1000 });
    expect(await at(1000).identify(tokens.eve)).toBeUndefined();
  });
  it('that are none speak for nobody', async () => {
    for (const token of ['', 'x', `${tokens.ada} `, hashOfToken(tokens.ada), 'a.b.c', 'x'.repeat(1e6)])
      expect(await at(0).identify(token)).toBeUndefined();
  });
  it('are not in the file', () => {
    expect(tokens.ada).toMatch(/^pollux_[\w-]{43}$/);
    expect(JSON.stringify(access)).not.toContain(tokens.ada.slice(7));
  });
});

describe('OpenID Connect', () => {
  let issuer = '';
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let lie: object = {};
  const server = createServer((asked, answer) => {
    void (async () => {
      const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
      const said = asked.url === '/jwks' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks`, ...lie };
      answer.setHeader('content-type', 'application/json').end(JSON.stringify(said));
    })();
  });
  beforeAll(async () => {
    keys = await generateKeyPair('ES256');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const provided = (): Access => {
    const text = JSON.stringify({
      format: 1,
      oidc: [
        { issuer, audience: 'pollux', roles: { view: ['all'], operate: ['shift'], administer: ['admins'] } },
      ],
    });
    const read = readAccess(text);
    if ('problem' in read) throw new Error(read.problem);
    return read;
  };
  const now = Date.parse('2026-11-22T12:00:00Z');
  const payload: JWTPayload = {
    iss: issuer,
    aud: 'pollux',
    sub: 'carol',
    groups: ['all', 'shift'],
    exp: now / 1000 + 60,
  };
  const signed = (changes: JWTPayload = {}, key = keys.privateKey): Promise<string> =>
    new SignJWT({ ...payload, iss: issuer, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(key);
  const identify = (token: string): Promise<Identity | undefined> =>
    createAuthenticator(provided(), () => now).identify(token);

  it('gives the highest role that one of the groups has', async () => {
    expect(await identify(await signed())).toEqual({ name: 'carol', role: 'operate', expires: now + 60_000 });
    expect(await identify(await signed({ groups: 'admins all' }))).toMatchObject({ role: 'administer' });
  });
  it('lets nobody in without a group, or with a token for someone else, or one that is over', async () => {
    for (const changes of [
      { groups: [] },
      { groups: ['other'] },
      { aud: 'another' },
      { iss: 'https://evil.example' },
      { exp: now / 1000 - 1 },
    ])
      expect(await identify(await signed(changes))).toBeUndefined();
  });
  it('believes nobody but the key of the provider', async () => {
    const other = await generateKeyPair('ES256');
    const whole = await signed();
    const [header, , mark] = whole.split('.');
    const forged = [
      header,
      Buffer.from(JSON.stringify({ ...payload, iss: issuer, groups: ['admins'] })).toString('base64url'),
      mark,
    ].join('.');
    // The public key, taken for a secret of an HMAC.
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const hmac = await new SignJWT({ ...payload, iss: issuer })
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(secret);
    for (const token of [
      await signed({}, other.privateKey),
      forged,
      hmac,
      new UnsecuredJWT(payload).encode(),
    ])
      expect(await identify(token)).toBeUndefined();
  });
  it('does not follow a provider that says it is another, or keeps its keys in the open', async () => {
    for (const said of [
      { issuer: 'https://another.example' },
      { jwks_uri: 'http://elsewhere.example/jwks' },
    ]) {
      lie = said;
      expect(await identify(await signed())).toBeUndefined();
    }
    lie = {};
  });
});

it.each([
  ['{', 'it is not JSON'],
  ['{"format":1}', 'it lets nobody in'],
  ['{"format":1,"token":[]}', 'it has "token", which means nothing here'],
  [
    '{"format":1,"tokens":[{"name":"a","sha256":"x","role":"view"}]}',
    'the token of a has no SHA-256 (pollux access makes one)',
  ],
  [
    `{"format":1,"tokens":[{"name":"a","sha256":"${'0'.repeat(64)}","role":"king"}]}`,
    'the role of a is none of view, operate, administer',
  ],
  [
    `{"format":1,"tokens":[{"name":"a","sha256":"${'0'.repeat(64)}","role":"view","expires":"soon"}]}`,
    'the token of a expires at no time',
  ],
  [
    '{"format":1,"oidc":[{"issuer":"http://id.example"}]}',
    'a provider has no "issuer" that begins with https://',
  ],
])('the access file %s is refused', (text, problem) => expect(readAccess(text)).toEqual({ problem }));

describe('roles', () => {
  const messages: Record<'view' | 'operate' | 'administer', FromPreview[]> = {
    view: [
      { type: 'ready' },
      { type: 'subscribe', series: [] },
      { type: 'history', request: 1, series: [], from: 0, to: 1, points: 10 },
    ],
    operate: [
      { type: 'acknowledge', alarm: 'a' },
      { type: 'shelve', alarm: 'a', seconds: 1 },
      { type: 'call', id: 'start', values: [] },
      { type: 'set', id: 'an input', value: 1 },
      { type: 'pause' },
      { type: 'seek', time: 1 },
      { type: 'test', names: ['a test'] },
    ],
    administer: [
      { type: 'set', id: 'a parameter', value: 1 },
      { type: 'restart' },
      { type: 'mode', mode: 'simulate' },
      { type: 'scenario', scenario: null },
      { type: 'scenario', scenario: null, duration: 10 },
      { type: 'trace', test: 'a test', time: 1 },
    ],
  };
  const roles = ['view', 'operate', 'administer'] as const;
  it.each(roles)('%s may do what is its own, and what those below it may', (role) => {
    const guard = createGuard({ isParameter: (id) => id === 'a parameter', now: () => 0 });
    for (const [rank, needed] of roles.entries())
      for (const message of messages[needed]) {
        const refusal = guard.refusal({ name: 'x', role }, message, '::1');
        expect(refusal, message.type).toEqual(
          rank <= roles.indexOf(role) ? undefined : { key: 'needsRole', args: [needed, 'x', role] },
        );
      }
  });
});

it('whoever asks too often waits, and nobody else does', () => {
  let now = 0;
  const limiter = createLimiter({ rate: 2, burst: 3, now: () => now });
  expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([true, true, true, false]);
  expect(limiter.take('b')).toBe(true);
  now = 500;
  expect([limiter.take('a'), limiter.take('a')]).toEqual([true, false]);
  const guard = createGuard({ now: () => 0 });
  const local: Identity = { name: 'x', role: 'administer' };
  const said = Array.from({ length: 400 }, () => guard.refusal(local, { type: 'play' }, '::1'));
  expect(said.filter((text) => text === undefined)).toHaveLength(300);
  expect(said.at(-1)).toEqual({ key: 'tooMuch', args: [] });
});

interface Started {
  address: string;
  received: FromPreview[];
  audit(): string;
}
async function start(more: Partial<ServeOptions> = {}, guard?: Guard): Promise<Started> {
  const received: FromPreview[] = [];
  const fan = createFan();
  fan.connect({ receive: (message) => received.push(message), flush: () => {}, hidden: () => undefined });
  const file = join(folder, `${String(Math.random()).slice(2)}.jsonl`);
  const audit = openAudit(file, Date.now);
  const served = await serve({
    session: fan,
    pages: folder,
    port: 0,
    guard: guard ?? createGuard({ authenticator: createAuthenticator(access, Date.now), audit }),
    ...more,
  });
  closing.push(
    () => audit.close(),
    () => served.close(),
  );
  return { address: served.address, received, audit: () => readFileSync(file, 'utf8') };
}
const signIn = (address: string, token: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${address}sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    redirect: 'manual',
    headers,
  });
async function socket(address: string, headers: Record<string, string>) {
  const client = new WebSocket(`${address.replace('http', 'ws')}session`, { headers });
  const got: ToPreview[] = [];
  client.on('message', (data) => got.push(JSON.parse(String(data)) as ToPreview));
  closing.push(() => client.terminate());
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  return { got, send: (message: FromPreview) => client.send(JSON.stringify(message)) };
}

describe('a page that asks who one is', () => {
  it('gives strangers nothing but a way to sign in', async () => {
    const { address } = await start();
    const index = await fetch(address);
    expect([index.status, await index.text()]).toEqual([401, expect.stringContaining('action="/sign-in"')]);
    expect((await fetch(`${address}main.js`)).status).toBe(401);
    await expect(socket(address, {})).rejects.toThrow('401');
    await expect(socket(address, { authorization: 'Bearer x' })).rejects.toThrow('401');
    await expect(socket(address, { cookie: 'pollux=x' })).rejects.toThrow('401');
    expect(await (await fetch(`${address}healthz`)).text()).toBe('ok\n');
  });

  it('lets in who signs in, by a cookie that no script and no other page gets', async () => {
    const { address, received, audit } = await start();
    const answer = await signIn(address, tokens.ada);
    const cookie = answer.headers.get('set-cookie')!;
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(cookie).toMatch(/^pollux=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie.split(';')[0]! };
    expect(await (await fetch(address, { headers })).text()).toContain('<title>Twin</title>');
    const { send } = await socket(address, headers);
    send({ type: 'set', id: 'rate', value: 7 });
    await until('the value', () => received.length > 0);
    await fetch(`${address}sign-out`, { method: 'POST', headers, redirect: 'manual' });
    expect((await fetch(address, { headers })).status).toBe(401);
    const lines = audit()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { seq: 1, who: 'ada', action: 'sign-in', outcome: 'done' },
      { who: 'ada', role: 'administer', action: 'set', detail: { id: 'rate', value: 7 }, outcome: 'done' },
      { who: 'ada', action: 'sign-out' },
    ]);
    expect(audit()).not.toContain(tokens.ada);
  });

  it('tells those who may not, and does not do it', async () => {
    const { address, received, audit } = await start();
    const { got, send } = await socket(address, { authorization: `Bearer ${tokens.bob}` });
    send({ type: 'restart' });
    send({ type: 'ready' });
    await until('an answer', () => received.length > 0 && got.length > 1);
    expect(received).toEqual([{ type: 'ready' }]);
    // It knows from the beginning what it need not offer.
    expect(got).toEqual([
      { type: 'role', name: 'bob', role: 'view' },
      {
        type: 'refused',
        text: 'This needs the role administer; bob has view.',
        said: { key: 'needsRole', args: ['administer', 'bob', 'view'] },
      },
    ]);
    expect(audit()).toContain('"outcome":"refused"');
  });

  it('takes no sign-in from another page, and not many wrong ones', async () => {
    const { address, audit } = await start();
    expect((await signIn(address, tokens.ada, { origin: 'https://evil.example' })).status).toBe(403);
    const codes: number[] = [];
    for (let i = 0; i < 8; i += 1) codes.push((await signIn(address, `wrong ${i}`)).status);
    expect(codes).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
    // From this address nothing goes for a while, not even what is right.
    expect((await signIn(address, tokens.ada)).status).toBe(429);
    expect(audit().split('\n')).toHaveLength(7);
  });

  it.skipIf(!hasOpenssl)('(needs openssl) speaks TLS, and its cookie goes nowhere else', async () => {
    const { cert, key } = certificate(folder);
    const tls = { cert, key };
    const guard = createGuard({ authenticator: createAuthenticator(access, Date.now), secure: true });
    const { address } = await start({ tls }, guard);
    expect(address).toMatch(/^https:/);
    const answer = await new Promise<{ cookie: string; hsts: string }>((resolve, reject) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request(
        `${address}sign-in`,
        { method: 'POST', ca: tls.cert, servername: 'localhost', headers },
        (got) => {
          got.resume();
          resolve({
            cookie: String(got.headers['set-cookie']),
            hsts: String(got.headers['strict-transport-security']),
          });
        },
      );
      sent.on('error', reject).end(`token=${tokens.bob}`);
    });
    expect(answer.cookie).toMatch(/^__Host-pollux=.*; Secure$/);
    expect(answer.hsts).toContain('max-age=');
    await expect(start({ tls: { cert: 'x', key: 'y' } })).rejects.toThrow(
      /^the certificate and its key cannot be used/,
    );
  });
});

describe('the audit log', () => {
  const written = (): { text: string; head: string; file: string } => {
    const file = join(folder, `${String(Math.random()).slice(2)}.jsonl`);
    const log = openAudit(file, () => 0);
    for (const action of ['a', 'b', 'c', 'd'])
      log.write({ who: 'ada', action, outcome: 'done', detail: { id: 'x' } });
    const head = log.head();
    log.close();
    return { text: readFileSync(file, 'utf8'), head, file };
  };
  it('is a chain of hashes that anyone can follow', () => {
    const { text, head } = written();
    let previous = '0'.repeat(64);
    for (const line of text.trim().split('\n')) {
      const { hash, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(rest['previous']).toBe(previous);
      previous = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
      expect(hash).toBe(previous);
    }
    expect(checkAudit(text)).toEqual({ lines: 4, head });
    expect(previous).toBe(head);
  });
  it('stays whole where the disk is full, and says which entries it does not have', (context) => {
    if (process.platform === 'win32') context.skip('there is no ulimit');
    const file = join(folder, 'full.jsonl');
    const script = join(folder, 'audit.mjs');
    const audit = pathToFileURL(join(import.meta.dirname, '..', '..', 'live', 'serve', 'audit.ts')).href;
    writeFileSync(
      script,
      `import { openAudit } from ${JSON.stringify(audit)};
const said = [];
const log = openAudit(${JSON.stringify(file)}, () => 0, (text) => said.push(text));
const entry = { who: 'ada', action: 'set', outcome: 'done' };
const taken = Array.from({ length: 100 }, () => log.write(entry));
process.stdout.write(JSON.stringify({ taken, said, head: log.head() }));`,
    );
    // In kilobytes or half of them, as the shell counts.
    const command = `ulimit -f 8; exec "${process.execPath}" "${script}"`;
    const { taken, said, head } = JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' })) as {
      taken: boolean[];
      said: string[];
      head: string;
    };
    const lines = taken.indexOf(false);
    expect(lines).toBeGreaterThan(5);
    expect(taken.lastIndexOf(true)).toBe(lines - 1);
    expect(checkAudit(readFileSync(file, 'utf8'))).toEqual({ lines, head });
    expect(said).toEqual([expect.stringContaining('cannot be written (EFBIG')]);
    // With room again it goes on where it was.
    const log = openAudit(file, () => 0);
    expect(log.write({ who: 'ada', action: 'set', outcome: 'done' })).toBe(true);
    expect(checkAudit(readFileSync(file, 'utf8'))).toEqual({ lines: lines + 1, head: log.head() });
    log.close();
  });
  it('has everything that is done: nothing is that it cannot have', async () => {
    let isFull = true;
    const log = { write: () => !isFull, head: () => '', close: () => undefined };
    const token = newToken();
    const own: Access = {
      tokens: [{ name: 'ada', sha256: hashOfToken(token), role: 'administer' }],
      providers: [],
    };
    const guard = createGuard({ authenticator: createAuthenticator(own, Date.now), audit: log });
    const ada: Identity = { name: 'ada', role: 'administer' };
    const set: FromPreview = { type: 'set', id: 'gain', value: 2 };
    expect(guard.refusal(ada, set, 'here')?.key).toBe('notAudited');
    expect(guard.refusal(ada, { type: 'ready' }, 'here')).toBeUndefined();
    expect(await guard.signIn(token, 'here')).toBe('notAudited');
    isFull = false;
    expect(guard.refusal(ada, set, 'here')).toBeUndefined();
    expect(await guard.signIn(token, 'here')).toHaveProperty('cookie');
  });
  it('shows each change', () => {
    const { text, head } = written();
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'x' ? 'y' : 'x';
      const checked = checkAudit(text.slice(0, at) + other + text.slice(at + 1));
      expect('problem' in checked || checked.head !== head, `at ${at}`).toBe(true);
    }
    const lines = text.split('\n');
    const without = (i: number): string => lines.filter((_, n) => n !== i).join('\n');
    expect(checkAudit(without(0))).toEqual({ problem: 'at line 1 a line is missing or was put in' });
    expect(checkAudit(without(2))).toEqual({ problem: 'at line 3 a line is missing or was put in' });
    // The end can be cut off; then the last hash is another.
    expect(checkAudit(without(3))).toMatchObject({ lines: 3 });
    expect(checkAudit(without(3))).not.toMatchObject({ head });
    expect(checkAudit(text.slice(0, -3))).toEqual({ problem: 'its last line was cut off' });
  });
  it('goes on where it ended, and not with what is broken', () => {
    const { text, file } = written();
    const log = openAudit(file, () => 0);
    log.write({ who: 'bob', action: 'e', outcome: 'done', detail: { id: 'y'.repeat(1e5) } });
    log.close();
    expect(checkAudit(readFileSync(file, 'utf8'))).toMatchObject({ lines: 5 });
    expect(readFileSync(file, 'utf8').length).toBeLessThan(text.length + 2000);
    writeFileSync(file, text.replace('"b"', '"B"'));
    expect(() => openAudit(file, () => 0)).toThrow(/is not whole: line 2 was changed; keep it/);
  });
});

describe('the page to sign in on', () => {
  it('is in the language of the browser, and has the same words in each', async () => {
    const { address } = await start();
    const asked = async (language: string): Promise<string> =>
      (await fetch(address, { headers: { 'accept-language': language } })).text();
    expect(await asked('de-AT,de;q=0.9,en;q=0.5')).toContain('<html lang="de">');
    expect(await asked('fr,en;q=0.8,de;q=0.3')).toContain('<h1>Sign in</h1>');
    expect(await asked('')).toContain('<html lang="en">');
    const wrong = await signIn(address, 'nothing', { 'accept-language': 'de' });
    expect([wrong.status, await wrong.text()]).toEqual([401, expect.stringContaining(signInWords.de.wrong)]);
    expect(Object.keys(signInWords.de)).toEqual(Object.keys(signInWords.en));
    const same = Object.entries(signInWords.en).filter(
      ([key, text]) => signInWords.de[key as keyof typeof signInWords.de] === text,
    );
    expect(same).toEqual([]);
  });
});

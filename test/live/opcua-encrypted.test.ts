/** OPC UA bindings over encrypted connections, for users, against a real server in this process. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opcuaSettings } from '../../live/opcua/settings.ts';
import type { OpcuaSettings } from '../../live/opcua/settings.ts';
import { hasOpenssl } from '../harness/certificate.ts';
import { casing, until } from './fixture.ts';
import { bind, number, plants } from './opcua-link.ts';
import { startServer } from './opcua-server.ts';
import type { PlantServer } from './opcua-server.ts';

const { link } = plants();

describe.skipIf(!hasOpenssl)('an encrypted connection (needs openssl)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-opcua-test-'));
  const own = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
  const ca = join(folder, 'server.crt');
  const user = { name: 'twin', password: 'secret' };
  let plant: PlantServer;
  beforeAll(async () => {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=pollux'],
        ...['-addext', 'subjectAltName=URI:urn:pollux:test,DNS:localhost'],
        ...[
          '-addext',
          'keyUsage=digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyCertSign',
        ],
        ...['-addext', 'extendedKeyUsage=clientAuth,serverAuth'],
        ...['-keyout', own.key, '-out', own.cert],
      ],
      { stdio: 'ignore' },
    );
    plant = await startServer({ user, nodes: { a: number(20) } });
    writeFileSync(ca, plant.certificate);
  });
  afterAll(async () => {
    await plant.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    POLLUX_OPCUA_URL: plant.url,
    POLLUX_OPCUA_CERT: own.cert,
    POLLUX_OPCUA_KEY: own.key,
    POLLUX_OPCUA_CA: ca,
    POLLUX_OPCUA_USERNAME: user.name,
    POLLUX_OPCUA_PASSWORD: user.password,
    ...more,
  });
  const settingsOf = (more?: NodeJS.ProcessEnv): OpcuaSettings => opcuaSettings(environment(more))!;

  it('brings values in, for the user, to a server that is known', async () => {
    expect(settingsOf().security).toBe('encrypt');
    const { arrivals, connected } = link([bind(casing(''), 'ns=1;s=a')], settingsOf());
    await connected();
    await until('one', () => arrivals.length === 1);
    expect(arrivals[0]!.value).toBe(293.15);
  });

  it('is not made with a wrong password, nor to a server that is not known', async () => {
    const wrong = link([bind(casing(''), 'ns=1;s=a')], settingsOf({ POLLUX_OPCUA_PASSWORD: 'other' }));
    await until('refused', () => wrong.states.some(({ detail }) => /refuses the user/.test(detail)));
    const unknown = link([bind(casing(''), 'ns=1;s=a')], settingsOf({ POLLUX_OPCUA_CA: own.cert }));
    await until('refused', () => unknown.states.some(({ detail }) => /is not trusted/.test(detail)));
    expect([...wrong.arrivals, ...unknown.arrivals]).toEqual([]);
  });

  it('is wanted for credentials', () => {
    expect(() => settingsOf({ POLLUX_OPCUA_SECURITY: 'none' })).toThrow(/credentials are not sent/);
    expect(() => settingsOf({ POLLUX_OPCUA_SECURITY: 'sign' })).toThrow(/lets others read/);
    expect(
      settingsOf({ POLLUX_OPCUA_SECURITY: 'none', POLLUX_OPCUA_CREDENTIALS: 'unencrypted' }).security,
    ).toBe('none');
    expect(() => settingsOf({ POLLUX_OPCUA_CERT: '', POLLUX_OPCUA_KEY: '' })).toThrow(
      /POLLUX_OPCUA_CERT and POLLUX_OPCUA_KEY/,
    );
    expect(() => settingsOf({ POLLUX_OPCUA_CA: '' })).toThrow(/POLLUX_OPCUA_CA/);
    expect(() => settingsOf({ POLLUX_OPCUA_KEY: '' })).toThrow(/belong together/);
    expect(() => settingsOf({ POLLUX_OPCUA_POLICY: 'Basic128Rsa15' })).toThrow(/one of Aes256_Sha256_RsaPss/);
    expect(() => opcuaSettings({}, 'opc.tcp://me:secret@host:4840')).toThrow(/holds credentials/);
    expect(() => opcuaSettings({}, 'opc.tcp:host')).toThrow(/names no host/);
    expect(() => opcuaSettings({}, 'mqtt://host')).toThrow(/begins with opc\.tcp/);
    expect(opcuaSettings({}, undefined)).toBeUndefined();
  });
});

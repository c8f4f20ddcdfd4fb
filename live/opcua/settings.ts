/** Environment → where the server is and how to be let in. Nothing of this ever stands in a twin. */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { certificatesOf } from './trust.ts';

/** Security policies that are still held to be safe, the strongest first. */
export const POLICIES = ['Aes256_Sha256_RsaPss', 'Aes128_Sha256_RsaOaep', 'Basic256Sha256'] as const;
const MODES = ['none', 'sign', 'encrypt'] as const;

/** A certificate and the key that belongs to it. */
export interface Identity {
  certificate: X509Certificate;
  key: KeyObject;
}

export interface OpcuaSettings {
  url: string;
  security: (typeof MODES)[number];
  /** Left out: the strongest that the server offers. */
  policy?: (typeof POLICIES)[number];
  /** Of this client. */
  application?: Identity;
  /** The server's, or of who signed it. */
  trusted: readonly X509Certificate[];
  user?: { name: string; password: string } | Identity;
}

/** Thrown when a server cannot be reached by what was said: the words are for the user. */
export class OpcuaSettingsError extends Error {
  override name = 'OpcuaSettingsError';
}

/** `url` given on the command line goes before POLLUX_OPCUA_URL. undefined when neither is there. */
export function opcuaSettings(environment: NodeJS.ProcessEnv, url?: string): OpcuaSettings | undefined {
  const text = (name: string): string | undefined => environment[`POLLUX_OPCUA_${name}`] || undefined;
  const said = url ?? text('URL');
  if (said === undefined || said === '') return undefined;
  checkAddress(said, url === undefined ? 'POLLUX_OPCUA_URL' : 'the OPC UA server');
  const user = userOf(text);
  const application = identityOf(text('CERT'), text('KEY'), 'POLLUX_OPCUA_CERT', 'POLLUX_OPCUA_KEY');
  const ca = text('CA');
  const trusted = ca === undefined ? [] : certificatesIn('POLLUX_OPCUA_CA', ca);
  const usual = user !== undefined || application !== undefined || ca !== undefined ? 'encrypt' : 'none';
  const security = oneOf(text('SECURITY'), MODES, 'POLLUX_OPCUA_SECURITY') ?? usual;
  const policy = oneOf(text('POLICY'), POLICIES, 'POLLUX_OPCUA_POLICY');
  if (security === 'none') {
    if (policy !== undefined)
      throw new OpcuaSettingsError(
        'POLLUX_OPCUA_POLICY is set, and POLLUX_OPCUA_SECURITY is none: set it to encrypt',
      );
    if (user !== undefined && text('CREDENTIALS') !== 'unencrypted')
      throw new OpcuaSettingsError(
        'POLLUX_OPCUA_SECURITY is none, and credentials are not sent over a connection that anybody can read: set it to encrypt. On a network that you trust, POLLUX_OPCUA_CREDENTIALS=unencrypted sends them all the same',
      );
  } else {
    const wanted = `POLLUX_OPCUA_SECURITY is ${security}${text('SECURITY') === undefined ? ', since credentials or certificates are set' : ''}`;
    if (application === undefined)
      throw new OpcuaSettingsError(
        `${wanted}: name this client's certificate and key with POLLUX_OPCUA_CERT and POLLUX_OPCUA_KEY`,
      );
    if (ca === undefined)
      throw new OpcuaSettingsError(
        `${wanted}: name the server's certificate, or that of who signed it, with POLLUX_OPCUA_CA`,
      );
    if (application.key.asymmetricKeyType !== 'rsa')
      throw new OpcuaSettingsError(
        'POLLUX_OPCUA_KEY is no RSA key, and the security policies of OPC UA need one',
      );
    if (security === 'sign' && user !== undefined && text('CREDENTIALS') !== 'unencrypted')
      throw new OpcuaSettingsError(
        'POLLUX_OPCUA_SECURITY is sign, which lets others read what is sent, and credentials are set: set it to encrypt, or POLLUX_OPCUA_CREDENTIALS to unencrypted',
      );
  }
  return {
    url: said,
    security,
    trusted,
    ...(policy === undefined ? {} : { policy }),
    ...(application === undefined ? {} : { application }),
    ...(user === undefined ? {} : { user }),
  };
}

function checkAddress(said: string, where: string): void {
  let parsed: URL;
  try {
    parsed = new URL(said);
  } catch {
    throw new OpcuaSettingsError(`${where} is no address: write it as opc.tcp://host:4840`);
  }
  if (parsed.protocol === 'opc.tcp:' && parsed.hostname === '')
    throw new OpcuaSettingsError(`${where} names no host: write it as opc.tcp://host:4840`);
  if (parsed.protocol !== 'opc.tcp:')
    throw new OpcuaSettingsError(
      `${where} begins with ${parsed.protocol}//, and the address of an OPC UA server begins with opc.tcp://`,
    );
  if (parsed.username !== '' || parsed.password !== '')
    throw new OpcuaSettingsError(
      `${where} holds credentials, which others could read there: set POLLUX_OPCUA_USERNAME and POLLUX_OPCUA_PASSWORD`,
    );
}

function userOf(text: (name: string) => string | undefined): OpcuaSettings['user'] {
  const name = text('USERNAME');
  const password = text('PASSWORD');
  const identity = identityOf(
    text('USER_CERT'),
    text('USER_KEY'),
    'POLLUX_OPCUA_USER_CERT',
    'POLLUX_OPCUA_USER_KEY',
  );
  if (name === undefined && password !== undefined)
    throw new OpcuaSettingsError('POLLUX_OPCUA_PASSWORD is set without POLLUX_OPCUA_USERNAME');
  if (name === undefined) return identity;
  if (identity !== undefined)
    throw new OpcuaSettingsError(
      'a user is known by a password or by a certificate: set POLLUX_OPCUA_USERNAME or POLLUX_OPCUA_USER_CERT',
    );
  return { name, password: password ?? '' };
}

function oneOf<T extends string>(said: string | undefined, known: readonly T[], name: string): T | undefined {
  if (said === undefined || known.includes(said as T)) return said as T | undefined;
  throw new OpcuaSettingsError(`${name} is ${JSON.stringify(said)}: it is one of ${known.join(', ')}`);
}

function identityOf(
  cert: string | undefined,
  key: string | undefined,
  certName: string,
  keyName: string,
): Identity | undefined {
  if ((cert === undefined) !== (key === undefined))
    throw new OpcuaSettingsError(`${certName} and ${keyName} belong together: set both or none`);
  if (cert === undefined || key === undefined) return undefined;
  const [certificate] = certificatesIn(certName, cert);
  let secret: KeyObject;
  try {
    secret = createPrivateKey(contentOf(keyName, key));
  } catch (error) {
    if (error instanceof OpcuaSettingsError) throw error;
    throw new OpcuaSettingsError(
      `${keyName} names ${key}, which holds no private key in PEM without a passphrase`,
    );
  }
  if (!certificate!.checkPrivateKey(secret))
    throw new OpcuaSettingsError(
      `the key that ${keyName} names does not belong to the certificate of ${certName}`,
    );
  return { certificate: certificate!, key: secret };
}

function certificatesIn(name: string, path: string): X509Certificate[] {
  const found = certificatesOf(contentOf(name, path));
  if (found.length === 0)
    throw new OpcuaSettingsError(`${name} names ${path}, which holds no certificate in PEM or DER`);
  return found;
}

function contentOf(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new OpcuaSettingsError(
      `${name} names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

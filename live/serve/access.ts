/**
 * Who is let in, and as what: bearer tokens, of which only the hash is kept, and tokens of OpenID Connect providers. See
 * docs/guide/26-security.md for the file.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { isRole } from './roles.ts';
import type { Role } from './roles.ts';

export interface Identity {
  name: string;
  role: Role;
  /** ms since 1970 until which it holds. */
  expires?: number;
}

export interface Access {
  tokens: readonly { name: string; sha256: string; role: Role; expires?: number }[];
  providers: readonly Provider[];
}

export interface Provider {
  issuer: string;
  audience: string;
  /** Which claim says the groups, and which groups have which role. */
  claim: string;
  roles: Readonly<Partial<Record<Role, readonly string[]>>>;
}

export interface Authenticator {
  /** Who a token speaks for; undefined for nobody. */
  identify(token: string): Promise<Identity | undefined>;
}

const LONGEST_TOKEN = 16 * 1024;
/** Signatures that need a key of the provider that nobody else has. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'];

export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** 256 bits; the prefix lets scanners find it where it should not be. */
export const newToken = (): string => `pollux_${randomBytes(32).toString('base64url')}`;

export function createAuthenticator(
  access: Access,
  now: () => number,
  keysOf: (provider: Provider) => Promise<JWTVerifyGetKey> = discover,
): Authenticator {
  const byHash = new Map(access.tokens.map((token) => [token.sha256, token]));
  const keys = new Map<Provider, Promise<JWTVerifyGetKey>>();
  const fromProvider = async (token: string, provider: Provider): Promise<Identity | undefined> => {
    let known = keys.get(provider);
    if (known === undefined) {
      known = keysOf(provider);
      keys.set(provider, known);
      // A provider that could not be reached is asked again next time.
      known.catch(() => keys.delete(provider));
    }
    try {
      const { payload } = await jwtVerify(token, await known, {
        issuer: provider.issuer,
        audience: provider.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(now()),
      });
      const said = payload[provider.claim];
      const groups = Array.isArray(said) ? said : typeof said === 'string' ? said.split(' ') : [];
      const role = (['administer', 'operate', 'view'] as const).find((each) =>
        provider.roles[each]?.some((group) => groups.includes(group)),
      );
      return role === undefined
        ? undefined
        : { name: String(payload.sub), role, expires: 1000 * payload.exp! };
    } catch {
      return undefined;
    }
  };
  return {
    identify: async (token) => {
      if (token === '' || token.length > LONGEST_TOKEN) return undefined;
      const known = byHash.get(hashOfToken(token));
      if (known !== undefined) {
        const { name, role, expires } = known;
        if (expires !== undefined && expires <= now()) return undefined;
        return { name, role, ...(expires === undefined ? {} : { expires }) };
      }
      if (token.split('.').length !== 3) return undefined;
      for (const provider of access.providers) {
        const found = await fromProvider(token, provider);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** The keys that a provider says it signs with (OpenID Connect Discovery 1.0). */
async function discover({ issuer }: Provider): Promise<JWTVerifyGetKey> {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const answer = await fetch(`${base}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(10_000),
    redirect: 'error',
  });
  const said = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (said.issuer !== issuer || typeof said.jwks_uri !== 'string' || !isSafe(said.jwks_uri))
    throw new Error(`${issuer} does not describe itself`);
  return createRemoteJWKSet(new URL(said.jwks_uri));
}

function isSafe(text: string): boolean {
  const url = URL.parse(text);
  const here = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && here);
}

/** The text of an access file → who is let in; in words what is wrong with it. */
export function readAccess(text: string): Access | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (!isObject(value) || value['format'] !== 1) return { problem: 'it lacks "format": 1' };
  const stranger = Object.keys(value).find((name) => !['format', 'tokens', 'oidc'].includes(name));
  if (stranger !== undefined)
    return { problem: `it has ${JSON.stringify(stranger)}, which means nothing here` };
  const tokens: Access['tokens'][number][] = [];
  for (const one of listOf(value['tokens'])) {
    if (!isObject(one)) return { problem: 'a token is no object' };
    const { name, sha256, role, expires } = one;
    if (typeof name !== 'string' || name === '') return { problem: 'a token has no name' };
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
      return { problem: `the token of ${name} has no SHA-256 (pollux access makes one)` };
    if (!isRole(role)) return { problem: `the role of ${name} is none of view, operate, administer` };
    const end = expires === undefined ? undefined : Date.parse(String(expires));
    if (end !== undefined && Number.isNaN(end)) return { problem: `the token of ${name} expires at no time` };
    tokens.push({ name, sha256, role, ...(end === undefined ? {} : { expires: end }) });
  }
  const providers: Provider[] = [];
  for (const one of listOf(value['oidc'])) {
    if (!isObject(one)) return { problem: 'a provider is no object' };
    const { issuer, audience, claim = 'groups', roles } = one;
    if (typeof issuer !== 'string' || !isSafe(issuer))
      return { problem: 'a provider has no "issuer" that begins with https://' };
    if (typeof audience !== 'string' || audience === '') return { problem: `${issuer} has no "audience"` };
    if (typeof claim !== 'string') return { problem: `the "claim" of ${issuer} is no name` };
    if (!isObject(roles) || !Object.entries(roles).every(([role, groups]) => isRole(role) && isTexts(groups)))
      return { problem: `the "roles" of ${issuer} are no lists of groups for view, operate, administer` };
    providers.push({ issuer, audience, claim, roles: roles as Provider['roles'] });
  }
  if (tokens.length + providers.length === 0) return { problem: 'it lets nobody in' };
  return { tokens, providers };
}

const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

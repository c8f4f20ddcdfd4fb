/**
 * The part of the OCI distribution protocol that bundles need. Credentials go to the registry that was named, and to the
 * realm it sends us to for a token, over TLS; plain HTTP is for this machine only.
 */
import { MANIFEST_TYPE } from '../../bundles/oci.ts';
import type { Blob, Reference } from '../../bundles/oci.ts';
import { sha256 } from '../../bundles/digest.ts';
import { Refusal } from '../terminal/terminal.ts';
import type { Credentials } from './credentials.ts';

export interface RegistryClient {
  putBlob(blob: Blob): Promise<void>;
  putManifest(manifest: Blob, tag: string): Promise<void>;
  /** By tag or digest. */
  getManifest(reference: string, most: number): Promise<Uint8Array>;
  getBlob(digest: string, size: number): Promise<Uint8Array>;
}

/** ms that one request may take. */
const PATIENCE = 120_000;
const MOST_REDIRECTS = 5;

interface Wanted {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  body?: Uint8Array;
}

export function registryClient(
  { registry, repository }: Reference,
  credentials: Credentials | undefined,
  actions: 'pull' | 'pull,push',
): RegistryClient {
  const origin = `${isLoopback(registry) ? 'http' : 'https'}://${registry}`;
  const base = `${origin}/v2/${repository}`;
  let authorization: string | undefined;

  const once = async (url: URL, wanted: Wanted): Promise<Response> => {
    try {
      return await fetch(url, {
        ...wanted,
        body: wanted.body as Uint8Array<ArrayBuffer> | undefined,
        headers: {
          ...wanted.headers,
          ...(authorization !== undefined && url.origin === new URL(origin).origin ? { authorization } : {}),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  };
  /** Asked again when the registry wants to know who we are, and followed where it sends us. */
  const request = async (where: string, wanted: Wanted): Promise<Response> => {
    let url = new URL(where, base);
    for (let redirects = 0; ; redirects += 1) {
      let response = await once(url, wanted);
      if (response.status === 401 && url.origin === new URL(origin).origin && redirects === 0) {
        await response.body?.cancel();
        authorization = await authorize(response.headers.get('www-authenticate') ?? '');
        response = await once(url, wanted);
      }
      const location = response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel();
      if (redirects >= MOST_REDIRECTS) throw new Refusal(`${registry} sends us round in circles`);
      url = new URL(location, url);
      if (!isSafe(url)) throw new Refusal(`${registry} sends us to ${url.origin}, which is not encrypted`);
    }
  };
  const authorize = async (challenge: string): Promise<string> => {
    const [scheme = '', rest = ''] = challenge.split(/\s+(.*)/s, 2);
    if (scheme.toLowerCase() === 'basic') {
      if (credentials === undefined || 'token' in credentials) throw unknownTo(registry);
      return basic(credentials);
    }
    if (scheme.toLowerCase() !== 'bearer')
      throw new Refusal(
        `${registry} asks for a way to log in that is not known here: ${scheme.slice(0, 40)}`,
      );
    if (credentials !== undefined && 'token' in credentials) return `Bearer ${credentials.token}`;
    const fields = new Map(
      [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const realm = URL.parse(fields.get('realm') ?? '');
    if (realm === null || !isSafe(realm))
      throw new Refusal(`${registry} sends us for a token to a place that is not encrypted`);
    realm.searchParams.set('service', fields.get('service') ?? registry);
    realm.searchParams.set('scope', fields.get('scope') ?? `repository:${repository}:${actions}`);
    const answer = await fetch(realm, {
      headers: credentials === undefined ? {} : { authorization: basic(credentials) },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    }).catch((error: unknown) => {
      throw unreachable(realm, error);
    });
    if (!answer.ok) throw unknownTo(registry);
    const { token, access_token: other } = JSON.parse(
      new TextDecoder().decode(await limited(answer, 64 * 1024, realm.host)),
    ) as Record<string, unknown>;
    const found = token ?? other;
    if (typeof found !== 'string') throw new Refusal(`${realm.host} gave no token`);
    return `Bearer ${found}`;
  };
  const expectOk = async (response: Response, what: string, ...codes: number[]): Promise<Response> => {
    if (codes.includes(response.status)) return response;
    const said = new TextDecoder()
      .decode(await limited(response, 4096, registry).catch(() => new Uint8Array()))
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .slice(0, 200);
    if (response.status === 401 || response.status === 403) throw unknownTo(registry);
    throw new Refusal(`${registry} does not ${what}: ${response.status}${said === '' ? '' : ` ${said}`}`);
  };

  return {
    putBlob: async ({ digest, bytes }) => {
      const there = await request(`${base}/blobs/${digest}`, { method: 'HEAD' });
      if (there.status === 200) return;
      const begun = await expectOk(
        await request(`${base}/blobs/uploads/`, { method: 'POST' }),
        'begin an upload',
        202,
      );
      const place = begun.headers.get('location');
      if (place === null) throw new Refusal(`${registry} does not say where to upload to`);
      const url = new URL(place, base);
      url.searchParams.set('digest', digest);
      const headers = { 'content-type': 'application/octet-stream' };
      await expectOk(
        await request(url.href, { method: 'PUT', headers, body: bytes }),
        'take the bundle',
        201,
      );
    },
    putManifest: async ({ digest, bytes }, tag) => {
      const taken = await expectOk(
        await request(`${base}/manifests/${tag}`, {
          method: 'PUT',
          headers: { 'content-type': MANIFEST_TYPE },
          body: bytes,
        }),
        'take the manifest',
        201,
      );
      const said = taken.headers.get('docker-content-digest');
      if (said !== null && said !== digest)
        throw new Refusal(`${registry} keeps something else than what it was given: ${said.slice(0, 80)}`);
    },
    getManifest: async (reference, most) => {
      const response = await request(`${base}/manifests/${reference}`, {
        method: 'GET',
        headers: { accept: MANIFEST_TYPE },
      });
      if (response.status === 404) throw new Refusal(`${registry} has no ${repository} ${reference}`);
      return limited(await expectOk(response, `give ${repository}`, 200), most, registry);
    },
    getBlob: async (digest, size) => {
      const response = await request(`${base}/blobs/${digest}`, { method: 'GET' });
      const bytes = await limited(await expectOk(response, 'give the bundle', 200), size, registry);
      if (`sha256:${sha256(bytes)}` !== digest)
        throw new Refusal(`what ${registry} gave is not what it should be: its digest is not ${digest}`);
      return bytes;
    },
  };
}

const basic = (credentials: Credentials): string => {
  const text = 'token' in credentials ? credentials.token : `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;
};

const unknownTo = (registry: string): Refusal =>
  new Refusal(
    `${registry} lets us in only with other credentials: set POLLUX_REGISTRY_USERNAME and POLLUX_REGISTRY_PASSWORD, or POLLUX_REGISTRY_TOKEN`,
  );

function unreachable(url: URL, error: unknown): unknown {
  if (error instanceof Refusal) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new Refusal(`${url.host} cannot be reached: ${cause || 'no answer'}`);
}

const isLoopback = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host));

/** The body, as long as it is no longer than it may be. */
async function limited(response: Response, most: number, host: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > most) throw new Refusal(`${host} gives more than the ${most} bytes that are due`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

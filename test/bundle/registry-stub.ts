/** A registry in memory that hands out tokens, and can be told to misbehave. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Stub {
  host: string;
  blobs: Map<string, Buffer>;
  manifests: Map<string, Buffer>;
  /** Method, path and authorization of each request. */
  seen: { method: string; path: string; authorization: string | undefined }[];
  /** Changes what is answered for a path. */
  misbehave:
    | ((path: string) => { status?: number; headers?: Record<string, string>; body?: Buffer } | undefined)
    | undefined;
  close(): Promise<void>;
}

export async function startStub(): Promise<Stub> {
  const stub: Stub = {
    host: '',
    blobs: new Map(),
    manifests: new Map(),
    seen: [],
    misbehave: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url!, `http://${stub.host}`);
      const { authorization } = request.headers;
      stub.seen.push({ method: request.method!, path: url.pathname, authorization });
      const body = await bodyOf(request);
      const answer = (status: number, headers: Record<string, string> = {}, content?: Buffer): void => {
        response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : content);
      };
      const bad = stub.misbehave?.(url.pathname);
      if (bad !== undefined) return answer(bad.status ?? 200, bad.headers, bad.body);
      if (url.pathname === '/token') {
        if (authorization !== `Basic ${Buffer.from('ada:open sesame').toString('base64')}`)
          return answer(401);
        const token = Buffer.from(url.searchParams.get('scope') ?? '').toString('hex');
        return answer(200, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify({ token })));
      }
      if (authorization?.startsWith('Bearer ') !== true)
        return answer(401, {
          'www-authenticate': `Bearer realm="http://${stub.host}/token",service="stub",scope="repository:plants/east:pull,push"`,
        });
      const [, kind, id = ''] =
        /^\/v2\/plants\/east\/(blobs|manifests|uploads)\/(.*)$/.exec(url.pathname) ?? [];
      if (kind === 'manifests' && request.method === 'PUT') {
        stub.manifests.set(id, body);
        return answer(201, { 'docker-content-digest': digestOf(body) });
      }
      if (kind === 'blobs' && id === 'uploads/')
        return answer(202, { location: '/v2/plants/east/uploads/1?state=x' });
      if (kind === 'uploads') {
        const due = url.searchParams.get('digest');
        if (due !== digestOf(body)) return answer(400);
        stub.blobs.set(due, body);
        return answer(201);
      }
      const found = (kind === 'blobs' ? stub.blobs : stub.manifests).get(id);
      return found === undefined ? answer(404) : answer(200, {}, found);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stub.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

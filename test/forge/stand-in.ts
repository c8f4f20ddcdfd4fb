/**
 * The parts of GitHub's REST API and GitLab's API v4 that we use, on this machine: answers as the forges' documentation shows them, keeps
 * every request, and fails as it is told to.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Asked {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface Failure {
  /** Of which requests; all when absent. */
  of?: RegExp;
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** The request is carried out, and only its answer lost. */
  done?: true;
}

export interface Note {
  id: number;
  body: string;
  /** GitHub: login; GitLab: number. */
  author: string | number;
}

export interface StandIn {
  url: string;
  asked: Asked[];
  notes: Note[];
  /** SARIF logs that came in, unpacked, with what came beside them. */
  analyses: { commit_sha: string; ref: string; log: { runs: AnalysedRun[] } }[];
  /** Given one after the other to requests that they fit. */
  failures: Failure[];
  /** Open pull requests, by `owner:branch`. */
  pulls: { head: string; number: number; sha: string }[];
  pageSize: number;
  /** What the forge calls itself in links to further pages; its own address when absent. */
  calledItself?: string;
  count: (method: string, path: RegExp) => number;
  close: () => Promise<void>;
}

export async function standIn(): Promise<StandIn> {
  let nextId = 1000;
  const stand: StandIn = {
    url: '',
    asked: [],
    notes: [],
    analyses: [],
    failures: [],
    pulls: [],
    pageSize: 30,
    count: (method, path) =>
      stand.asked.filter((each) => each.method === method && path.test(each.path)).length,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  const add = (body: string, author: Note['author']): Note => {
    const note = { id: (nextId += 1), body, author };
    stand.notes.push(note);
    return note;
  };

  const answer = ({ method, path, body }: Asked): { status: number; body?: unknown; headers?: object } => {
    const url = new URL(path, stand.url);
    const text = (body as { body?: string } | undefined)?.body ?? '';
    const listed = (shown: (note: Note) => object) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const size = Math.min(stand.pageSize, Number(url.searchParams.get('per_page') ?? 30));
      const part = stand.notes.slice((page - 1) * size, page * size);
      url.searchParams.set('page', String(page + 1));
      const href = url.href.replace(stand.url, stand.calledItself ?? stand.url);
      const isMore = page * size < stand.notes.length;
      const link = isMore ? { link: `<${href}>; rel="next", <${href}>; rel="last"` } : {};
      // GitLab says it in headers of its own besides, empty on the last page.
      const next = url.pathname.startsWith('/projects/')
        ? { 'x-next-page': isMore ? String(page + 1) : '' }
        : {};
      return { status: 200, body: part.map(shown), headers: { ...link, ...next } };
    };
    const changed = (id: number): { status: number; body?: unknown } => {
      const at = stand.notes.findIndex((note) => note.id === id);
      if (at < 0) return { status: 404, body: { message: 'Not Found' } };
      if (method === 'DELETE') stand.notes.splice(at, 1);
      else stand.notes[at]!.body = text;
      return method === 'DELETE' ? { status: 204 } : { status: 200, body: stand.notes[at] };
    };
    const one = /\/(?:comments|notes)\/(\d+)$/.exec(url.pathname)?.[1];
    if (one !== undefined) return changed(Number(one));
    const github = ({ id, body: said, author }: Note) => ({
      id,
      body: said,
      user: { login: author, type: 'Bot' },
    });
    const gitlab = ({ id, body: said, author }: Note) => ({
      id,
      body: said,
      author: { id: author },
      system: false,
    });
    if (/^\/repos\/o\/r\/issues\/\d+\/comments$/.test(url.pathname))
      return method === 'POST'
        ? { status: 201, body: github(add(text, 'github-actions[bot]')) }
        : listed(github);
    if (/^\/projects\/\d+\/merge_requests\/\d+\/notes$/.test(url.pathname))
      return method === 'POST' ? { status: 201, body: gitlab(add(text, 7)) } : listed(gitlab);
    if (url.pathname === '/user') return { status: 200, body: { id: 7, username: 'project_1_bot' } };
    if (url.pathname === '/repos/o/r/pulls') {
      const found = stand.pulls.filter(({ head }) => head === url.searchParams.get('head'));
      return { status: 200, body: found.map(({ number, sha }) => ({ number, head: { sha } })) };
    }
    if (url.pathname === '/repos/o/r/code-scanning/sarifs') {
      const sent = body as { commit_sha: string; ref: string; sarif: string };
      const log = JSON.parse(gunzipSync(Buffer.from(sent.sarif, 'base64')).toString('utf8')) as never;
      stand.analyses.push({ ...sent, log });
      return { status: 202, body: { id: '47177e22-5596-11eb-80a1-c1e54ef945c6', url: `${stand.url}/x` } };
    }
    if (url.pathname.startsWith('/repos/o/r/code-scanning/sarifs/'))
      return { status: 200, body: processed(stand.analyses.at(-1)!.log) };
    return { status: 404, body: { message: 'Not Found' } };
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString('utf8')));
    request.on('end', () => {
      const asked: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      stand.asked.push(asked);
      const at = stand.failures.findIndex(
        ({ of }) => of === undefined || of.test(`${asked.method} ${asked.path}`),
      );
      const failure = at < 0 ? undefined : stand.failures.splice(at, 1)[0];
      if (failure?.done) answer(asked);
      const { status, body, headers } = failure ?? answer(asked);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stand.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stand;
}

export interface AnalysedRun {
  automationDetails: { id: string };
  results: {
    level: string;
    locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
  }[];
}

/** As code scanning is known to answer: a log is taken as a whole or not at all. */
function processed({ runs }: { runs: AnalysedRun[] }): object {
  const errors = runs.flatMap(({ results }) => [
    ...results
      .filter(({ locations }) => locations.length === 0)
      .map(() => 'locationFromSarifResult: expected at least one location'),
    ...(results.length > 25_000 ? ['rejecting SARIF, as there are more results than allowed'] : []),
  ]);
  return errors.length > 0
    ? { processing_status: 'failed', errors }
    : { processing_status: 'complete', analyses_url: 'x' };
}

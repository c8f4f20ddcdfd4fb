/**
 * Requests to a forge's API: what passes is tried again (rate limits, with the wait that the forge asks for; failures of its own; broken
 * connections), what stays is told. The clock and the network are handed in.
 */

export interface Surroundings {
  fetch: typeof fetch;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<void>;
  /** ms since 1970. */
  now: () => number;
}

export interface Answer {
  status: number;
  body: unknown;
  headers: Headers;
}

/** What the forge said that stays so, or what did not pass in all tries. */
export class ForgeError extends Error {
  override name = 'ForgeError';
  /** 0: there was no answer. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface RequesterOptions {
  /** `https://api.github.com` */
  base: string;
  headers: Readonly<Record<string, string>>;
  surroundings: Surroundings;
  tries?: number;
  /** Longest wait that is gone through, ms. */
  patience?: number;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Requester {
  (method: Method, path: string, body?: unknown): Promise<Answer>;
  /** All pages of a list; as many as 100. */
  pages: (path: string) => AsyncGenerator<unknown[]>;
}

const MOST_PAGES = 100;

export function createRequester(options: RequesterOptions): Requester {
  const { base, headers, surroundings, tries = 5, patience = 120_000 } = options;
  const { fetch: send, sleep, now } = surroundings;

  const request = async (method: Method, path: string, body?: unknown): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      let answer: Answer | undefined;
      let wait = Math.min(1000 * 2 ** (attempt - 1), 30_000);
      let said = '';
      try {
        answer = await once(method, path, body);
        if (answer.status < 400) return answer;
        said = messageOf(answer.body);
        const asked = waitAsked(answer, now());
        if (asked === undefined && answer.status < 500)
          throw new ForgeError(answer.status, `${method} ${path}: ${answer.status} ${said}`);
        // Whether what was to be made was made is for the caller to find out.
        if (answer.status >= 500 && method === 'POST')
          throw new ForgeError(answer.status, `${method} ${path}: ${answer.status} ${said}`);
        wait = Math.max(wait, asked ?? 0);
      } catch (error) {
        if (error instanceof ForgeError) throw error;
        said = error instanceof Error ? reasonOf(error) : String(error);
        if (method === 'POST') throw new ForgeError(0, `${method} ${path}: ${said}`);
      }
      const status = answer?.status ?? 0;
      if (attempt >= tries)
        throw new ForgeError(status, `${method} ${path}: ${status || ''} ${said} (after ${tries} tries)`);
      if (wait > patience)
        throw new ForgeError(
          status,
          `${method} ${path}: the forge asks to wait ${Math.round(wait / 1000)} s: ${said}`,
        );
      await sleep(wait);
    }
  };

  const once = async (method: Method, path: string, body: unknown): Promise<Answer> => {
    const response = await send(urlOf(path), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would take the token along.
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers };
  };

  const urlOf = (path: string): string => (path.startsWith('/') ? base.replace(/\/$/, '') + path : path);

  async function* pages(path: string): AsyncGenerator<unknown[]> {
    let next: string | undefined = path;
    for (let page = 0; page < MOST_PAGES && next !== undefined; page += 1) {
      const answer = await request('GET', next);
      if (!Array.isArray(answer.body)) throw new ForgeError(answer.status, `GET ${path}: this is no list`);
      yield answer.body;
      const link = nextIn(answer.headers.get('link') ?? '');
      // The token goes nowhere else; but a GitLab behind a proxy may call itself otherwise, and says which page is next besides.
      const isOurs = link !== undefined && link.startsWith(`${base.replace(/\/$/, '')}/`);
      next = isOurs ? link : pageOf(path, answer.headers.get('x-next-page'));
    }
  }

  return Object.assign(request, { pages });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const nextIn = (link: string): string | undefined => /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];

function pageOf(path: string, page: string | null): string | undefined {
  if (page === null || !/^\d{1,6}$/.test(page)) return undefined;
  return `${path}${path.includes('?') ? '&' : '?'}page=${page}`;
}

function messageOf(body: unknown): string {
  const found =
    typeof body === 'object' && body !== null
      ? ((body as Record<string, unknown>)['message'] ?? (body as Record<string, unknown>)['error'])
      : body;
  const text = typeof found === 'string' ? found : JSON.stringify(found ?? '');
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}

const reasonOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;

/** ms that the forge wants one to wait; undefined where waiting does not help. */
function waitAsked({ status, headers, body }: Answer, now: number): number | undefined {
  if (status >= 500) return secondsIn(headers.get('retry-after'));
  if (status !== 403 && status !== 429) return undefined;
  const after = secondsIn(headers.get('retry-after'));
  if (after !== undefined) return after;
  const left = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? NaN);
  if (left === '0' && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now) + 1000;
  // GitHub's secondary limits need not say for how long: a minute, says its documentation.
  if (status === 429 || /secondary rate limit|abuse/i.test(messageOf(body))) return 60_000;
  return undefined;
}

function secondsIn(text: string | null): number | undefined {
  const seconds = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

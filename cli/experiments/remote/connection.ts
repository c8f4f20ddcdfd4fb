/** An address of Redis or Valkey → a connection. Passwords are never shown: an address is told without them. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { Refusal } from '../../terminal/terminal.ts';

export interface Address {
  options: RedisOptions;
  /** To be shown. */
  shown: string;
}

/** How long the first answer may take, ms. */
const PATIENCE = 5000;
/** Longest pause between two attempts to connect again, ms. */
const LONGEST_PAUSE = 5000;

const ADDRESS_VARIABLE = 'POLLUX_REDIS_URL';

/** `given` goes before POLLUX_REDIS_URL. */
export function addressOf(given: string | true, environment: NodeJS.ProcessEnv): Address {
  const text = given === true ? environment[ADDRESS_VARIABLE] : given;
  if (text === undefined || text === '')
    throw new Refusal(`no Redis is named: give its address, or set ${ADDRESS_VARIABLE}`);
  // The text may hold a password, so it is not shown even where it is wrong.
  const wrong = (what: string): Refusal =>
    new Refusal(
      `the address of Redis ${what}: it is redis://HOST:PORT, or rediss://USER:PASSWORD@HOST:PORT/DATABASE with encryption`,
    );
  if (!URL.canParse(text)) throw wrong('cannot be read');
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    throw wrong(`begins with ${protocol.length > 20 ? 'something else' : protocol + '//'}`);
  if (hostname === '') throw wrong('has no host');
  const db = pathname.length > 1 ? Number(pathname.slice(1)) : 0;
  if (!Number.isInteger(db) || db < 0) throw wrong('names no database by its number');
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const authority = environment['POLLUX_REDIS_CA'];
  return {
    options: {
      host,
      port: port === '' ? 6379 : Number(port),
      db,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'redis:'
        ? {}
        : {
            tls: {
              ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
              ...(authority === undefined ? {} : { ca: readFileSync(authority) }),
            },
          }),
      connectTimeout: PATIENCE,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * 2 ** times, LONGEST_PAUSE),
    },
    shown: `${protocol}//${hostname}:${port === '' ? '6379' : port}${db === 0 ? '' : `/${db}`}`,
  };
}

/** Answers once Redis has; says in a sentence why it does not. */
export async function connect({ options, shown }: Address): Promise<Redis> {
  const redis = new Redis({ ...options, lazyConnect: true, retryStrategy: () => null });
  let reason: unknown;
  redis.on('error', (error: unknown) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new Refusal(`${shown} cannot be used: ${reasonText(reason ?? error)}`);
  }
  redis.options.retryStrategy = options.retryStrategy!;
  return redis;
}

function reasonText(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ECONNREFUSED') return 'nothing listens there. Start Redis or Valkey, or check the address';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host';
  if (message?.includes('NOAUTH') === true) return 'it wants a password (redis://USER:PASSWORD@…)';
  if (message?.includes('WRONGPASS') === true || message?.includes('invalid password') === true)
    return 'user or password are wrong';
  return message ?? String(error);
}

/** Connections to one address that are closed together, and a word when it goes and comes back. */
export async function connections(address: Address, tell: (text: string) => void) {
  const main = await connect(address);
  const all = [main];
  let lost = false;
  let closed = false;
  main.on('close', () => {
    if (!lost && !closed) tell(`lost ${address.shown}; waiting for it to come back`);
    lost = true;
  });
  main.on('ready', () => {
    if (lost) tell(`${address.shown} is back`);
    lost = false;
  });
  return {
    main,
    lost: (): boolean => lost,
    another: (): Redis => {
      const one = new Redis(address.options);
      // The first one tells.
      one.on('error', () => {});
      all.push(one);
      return one;
    },
    close: (): void => {
      closed = true;
      for (const one of all) one.disconnect();
    },
  };
}

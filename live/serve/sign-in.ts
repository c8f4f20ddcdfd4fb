/** A browser's way in: a page that asks for a token, and a cookie that stands for it until it expires. */
import { randomBytes } from 'node:crypto';
import type { Identity } from './access.ts';

export interface Sessions {
  /** The value of a cookie for somebody. */
  open(identity: Identity): { cookie: string };
  find(cookieHeader: string | undefined): Identity | undefined;
  end(cookieHeader: string | undefined): void;
}

const NAME = 'pollux';
/** ms: a shift. */
const LONGEST = 10 * 3600 * 1000;
const MOST = 10_000;

export function createSessions(now: () => number, secure: boolean): Sessions {
  const known = new Map<string, { identity: Identity; until: number }>();
  // The prefix keeps other hosts of the domain from setting it.
  const name = secure ? `__Host-${NAME}` : NAME;
  const idIn = (header: string | undefined): string | undefined =>
    header
      ?.split(/; */)
      .find((each) => each.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  return {
    open: (identity) => {
      const id = randomBytes(32).toString('base64url');
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(id, { identity, until: Math.min(now() + LONGEST, identity.expires ?? Infinity) });
      return {
        cookie: `${name}=${id}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`,
      };
    },
    find: (header) => {
      const found = known.get(idIn(header) ?? '');
      return found !== undefined && found.until > now() ? found.identity : undefined;
    },
    end: (header) => known.delete(idIn(header) ?? ''),
  };
}

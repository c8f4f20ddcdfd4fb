/** Who may do what on a page: identifies, limits, and writes down. Without an authenticator, whoever is on this machine may all. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FromPreview, Said } from '../../preview/protocol.ts';
import type { Authenticator, Identity } from './access.ts';
import type { AuditLog } from './audit.ts';
import { createLimiter } from './limits.ts';
import { may, roleFor } from './roles.ts';
import { say } from '../said.ts';
import { createSessions } from './sign-in.ts';

export interface GuardOptions {
  /** Left out: nobody has to say who they are. For loopback alone. */
  authenticator?: Authenticator;
  audit?: AuditLog;
  /** Whether a name is a parameter's, and not an input's. */
  isParameter?: (id: string) => boolean;
  /** Whether what is set or sent under a name is private: it is done, and not written down. */
  isPrivate?: (id: string) => boolean;
  /** Whether browsers speak TLS to us, or to what stands before us. */
  secure?: boolean;
  /** ms since 1970. */
  now?: () => number;
}

export type SignedIn = { cookie: string } | 'wrong' | 'tooOften' | 'notAudited';

export interface Guard {
  /** Whether one has to say who one is. */
  readonly required: boolean;
  /** Whether an address has asked too often. */
  isFlooding(from: string): boolean;
  identify(headers: IncomingHttpHeaders, from: string): Promise<Identity | undefined>;
  signIn(token: string, from: string): Promise<SignedIn>;
  signOut(headers: IncomingHttpHeaders, from: string): void;
  /** Why a message is not taken; undefined when it is. */
  refusal(identity: Identity, message: FromPreview, from: string): Said | undefined;
  /** Why somebody's samples are not taken; undefined when they are. Who may operate may send. */
  refusesSamples(identity: Identity, from: string): Said | undefined;
  /** A command was called by a sample; `secret`: its values are private. */
  called(identity: Identity, command: string, secret: boolean, from: string): void;
  /** ms until somebody's time is over. */
  timeLeft(identity: Identity): number;
}

const LOCAL: Identity = { name: 'local', role: 'administer' };
/** A second, and at once: a page loads many files, and dragging a slider sends many values. */
const REQUESTS = { rate: 100, burst: 1000 };
const MESSAGES = { rate: 60, burst: 300 };
/** Wrong tokens from an address. */
const MISTAKES = { rate: 1 / 10, burst: 5 };

export function createGuard({
  authenticator,
  audit,
  isParameter = () => false,
  isPrivate = () => false,
  secure = false,
  now = Date.now,
}: GuardOptions): Guard {
  const sessions = createSessions(now, secure);
  const requests = createLimiter({ ...REQUESTS, now });
  const messages = createLimiter({ ...MESSAGES, now });
  const mistakes = createLimiter({ ...MISTAKES, now });
  /** Addresses that may not try again yet, and since when (ms). */
  const shut = new Map<string, number>();
  const mistake = (from: string): void => {
    audit?.write({ who: 'anonymous', action: 'sign-in', outcome: 'refused', from });
    if (!mistakes.take(from)) {
      if (shut.size > 10_000) shut.clear();
      shut.set(from, now());
    }
  };
  const isShut = (from: string): boolean => now() - (shut.get(from) ?? -Infinity) < 1000 / MISTAKES.rate;
  return {
    required: authenticator !== undefined,
    isFlooding: (from) => !requests.take(from),
    identify: async ({ authorization, cookie }, from) => {
      if (authenticator === undefined) return LOCAL;
      const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (bearer === undefined) return sessions.find(cookie);
      if (isShut(from)) return undefined;
      const found = await authenticator.identify(bearer);
      if (found === undefined) mistake(from);
      return found;
    },
    signIn: async (token, from) => {
      if (isShut(from)) return 'tooOften';
      const found = await authenticator?.identify(token);
      if (found === undefined) {
        mistake(from);
        return 'wrong';
      }
      const entry = { who: found.name, role: found.role, action: 'sign-in', outcome: 'done', from } as const;
      return audit?.write(entry) === false ? 'notAudited' : sessions.open(found);
    },
    signOut: ({ cookie }, from) => {
      const who = sessions.find(cookie);
      sessions.end(cookie);
      if (who !== undefined) audit?.write({ who: who.name, action: 'sign-out', outcome: 'done', from });
    },
    refusal: (identity, message, from) => {
      const { name, role, expires } = identity;
      if (expires !== undefined && expires <= now()) return say('timeOver');
      const needed = roleFor(message, isParameter);
      // Looking is limited too, as history costs work.
      if (!messages.take(`${from} ${name}`)) {
        if (needed !== 'view')
          audit?.write({
            who: name,
            role,
            action: message.type,
            outcome: 'refused',
            from,
            detail: { why: 'rate' },
          });
        return say('tooMuch');
      }
      if (needed === 'view') return undefined;
      const allowed = may(role, needed);
      const { type: action, ...said } = message;
      const secret = (message.type === 'set' || message.type === 'call') && isPrivate(message.id);
      const detail = secret ? { id: message.id, private: true } : said;
      const outcome = allowed ? 'done' : 'refused';
      const isWritten = audit?.write({ who: name, role, action, outcome, from, detail }) !== false;
      if (!allowed) return say('needsRole', needed, name, role);
      return isWritten ? undefined : say('notAudited');
    },
    refusesSamples: ({ name, role, expires }, from) => {
      if (expires !== undefined && expires <= now()) return say('timeOver');
      if (may(role, 'operate')) return undefined;
      audit?.write({ who: name, role, action: 'samples', outcome: 'refused', from });
      return say('needsRole', 'operate', name, role);
    },
    called: ({ name, role }, id, secret, from) => {
      const detail = { id, by: 'http', ...(secret ? { private: true } : {}) };
      audit?.write({ who: name, role, action: 'call', outcome: 'done', from, detail });
    },
    timeLeft: ({ expires }) => (expires === undefined ? Infinity : expires - now()),
  };
}

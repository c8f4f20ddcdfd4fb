/** What each message of a page needs its sender to be. */
import type { FromPreview } from '../../preview/protocol.ts';

/** Each may do what the ones before it may. */
const ROLES = ['view', 'operate', 'administer'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (value: unknown): value is Role => (ROLES as readonly unknown[]).includes(value);

export const may = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/**
 * Looking changes nothing. Operating is what a shift does: acknowledge, call, set inputs, move through time. Parameters, and what
 * begins the run anew for everyone, are an administrator's.
 */
export function roleFor(message: FromPreview, isParameter: (id: string) => boolean): Role {
  switch (message.type) {
    case 'ready':
    case 'subscribe':
    case 'history':
    case 'show':
    case 'save':
    case 'link':
    case 'reveal':
      return 'view';
    case 'acknowledge':
    case 'shelve':
    case 'call':
    case 'play':
    case 'pause':
    case 'speed':
    case 'step':
    case 'seek':
    case 'compare':
    case 'test':
      return 'operate';
    case 'set':
      return isParameter(message.id) ? 'administer' : 'operate';
    case 'restart':
    case 'trace':
    case 'mode':
    case 'scenario':
    case 'write':
      return 'administer';
  }
}

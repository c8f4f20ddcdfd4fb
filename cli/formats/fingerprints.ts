/** By what a forge knows a finding again in another commit. */
import { hashBytes } from '../../runtime/snapshot.ts';
import type { Finding } from './report.ts';

/** Gives each finding of a report its own; those alike are counted. The line is no part of it: a finding that only moved is no new one. */
export function fingerprinter(): (finding: Pick<Finding, 'rule' | 'message' | 'place'>) => string {
  const seen = new Map<string, number>();
  return ({ rule, message, place }) => {
    const key = `${rule}\n${place?.path ?? ''}\n${message}`;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return hashBytes(new TextEncoder().encode(`${key}\n${nth}`));
  };
}

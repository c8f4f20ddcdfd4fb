/**
 * Who did what: JSON, a line each, each with the hash of the one before it. A line that was changed, taken out or put in breaks
 * the chain there; lines cut off at the end show when the last hash was kept elsewhere.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';

export interface AuditEntry {
  /** `ada`, `anonymous`, `pollux` */
  who: string;
  /** `sign-in`, `set`, `call`, `start` … */
  action: string;
  outcome: 'done' | 'refused';
  /** Address it came from. */
  from?: string;
  role?: string;
  /** What exactly: ids and values, never secrets. */
  detail?: Readonly<Record<string, unknown>>;
}

interface AuditLine extends AuditEntry {
  seq: number;
  /** RFC 3339. */
  time: string;
  /** Hash of the line before; 64 zeros before the first. */
  previous: string;
  hash: string;
}

export interface AuditLog {
  /** False where it cannot be written, as on a full disk: then what it is about must not be done. */
  write(entry: AuditEntry): boolean;
  /** Hash of the last line. */
  head(): string;
  close(): void;
}

const START = '0'.repeat(64);
const LONGEST_TEXT = 500;

/**
 * Goes on with the file that is there. Throws in words when that is not whole.
 * @param tell hears why it cannot be written, once, and when it can again
 */
export function openAudit(
  file: string,
  now: () => number,
  tell: (text: string) => void = () => undefined,
): AuditLog {
  const before = existsSync(file) ? checkAudit(readFileSync(file, 'utf8')) : { lines: 0, head: START };
  if ('problem' in before)
    throw new AuditError(`${file} is not whole: ${before.problem}; keep it, and begin another`);
  const descriptor = openSync(file, 'a', 0o600);
  let { lines: seq, head } = before;
  let { size } = fstatSync(descriptor);
  let fails = false;
  return {
    write: (entry) => {
      const line: Omit<AuditLine, 'hash'> = {
        seq: seq + 1,
        time: new Date(now()).toISOString(),
        ...shortened(entry),
        previous: head,
      };
      const hash = hashOf(line);
      const bytes = Buffer.from(`${JSON.stringify({ ...line, hash })}\n`);
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      } catch (error) {
        if (!fails)
          tell(
            `The audit log ${file} cannot be written (${error instanceof Error ? error.message : String(error)}): nothing that has to be in it is done until it can be.`,
          );
        fails = true;
        cutBack();
        return false;
      }
      if (fails) tell(`The audit log ${file} is written again.`);
      fails = false;
      [seq, head, size] = [seq + 1, hash, size + bytes.length];
      return true;
    },
    head: () => head,
    close: () => {
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    },
  };

  /** Half a line would break the chain. */
  function cutBack(): void {
    try {
      ftruncateSync(descriptor, size);
    } catch {
      // A disk that takes nothing, not even less: then `pollux audit` says where the log ends.
    }
  }
}

export class AuditError extends Error {
  override name = 'AuditError';
}

/** How many lines there are and the last hash, or where the chain breaks. */
export function checkAudit(text: string): { lines: number; head: string } | { problem: string } {
  if (text !== '' && !text.endsWith('\n')) return { problem: 'its last line was cut off' };
  let head = START;
  const lines = text.split('\n').slice(0, -1);
  for (const [i, written] of lines.entries()) {
    const at = `line ${i + 1}`;
    let line: Record<string, unknown>;
    try {
      line = JSON.parse(written) as Record<string, unknown>;
    } catch {
      return { problem: `${at} is not JSON` };
    }
    if (typeof line !== 'object' || line === null) return { problem: `${at} is no entry` };
    const { hash, ...rest } = line;
    if (rest['seq'] !== i + 1) return { problem: `at ${at} a line is missing or was put in` };
    if (rest['previous'] !== head) return { problem: `${at} does not follow on the one before it` };
    if (hash !== hashOf(rest) || written !== JSON.stringify(line)) return { problem: `${at} was changed` };
    head = hash;
  }
  return { lines: lines.length, head };
}

const hashOf = (line: object): string => createHash('sha256').update(JSON.stringify(line)).digest('hex');

/** No entry is longer than it has to be, whatever somebody sent. */
function shortened(entry: AuditEntry): AuditEntry {
  return JSON.parse(JSON.stringify(entry), (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value,
  ) as AuditEntry;
}

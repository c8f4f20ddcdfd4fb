/**
 * What can be wrong with data from outside. Each kind is told once for each source, with what to try; after that it is
 * only counted, so that a broken device cannot flood the log.
 */
export type FaultKind =
  /** Neither a number, a boolean nor JSON. */
  | 'unreadable'
  | 'tooLarge'
  /** The path leads nowhere. */
  | 'missing'
  /** No binding has its name. */
  | 'unknown'
  | 'wrongType'
  | 'wrongUnit'
  | 'notFinite'
  /** Who sends it says itself that it is not to be relied on. */
  | 'badStatus'
  /** It comes with a unit that no table has; the binding's is taken. */
  | 'unknownUnit'
  /** Beyond what the sensor says it can measure. Kept. */
  | 'outOfRange'
  | 'duplicate'
  /** Older than one that came before. What happens to it is the binding's `late` policy. */
  | 'outOfOrder'
  /** In order, and yet older than the time that the twin has reached: the same policy. */
  | 'late'
  /** Its time is no time; the time of arrival is taken. */
  | 'badTime'
  /** Its time lies in the future; the time of arrival is taken. */
  | 'clockAhead'
  /** It could not be sent. */
  | 'notSent';

/** What is told of data that is wrong. */
export interface Fault {
  kind: FaultKind;
  /** `mqtt plant/P101/vib`, `measured.csv line 17` */
  source: string;
  /** Sensor, input or alarm. */
  name: string;
  /** Where, what, why and what to try. */
  text: string;
}

/** What was wrong so far. */
export interface Faults {
  /** `text` is only made when it is told. */
  add(kind: FaultKind, source: string, name: string, text: () => string): void;
  /** How many there were, by kind. */
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>;
}

/** More sources than this of one kind are counted, and no longer told of one by one. */
const MOST_TOLD = 1000;

/** Tells each kind once for each source, and counts all. */
export function createFaults(tell: (fault: Fault) => void): Faults {
  const counts: Partial<Record<FaultKind, number>> = {};
  const told = new Set<string>();
  return {
    counts,
    add: (kind, source, name, text) => {
      counts[kind] = (counts[kind] ?? 0) + 1;
      const key = `${kind} ${source} ${name}`;
      if (told.has(key) || told.size >= MOST_TOLD) return;
      told.add(key);
      tell({ kind, source, name, text: text() });
    },
  };
}

const LONGEST_EXCERPT = 60;

/** The beginning of something that came from outside, fit to be shown: no control characters, one line, in quotes. */
export function excerpt(text: string): string {
  const start = text.slice(0, LONGEST_EXCERPT);
  const safe = start.replaceAll(/[\p{C}\p{Z}\uFFFD]/gu, (character) => (character === ' ' ? ' ' : '·'));
  return `“${safe}${text.length > LONGEST_EXCERPT ? '…' : ''}”`;
}

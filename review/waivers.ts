/** `pollux.waivers.json`: findings that somebody has accepted, with a reason and a day on which that ends. */
import type { Finding } from './impact.ts';

export const WAIVERS_FILE = 'pollux.waivers.json';

export interface Waiver {
  /** Of the finding, as `pollux breaking` prints it: another finding needs another waiver. */
  fingerprint: string;
  reason: string;
  /** `2027-03-31`: the last day on which it counts. */
  expires: string;
}

export interface Waived {
  finding: Finding;
  waiver: Waiver;
}

/** Text → waivers; what is wrong with one is said in words, and it does not count. */
export function readWaivers(text: string): { waivers: Waiver[]; problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      waivers: [],
      problems: [`${WAIVERS_FILE} is no JSON: ${error instanceof Error ? error.message : ''}`],
    };
  }
  if (!Array.isArray(value)) return { waivers: [], problems: [`${WAIVERS_FILE} must hold a list: [ … ]`] };
  const waivers: Waiver[] = [];
  const problems: string[] = [];
  value.forEach((each: unknown, at) => {
    const { fingerprint, reason, expires } = (
      typeof each === 'object' && each !== null ? each : {}
    ) as Record<string, unknown>;
    const where = `${WAIVERS_FILE}, entry ${at + 1}`;
    if (typeof fingerprint !== 'string' || !/^[0-9a-f]{16}$/.test(fingerprint))
      problems.push(`${where}: "fingerprint" must be one that pollux breaking printed`);
    else if (typeof reason !== 'string' || reason.trim().length < 10)
      problems.push(`${where}: "reason" must say why, in a sentence`);
    else if (typeof expires !== 'string' || !isDay(expires))
      problems.push(`${where}: "expires" must be a day such as "2027-03-31"`);
    else waivers.push({ fingerprint, reason, expires });
  });
  return { waivers, problems };
}

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  );
};

/** @param today `2026-11-22`, from whoever has a clock */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today: string,
): { open: Finding[]; waived: Waived[]; problems: string[] } {
  const problems: string[] = [];
  const valid = new Map<string, Waiver>();
  const found = new Set(findings.map(({ fingerprint }) => fingerprint));
  for (const waiver of waivers) {
    if (waiver.expires < today) {
      if (found.has(waiver.fingerprint))
        problems.push(`the waiver of ${waiver.fingerprint} ended on ${waiver.expires}: "${waiver.reason}"`);
    } else if (!found.has(waiver.fingerprint))
      problems.push(`the waiver of ${waiver.fingerprint} fits no finding: it can be removed`);
    else valid.set(waiver.fingerprint, waiver);
  }
  const open: Finding[] = [];
  const waived: Waived[] = [];
  for (const finding of findings) {
    const waiver = valid.get(finding.fingerprint);
    if (waiver === undefined) open.push(finding);
    else waived.push({ finding, waiver });
  }
  return { open, waived, problems };
}

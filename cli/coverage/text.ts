/** Coverage for people: shares by kind, and where what was not reached stands. */
import { POINT_KINDS } from '../../compiler/coverable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { percentText, shareOf } from './measure.ts';
import type { Coverage } from './measure.ts';

const WORDS = {
  rule: 'rules and events',
  branch: 'branches',
  mode: 'modes',
  transition: 'transitions',
  alarm: 'alarms',
  step: 'process steps',
  requirement: 'requirements',
} as const;

export function coverageText({ files }: Coverage, terminal: Pick<Terminal, 'style'>): string {
  const points = files.flatMap((file) => file.points);
  const lines = ['', terminal.style('bold', 'Coverage')];
  const row = (name: string, own: typeof points): void => {
    const share = shareOf(own);
    lines.push(`  ${name.padEnd(17)} ${percentText(share).padStart(7)}  ${share.covered} of ${share.of}`);
  };
  for (const kind of POINT_KINDS) {
    const own = points.filter((point) => point.kind === kind);
    if (own.length > 0) row(WORDS[kind], own);
  }
  row('in all', points);
  const missing = files.flatMap((file) =>
    file.points.flatMap(({ name, kind, place, ways }) => {
      const never = ways.filter(({ count }) => count === 0).map(({ what }) => NEVER[what] ?? `never ${what}`);
      return never.length === 0
        ? []
        : [`  ${file.path}:${place.line}  ${shorten(kind === 'branch' ? 'if' : name)}: ${never.join(', ')}`];
    }),
  );
  if (missing.length > 0) lines.push('', 'Not reached', ...missing);
  return `${lines.join('\n')}\n`;
}

const NEVER: Readonly<Record<string, string>> = {
  fires: 'never fires',
  armed: 'its condition is never true',
  then: 'never true',
  else: 'never false',
  asked: 'never had anything to judge',
};

const shorten = (text: string): string => {
  const one = text.replaceAll(/\s+/g, ' ');
  return one.length <= 70 ? one : `${one.slice(0, 69)}…`;
};

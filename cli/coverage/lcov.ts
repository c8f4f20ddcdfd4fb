/**
 * LCOV tracefile (geninfo(1) of LCOV). Functions are rules, transitions, alarms, modes and steps by name; branches are the ways of each
 * place that has several: `then` and `else`, armed and fired, raised and cleared.
 */
import type { Coverage, CoveredFile, CoveredPoint } from './measure.ts';

export const lcov = ({ files }: Coverage): string => files.map(record).join('');

function record({ path, points, lines }: CoveredFile): string {
  const functions = points.filter(({ kind }) => kind !== 'branch' && kind !== 'requirement');
  const names = namesOf(functions);
  const times = (point: CoveredPoint): number => point.ways.at(point.kind === 'alarm' ? 0 : -1)!.count;
  const branches = points
    .filter(({ ways }) => ways.length > 1)
    .flatMap(({ place, ways }, block) =>
      // `-` is for what was never looked at: none of its ways was taken.
      ways.map(({ count }, way) => ({
        text: `BRDA:${place.line},${block},${way},${ways.every((one) => one.count === 0) ? '-' : count}`,
        taken: count > 0,
      })),
    );
  return [
    'TN:',
    `SF:${oneLine(path)}`,
    ...functions.map(({ place }, at) => `FN:${place.line},${names[at]}`),
    ...functions.map((point, at) => `FNDA:${times(point)},${names[at]}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter((point) => times(point) > 0).length}`,
    ...branches.map(({ text }) => text),
    `BRF:${branches.length}`,
    `BRH:${branches.filter(({ taken }) => taken).length}`,
    ...lines.map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(([, count]) => count > 0).length}`,
    'end_of_record',
    '',
  ].join('\n');
}

/** Each name once in its file, and without what would end it. */
function namesOf(points: readonly CoveredPoint[]): string[] {
  const seen = new Map<string, number>();
  return points.map(({ name }) => {
    const own = oneLine(name).replaceAll(',', ';');
    const nth = (seen.get(own) ?? 0) + 1;
    seen.set(own, nth);
    return nth === 1 ? own : `${own} (${nth})`;
  });
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** Coverage for programs, the editor's among them. */
import { POINT_KINDS } from '../../compiler/coverable.ts';
import { shareOf } from './measure.ts';
import type { Coverage } from './measure.ts';

export function coverageJson({ files }: Coverage): string {
  const points = files.flatMap((file) => file.points);
  const kinds = POINT_KINDS.map((kind) => [kind, shareOf(points.filter((point) => point.kind === kind))]);
  const summary = { total: shareOf(points), kinds: Object.fromEntries(kinds) as object };
  return `${JSON.stringify({ format: 1, summary, files }, undefined, 2)}\n`;
}

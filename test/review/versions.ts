/** Two texts → their review, without disk and git. */
import { analyse } from '../../compiler/index.ts';
import type { SourceText } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { review } from '../../review/review.ts';
import type { Review, ReviewOptions } from '../../review/review.ts';
import { versionOfTexts } from '../../review/version.ts';
import type { Version } from '../../review/version.ts';

const library = readLibraryFiles();
export const analyseTexts = (texts: readonly SourceText[]) => analyse(texts, library);

/** @param texts one text, or several by file name */
export function version(label: string, texts: string | Record<string, string>): Version {
  const files = typeof texts === 'string' ? { 'plant.twin': texts } : texts;
  const made = versionOfTexts(
    label,
    Object.entries(files).map(([name, text]) => ({ uri: `file:///plant/${name}`, text })),
    analyseTexts,
  );
  if ('diagnostics' in made)
    throw new Error(made.diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return made.version;
}

export const reviewOf = (
  base: string | Record<string, string>,
  head: string | Record<string, string>,
  options: Partial<ReviewOptions> = {},
): Review =>
  review(version('base', base), version('head', head), {
    analyse: analyseTexts,
    today: '2026-11-22',
    ...options,
  });

/** `changed param Tank.area` */
export const changesOf = ({ changes }: Review): string[] =>
  changes.map(
    ({ kind, subject, path, before }) =>
      `${kind} ${subject} ${before === undefined ? '' : `${before} → `}${path}`,
  );

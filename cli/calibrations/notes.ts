/** What has to be said of a fit besides its numbers. */
import type { Calibrated } from '../../runtime/experiments/calibrate.ts';
import type { BadRows } from './data.ts';

const short = (value: number, digits = 4): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '–';

export function notesOf(result: Calibrated, { bad }: { bad: BadRows }): string[] {
  const notes: string[] = [];
  const tested = result.tested === undefined || 'problem' in result.tested ? [] : result.tested;
  if (result.weakest.length > 0)
    notes.push(
      result.weakest.length === 1
        ? `the data hardly depend on ${result.weakest[0]}: fix it, or record something that does.`
        : `the data hardly tell ${listed(result.weakest)} from each other (condition ${result.condition.toPrecision(2)}): their errors are large and go together. Fix one of them, or record something that tells them apart.`,
    );
  for (const { text, atBound, private: secret } of result.parameters)
    if (atBound !== undefined && !secret)
      notes.push(`${text} is at its bound: beyond it the fit would be better.`);
  if (result.tested !== undefined && 'problem' in result.tested)
    notes.push(`with the fitted values the run fails in what is held out: ${result.tested.problem}`);
  tested.forEach(({ count, rms }, at) => {
    const { text, count: points, rms: fitted, private: secret } = result.compared[at]!;
    // Of independent errors, the ratio of the two scatters by this much.
    const scatter = Math.sqrt(1 / (2 * count) + 1 / (2 * points));
    if (!secret && rms > fitted * Math.max(1.5, 1 + 3 * scatter))
      notes.push(
        `where it has not been fitted, ${text} is ${short(rms / fitted, 2)} times as far off: do not trust the model there. Fit fewer parameters, or to a recording of more situations.`,
      );
  });
  if (!result.converged) notes.push('the fit has not settled: begin with better values.');
  if (bad.first !== undefined)
    notes.push(
      `${bad.count === 1 ? 'a row' : `${bad.count} rows`} of the recording could not be used, the first in line ${bad.first.line}: ${bad.first.why}.`,
    );
  return notes;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

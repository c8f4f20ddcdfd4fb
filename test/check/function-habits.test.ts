/** Functions of other languages: named, advised, and mended by a fix after which the call is one of ours. */
import { expect, it } from 'vitest';
import { analyse } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';

const uri = 'file:///plant/a.twin';
const textOf = (expression: string): string =>
  `asset A {\n  param v[3] = [1, 2, 3]\n  param s = 3\n  let x = ${expression}\n}\n`;
const said = (text: string): readonly Diagnostic[] =>
  analyse([{ uri, text }], libraryFiles).diagnostics.filter(({ severity }) => severity === 'error');

it.each([
  ['ln(2)', 'log(2)'],
  ['pow(s, 2)', 's^2'],
  ['pow(s + 1, 2)', '(s + 1)^2'],
  ['square(s)', 's^2'],
  ['limit(s, 0, 1)', 'clamp(s, 0, 1)'],
  ['div(s, 2)', 'floor(s / 2)'],
  ['arctan(s)', 'atan(s)'],
  ['fabs(s)', 'abs(s)'],
  ['sin(deg2rad(30))', 'sin(30 deg)'],
  ['iif(s > 1, 2, 3)', '(if s > 1 then 2 else 3)'],
  ['v(1)', 'v[1]'],
  ['noEvent(s)', 'smooth(s)'],
])('%s → %s', (written, meant) => {
  const text = textOf(written);
  const found = said(text);
  expect(found.map(({ code }) => code)).toEqual(['PX2120']);
  const [edit] = found[0]!.fixes[0]!.edits;
  const mended = text.slice(0, edit!.start) + edit!.text + text.slice(edit!.end);
  expect(mended).toBe(textOf(meant));
  expect(said(mended)).toEqual([]);
});

it.each(['integral(s)', 'random()', 'edge(s > 1)', 'interp1(s)'])(
  'says what takes the place of %s',
  (written) => {
    const [found] = said(textOf(written));
    expect(found).toMatchObject({ code: 'PX2120', fixes: [] });
    expect(found!.help).toMatch(/\w/);
  },
);

it('counts elements from 1', () => {
  const [found] = said(textOf('v[0]'));
  expect(found).toMatchObject({ code: 'PX2113', help: 'Elements are counted from 1: the first is v[1].' });
});

it('takes a chain of comparisons for two', () => {
  const [found] = said(textOf('if 1 < s < 2 then 1 else 0'));
  expect(found).toMatchObject({ code: 'PX3102', help: 'Write two comparisons: 1 < s and s < ….' });
});

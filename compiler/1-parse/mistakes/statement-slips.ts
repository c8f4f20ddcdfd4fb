/** Whole statements that are written otherwise in other languages, told by the line on which the parser stopped. */
import type { IToken } from 'chevrotain';
import { report, type Diagnostic, type Fix } from '../../diagnostics/diagnostic.ts';
import { anotherLanguage, missing, unexpected } from '../../diagnostics/syntax.ts';
import type { SourceRange } from '../../model/source.ts';
import { habitOf } from './habits.ts';
import { isFirstOnLine, lineBefore } from './lines.ts';
import { scheduleSlip } from './schedule-slips.ts';
import { isOfProcess, stepSlip } from './step-slips.ts';

export interface Stop {
  text: string;
  found: IToken;
  before: IToken | undefined;
  /** Names of token types. */
  expected: readonly string[];
  place: string | undefined;
  at: (start: number, end: number) => SourceRange;
}

const endOf = (token: IToken): number => token.startOffset + token.image.length;

export const write = (source: SourceRange, text: string, title = `Write ${text}`): { fixes: Fix[] } => {
  const { uri, start, end } = source;
  return { fixes: [{ title, edits: [{ uri, start, end, text }] }] };
};

export function statementSlip(stop: Stop): Diagnostic | undefined {
  const { text, found, before, place, expected } = stop;
  // A step that nothing in a process begins with is wrong itself; elsewhere the line before may lack something.
  const isStep = place === 'the process' && expected.length === 1 && expected[0] === '}';
  const isNext = before !== undefined && isFirstOnLine(text, found.startOffset) && found.image !== 'set';
  const anchor = isNext && !isStep ? before : found;
  const from = text.lastIndexOf('\n', anchor.startOffset - 1) + 1;
  const until = text.slice(from).search(/[\r\n]|$/) + from;
  const line = text.slice(from, until);
  const unlessOtherwise =
    startAttribute(stop, line, from) ??
    (isOfProcess(place) ? stepSlip(stop, line, from) : undefined) ??
    scheduleSlip(stop);
  if (unlessOtherwise !== undefined) return unlessOtherwise;
  const here = stop.at(found.startOffset, endOf(found));
  if (found.image === 'set' && place === 'the asset') {
    const advice =
      'A value is changed at an event: write `set` in a `when`, `at` or `every`. What holds at all times is an equation, x = ….';
    return report(unexpected, { found: "'set'", expected: [], place, advice }, here);
  }
  if (place === 'the arrive' && before?.image === 'arrive' && /^(ID|NUMBER)$/.test(found.tokenType.name)) {
    const interval = found.tokenType.name === 'ID' ? found.image : line.trim().replace(/^arrive\s+/, '');
    const suggestion = `arrive every ${interval}`;
    const fixes = write(stop.at(found.startOffset, found.startOffset), 'every ', 'Write every').fixes;
    return report(unexpected, { found: `'${found.image}'`, expected: [], place, suggestion }, here, {
      fixes,
    });
  }
  if (found.image === ',' && /^\s*chart\b.*\bas\s+\S+\s*$/.test(text.slice(from, found.startOffset))) {
    const advice = 'All lines of a chart have one unit: `as` and the unit stand once, behind the last value.';
    return report(unexpected, { found: "','", expected: [], place: 'the chart', advice }, here);
  }
  if (place === 'the if' && found.image === '=' && /^\s*if\b/.test(line)) {
    const help =
      'Equations by condition stand in braces, as many in each branch: if … { x = … } else { x = … }. A value is chosen by x = if … then … else ….';
    return report(missing, { expected: "'{'", found: "'then'", place, help }, here);
  }
  const wantsEquals = stop.expected.length === 1 && stop.expected[0] === '=';
  return wantsEquals && before !== undefined ? noEquation(stop, before, line, from) : undefined;
}

/** `state T(start = 50 degC)`, of Modelica. */
function startAttribute({ at }: Stop, line: string, from: number): Diagnostic | undefined {
  const written =
    /^\s*(?:param|input|state|let|fixed)\s+\w+(\s*\(\s*start\s*=\s*([^,()]*[^,()\s])[^()]*\))(?!\s*=)/.exec(
      line,
    );
  if (written === null) return undefined;
  const [whole, brackets = '', value = ''] = written;
  const source = at(from + whole.length - brackets.trimStart().length, from + whole.length);
  const suggestion = `= ${value}`;
  const gap = { ...source, start: from + whole.length - brackets.length };
  return report(
    unexpected,
    { found: `'${brackets.trim()}'`, expected: [], place: 'the declaration', suggestion },
    source,
    write(gap, ` ${suggestion}`, `Write ${suggestion}`),
  );
}

/** A line that is read as an equation, and has no `=`. */
function noEquation({ text, found, at }: Stop, before: IToken, line: string, from: number) {
  const start = from + (line.length - line.trimStart().length);
  const [, first = '', gap = '', second = ''] = /^\s*([a-z_]\w*)(\s+([a-z_]\w*))?/i.exec(line) ?? [];
  const word = at(start, start + first.length);
  const ends =
    isFirstOnLine(text, found.startOffset) || found.image === '}' || found.tokenType.name === 'EOF';
  if (first === 'output' && gap !== '') {
    const advice = 'Every value of an asset can be read from outside: write `let`.';
    const holes = { found: "'output'", expected: [], place: 'the asset', advice };
    return report(unexpected, holes, word, write(word, 'let'));
  }
  if (first === 'initial' && /^(equation|algorithm)$/.test(second)) {
    const both = at(start, start + first.length + gap.length);
    const advice = 'Write `initially` in front of each equation that holds at the start alone.';
    return report(anotherLanguage, { word: `${first} ${second}`, advice }, both, write(both, 'initially'));
  }
  if (/^(table|function|unit|quantity|calendar)$/.test(first) && gap !== '')
    return misplacedDeclaration(first, 'the asset', word);
  if (first === 'der' && gap !== '') {
    const both = at(start, start + first.length + gap.length);
    const suggestion = `der(${second})`;
    const holes = { found: `'${first} ${second}'`, expected: [], place: 'the equation', suggestion };
    return report(unexpected, holes, both, write(both, suggestion));
  }
  const isDeclared = /^\s*([A-Z]\w*)\s+([a-z_]\w*)\s*(\(.*\))?\s*$/.exec(line);
  if (isDeclared !== null) {
    const [, type = '', name = '', given = ''] = isDeclared;
    const source = at(start, start + line.trim().length);
    const suggestion = `part ${name}: ${type}${given}`;
    const holes = { found: `'${type} ${name}'`, expected: [], place: 'the asset', suggestion };
    return report(unexpected, holes, source, write(source, suggestion));
  }
  const called = /^\s*([a-z_]\w*)\s*\((.*)\)\s*$/i.exec(line);
  if (called !== null && ends) {
    const source = at(start, start + line.trim().length);
    const habit = habitOf(first);
    if (habit !== undefined) {
      const joins = /^connect(ion)?$/.test(first) && `join ${called[2]!.trim()}`;
      const fixes = joins === false ? { fixes: [] } : write(source, joins);
      return report(anotherLanguage, { word: first, advice: habit.advice }, word, fixes);
    }
    const help =
      first === 'print'
        ? 'Values are shown by the preview and by `pollux run`; what is to be told at an instant is an `alarm` or an `event`.'
        : 'A call by itself does nothing: an equation has two sides, x = ….';
    return report(
      missing,
      { expected: "'='", found: 'the end of the line', place: 'the equation', help },
      source,
    );
  }
  const operands = /([\w.[\]]+)\s+(mod|div|rem)\s+([\w.[\]]+(?: [a-z][^\s)]*)?)/.exec(line);
  if (operands !== null) {
    const [whole, left = '', operator = '', right = ''] = operands;
    const source = at(from + operands.index, from + operands.index + whole.length);
    const suggestion = operator === 'div' ? `floor(${left} / ${right})` : `mod(${left}, ${right})`;
    const holes = { found: `'${operator}'`, expected: [], place: 'the expression', suggestion };
    return report(unexpected, holes, source, write(source, suggestion));
  }
  const summands = /(\d[\d_.]*\s+[a-z]+)\s+(\d[\d_.]*\s+[a-z]+)\s*$/.exec(line);
  if (summands !== null && ends) {
    const [whole, left = '', right = ''] = summands;
    const source = at(from + summands.index, from + summands.index + whole.trimEnd().length);
    const suggestion = `${left} + ${right}`;
    const holes = { found: `'${right}'`, expected: [], place: 'the value', suggestion };
    return report(unexpected, holes, source, write(source, suggestion));
  }
  return undefined;
}

const BESIDE: Record<string, string> = {
  const:
    'In an asset write `fixed`, or `param` for what may be tuned; a `const` stands in the file, outside of assets.',
  asset: 'Declare it outside, and use it by `part name: Asset`.',
  twin: 'A twin stands in the file, outside of assets; one asset within another is a `part`.',
};

/** A declaration of a file that stands in a block. */
export function misplacedDeclaration(
  word: string,
  place: string | undefined,
  source: SourceRange,
): Diagnostic {
  const advice = BESIDE[word] ?? `Move it out: a \`${word}\` stands in the file, outside of assets.`;
  const fixes = word === 'const' && place === 'the asset' ? write(source, 'fixed') : { fixes: [] };
  return report(unexpected, { found: `'${word}'`, expected: [], place, advice }, source, fixes);
}

/** Whether the block in which a place lies is closed behind it: then what stands there is within it, and its brace is not forgotten. */
export function isClosedLater(text: string, offset: number): boolean {
  const isIndented = /^[ \t]+$/.test(lineBefore(text, offset));
  if (!isIndented) return false;
  let depth = 0;
  for (const [each] of text.slice(offset).matchAll(/"[^"\n]*"|\/\/[^\n]*|[{}]/g)) {
    if (each === '{') depth += 1;
    else if (each === '}' && depth-- === 0) return true;
  }
  return false;
}

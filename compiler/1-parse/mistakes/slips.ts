/**
 * Mistakes that a few words show by themselves, and that are read as they were meant, so that all behind them is understood: `:=`, `**`,
 * `<>`, `mode Full {`, `W/m2K`.
 */
import type { IToken } from 'chevrotain';
import { report, type Diagnostic, type Fix } from '../../diagnostics/diagnostic.ts';
import { missing, unexpected } from '../../diagnostics/syntax.ts';
import type { SourceRange } from '../../model/source.ts';
import { endOf } from './lines.ts';
import { isTypeBeforeName, type Words } from '../read/notes.ts';

export type SlipKind = keyof typeof TELL;

export interface Slip {
  kind: SlipKind;
  /** Of the text that is told of. */
  start: number;
  end: number;
  /** The tokens that are left out. */
  leftOut?: readonly number[];
  /** The token that is read as another, and the name of that type. */
  readAs?: [at: number, type: string];
}

const fix = (title: string, { uri, start, end }: SourceRange, text: string): { fixes: Fix[] } => ({
  fixes: [{ title, edits: [{ uri, start, end, text }] }],
});

const TELL = {
  assignment: (_: string, source: SourceRange): Diagnostic => {
    const help =
      'A value and an equation are written with =. To change a value at an event, write `set x = …` in a `when`.';
    return report(missing, { expected: "'='", found: "':='", help }, source, fix('Write =', source, '='));
  },
  power: (_: string, source: SourceRange): Diagnostic =>
    report(unexpected, { found: "'**'", expected: [], suggestion: '^' }, source, fix('Write ^', source, '^')),
  unequal: (_: string, source: SourceRange): Diagnostic =>
    report(
      unexpected,
      { found: "'<>'", expected: [], suggestion: '!=' },
      source,
      fix('Write !=', source, '!='),
    ),
  mode: (word: string, source: SourceRange): Diagnostic => {
    const [first = '', name = ''] = word.split(/\s+/);
    const holes = { found: `'${first}'`, expected: [], place: 'the modes' };
    const gap = { ...source, end: source.end - name.length };
    return report(
      unexpected,
      { ...holes, advice: `A mode begins with its name: ${name} { … }.` },
      { ...source, end: source.start + first.length },
      fix(`Remove '${first}'`, gap, ''),
    );
  },
  type: (word: string, source: SourceRange): Diagnostic => {
    const [type = '', name = ''] = word.split(/\s+/);
    const kept = /^int/i.test(type) ? 'Integer' : /^bool/i.test(type) ? 'Boolean' : undefined;
    const advice =
      kept === undefined
        ? `The quantity follows from the value; where there is none it stands behind the name, as in ${name}: Power.`
        : `The type stands behind the name: ${name}: ${kept}.`;
    const edit =
      kept === undefined
        ? fix(`Remove '${type}'`, { ...source, end: source.end - name.length }, '')
        : fix(`Write ${name}: ${kept}`, source, `${name}: ${kept}`);
    const shown = { ...source, end: source.start + type.length };
    return report(
      unexpected,
      { found: `'${type}'`, expected: [], place: 'the declaration', advice },
      shown,
      edit,
    );
  },
  step: (word: string, source: SourceRange): Diagnostic =>
    report(
      unexpected,
      { found: `'${word}'`, expected: [], place: 'the process', suggestion: 'arrive' },
      source,
      fix("Change to 'arrive'", source, 'arrive'),
    ),
  units: (word: string, source: SourceRange): Diagnostic => {
    const text = `[${/\d+/.exec(word)?.[0] ?? ''}]`;
    const advice = `How many there are stands in brackets, as in resource name${text}.`;
    return report(
      unexpected,
      { found: `'${word}'`, expected: [], place: 'the resource', advice },
      source,
      fix(`Write ${text}`, source, text),
    );
  },
  sensor: (word: string, source: SourceRange): Diagnostic =>
    report(
      missing,
      { expected: "'measures'", found: `'${word}'`, place: 'the sensor' },
      source,
      fix('Write measures', source, 'measures'),
    ),
  unit: (word: string, source: SourceRange): Diagnostic => {
    const text = bracketed(word);
    return report(
      unexpected,
      { found: `'${word}'`, expected: [], place: 'the unit', suggestion: text },
      source,
      fix(`Write ${text}`, source, text),
    );
  },
};

/** @param text what was written at the slip */
export function tellSlip(kind: string, text: string, source: SourceRange): Diagnostic | undefined {
  return Object.hasOwn(TELL, kind) ? TELL[kind as SlipKind](text, source) : undefined;
}

/** `W/m2K` is meant as W/(m2*K), and `m2K/W` as m2*K/W. */
function bracketed(unit: string): string {
  const [above = '', ...below] = unit.split('/').map((part) => part.replaceAll(/(\d)(?=\p{L})/gu, '$1*'));
  return [above, ...below.map((part) => (part.includes('*') ? `(${part})` : part))].join('/');
}

export function slipAt(tokens: readonly IToken[], words: Words, at: number): Slip | undefined {
  const token = tokens[at]!;
  const next = tokens[at + 1];
  if (next === undefined) return undefined;
  const start = token.startOffset;
  const end = start + token.image.length;
  const isAdjacent = next.startOffset === end;
  if (isAdjacent) {
    const both = { start, end: end + next.image.length };
    if (token.image === ':' && next.image === '=') return { kind: 'assignment', ...both, leftOut: [at] };
    if (token.image === '*' && next.image === '*')
      return { kind: 'power', ...both, leftOut: [at], readAs: [at + 1, '^'] };
    if (token.image === '<' && next.image === '>')
      return { kind: 'unequal', ...both, leftOut: [at], readAs: [at + 1, '!='] };
    if (token.tokenType.name === 'UNIT' && /\d$/.test(token.image) && next.tokenType.name === 'ID')
      return { kind: 'unit', ...both, leftOut: [at + 1] };
  }
  const last = tokens[at - 1];
  if (/^(=|of|for)$/.test(token.image) && tokens[at - 2]?.image === 'sensor' && last?.tokenType.name === 'ID')
    return { kind: 'sensor', start, end, readAs: [at, 'measures'] };
  if (/^arriv(al|als|es|ing)$/.test(token.image) && last?.endLine !== token.startLine)
    if (/^(every|at|when|on)$/.test(next.image)) return { kind: 'step', start, end, readAs: [at, 'arrive'] };
  if (last?.image === 'resource' && token.tokenType.name === 'ID') {
    const units = unitsAt(tokens, at + 1);
    if (units !== undefined) return units;
  }
  if (isTypeBeforeName(words, at + 1)) {
    const name = tokens[at + 2]!;
    return {
      kind: 'type',
      start: next.startOffset,
      end: name.startOffset + name.image.length,
      leftOut: [at + 1],
    };
  }
  const isMode = token.image === 'mode' || token.image === 'state';
  if (!isMode || next.tokenType.name !== 'ID' || next.startLine !== token.startLine) return undefined;
  if (tokens[at + 2]?.image !== '{') return undefined;
  const before = tokens[at - 1];
  const begins =
    before === undefined ||
    before.endLine !== token.startLine ||
    /^(initial|final|\{|\})$/.test(before.image);
  return begins
    ? { kind: 'mode', start, end: next.startOffset + next.image.length, leftOut: [at] }
    : undefined;
}

/** `resource capper = 2`, `capper: 2`, `capper(2)`, `capper 2`: what would end the asset, with all that is behind it. */
function unitsAt(tokens: readonly IToken[], at: number): Slip | undefined {
  const sign = /^[=:(]$/.test(tokens[at]!.image) ? 1 : 0;
  const number = tokens[at + sign];
  if (number?.tokenType.name !== 'NUMBER' || number.startLine !== tokens[at - 1]!.endLine) return undefined;
  const isClosed = tokens[at]!.image === '(';
  const last = at + sign + (isClosed && tokens[at + 2]?.image === ')' ? 1 : 0);
  const end = tokens[last]!;
  const leftOut = Array.from({ length: last - at + 1 }, (_, index) => at + index);
  return { kind: 'units', start: endOf(tokens[at - 1]!), end: end.startOffset + end.image.length, leftOut };
}

/** Tokens and lines of a text, as those need them who tell mistakes. */
import type { IToken } from 'chevrotain';
import type { SourceRange } from '../../model/source.ts';

/** What stands before it on its line. */
export const lineBefore = (text: string, offset: number): string =>
  text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);

/** Whether nothing stands before it on its line. */
export const isFirstOnLine = (text: string, offset: number): boolean =>
  lineBefore(text, offset).trim() === '';

/** The last character before it that is no blank or break of a line; '' where there is none. */
export function lastBefore(text: string, offset: number): string {
  let at = offset - 1;
  while (at >= 0 && text[at]!.trim() === '') at -= 1;
  return text[at] ?? '';
}

export function endOfLine(text: string, offset: number): number {
  const end = text.slice(offset).search(/[\r\n]/);
  return end < 0 ? text.length : offset + end;
}

/** The place that an edit replaces. */
export const span = ({ uri, start, end }: SourceRange): { uri: string; start: number; end: number } => ({
  uri,
  start,
  end,
});

export const endOf = (token: IToken): number => (token.endOffset ?? token.startOffset) + 1;

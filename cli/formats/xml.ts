/** Any text as content or attribute of XML 1.0. */
import { escapeXml } from '../../review/picture.ts';

/** Characters that XML 1.0 has no place for are left out. */
const allowed = (text: string): string =>
  [...text].filter((each) => isAllowed(each.codePointAt(0)!)).join('');
/** Char of XML 1.0. */
const isAllowed = (point: number): boolean =>
  point === 9 ||
  point === 10 ||
  point === 13 ||
  (point >= 32 && point !== 0xfffe && point !== 0xffff && !(point >= 0xd800 && point <= 0xdfff));

export const content = (text: string): string => escapeXml(allowed(text));
export const attribute = (text: string): string =>
  content(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;').replaceAll('\r', '&#13;');

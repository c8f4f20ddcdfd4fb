/**
 * A text cut into the very tokens that Langium's lexer makes of it, as plain numbers, and several times as fast: by the first character of each.
 * It knows no message: what it cannot cut, or what Langium's lexer would note something about, is left to that.
 */
import { GrammarAST, GrammarUtils } from 'langium';
import { keywordsIn, type Keywords } from '../keywords.ts';
import { declares, foreignWord, isTypeBeforeName, isTypeWord, ReservedWords, type Words } from './notes.ts';
import { isNoUnit, mayBeUnit } from './token-builder.ts';
import { endOfUnit } from './unit-token.ts';

const NUMBER = /[0-9](_?[0-9])*(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9]+)?/y;
const STRING = /"(\\.|[^"\\\r\n])*"/y;
const BLANK = /\s+/y;
const LINE = /[^\n\r]*/y;
const BREAK = /[\n\r]/;
const WORD = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** What the first character of a token makes of it. */
const [OTHER, BLANKS, LETTER, DIGIT, QUOTE, SLASH] = [0, 1, 2, 3, 4, 5] as const;
const KINDS = new Uint8Array(128);
for (const blank of '\t\n\v\f\r ') KINDS[blank.charCodeAt(0)] = BLANKS;
for (let code = 0; code < 128; code += 1) {
  const character = String.fromCharCode(code);
  if (/[_a-zA-Z]/.test(character)) KINDS[code] = LETTER;
  else if (/[0-9]/.test(character)) KINDS[code] = DIGIT;
}
KINDS['"'.charCodeAt(0)] = QUOTE;
KINDS['/'.charCodeAt(0)] = SLASH;

const [NEWLINE, RETURN, STAR] = [10, 13, 42] as const;

/** The kinds of tokens by number: keywords and terminals of the grammar, and the end. */
export class Vocabulary {
  readonly names: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly end: number;
  /** All that can be read, from the rule that a file begins with. */
  readonly rules: readonly GrammarAST.AbstractRule[];

  constructor(grammar: GrammarAST.Grammar) {
    this.rules = [...GrammarUtils.getAllReachableRules(grammar, false)];
    const names = new Set<string>();
    const terminals: string[] = [];
    for (const rule of this.rules) {
      if (GrammarAST.isTerminalRule(rule)) terminals.push(rule.name);
      else for (const keyword of keywordsIn(rule)) names.add(keyword);
    }
    this.names = [...names, ...terminals];
    this.numbers = new Map(this.names.map((name, index) => [name, index]));
    this.end = this.names.length;
  }

  /** The number of a kind that there has to be. */
  of(name: string): number {
    const found = this.numbers.get(name);
    if (found === undefined) throw new Error(`the grammar has no ${name}`);
    return found;
  }
}

/** A comment. */
export interface Hidden {
  type: number;
  start: number;
  end: number;
}

/** What stands where in the text that was scanned last; the next scan writes over it. */
export class Scanner implements Words {
  count = 0;
  /** One more than there are: the end. */
  types = new Uint16Array(1024);
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  images: string[] = [];
  hidden: Hidden[] = [];
  readonly vocabulary: Vocabulary;
  /** Whether a line ends in front of a token. */
  private lines = new Uint8Array(1024);
  private readonly reserved: ReservedWords;
  private readonly isReserved: Uint8Array;
  /** By first character, the longest first. */
  private readonly marks: (readonly { text: string; type: number }[] | undefined)[] = [];
  /** By hash: words of the language, for good; then those of the text, whose slots hold from one scan to the next. */
  private readonly keywords = new Map<number, { text: string; type: number }[]>();
  private slots = new Int32Array(1024);
  private readonly texts: string[] = [];
  private readonly froms: number[] = [];
  /** Which of the words of the text belong to another language. */
  private readonly foreign = new Set<string>();
  private readonly id: number;
  private readonly number: number;
  private readonly string: number;
  private readonly unit: number;
  /** Kinds behind which a unit may stand. */
  private readonly opensUnit: Uint8Array;
  private readonly comments: { line: number; block: number };

  constructor(vocabulary: Vocabulary, keywords: Keywords) {
    this.vocabulary = vocabulary;
    this.reserved = new ReservedWords(keywords);
    this.isReserved = Uint8Array.from(vocabulary.names, (name) => Number(this.reserved.words.has(name)));
    this.opensUnit = Uint8Array.from(vocabulary.names, (name) =>
      Number(['NUMBER', 'as', 'unit', '='].includes(name)),
    );
    this.id = vocabulary.of('ID');
    this.number = vocabulary.of('NUMBER');
    this.string = vocabulary.of('STRING');
    this.unit = vocabulary.of('UNIT');
    this.comments = { line: vocabulary.of('SL_COMMENT'), block: vocabulary.of('ML_COMMENT') };
    const terminals = new Set(['ID', 'NUMBER', 'STRING', 'UNIT', 'WS', 'SL_COMMENT', 'ML_COMMENT']);
    for (const [text, type] of vocabulary.numbers) {
      if (terminals.has(text)) continue;
      if (WORD.test(text)) {
        const same = this.keywords.get(hashOf(text));
        if (same === undefined) this.keywords.set(hashOf(text), [{ text, type }]);
        else same.push({ text, type });
      } else {
        const first = text.charCodeAt(0);
        if (first > 127 || (KINDS[first] !== OTHER && KINDS[first] !== SLASH))
          throw new Error(`the scanner does not know ${text}`);
        this.marks[first] = [...(this.marks[first] ?? []), { text, type }].toSorted(
          (a, b) => b.text.length - a.text.length,
        );
      }
    }
  }

  image(at: number): string {
    return at < 0 || at >= this.count ? '' : this.images[at]!;
  }

  name(at: number): string {
    return at < 0 || at >= this.count ? '' : this.vocabulary.names[this.types[at]!]!;
  }

  breaks(at: number): boolean {
    return at <= 0 || at >= this.count || this.lines[at] === 1;
  }

  /** Whether the text could be cut, and there is nothing in it to note. */
  scan(text: string): boolean {
    this.count = 0;
    this.images = [];
    this.hidden = [];
    if (this.slots.length > 4096) this.slots = new Int32Array(1024);
    else this.slots.fill(0);
    this.texts.length = 0;
    this.froms.length = 0;
    this.foreign.clear();
    if (!this.cut(text)) return false;
    this.types[this.count] = this.vocabulary.end;
    return !this.isNoted();
  }

  private cut(text: string): boolean {
    const { length } = text;
    let at = 0;
    let fresh = 1;
    while (at < length) {
      const code = text.charCodeAt(at);
      const kind = code < 128 ? KINDS[code]! : OTHER;
      if (kind === BLANKS) {
        if (code === NEWLINE || code === RETURN) fresh = 1;
        at += 1;
        continue;
      }
      const { count } = this;
      if (count > 0 && this.opensUnit[this.types[count - 1]!] === 1) {
        const end = this.endOfUnit(text, at);
        if (end > at) {
          this.add(this.unit, at, end, text.slice(at, end), fresh);
          fresh = 0;
          at = end;
          continue;
        }
      }
      const from = at;
      if (kind === LETTER) {
        let hash = code;
        for (at += 1; at < length; at += 1) {
          const next = text.charCodeAt(at);
          const sort = next < 128 ? KINDS[next]! : OTHER;
          if (sort !== LETTER && sort !== DIGIT) break;
          hash = (Math.imul(hash, 31) + next) | 0;
        }
        this.word(text, from, at, hash, fresh);
      } else if (kind === DIGIT) {
        at = endOfNumber(text, from);
        this.add(this.number, from, at, text.slice(from, at), fresh);
      } else if (kind === QUOTE) {
        at = endBy(STRING, text, from);
        if (at === from) return false;
        this.add(this.string, from, at, text.slice(from, at), fresh);
      } else {
        if (kind === SLASH) {
          at = this.comment(text, from);
          if (at > from) {
            if (BREAK.test(text.slice(from, at))) fresh = 1;
            continue;
          }
        }
        const mark = this.mark(text, from, code);
        if (mark === undefined) {
          at = endBy(BLANK, text, from);
          if (at === from) return false;
          if (BREAK.test(text.slice(from, at))) fresh = 1;
          continue;
        }
        at = from + mark.text.length;
        this.add(mark.type, from, at, mark.text, fresh);
      }
      fresh = 0;
    }
    return true;
  }

  private add(type: number, start: number, end: number, image: string, fresh: number): void {
    const at = this.count;
    if (at + 1 >= this.types.length) this.grow();
    this.types[at] = type;
    this.starts[at] = start;
    this.ends[at] = end;
    this.lines[at] = fresh;
    this.images.push(image);
    this.count = at + 1;
  }

  /** The longest that stands here. */
  private mark(text: string, from: number, first: number): { text: string; type: number } | undefined {
    const marks = this.marks[first];
    if (marks === undefined) return undefined;
    for (let n = 0; n < marks.length; n += 1) {
      const mark = marks[n]!;
      if (mark.text.length === 1 || text.startsWith(mark.text, from)) return mark;
    }
    return undefined;
  }

  private grow(): void {
    const { types, starts, ends, lines } = this;
    const length = types.length * 2;
    (this.types = new Uint16Array(length)).set(types);
    (this.starts = new Int32Array(length)).set(starts);
    (this.ends = new Int32Array(length)).set(ends);
    (this.lines = new Uint8Array(length)).set(lines);
  }

  /** The same word is the same string wherever it stands: whoever looks it up has its hash at hand. */
  private word(text: string, from: number, to: number, hash: number, fresh: number): void {
    const known = this.keywords.get(hash);
    if (known !== undefined)
      for (const keyword of known)
        if (keyword.text.length === to - from && text.startsWith(keyword.text, from))
          return this.add(keyword.type, from, to, keyword.text, fresh);
    const { slots, texts, froms } = this;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let index = slots[slot]!; index !== 0; index = slots[(slot = (slot + 1) & mask)]!) {
      const word = texts[index - 1]!;
      if (word.length === to - from && sameAt(text, froms[index - 1]!, from, to - from))
        return this.add(this.id, from, to, word, fresh);
    }
    const word = text.slice(from, to);
    if (foreignWord(word) !== undefined || isTypeWord(word)) this.foreign.add(word);
    froms.push(from);
    slots[slot] = texts.push(word);
    if (texts.length * 2 > slots.length) this.rehash(text);
    this.add(this.id, from, to, word, fresh);
  }

  private rehash(text: string): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    this.texts.forEach((word, index) => {
      const hash = hashOf(text, this.froms[index]!, word.length);
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    });
    this.slots = slots;
  }

  private endOfUnit(text: string, at: number): number {
    const { count, vocabulary, types } = this;
    const previous = vocabulary.names[types[count - 1]!]!;
    const gap = this.ends[count - 1]!;
    // What stands on a line of its own, or far away, is none.
    if (previous === 'NUMBER' && at > gap + 1) return at;
    const declaring = previous === '=' && count > 2 ? vocabulary.names[types[count - 3]!] : undefined;
    if (!mayBeUnit(text, at, gap, previous, declaring)) return at;
    return endOfUnit(text, at, this.endsUnit);
  }

  private readonly endsUnit = (word: string): boolean =>
    isNoUnit(word) && this.keywords.get(hashOf(word))?.some(({ text }) => text === word) === true;

  /** The end of the comment that begins here, or here where none does. */
  private comment(text: string, from: number): number {
    const next = text.charCodeAt(from + 1);
    if (next === 47) {
      const end = endBy(LINE, text, from);
      this.hidden.push({ type: this.comments.line, start: from, end });
      return end;
    }
    const close = next === STAR ? text.indexOf('*/', from + 2) : -1;
    if (close < 0) return from;
    this.hidden.push({ type: this.comments.block, start: from, end: close + 2 });
    return close + 2;
  }

  private isNoted(): boolean {
    const { count, types, isReserved, foreign, images } = this;
    for (let at = 0; at < count; at += 1) {
      if (isReserved[types[at]!] === 1 && this.reserved.isName(this, at)) return true;
      if (foreign.size === 0 || types[at] !== this.id || !foreign.has(images[at]!)) continue;
      if (foreignWord(images[at]!) === undefined ? isTypeBeforeName(this, at) : declares(this, at))
        return true;
    }
    return false;
  }
}

function endOfNumber(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 57 || code < 48) {
      // What goes on behind the digits: _ . e E
      if (code !== 95 && code !== 46 && code !== 101 && code !== 69) return at;
      return endBy(NUMBER, text, from);
    }
  }
  return at;
}

function endBy(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function sameAt(text: string, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at += 1)
    if (text.charCodeAt(one + at) !== text.charCodeAt(other + at)) return false;
  return true;
}

function hashOf(text: string, from = 0, length = text.length): number {
  let hash = text.charCodeAt(from);
  for (let at = from + 1; at < from + length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

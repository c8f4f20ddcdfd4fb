/**
 * Langium's tokens, with one that depends on its place: UNIT stands after a number with at most one blank between, after
 * `as` and `unit`, and after the `=` of a `unit` or `quantity` declaration. Elsewhere the same letters are names.
 */
import type { CustomPatternMatcherFunc, IToken, TokenType, TokenVocabulary } from 'chevrotain';
import { DefaultTokenBuilder, type GrammarAST, type TokenBuilderOptions } from 'langium';
import { endOfUnit } from './unit-token.ts';

/** Words of the language that begin a line only, and are also good units: `20 item`, `5 order`. */
const UNITS_TOO: ReadonlySet<string> = new Set([
  'batch',
  'item',
  'items',
  'order',
  'process',
  'queue',
  'resource',
  'station',
]);

export class TwinTokenBuilder extends DefaultTokenBuilder {
  private readonly words = new Set<string>();

  private built: TokenType[] | undefined;

  override buildTokens(grammar: GrammarAST.Grammar, options?: TokenBuilderOptions): TokenVocabulary {
    if (this.built !== undefined) return this.built;
    const tokens = super.buildTokens(grammar, options) as TokenType[];
    for (const token of tokens) {
      if (typeof token.PATTERN === 'string' && /^[a-z]/i.test(token.PATTERN)) this.words.add(token.PATTERN);
    }
    // Before the keywords and names, since its pattern decides by what stands before it.
    this.built = tokens.toSorted((a, b) => Number(b.name === 'UNIT') - Number(a.name === 'UNIT'));
    return this.built;
  }

  protected override buildTerminalToken(terminal: GrammarAST.TerminalRule): TokenType {
    const token = super.buildTerminalToken(terminal);
    if (terminal.name !== 'UNIT') return token;
    const isKeyword = (word: string): boolean => this.words.has(word) && isNoUnit(word);
    const pattern: CustomPatternMatcherFunc = (text, offset, matched) => {
      if (!unitMayStandAt(text, offset, matched)) return null;
      const end = endOfUnit(text, offset, isKeyword);
      return end === offset ? null : [text.slice(offset, end)];
    };
    return { ...token, PATTERN: pattern, LINE_BREAKS: false, START_CHARS_HINT: firstCharacters() };
  }
}

function unitMayStandAt(text: string, offset: number, matched: IToken[]): boolean {
  const previous = matched[matched.length - 1];
  if (previous === undefined) return false;
  const from = (previous.endOffset ?? previous.startOffset) + 1;
  return mayBeUnit(text, offset, from, previous.tokenType.name, matched[matched.length - 3]?.tokenType.name);
}

/**
 * Whether a unit may stand at a place, by what stands in front of it.
 * @param from where the token before ends
 * @param previous its kind
 * @param declaring the kind of the one two before that
 */
export function mayBeUnit(
  text: string,
  offset: number,
  from: number,
  previous: string,
  declaring: string | undefined,
): boolean {
  const gap = text.slice(from, offset);
  switch (previous) {
    case 'NUMBER':
      // `2/d` divides: for one over a day write `2 /d` or `2 1/d`.
      return text[offset] === '/' || text[offset] === '1' ? gap === ' ' : gap === '' || gap === ' ';
    case 'as':
    case 'unit':
      return /^[ \t]*$/.test(gap);
    case '=':
      return (declaring === 'unit' || declaring === 'quantity') && /^[ \t]*$/.test(gap);
    default:
      return false;
  }
}

/** Of words of the language. */
export const isNoUnit = (word: string): boolean => !UNITS_TOO.has(word);

/** Without a hint the lexer tries every pattern at every character: 36 times slower. */
function firstCharacters(): (string | number)[] {
  const ascii = [...'%$_/1abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const latin1 = Array.from({ length: 0x100 - 0x80 }, (_, index) => 0x80 + index);
  // Beyond Latin-1 the lexer dispatches by blocks of 255 characters: one hint for each block.
  const beyond = Array.from({ length: 257 }, (_, block) => 0x100 + block * 255).filter(
    (code) => code <= 0xffff,
  );
  return [...ascii, ...latin1, ...beyond];
}

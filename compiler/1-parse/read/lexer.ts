/**
 * Langium's lexer, which reads some mistakes as they were meant, so that each is noted once and all that follows is understood: a word of
 * the language where nothing but a name can stand (`process part {`), a word of another language that has one here (`parameter k`), and,
 * for the parser, the slips of `mistakes/slips.ts`.
 */
import type { ILexingError, IToken, TokenType, TokenTypeDictionary } from 'chevrotain';
import { DefaultLexer, type Lexer, type LexerResult } from 'langium';
import { declares, foreignWord, ReservedWords, type Words } from './notes.ts';
import type { TwinServices } from '../services.ts';
import { slipAt } from '../mistakes/slips.ts';

/** The messages of such notes: the parser's lists hold texts alone. */
export const WORD_AS_NAME = 'a word of the language as a name';
export const FOREIGN_WORD = 'a word of another language';

/** A value may begin with them. */
const OPENING: ReadonlySet<string> = new Set('if not true false time draw der'.split(' '));
const BEFORE_VALUE = /^([-+*/^=(,[.<>]|[<>=!]=|->)$/;

/** Chevrotain's own share their shape with its end of the input, whose places are no numbers: V8 would keep each place in an object of its own. */
class Token implements IToken {
  image: string;
  startOffset: number;
  endOffset: number;
  startLine: number;
  endLine: number;
  startColumn: number;
  endColumn: number;
  tokenTypeIdx: number;
  tokenType: TokenType;

  constructor(
    image: string,
    offset: number,
    tokenTypeIdx: number,
    tokenType: TokenType,
    line: number,
    column: number,
    length: number,
  ) {
    this.image = image;
    this.startOffset = offset;
    this.endOffset = offset + length - 1;
    this.startLine = line;
    this.endLine = line;
    this.startColumn = column;
    this.endColumn = column + length - 1;
    this.tokenTypeIdx = tokenTypeIdx;
    this.tokenType = tokenType;
  }
}

const createToken = (...of: ConstructorParameters<typeof Token>): Token => new Token(...of);

/** Chevrotain's words, as it makes them. */
class TokenWords implements Words {
  private readonly tokens: readonly IToken[];

  constructor(tokens: readonly IToken[]) {
    this.tokens = tokens;
  }

  get count(): number {
    return this.tokens.length;
  }

  image(at: number): string {
    return this.tokens[at]?.image ?? '';
  }

  name(at: number): string {
    return this.tokens[at]?.tokenType.name ?? '';
  }

  breaks(at: number): boolean {
    return this.tokens[at - 1]?.endLine !== this.tokens[at]?.startLine;
  }
}

export class TwinLexer implements Lexer {
  readonly definition: TokenTypeDictionary;
  private readonly reserved: ReservedWords;
  private readonly services: TwinServices;
  private full: DefaultLexer | undefined;

  constructor(services: TwinServices) {
    this.services = services;
    this.reserved = new ReservedWords(services.twin.Keywords);
    const tokens = services.parser.TokenBuilder.buildTokens(services.Grammar) as TokenType[];
    this.definition = Object.fromEntries(tokens.map((token) => [token.name, token]));
  }

  /** Chevrotain's; made when it is first asked for, as texts without mistakes need none. */
  ready(): DefaultLexer {
    if (this.full === undefined) {
      this.full = new DefaultLexer(this.services);
      const lexer: unknown = Reflect.get(this.full, 'chevrotainLexer');
      Reflect.set(lexer as object, 'createTokenInstance', createToken);
    }
    return this.full;
  }

  tokenize(text: string): LexerResult {
    const result = this.ready().tokenize(text);
    const { tokens } = result;
    const words = new TokenWords(tokens);
    const noted: ILexingError[] = [];
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at]!;
      const { name } = token.tokenType;
      if (name === 'ID') {
        const meant = foreignWord(token.image);
        if (meant !== undefined && declares(words, at)) noted.push(...this.read(token, meant, FOREIGN_WORD));
      } else if (this.reserved.words.has(name) && this.reserved.isName(words, at))
        noted.push(...this.read(token, 'ID', WORD_AS_NAME));
    }
    for (const { offset, length, message } of noted)
      if (message === WORD_AS_NAME) this.readUses(tokens, text.slice(offset, offset + length));
    return noted.length === 0 ? result : { ...result, errors: [...result.errors, ...noted] };
  }

  /** What the parser of texts with mistakes is given: slips are read as they were meant, too, and each is noted. */
  tokenizeAsMeant(text: string): LexerResult {
    const result = this.tokenize(text);
    const { tokens } = result;
    const noted: ILexingError[] = [];
    const leftOut = new Set<number>();
    const words = new TokenWords(tokens);
    tokens.forEach(({ startLine: line, startColumn: column }, at) => {
      const slip = slipAt(tokens, words, at);
      if (slip === undefined) return;
      const { start: offset, end, kind, readAs } = slip;
      for (const each of slip.leftOut ?? []) leftOut.add(each);
      if (readAs !== undefined) this.read(tokens[readAs[0]]!, readAs[1], kind);
      noted.push({ offset, line, column, length: end - offset, message: kind });
    });
    if (noted.length === 0) return result;
    const kept = tokens.filter((_, at) => !leftOut.has(at));
    return { ...result, tokens: kept, errors: [...result.errors, ...noted] };
  }

  /** What is declared by a word of the language is also named by it. */
  private readUses(tokens: readonly IToken[], word: string): void {
    if (OPENING.has(word)) return;
    tokens.forEach((token, at) => {
      const [before, after] = [tokens[at - 1]?.image ?? '', tokens[at + 1]?.image ?? ''];
      if (token.tokenType.name === word && (BEFORE_VALUE.test(before) || after === '.'))
        this.read(token, 'ID', WORD_AS_NAME);
    });
  }

  private read(token: IToken, as: string, message: string): ILexingError[] {
    const type = this.definition[as];
    if (type?.tokenTypeIdx === undefined) return [];
    const { image, startOffset, startLine, startColumn } = token;
    token.tokenType = type;
    token.tokenTypeIdx = type.tokenTypeIdx;
    return [{ offset: startOffset, line: startLine, column: startColumn, length: image.length, message }];
  }
}

/**
 * Langium's lexer, which reads two mistakes as they were meant, so that each is noted once and all that follows is understood: a word of
 * the language where nothing but a name can stand (`process part {`), and a word of another language that has one here (`parameter k`).
 */
import type { ILexingError, IToken, TokenType } from 'chevrotain';
import { DefaultLexer, type LexerResult } from 'langium';
import { habitOf } from './habits.ts';
import type { TwinServices } from './services.ts';

/** The messages of such notes: the parser's lists hold texts alone. */
export const WORD_AS_NAME = 'a word of the language as a name';
export const FOREIGN_WORD = 'a word of another language';

/** At the beginning of its line, each of them is followed by the name of what it declares. */
const DECLARING: ReadonlySet<string> = new Set(
  (
    'asset param fixed input state let kpi part port link sensor rule alarm event command modes resource process queue store station ' +
    'exit item convey twin scenario experiment const quantity function table calendar'
  ).split(' '),
);
/** May stand in front of what declares. */
const QUALIFYING: ReadonlySet<string> = new Set(['abstract', 'final', 'private', 'released']);
/** What stands behind the name: where it follows at once, it is the name that is missing. */
const BEHIND: ReadonlySet<string> = new Set([
  'scenario for',
  'experiment on',
  'sensor measures',
  'asset extends',
  'rule when',
]);
/** A name at the beginning of a line may be followed by these. */
const INFIX: ReadonlySet<string> = new Set(['and', 'or', 'then', 'else', 'in']);
/** Short words that modes are likely to be called by, and that begin no block. */
const MODE_NAMES: ReadonlySet<string> = new Set('on use in to from until draw time guess final'.split(' '));

/** What words of other languages may be read as. */
const WHOLE: ReadonlySet<string> = new Set(['param', 'fixed', 'asset']);
const FOLLOWS = /^([=:[{]|extends|guess)$/;

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

export class TwinLexer extends DefaultLexer {
  private readonly reserved: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;

  constructor(services: TwinServices) {
    super(services);
    Reflect.set(this.chevrotainLexer, 'createTokenInstance', createToken);
    const { all, names } = services.twin.Keywords;
    this.names = names;
    this.reserved = new Set([...all].filter((word) => !names.has(word)));
  }

  override tokenize(text: string): LexerResult {
    const result = super.tokenize(text);
    const { tokens } = result;
    const noted: ILexingError[] = [];
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at]!;
      const { name } = token.tokenType;
      if (name === 'ID') {
        const meant = habitOf(token.image)?.text;
        if (meant !== undefined && WHOLE.has(meant) && declares(tokens, at))
          noted.push(...this.read(token, meant, FOREIGN_WORD));
      } else if (this.reserved.has(name) && this.isName(tokens, at, token))
        noted.push(...this.read(token, 'ID', WORD_AS_NAME));
    }
    for (const { offset, length, message } of noted)
      if (message === WORD_AS_NAME) this.readUses(tokens, text.slice(offset, offset + length));
    return noted.length === 0 ? result : { ...result, errors: [...result.errors, ...noted] };
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

  private isName(tokens: readonly IToken[], at: number, { tokenType: { name: word }, startLine }: IToken) {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    if (before === undefined || after === undefined) return false;
    const image = before.image;
    // Parameters and what is given to them: `event jam(at: Time)`, `emit jam(at = 3 s)`.
    if ((image === '(' || image === ',') && (after.image === ':' || after.image === '='))
      return word !== 'true' && word !== 'false' && word !== 'else';
    if (MODE_NAMES.has(word)) {
      if (image === '->' && (after.image === '{' || after.image === '}' || after.startLine !== startLine))
        return true;
      if ((image === '{' || image === '}') && after.image === '{') return before.startLine !== startLine;
    }
    if (before.startLine !== startLine) return false;
    if (image === 'initial' && after.image === '{') return word !== 'if' && word !== 'else';
    if (!DECLARING.has(image) || BEHIND.has(`${image} ${word}`)) return false;
    if (this.names.has(image) && INFIX.has(word)) return false;
    const start = QUALIFYING.has(tokens[at - 2]?.image ?? '') ? at - 2 : at - 1;
    return tokens[start - 1]?.endLine !== tokens[start]?.startLine || tokens[start - 1]?.image === '{';
  }
}

/** A word, a name, and what follows the name of a declaration. */
function declares(tokens: readonly IToken[], at: number): boolean {
  const [before, word, name, after] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  const first = before === undefined || before.endLine !== word?.startLine || QUALIFYING.has(before.image);
  return (
    first &&
    name?.tokenType.name === 'ID' &&
    name.startLine === word?.startLine &&
    FOLLOWS.test(after?.image ?? '')
  );
}

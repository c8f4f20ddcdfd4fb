/**
 * Where the parser goes on after a mistake in a block whose statements stand on lines of their own: at the next line that begins a statement of
 * that block, or at the brace that ends it. Left to itself it goes on at whatever any block around could go on with: the `for` of a `use` is a
 * loop to the asset around, and then everything down to the end of the process is misread.
 */
import { MismatchedTokenException, type IToken, type TokenType } from 'chevrotain';
import type { LangiumParser } from 'langium';

/** The rules of these blocks, and what they are lists of. */
const BLOCKS: Record<string, string> = { ProcessDecl: 'ProcessStep', ResourceDecl: 'ResourceClause' };

/** What Chevrotain keeps to itself. */
interface Recovering {
  LA(ahead: number): IToken;
  SKIP_TOKEN(): IToken;
  SAVE_ERROR(error: Error): Error;
  consumeToken(): void;
  getCurrRuleFullName(): string;
  errorMessageProvider: { buildMismatchTokenMessage(what: object): string };
  tokenMatcher(token: IToken, type: TokenType): boolean;
  getHumanReadableRuleStack(): string[];
  resyncFollows: Record<string, TokenType[]>;
  findReSyncTokenType(): TokenType;
  isInCurrentRuleReSyncSet(type: TokenType): boolean;
  reSyncTo(type: TokenType): IToken[];
  getTokenToInsert(type: TokenType): IToken;
  canRecoverWithSingleTokenInsertion(expected: TokenType, follows: TokenType[]): boolean;
  tryInRuleRecovery(expected: TokenType, follows: TokenType[]): IToken;
  tryInRepetitionRecovery(
    rule: (...input: unknown[]) => void,
    input: unknown[],
    ahead: () => boolean,
    expected: TokenType,
  ): void;
}

/** A token, counted from the next one, at which a block goes on. */
interface Landing {
  ahead: number;
  token: IToken;
}

const bare = (rule: string): string => rule.replaceAll('\u200B', '');

export function recoverByLines(parser: LangiumParser): void {
  const wrapper = Reflect.get(parser, 'wrapper') as Recovering;
  const firsts = new Map<string, TokenType[]>();
  const firstsOf = (block: string): TokenType[] => {
    const known = firsts.get(block) ?? beginnings(wrapper, block);
    firsts.set(block, known);
    return known;
  };
  const { findReSyncTokenType, isInCurrentRuleReSyncSet, reSyncTo } = wrapper;
  const { tryInRuleRecovery, tryInRepetitionRecovery, canRecoverWithSingleTokenInsertion } = wrapper;

  /** The innermost of these blocks that the parser is in, how deep in it, and where it can go on. */
  const here = (): { within: number; landing: Landing } | undefined => {
    const stack = wrapper.getHumanReadableRuleStack();
    const at = stack.findLastIndex((rule) => bare(rule) in BLOCKS);
    const found = at < 0 ? undefined : landing(wrapper, firstsOf(bare(stack[at]!)));
    return found && { within: stack.length - 1 - at, landing: found };
  };
  const skip = (count: number): IToken[] => Array.from({ length: count }, () => wrapper.SKIP_TOKEN());

  wrapper.findReSyncTokenType = () => here()?.landing.token.tokenType ?? findReSyncTokenType.call(wrapper);
  wrapper.isInCurrentRuleReSyncSet = (type) => {
    const found = here();
    return found === undefined ? isInCurrentRuleReSyncSet.call(wrapper, type) : found.within === 1;
  };
  wrapper.reSyncTo = (type) => {
    const found = here();
    return found === undefined ? reSyncTo.call(wrapper, type) : skip(found.landing.ahead - 1).slice(0, -1);
  };
  // Whatever can stand behind a block would do for Chevrotain to take its brace as written.
  wrapper.canRecoverWithSingleTokenInsertion = (expected, follows) =>
    canRecoverWithSingleTokenInsertion.call(wrapper, expected, follows) &&
    !(expected.name === '}' && here()?.within === 0);
  wrapper.tryInRepetitionRecovery = (rule, input, ahead, expected) => {
    const found = here();
    if (found?.within !== 0) {
      tryInRepetitionRecovery.call(wrapper, rule, input, ahead, expected);
      return;
    }
    const actual = wrapper.LA(1);
    const previous = wrapper.LA(0);
    const ruleName = wrapper.getCurrRuleFullName();
    const message = wrapper.errorMessageProvider.buildMismatchTokenMessage({
      expected,
      actual,
      previous,
      ruleName,
    });
    const error = new MismatchedTokenException(message, actual, previous);
    error.resyncedTokens = skip(found.landing.ahead - 1).slice(0, -1);
    wrapper.SAVE_ERROR(error);
    if (!wrapper.tokenMatcher(wrapper.LA(1), expected)) rule.apply(wrapper, input);
  };
  // The head of a block: what stands before its brace is left out, and a brace is taken as written where the next line begins a statement.
  wrapper.tryInRuleRecovery = (expected, follows) => {
    const block = bare(wrapper.getCurrRuleFullName());
    if (expected.name === '{' && block in BLOCKS) {
      const line = wrapper.LA(0).endLine;
      let ahead = 1;
      while (wrapper.LA(ahead).startLine === line && wrapper.LA(ahead).tokenType.name !== '{') ahead += 1;
      const next = wrapper.LA(ahead);
      const isBrace = next.startLine === line;
      if (isBrace || firstsOf(block).some((type) => wrapper.tokenMatcher(next, type))) {
        skip(ahead - 1);
        if (!isBrace) return wrapper.getTokenToInsert(expected);
        wrapper.consumeToken();
        return next;
      }
    }
    return tryInRuleRecovery.call(wrapper, expected, follows);
  };
}

/** What begins a statement of a block, and the brace that ends it. */
function beginnings({ resyncFollows }: Recovering, block: string): TokenType[] {
  const key = Object.keys(resyncFollows).find((each) => {
    const plain = bare(each);
    return plain.startsWith(BLOCKS[block]!) && plain.endsWith(`_${block}`);
  });
  return key === undefined ? [] : resyncFollows[key]!;
}

/** Nothing where the block was never closed: a line that begins further left, with something else, belongs to a block around. */
function landing(wrapper: Recovering, types: readonly TokenType[]): Landing | undefined {
  let last = wrapper.LA(0);
  const indent = columnOfLine(wrapper);
  let depth = 0;
  for (let ahead = 1; ; ahead += 1) {
    const token = wrapper.LA(ahead);
    const { name } = token.tokenType;
    if (name === 'EOF') return undefined;
    if (name === '}') {
      if (depth === 0) return { ahead, token };
      depth -= 1;
    } else if (depth === 0 && token.startLine !== last.endLine) {
      if (types.some((type) => wrapper.tokenMatcher(token, type))) return { ahead, token };
      if ((token.startColumn ?? 0) < indent) return undefined;
    }
    if (name === '{') depth += 1;
    last = token;
  }
}

/** The column in which the line begins that the parser read last. */
function columnOfLine(wrapper: Recovering): number {
  const line = wrapper.LA(0).startLine;
  let back = 0;
  while (wrapper.LA(back - 1).startLine === line) back -= 1;
  return wrapper.LA(back).startColumn ?? 0;
}

/**
 * Lexer and parser ask for a message at the instant of an error, and keep only its text. So the "message" is data here:
 * what was expected, as JSON. `syntax-diagnostics.ts` reads it back and makes the diagnostic.
 */
import type { ILexerErrorMessageProvider, IToken, TokenType } from 'chevrotain';
import { AbstractParserErrorMessageProvider } from 'langium';

export interface Expectation {
  /** Names of token types. */
  expected: string[];
}

export function readExpectation(message: string): Expectation {
  try {
    const value: unknown = JSON.parse(message);
    if (typeof value === 'object' && value !== null && 'expected' in value && Array.isArray(value.expected)) {
      return { expected: value.expected.filter((name) => typeof name === 'string') };
    }
  } catch {
    // Some other text: an error that the parser words itself.
  }
  return { expected: [] };
}

function write(types: Iterable<TokenType>): string {
  return JSON.stringify({
    expected: [...new Set([...types].map((type) => type.name))],
  } satisfies Expectation);
}

export class TwinParserErrorMessageProvider extends AbstractParserErrorMessageProvider {
  override buildMismatchTokenMessage({ expected }: { expected: TokenType }): string {
    return write([expected]);
  }

  override buildNotAllInputParsedMessage(): string {
    return write([]);
  }

  override buildNoViableAltMessage(options: {
    expectedPathsPerAlt: TokenType[][][];
    actual: IToken[];
  }): string {
    return write(firstTokens((options.expectedPathsPerAlt ?? []).flat()));
  }

  override buildEarlyExitMessage(options: {
    expectedIterationPaths: TokenType[][];
    actual: IToken[];
  }): string {
    return write(firstTokens(options.expectedIterationPaths ?? []));
  }
}

function firstTokens(paths: TokenType[][]): TokenType[] {
  return paths.flatMap((path) => path[0] ?? []);
}

export class TwinLexerErrorMessageProvider implements ILexerErrorMessageProvider {
  buildUnexpectedCharactersMessage(): string {
    return '';
  }

  buildUnableToPopLexerModeMessage(): string {
    return '';
  }
}

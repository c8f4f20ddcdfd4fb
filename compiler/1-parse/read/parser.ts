/** Langium's parser, with one fault of 4.4.0 mended, and with names of functions that lead to their declarations. */
import { NoViableAltException, type IToken } from 'chevrotain';
import {
  createParser,
  LangiumParser,
  type AstNode,
  type CstNode,
  type LangiumCoreServices,
  type ParseResult,
} from 'langium';
import { isFunctionCall } from '../../../grammar/generated/ast.ts';
import { Descent } from './descent.ts';
import type { TwinLexer } from './lexer.ts';
import type { PlacedReference } from './placed.ts';
import { recoverByLines } from './recovery.ts';
import type { TwinServices } from '../services.ts';
import { TooDeep } from '../mistakes/too-deep.ts';

/** Nodes that may be under way at one time; an expression in brackets takes seven. */
const DEEPEST = 1200;
/** Of so many no stack is full. */
const NOT_DEEP = 400;
/** Operators that one expression may have one after the other. */
const LONGEST_CHAIN = 1000;

/** What Langium keeps to itself: the nodes being built, innermost last, and what completes the innermost. */
interface Builder {
  stack: { $infixName?: string }[];
  construct(): unknown;
  assign(operator: string, feature: string, value: unknown, cstNode: CstNode, crossReference?: string): void;
  subrule(...call: unknown[]): void;
  isRecording(): boolean;
  wrapper: { LA(ahead: number): { startOffset: number } };
  /** How many nodes were under way at most. */
  deepest: number;
  /** Why the text was given up. */
  tooDeep: TooDeep | undefined;
  /** Makes the references of the trees that are being built. */
  linker: LangiumCoreServices['references']['Linker'];
}

/**
 * The one descent of the process, and the one parser, which is made when a text has a mistake: making it means analysing the whole grammar, some
 * 150 ms. From one text to the next they keep nothing but the linker, which each call sets.
 */
let descent: Descent | undefined;
let full: LangiumParser | undefined;

/** A parser whose trees are linked by these services. */
export function createTwinParser(services: TwinServices): LangiumParser {
  const parse = (...input: Parameters<LangiumParser['parse']>): ParseResult => {
    const [text, options] = input;
    return (
      (options === undefined ? readQuickly(services, text, true) : undefined) ?? readFully(services, input)
    );
  };
  return new Proxy({} as LangiumParser, {
    get: (_, name) => (name === 'parse' ? parse : Reflect.get(fullParser(services), name)),
    set: (_, name, value) => Reflect.set(fullParser(services), name, value),
  });
}

function readFully(services: TwinServices, input: Parameters<LangiumParser['parse']>): ParseResult {
  const parser = fullParser(services);
  const builder = parser as unknown as Builder;
  builder.linker = services.references.Linker;
  builder.deepest = 0;
  builder.tooDeep = undefined;
  // What it was building when it last gave up it would take for part of this text.
  builder.stack.length = 0;
  try {
    return parser.parse(...input);
  } catch (error) {
    // On its way out the parser completes what it was building, and may fail at that in some other way.
    if (builder.tooDeep !== undefined) throw builder.tooDeep;
    // The stack was full before that, as little of the code was compiled yet.
    throw builder.deepest > NOT_DEEP ? givenUp(builder, error) : error;
  }
}

/** A text without mistakes; nothing for any other, which Langium's parser then reads. */
function readQuickly(services: TwinServices, text: string, isConcrete: boolean): ParseResult | undefined {
  descent ??= new Descent(services);
  const value = descent.read(text, services.references.Linker, isConcrete);
  return value && { value, lexerErrors: [], lexerReport: { diagnostics: [] }, parserErrors: [] };
}

/**
 * The tree of a text; if there is no mistake in it, with places in place of the concrete tree, the names in the order of the text, and how many
 * levels it has at most.
 */
export function parsePlaced(
  services: TwinServices,
  text: string,
): ParseResult & { height: number; names?: readonly PlacedReference[] } {
  const read = readQuickly(services, text, false);
  return read === undefined || descent === undefined
    ? { ...readFully(services, [text]), height: Infinity }
    : { ...read, height: descent.height, names: descent.names };
}

function fullParser(services: TwinServices): LangiumParser {
  if (full !== undefined) return full;
  const Lexer = services.parser.Lexer as TwinLexer;
  // The parser asks for tokens that have their numbers.
  Lexer.ready();
  const parser = new LangiumParser(services);
  const asMeant = { definition: Lexer.definition, tokenize: (text: string) => Lexer.tokenizeAsMeant(text) };
  Reflect.set(parser, 'lexer', asMeant);
  keepInfixWithoutOperands(parser as unknown as Builder);
  referToFunctions(parser as unknown as Builder);
  endAtLength(parser as unknown as Builder);
  endAtDepth(parser as unknown as Builder);
  predictWhenAsked(parser);
  keepExpected(parser);
  recoverByLines(parser);
  createParser(services.Grammar, parser, Lexer.definition);
  parser.finalize();
  full = parser;
  return parser;
}

type Prediction = (this: unknown, alternatives?: unknown) => unknown;

/** What decides at a place of the grammar is made when a text comes there for the first time: most texts come to few. */
function predictWhenAsked(parser: LangiumParser): void {
  const strategy = (
    Reflect.get(parser, 'wrapper') as { lookaheadStrategy: Record<string, (place: unknown) => Prediction> }
  ).lookaheadStrategy;
  for (const name of ['buildLookaheadForAlternation', 'buildLookaheadForOptional']) {
    const build = strategy[name]!.bind(strategy);
    strategy[name] = (place) => {
      let made: Prediction | undefined;
      return function (alternatives) {
        return (made ??= build(place)).call(this, alternatives);
      };
    };
  }
}

interface Raising {
  getCurrRuleFullName(): string;
  LA(ahead: number): IToken;
  SAVE_ERROR(error: Error): Error;
  raiseNoAltException(choice: number, words?: string): never;
}

/** What could have stood at a choice takes the parser longer to find than all else about a mistake, and is always the same. */
function keepExpected(parser: LangiumParser): void {
  const wrapper = Reflect.get(parser, 'wrapper') as Raising;
  const messages = new Map<string, string>();
  const raise = wrapper.raiseNoAltException.bind(wrapper);
  wrapper.raiseNoAltException = (choice, words) => {
    const place = `${wrapper.getCurrRuleFullName()} ${choice}`;
    const known = messages.get(place);
    if (known !== undefined)
      throw wrapper.SAVE_ERROR(new NoViableAltException(known, wrapper.LA(1), wrapper.LA(0)));
    try {
      return raise(choice, words);
    } catch (error) {
      if (error instanceof NoViableAltException) messages.set(place, error.message);
      throw error;
    }
  };
}

/**
 * Where the first operand of an infix rule is missing (`let x = on < 3`, as `on` is a keyword), Langium builds nothing, takes
 * the nothing for a sign that the node was not built, builds the enclosing one in its place, and fails later with an
 * exception. Here an operator without operands stands for the missing expression.
 */
function keepInfixWithoutOperands(parser: Builder): void {
  const construct = parser.construct.bind(parser);
  parser.construct = () => {
    const node = parser.stack.at(-1);
    const built = construct();
    if (built !== undefined || parser.isRecording() || node?.$infixName === undefined) return built;
    delete node.$infixName;
    return node;
  };
}

/**
 * The parser recurses. It ends at one depth on every machine, with a `RangeError`, well before the stack is full: what a full
 * stack does depends on how much of the code was compiled by then.
 */
function endAtDepth(parser: Builder): void {
  const subrule = parser.subrule.bind(parser);
  parser.subrule = (...call) => {
    const { length } = parser.stack;
    if (length > parser.deepest) parser.deepest = length;
    if (length > DEEPEST && !parser.isRecording()) {
      parser.tooDeep ??= givenUp(parser);
      throw parser.tooDeep;
    }
    subrule(...call);
  };
}

/** Where the next word is. */
const givenUp = ({ wrapper }: Builder, cause?: unknown): TooDeep => {
  const { startOffset } = wrapper.LA(1);
  return new TooDeep(Number.isFinite(startOffset) ? startOffset : 0, false, cause);
};

/** A chain of operators becomes a tree as deep as it is long; it ends at one length too, and before it takes long to read. */
function endAtLength(parser: Builder): void {
  const assign = parser.assign.bind(parser);
  parser.assign = (...call) => {
    const { operators, parts } = (parser.stack.at(-1) ?? {}) as { operators?: unknown; parts?: AstNode[] };
    if (Array.isArray(operators) && operators.length > LONGEST_CHAIN) {
      parser.tooDeep ??= new TooDeep(parts?.[0]?.$cstNode?.offset ?? 0, true);
      throw parser.tooDeep;
    }
    assign(...call);
  };
}

/**
 * The name of a call is both a text, as the language has functions of its own, and a reference to a declaration where it
 * is none of those. A rule of the grammar can assign a token to one property only.
 */
function referToFunctions(parser: Builder): void {
  const assign = parser.assign.bind(parser);
  parser.assign = (operator, feature, value, cstNode, crossReference) => {
    assign(operator, feature, value, cstNode, crossReference);
    const call = parser.stack.at(-1);
    if (feature !== 'function' || typeof value !== 'string' || !isFunctionCall(call)) return;
    const declared = parser.linker.buildReference(call, 'declared', cstNode, value);
    Object.assign(call, { declared });
  };
}

/** Langium's parser, with one fault of 4.4.0 mended. */
import { createParser, LangiumParser, type LangiumCoreServices } from 'langium';

/** What Langium keeps to itself: the nodes being built, innermost last, and what completes the innermost. */
interface Builder {
  stack: { $infixName?: string }[];
  construct(): unknown;
  isRecording(): boolean;
}

export function createTwinParser(services: LangiumCoreServices): LangiumParser {
  const parser = new LangiumParser(services);
  keepInfixWithoutOperands(parser as unknown as Builder);
  createParser(services.Grammar, parser, services.parser.Lexer.definition);
  parser.finalize();
  return parser;
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

/** Which words the language has, read from its grammar. */
import type { AstNode, GrammarAST } from 'langium';
import { nodesIn } from './visit.ts';

/** Sets of keywords with a role, read from the grammar. */
export interface Keywords {
  all: ReadonlySet<string>;
  /** May also be names. */
  names: ReadonlySet<string>;
  /** Begin a declaration of a file. */
  declarations: ReadonlySet<string>;
  /** Names of the rules that have braces. */
  blocks: ReadonlySet<string>;
}

/** All that is written in quotes in a part of a grammar, in its order. */
export const keywordsIn = (root: AstNode): string[] =>
  nodesIn(root).flatMap((node) => (node.$type === 'Keyword' ? [(node as GrammarAST.Keyword).value] : []));

export function keywordsOf(grammar: GrammarAST.Grammar): Keywords {
  const words = (root: GrammarAST.Grammar | GrammarAST.AbstractRule | undefined): Set<string> =>
    new Set(root === undefined ? [] : keywordsIn(root).filter((value) => /^[a-z]/i.test(value)));
  const rule = (name: string) => grammar.rules.find((each) => each.name === name);
  const declarations = [
    'asset',
    'abstract',
    'twin',
    'bind',
    'scenario',
    'test',
    'view',
    'experiment',
    'calibrate',
    'const',
    'function',
    'table',
    'unit',
    'quantity',
  ];
  const blocks = grammar.rules.filter((each) => keywordsIn(each).includes('{')).map(({ name }) => name);
  return {
    all: words(grammar),
    names: words(rule('Name')),
    declarations: new Set(declarations),
    blocks: new Set(blocks),
  };
}

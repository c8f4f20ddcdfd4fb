/** The descent against Langium's parser: the same tree for every text without mistakes, and nothing for any other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenType } from 'chevrotain';
import * as fc from 'fast-check';
import {
  CstUtils,
  GrammarUtils,
  isAstNode,
  isReference,
  type AstNode,
  type CompositeCstNode,
  type CstNode,
  type Reference,
} from 'langium';
import { expect, it } from 'vitest';
import { createTwinServices, sourceOf, sourceOfProperty, Workspace } from '../../compiler/1-parse/index.ts';
import { Descent } from '../../compiler/1-parse/read/descent.ts';
import type { SourceRange } from '../../compiler/model/source.ts';
import { isBinaryExpr } from '../../grammar/generated/ast.ts';
import { EVERYTHING, URI } from './helper.ts';

const { twin } = createTwinServices();
const { LangiumParser } = twin.parser;
const descent = new Descent(twin);

/** With a rule to begin at, Langium reads by itself. */
const langium = (text: string) => LangiumParser.parse(text, { rule: 'TwinFile' });
const ours = (text: string): AstNode | undefined => descent.read(text, twin.references.Linker, true);

/** The operand at one end of a chain of operators, all of which share a place in the concrete tree. */
function endOf(node: AstNode, side: 'left' | 'right'): AstNode {
  return isBinaryExpr(node) ? endOf(node[side], side) : node;
}

/** By name: Langium's parser is one for the process, and may have the vocabulary of services that another suite made. */
const kindOf = (node: CstNode): string | undefined =>
  (Reflect.get(node, 'tokenType') as TokenType | undefined)?.name;

/** Which nodes of the two trees are the same, and in what they are not. */
function differences(expected: AstNode, found: AstNode): string[] {
  const said: string[] = [];
  const twins = new Map<unknown, unknown>();
  const places = new Map<unknown, unknown>();
  const same = (path: string, a: unknown, b: unknown): void => {
    if (a !== b) said.push(`${path}: ${String(a)} and ${String(b)}`);
  };
  const nodes = (path: string, a: unknown, b: unknown): void => {
    if (isAstNode(a) && isAstNode(b)) {
      twins.set(a, b);
      const names = Object.keys(a).toSorted();
      same(`${path} names`, names.join(), Object.keys(b).toSorted().join());
      for (const name of names) {
        const [one, other] = [Reflect.get(a, name), Reflect.get(b, name)] as unknown[];
        if (name === '$cstNode') places.set(one, other);
        else if (name === '$container') same(`${path} container`, twins.get(one), other);
        else nodes(`${path}.${name}`, one, other);
      }
    } else if (Array.isArray(a) && Array.isArray(b)) {
      same(`${path} length`, a.length, b.length);
      a.forEach((each, index) => nodes(`${path}[${index}]`, each, b[index]));
    } else if (isReference(a) && isReference(b)) {
      same(`${path} text`, a.$refText, b.$refText);
      places.set(a.$refNode, b.$refNode);
    } else same(path, a, b);
  };
  const words = (path: string, a: CstNode, b: CstNode): void => {
    if (places.has(a)) same(`${path} of the tree`, places.get(a), b);
    same(`${path} offset`, a.offset, b.offset);
    same(`${path} end`, a.end, b.end);
    same(`${path} range`, JSON.stringify(a.range), JSON.stringify(b.range));
    same(`${path} hidden`, a.hidden, b.hidden);
    same(`${path} token`, kindOf(a), kindOf(b));
    same(`${path} node`, twins.get(a.astNode), b.astNode);
    same(`${path} grammar`, a.grammarSource?.$type, b.grammarSource?.$type);
    if (a.grammarSource?.$container !== undefined && a.grammarSource.$type !== 'Assignment')
      same(`${path} grammar`, a.grammarSource, b.grammarSource);
    const [one, other] = [(a as CompositeCstNode).content, (b as CompositeCstNode).content] as (
      | CstNode[]
      | undefined
    )[];
    same(`${path} length`, one?.length, other?.length);
    one?.forEach((each, index) => {
      const second = other?.[index];
      if (second !== undefined) words(`${path}/${index}`, each, second);
      same(`${path} container`, second?.container, b);
    });
  };
  nodes('', expected, found);
  words('', expected.$cstNode!, found.$cstNode!);
  return said.slice(0, 10);
}

function agree(text: string): boolean {
  const { value, parserErrors, lexerErrors } = langium(text);
  const found = ours(text);
  if (parserErrors.length + lexerErrors.length > 0) expect(found).toBeUndefined();
  else expect(found ? differences(value, found) : ['not read', text]).toEqual([]);
  return found !== undefined;
}

const root = join(import.meta.dirname, '..', '..');
const texts = ['examples', 'library', 'test', 'review', 'extension'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.twin'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8')),
);

it('reads all that is written in the repository as Langium does', () => {
  const read = [EVERYTHING, ...texts].filter(agree);
  expect(read.length).toBeGreaterThan(50);
});

it('reads texts of which something was changed, or says that it cannot', () => {
  const pieces = texts.flatMap((text) => text.split(/\n(?=\S)/)).filter((piece) => piece.length < 1500);
  const words = pieces.flatMap((piece) => piece.split(/\s+/)).filter((word) => word.length < 20);
  let read = 0;
  fc.assert(
    fc.property(
      fc.nat(pieces.length - 1),
      fc.array(fc.tuple(fc.nat(1500), fc.nat(12), fc.nat(words.length - 1), fc.boolean()), { maxLength: 3 }),
      (at, changes) => {
        let text = pieces[at]!;
        for (const [offset, length, word, adds] of changes) {
          const from = text.length === 0 ? 0 : offset % text.length;
          text = `${text.slice(0, from)}${adds ? ` ${words[word]!} ` : ''}${text.slice(from + length)}`;
        }
        if (agree(text)) read += 1;
      },
    ),
    { numRuns: 400, seed: 1, endOnFailure: true },
  );
  expect(read).toBeGreaterThan(60);
});

it('knows the places of all nodes before the concrete tree is made, and the concrete tree is that of Langium', () => {
  let nodes = 0;
  for (const text of [EVERYTHING, ...texts]) {
    const { value, parserErrors, lexerErrors } = langium(text);
    if (parserErrors.length + lexerErrors.length > 0) continue;
    const workspace = new Workspace(createTwinServices(), {});
    workspace.set(URI, text);
    const { tree } = workspace.file(URI)!;
    const places = new Map<AstNode, SourceRange>();
    const names = new Map<AstNode, SourceRange>();
    workspace.visitor.visit(tree, (node) => {
      places.set(node, sourceOf(node));
      if ('name' in node) names.set(node, sourceOfProperty(node, 'name'));
    });
    nodes += places.size;
    const words = (root: AstNode): string[] =>
      CstUtils.flattenCst(root.$cstNode!)
        .map((leaf) => {
          const { offset, end, range, hidden, tokenType, astNode, text: word } = leaf;
          return JSON.stringify([offset, end, range, hidden, tokenType.name, word, hidden || astNode.$type]);
        })
        .toArray();
    expect(words(tree)).toEqual(words(value));
    for (const [node, { start, end, line, column, endLine, endColumn }] of places) {
      const [first, last] = [endOf(node, 'left').$cstNode!, endOf(node, 'right').$cstNode!];
      expect([start, end]).toEqual([first.offset, last.end]);
      if (node === tree) continue;
      const range = {
        start: { line: line - 1, character: column - 1 },
        end: { line: endLine - 1, character: endColumn - 1 },
      };
      expect({ start: first.range.start, end: last.range.end }).toEqual(range);
      if (!isBinaryExpr(node)) expect(first.astNode).toBe(node);
      const name = GrammarUtils.findNodeForProperty(node.$cstNode, 'name');
      if (name !== undefined)
        expect(names.get(node)).toMatchObject({
          start: name.offset,
          end: name.end,
          column: name.range.start.character + 1,
        });
      workspace.visitor.references(node, ({ reference }) => {
        expect((reference as Reference).$refNode?.text).toBe(reference.$refText);
      });
    }
  }
  expect(nodes).toBeGreaterThan(10_000);
});

it('leaves what is nested too deeply to Langium', () => {
  const deep = `asset A { let x = ${'('.repeat(500)}1${')'.repeat(500)} }`;
  expect(ours(deep)).toBeUndefined();
  const long = `asset A { let x = ${'1 + '.repeat(500)}1 }`;
  expect(ours(long)).toBeUndefined();
});

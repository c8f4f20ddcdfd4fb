/** That the editor knows each construct of the language: hover, completion, outline, colours, layout, explanations, and the reference. */
import { AstUtils, CstUtils, GrammarAST } from 'langium';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DocumentSymbol } from 'vscode-languageserver-types';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { explain } from '../../cli/commands/explain.ts';
import type { Terminal } from '../../cli/terminal/terminal.ts';
import { completion } from '../../language-server/complete/completion.ts';
import { formatting } from '../../language-server/edit/formatting.ts';
import { hover } from '../../language-server/read/hover.ts';
import { aboutWord } from '../../language-server/read/keywords.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { LEGEND, semanticTokens } from '../../language-server/read/semantic-tokens.ts';
import { documentSymbols } from '../../language-server/read/symbols.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { CONSTRUCTS } from './constructs.ts';

const project = new Project(libraryFiles);
let version = 0;

function open(text: string) {
  version += 1;
  project.edit(TextDocument.create('file:///c.twin', 'twin', version, `package c\n\n${text}`));
  return project.file('file:///c.twin')!;
}

/** Where a word stands by itself, first. */
const placeOf = (text: string, word: string): number => text.search(new RegExp(`(?<![\\w."])${word}(?!\\w)`));

const told = (text: string, offset: number): string => {
  const found = hover(project, open(text), offset + 'package c\n\n'.length);
  return found === undefined ? '' : (found.contents as { value: string }).value;
};

describe.each(CONSTRUCTS)('$about', ({ text, says, offers = [], outline = [], tokens = {}, codes }) => {
  it('has no mistake, and stands as the formatter leaves it', () => {
    const file = open(text);
    expect(file.syntax).toEqual([]);
    expect(formatting(project, file)).toEqual([]);
  });

  it('hovers', () => {
    const said = Object.keys(says).map((word) => [word, told(text, placeOf(text, word))]);
    for (const [word, found] of said) expect(`${word}: ${found}`).toMatch(says[word!]!);
    // No word of the language is without any.
    const silent = CstUtils.streamCst(open(text).tree.$cstNode!)
      .filter((node) => GrammarAST.isKeyword(node.grammarSource) && /^[a-z]/i.test(node.text))
      .filter((node) => hover(project, project.file('file:///c.twin')!, node.offset) === undefined)
      .map((node) => `${node.astNode.$type}.${node.text}`)
      .toArray();
    expect(silent).toEqual([]);
  });

  it('is offered', () => {
    for (const [marked, wanted] of offers) {
      const at = marked.indexOf('‸');
      const file = open(marked.replace('‸', ''));
      const { items } = completion(project, file, at + 'package c\n\n'.length);
      const labels = new Set(items.map(({ label }) => label));
      expect([marked, wanted.filter((one) => !labels.has(one))]).toEqual([marked, []]);
    }
  });

  it('is in the outline, in its colours', () => {
    const file = open(text);
    const names: string[] = [];
    const walk = (symbols: readonly DocumentSymbol[]): void =>
      symbols.forEach(({ name, children }) => {
        names.push(name);
        walk(children ?? []);
      });
    walk(documentSymbols(file));
    expect(outline.filter((name) => !names.includes(name))).toEqual([]);
    const { data } = semanticTokens(project, file);
    const seen = new Map<string, Set<string>>();
    let [line, column] = [0, 0];
    for (let i = 0; i < data.length; i += 5) {
      column = data[i] === 0 ? column + data[i + 1]! : data[i + 1]!;
      line += data[i]!;
      const word = file.text.split('\n')[line]!.slice(column, column + data[i + 2]!);
      seen.set(word, (seen.get(word) ?? new Set()).add(LEGEND.tokenTypes[data[i + 3]!]!));
    }
    const wrong = Object.entries(tokens).filter(([name, type]) => !seen.get(name)?.has(type));
    expect(wrong).toEqual([]);
  });

  it('is explained', () => {
    for (const code of codes) {
      let shown = '';
      const terminal = { out: (page: string) => (shown += page), style: (_: string, title: string) => title };
      expect(explain(code, terminal as unknown as Terminal)).toBe(0);
      expect(shown.length).toBeGreaterThan(200);
    }
  });
});

/** Keywords by the rule that they stand in; those that may be names too stand in rules of names besides. */
function words(): { type: string; word: string }[] {
  const { Grammar } = project.workspace.services;
  return Grammar.rules.filter(GrammarAST.isParserRule).flatMap((rule) => {
    if (rule.dataType !== undefined) return [];
    const type = rule.inferredType?.name ?? rule.returnType?.ref?.name ?? rule.name;
    return AstUtils.streamAllContents(rule)
      .filter(GrammarAST.isKeyword)
      .filter(({ value }) => /^[a-z]/i.test(value))
      .map(({ value }) => ({ type, word: value }))
      .toArray();
  });
}

describe('every word of the grammar', () => {
  it('says something to who points at it', () => {
    const all = words();
    expect(all.length).toBeGreaterThan(200);
    const silent = all.filter(({ type, word }) => aboutWord({ $type: type }, word) === undefined);
    expect(silent).toEqual([]);
  });

  it('stands in the reference', () => {
    const reference = readFileSync(new URL('../../docs/reference/language.md', import.meta.url), 'utf8');
    const absent = new Set(
      words()
        .filter(({ word }) => !new RegExp(`\\b${word}\\b`).test(reference))
        .map(({ word }) => word),
    );
    expect([...absent]).toEqual([]);
  });
});

/**
 * Completion. The name being typed is replaced by a probe and its declaration read again by itself: the probe's place
 * in that tree says what can be named there and which quantity is due. Keywords come from the parser's own tables.
 */
import { AstUtils, GrammarAST, GrammarUtils } from 'langium';
import type { AstNode, ReferenceInfo } from 'langium';
import { findNextFeatures } from 'langium/lsp';
import { CompletionItemKind, InsertTextFormat } from 'vscode-languageserver-types';
import type { CompletionItem, CompletionList } from 'vscode-languageserver-types';
import { isLoopVariable, isModeDecl, isSensorDecl } from '../../grammar/generated/ast.ts';
import type { Callable as Declared } from '../../grammar/generated/ast.ts';
import { isMember } from '../../compiler/1-parse/names/members.ts';
import { packageOf } from '../../compiler/1-parse/index.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { callables } from '../read/callables.ts';
import { isDrawnPlace } from '../../compiler/2-check/index.ts';
import { chosenItems, statisticItems } from './chosen-names.ts';
import { dueAs, dueType, fitsDue } from './due-quantity.ts';
import { methodItems } from './method-completion.ts';
import { protocolItems } from './protocol-completion.ts';
import { rangeAt } from '../workspace/places.ts';
import { fitsEvents } from '../workspace/event-values.ts';
import { fitsPorts } from '../workspace/ports.ts';
import type { Project } from '../workspace/project.ts';
import { signatureOfDeclared } from '../read/signature-help.ts';
import { SNIPPETS, WIDGETS } from './snippets.ts';
import { unitItems } from './unit-completion.ts';
import {
  PROBE,
  probeAt,
  around,
  lineBefore,
  startOfWord,
  startOfUnit,
  insideCommentOrText,
} from './probe.ts';
import type { Place } from './probe.ts';
import { unreadItem, callItem, nameItem, importItem } from './name-items.ts';

/** Names of files that are not read, in one completion; the next letter is asked for anew. */
const MOST_IMPORTS = 200;

export function completion(project: Project, file: ParsedFile, offset: number): CompletionList {
  const { text } = file;
  if (insideCommentOrText(text, offset)) return { isIncomplete: false, items: [] };
  const unitStart = startOfUnit(text, offset);
  const start = unitStart ?? startOfWord(text, offset);
  const place: Place = { project, file, range: rangeAt(file, start, offset) };
  if (/\b(?:draw|noise)\s+$/.test(lineBefore(text, start))) {
    const items = [...callables()].filter((each) => each.distribution).map((each) => callItem(place, each));
    return { isIncomplete: false, items };
  }
  if (/(?:^|\s)method\s+$/.test(lineBefore(text, start)))
    return { isIncomplete: false, items: methodItems(place.range) };
  const chosen = chosenItems(lineBefore(text, start), place.range);
  if (chosen !== undefined) return { isIncomplete: false, items: chosen };
  const read = around(file, start);
  const protocols = protocolItems(read.before, place.range);
  if (protocols !== undefined) return { isIncomplete: false, items: protocols };
  place.probe = probeAt(project, file, read, offset, unitStart !== undefined);
  place.due =
    (place.probe && dueType(project, place.probe)) ??
    (unitStart === undefined ? undefined : dueAs(project, file, start));
  if (unitStart !== undefined)
    return { isIncomplete: false, items: unitItems(place, /\bas\s*$/.test(text.slice(0, start))) };
  const items = new Map<string, CompletionItem>();
  project.offered.begin();
  const afterDot = text.slice(0, start).trimEnd().endsWith('.');
  for (const item of nameItems(place)) items.set(item.label, item);
  if (!afterDot) {
    for (const item of statisticItems(lineBefore(text, start), place.range)) items.set(item.label, item);
    const first = lineBefore(text, start).trim() === '';
    for (const item of keywordItems(place, read.before, first)) {
      if (!items.has(item.label)) items.set(item.label, item);
    }
  }
  return { isIncomplete: place.more === true, items: [...items.values()] };
}

/** Names that can stand at the probe: what fits the quantity due comes first. */
function* nameItems(place: Place): Iterable<CompletionItem> {
  const { project, probe } = place;
  if (probe === undefined) return;
  const { services } = project.workspace;
  const type = services.shared.AstReflection.getReferenceType(probe);
  const seen = new Set<string>();
  let rank = 0;
  const target = isTarget(probe.container);
  for (const { name, node } of services.references.ScopeProvider.getScope(probe).getAllElements()) {
    if (node === undefined || name.startsWith(PROBE) || seen.has(name)) continue;
    if (target && !isMember(node) && !isLoopVariable(node) && !isModeDecl(node)) continue;
    if (type === 'Feature' && !fitsEvents(probe.container, node)) continue;
    if (!fitsPorts(probe, node)) continue;
    seen.add(name);
    rank += 1;
    yield nameItem(place, node, name, rank);
  }
  if (target) return;
  // In the name of a call its brackets are there already.
  if (probe.property === 'declared')
    for (const info of callables())
      yield {
        ...callItem(place, info),
        insertTextFormat: InsertTextFormat.PlainText,
        textEdit: { range: place.range, newText: info.name },
      };
  if (probe.property === 'target' && type === 'Feature') {
    yield* functionItems(place, probe);
    for (const info of callables()) {
      if (info.distribution && !isDrawnPlace(probe.container)) continue;
      yield callItem(place, info);
    }
  }
  if (probe.property !== 'member') {
    for (const [name, kind] of services.twin.Scopes.unreadNames(probe.container, type)) {
      if (seen.has(name)) continue;
      seen.add(name);
      yield unreadItem(place, name, kind);
    }
    yield* importItems(place, type, seen);
  }
}

/** Declared functions, with a place for their arguments. */
function* functionItems(place: Place, { container }: ReferenceInfo): Iterable<CompletionItem> {
  const { services } = place.project.workspace;
  const visible = services.twin.Scopes.visible(container, 'Callable');
  for (const [name, node] of visible) {
    const fits = place.due !== undefined && fitsDue(place.project, node, place.due);
    const { parameters } = node as Declared;
    yield {
      ...nameItem(place, node, name, 0),
      detail: signatureOfDeclared(place.project, node as Declared),
      sortText: `${fits ? 1 : 3}${name}`,
      preselect: false,
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: {
        range: place.range,
        newText: `${name}(${parameters.map((each, at) => `\${${at + 1}:${each.name}}`).join(', ')})$0`,
      },
    };
  }
  yield* importItems(place, 'Callable', new Set(visible.keys()));
}

/** Whether the probe heads a path to something that is set, bound or adapted: only members can be. */
function isTarget(node: AstNode): boolean {
  let [child, parent]: [AstNode, AstNode | undefined] = [node, node.$container];
  while (parent !== undefined && ['receiver', 'base'].includes(child.$containerProperty ?? '')) {
    [child, parent] = [parent, parent.$container];
  }
  return child.$containerProperty === 'target' && !isSensorDecl(parent);
}

/** Names of other packages, with the `use` they need: of files that are not read only those that begin as what is typed. */
function* importItems(place: Place, type: string, seen: ReadonlySet<string>): Iterable<CompletionItem> {
  const { project, file, range, probe } = place;
  const index = project.workspace.services.twin.PackageIndex;
  const reflection = project.workspace.services.shared.AstReflection;
  if (type === 'Element') return;
  const own = packageOf(file.tree);
  for (const packageName of index.readPackages()) {
    if (packageName === '' || packageName === own) continue;
    for (const element of index.elements(packageName)) {
      if (probe !== undefined && !fitsPorts(probe, element)) continue;
      if (seen.has(element.name) || !reflection.isSubtype(element.$type, type)) continue;
      yield importItem(file, range, packageName, element);
    }
  }
  const typed = file.document.textDocument.getText(range);
  if (typed === '') return;
  let count = 0;
  for (const [name, { package: packageName, names }] of index.unread.startingWith(typed)) {
    const kind = names.get(name) ?? '';
    if (packageName === '' || packageName === own || seen.has(name) || !reflection.isSubtype(kind, type))
      continue;
    count += 1;
    if (count > MOST_IMPORTS) {
      place.more = true;
      return;
    }
    yield importItem(file, range, packageName, { name, $type: kind });
  }
}

const LAST_NAME = /(?<![\p{L}\d_.\])])[\p{L}_][\p{L}\d_.]*(?:\[[^\]]*\])?\s+$/u;

/** Words that the grammar allows after a text, with the rules that they stand in. */
function wordsAfter(project: Project, before: string): (readonly [word: string, rule: string])[] {
  const { parser, Grammar, twin } = project.workspace.services;
  const parsed = parser.CompletionParser.parse(before);
  const stack = parsed.elementStack.map((feature) => ({ feature }));
  const rest = parsed.tokens.slice(parsed.tokenIndex);
  return parsed.tokenIndex === 0 && GrammarUtils.getEntryRule(Grammar) !== undefined
    ? ['package', 'use', ...twin.Keywords.declarations].map((word) => [word, ''])
    : findNextFeatures([stack], rest).flatMap(({ feature }) =>
        GrammarAST.isKeyword(feature) && !isName(feature) ? [[feature.value, ruleOf(feature)]] : [],
      );
}

/** Words of the language that the grammar allows after this text. */
function* keywordItems(
  { project, range }: Place,
  before: string,
  startsLine: boolean,
): Iterable<CompletionItem> {
  const rank = startsLine ? '1' : '3';
  const after = wordsAfter(project, before);
  // At the end of the text a name may still be that of a call, and the parser does not choose: a number is what it is.
  const found = after.some(([word]) => /^[a-z]/i.test(word))
    ? after
    : wordsAfter(project, before.replace(LAST_NAME, '0 '));
  const begins = new Set(found.flatMap(([word, rule]) => (rule === 'IfStatement' ? [word] : [])));
  for (const [word, rule] of new Map(found)) {
    if (!/^[a-z]/i.test(word) || (startsLine && IN_EXPRESSIONS.has(word) && !begins.has(word))) continue;
    yield {
      label: word,
      kind: CompletionItemKind.Keyword,
      sortText: `${rank}${word}`,
      textEdit: { range, newText: word },
    };
    // `modes` and `process` are other things in a view.
    const snippet = (rule.endsWith('Widget') ? WIDGETS : SNIPPETS)[word];
    if (snippet === undefined) continue;
    yield {
      label: `${word} …`,
      kind: CompletionItemKind.Snippet,
      detail: snippet.about,
      sortText: `${rank}${word}1`,
      filterText: word,
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: { range, newText: snippet.text },
    };
  }
}

const ruleOf = (feature: GrammarAST.AbstractElement): string =>
  AstUtils.getContainerOfType(feature, GrammarAST.isParserRule)?.name ?? '';

/** A statement begins with none of these, though an equation's left side is an expression to the grammar. */
const IN_EXPRESSIONS = new Set(['and', 'or', 'not', 'true', 'false', 'time', 'if']);

/** A word that is listed because it may also be a name. */
function isName(keyword: GrammarAST.Keyword): boolean {
  const rule = AstUtils.getContainerOfType(keyword, GrammarAST.isAbstractRule)?.name;
  return rule === 'Name' || rule === 'QuantityName';
}

/** Larger changes of the text that keep its meaning: inline a `let`, make one, make an asset of members, move a declaration. */
import type { AstNode } from 'langium';
import { URI, Utils } from 'vscode-uri';
import { CodeActionKind, type CodeAction, type TextEdit } from 'vscode-languageserver-types';
import {
  isAssetDecl,
  isEquation,
  isForStatement,
  isFunctionCall,
  isFunctionDecl,
  isNameRef,
  isVariableDecl,
  type AssetDecl,
  type Element,
  type Member,
  type VariableDecl,
} from '../../grammar/generated/ast.ts';
import {
  documentationOf,
  packageOf,
  sourceOf,
  uriOf,
  type ParsedFile,
} from '../../compiler/1-parse/index.ts';
import { isMember } from '../../compiler/1-parse/names/members.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { nameOf, rangeAt, rangeOf, upwards, leafAt } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

export function refactorings(project: Project, file: ParsedFile, start: number, end: number): CodeAction[] {
  if (file.syntax.length > 0) return [];
  return [
    inlineLet(project, file, start),
    start === end ? undefined : extractLet(file, start, end),
    start === end ? undefined : extractAsset(project, file, start, end),
    moveToFile(project, file, start),
  ].filter((each) => each !== undefined);
}

/** Where only its own asset reads it, the value of a `let` can stand in its place. */
function inlineLet(project: Project, file: ParsedFile, offset: number): CodeAction | undefined {
  const cursor = cursorAt(project, file, offset);
  const target = cursor?.kind === 'name' ? cursor.target : undefined;
  if (!isVariableDecl(target) || target.role !== 'let' || target.value === undefined) return undefined;
  if (uriOf(target) !== file.uri || target.size !== undefined) return undefined;
  project.readMentioning(target.name);
  const edits: TextEdit[] = [];
  const value = target.value.$cstNode?.text ?? '';
  const simple = /^[\w.]+(?:\s\S+)?$/.test(value) || /^\([^()]*\)$/.test(value);
  for (const { $refNode } of project.workspace.services.twin.Links.namesOf(target)) {
    const node = $refNode?.astNode;
    if ($refNode === undefined || !isNameRef(node) || uriOf(node) !== file.uri) return undefined;
    if (!isRead(node) || assetAround(node) !== target.$container) return undefined;
    edits.push({ range: $refNode.range, newText: simple ? value : `(${value})` });
  }
  if (edits.length === 0) return undefined;
  edits.push({ range: wholeLines(file, target), newText: '' });
  return {
    title: `Inline ${target.name}`,
    kind: CodeActionKind.RefactorInline,
    edit: { changes: { [file.uri]: edits } },
  };
}

/** Not the left side of an equation, nor what is set, measured or adapted. */
function isRead(node: AstNode): boolean {
  const property = node.$containerProperty ?? '';
  const parent = node.$container;
  if (['target', 'receiver', 'base'].includes(property)) return false;
  if (isEquation(parent) && property === 'left') return false;
  return !(isFunctionCall(parent) && ['der', 'pre'].includes(parent.function));
}

/** An expression that is selected gets a name of its own. */
function extractLet(file: ParsedFile, start: number, end: number): CodeAction | undefined {
  const text = file.text.slice(start, end);
  const trimmed = text.trim();
  const from = start + text.indexOf(trimmed);
  const expression = exactly(file, from, from + trimmed.length);
  const member = [...upwards(expression)].find((each) => each.$containerProperty === 'members');
  const asset = member?.$container;
  if (expression === undefined || member === undefined || !isAssetDecl(asset)) return undefined;
  if (!isValue(expression) || isForStatement(member)) return undefined;
  const taken = new Set(asset.members.map((each) => nameOf(each)));
  let name = 'value';
  for (let index = 2; taken.has(name); index += 1) name = `value${index}`;
  const line = lineStart(file, sourceOf(member).start);
  const indent = /^[ \t]*/.exec(file.text.slice(line))?.[0] ?? '';
  return {
    title: `Extract into a let`,
    kind: CodeActionKind.RefactorExtract,
    edit: {
      changes: {
        [file.uri]: [
          { range: rangeAt(file, line, line), newText: `${indent}let ${name} = ${trimmed}\n` },
          { range: rangeAt(file, from, from + trimmed.length), newText: name },
        ],
      },
    },
  };
}

const VALUES = /^(?:Binary|Power|Unary|Conditional|Paren)Expr$|^FunctionCall$|^NumberLiteral$|^MemberAccess$/;

function isValue(node: AstNode): boolean {
  const holder = node.$container;
  if (isEquation(holder) && node.$containerProperty === 'left') return false;
  return (
    VALUES.test(node.$type) && node.$containerProperty !== 'target' && node.$containerProperty !== 'noise'
  );
}

/** The members that are selected become an asset, and a part of it; what they read from outside becomes inputs. */
function extractAsset(
  project: Project,
  file: ParsedFile,
  start: number,
  end: number,
): CodeAction | undefined {
  const asset = file.tree.elements.find((each) => {
    const place = sourceOf(each);
    return place.start < start && end < place.end;
  });
  if (!isAssetDecl(asset) || asset.port) return undefined;
  const chosen = asset.members.filter((each) => {
    const place = sourceOf(each);
    return place.start >= start && place.end <= end;
  });
  const names = new Set(chosen.filter(isMember).map((each) => nameOf(each)));
  if (!chosen.some(isVariableDecl) || chosen.length === asset.members.length || chosen.some(isForStatement))
    return undefined;
  const edits: TextEdit[] = [];
  const inputs = new Map<string, VariableDecl>();
  const inside = (node: AstNode): boolean =>
    [...upwards(node)].some((each) => chosen.includes(each as Member));
  for (const member of chosen) {
    project.workspace.visitor.visit(member, (node) => {
      const target = isNameRef(node) ? node.target?.ref : undefined;
      if (target === undefined || !isMember(target) || names.has(target.name)) return;
      // Something else than a variable cannot be given from outside.
      inputs.set(target.name, target as VariableDecl);
    });
  }
  if ([...inputs.values()].some((each) => !isVariableDecl(each) || each.size !== undefined)) return undefined;
  const taken = new Set(asset.members.map((each) => nameOf(each)));
  let part = 'inner';
  for (let index = 2; taken.has(part); index += 1) part = `inner${index}`;
  const type = `${asset.name}${part[0]?.toUpperCase()}${part.slice(1)}`;
  for (const member of chosen.filter(isMember)) {
    project.readMentioning(nameOf(member));
    for (const { $refNode } of project.workspace.services.twin.Links.namesOf(member)) {
      if ($refNode === undefined || inside($refNode.astNode)) continue;
      if (uriOf($refNode.astNode) !== file.uri) return undefined;
      edits.push({
        range: { start: $refNode.range.start, end: $refNode.range.start },
        newText: `${part}.`,
      });
    }
  }
  const lines = chosen.map((each) => `${documented(each)}  ${(each.$cstNode?.text ?? '').trim()}`);
  const given = [...inputs.values()].map((each) => {
    const { quantity } = project.checker.declaredType(each);
    return quantity === '' ? undefined : `  input ${each.name}: ${quantity}`;
  });
  if (given.includes(undefined)) return undefined;
  const own = `asset ${type} {\n${[...given, ...lines].join('\n')}\n}\n\n`;
  const top = lineStart(file, sourceOf(asset).start - documentedLength(file, asset));
  const [first, ...others] = chosen;
  if (first === undefined) return undefined;
  const equations = [...inputs.keys()].map((each) => `  ${part}.${each} = ${each}\n`).join('');
  edits.push({ range: wholeLines(file, first), newText: `  part ${part}: ${type}\n${equations}` });
  for (const each of others) edits.push({ range: wholeLines(file, each), newText: '' });
  edits.push({ range: rangeAt(file, top, top), newText: own });
  return {
    title: `Extract into an asset ${type}`,
    kind: CodeActionKind.RefactorExtract,
    edit: { changes: { [file.uri]: edits } },
  };
}

/** A declaration of a package moves to a file of its own, which uses what the declaration needs. */
function moveToFile(project: Project, file: ParsedFile, offset: number): CodeAction | undefined {
  const name = packageOf(file.tree);
  const cursor = cursorAt(project, file, offset);
  const element = cursor?.kind === 'name' && cursor.reference === undefined ? cursor.target : undefined;
  if (name === '' || element === undefined || element.$container !== file.tree) return undefined;
  if (!isAssetDecl(element) && !isFunctionDecl(element)) return undefined;
  if (file.tree.elements.length < 2 || !file.uri.startsWith('file:')) return undefined;
  const target = Utils.resolvePath(
    Utils.dirname(URI.parse(file.uri)),
    `${kebab(element.name)}.twin`,
  ).toString();
  if (project.has(target)) return undefined;
  const start = sourceOf(element).start - documentedLength(file, element);
  const end = sourceOf(element).end;
  const uses = neededUses(project, file, element);
  const text = [
    `package ${name}`,
    '',
    ...(uses.length === 0 ? [] : [...uses, '']),
    file.text.slice(start, end),
    '',
  ];
  const gone = /^\s*\n/.exec(file.text.slice(end))?.[0].length ?? 0;
  return {
    title: `Move ${element.name} to ${kebab(element.name)}.twin`,
    kind: 'refactor.move',
    edit: {
      documentChanges: [
        { kind: 'create', uri: target, options: { ignoreIfExists: false } },
        {
          textDocument: { uri: target, version: null },
          edits: [
            {
              range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
              newText: text.join('\n'),
            },
          ],
        },
        {
          textDocument: { uri: file.uri, version: project.versionOf(file.uri) ?? null },
          edits: [{ range: rangeAt(file, start, end + gone), newText: '' }],
        },
      ],
    },
  };
}

/** The `use` lines of what a declaration refers to in other packages. */
function neededUses(project: Project, file: ParsedFile, element: Element): string[] {
  const wanted = new Set<string>();
  project.workspace.visitor.visit(element, (node) =>
    project.workspace.visitor.references(node, ({ reference }) => {
      const target = 'ref' in reference ? reference.ref : undefined;
      if (target !== undefined) wanted.add(`${uriOf(target)} ${nameOf(target)}`);
    }),
  );
  return file.tree.uses.flatMap((use) => {
    if (use.imports.length === 0) return [`use ${use.package}`];
    const names = use.imports.filter(({ target }) => {
      const found = target?.ref;
      return found !== undefined && wanted.has(`${uriOf(found)} ${nameOf(found)}`);
    });
    return names.length === 0
      ? []
      : [`use ${use.package}: ${names.map(({ target }) => target?.$refText ?? '').join(', ')}`];
  });
}

function assetAround(node: AstNode): AssetDecl | undefined {
  return [...upwards(node)].find(isAssetDecl);
}

/** The node whose text is exactly from here to there. */
function exactly(file: ParsedFile, start: number, end: number): AstNode | undefined {
  return [...upwards(leafAt(file, start)?.astNode)].find((each) => {
    const place = sourceOf(each);
    return place.start === start && place.end === end;
  });
}

const lineStart = (file: ParsedFile, offset: number): number => file.text.lastIndexOf('\n', offset - 1) + 1;

/** The lines of a node, its doc comment too, with the break behind them. */
function wholeLines(file: ParsedFile, node: AstNode) {
  const { start, end } = sourceOf(node);
  const from = lineStart(file, start - documentedLength(file, node));
  const next = file.text.indexOf('\n', end);
  const alone = next >= 0 && file.text.slice(end, next).trim() === '';
  return alone ? rangeAt(file, from, next + 1) : rangeOf(sourceOf(node));
}

/** How far before a node its doc comment begins. */
function documentedLength(file: ParsedFile, node: AstNode): number {
  const docs = documentationOf(node);
  if (docs === '') return 0;
  const { start } = sourceOf(node);
  let from = lineStart(file, start);
  for (let count = docs.split('\n').length; count > 0; count -= 1) from = lineStart(file, from - 1);
  return start - from;
}

function documented(node: AstNode): string {
  const docs = documentationOf(node);
  return docs === ''
    ? ''
    : docs
        .split('\n')
        .map((line) => `  /// ${line}\n`)
        .join('');
}

const kebab = (name: string): string => name.replace(/(?<=[a-z\d])(?=[A-Z])/g, '-').toLowerCase();

/** Assets and what extends them; functions and events and what calls them; what makes a thing what it is. */
import type { AstNode } from 'langium';
import {
  SymbolKind,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type Location,
  type Range,
  type TypeHierarchyItem,
} from 'vscode-languageserver';
import {
  isAssetDecl,
  isEmitAction,
  isEquation,
  isEventDecl,
  isFunctionCall,
  isFunctionDecl,
  isModeDecl,
  isNameRef,
  isPartDecl,
  isSetAction,
  isTableDecl,
  isTransition,
  isTwinDecl,
  isVariableDecl,
  type AssetDecl,
  type EventDecl,
  type FunctionDecl,
  type TableDecl,
} from '../../grammar/generated/ast.ts';
import { eventOf } from '../../compiler/1-parse/names/events.ts';
import { featureOf, lineage, sourceOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { elementAround, locationOf, nameOf, nameSource, rangeOf, upwards } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

type Called = FunctionDecl | TableDecl | EventDecl;

/** The asset at a place, or of the part or twin there. */
export function typeItem(project: Project, file: ParsedFile, offset: number): TypeHierarchyItem[] {
  const target = targetAt(project, file, offset);
  const asset = isPartDecl(target) || isTwinDecl(target) ? target.type?.ref : target;
  return isAssetDecl(asset) ? [itemOf(asset, SymbolKind.Class)] : [];
}

export function supertypes(project: Project, item: TypeHierarchyItem): TypeHierarchyItem[] {
  const asset = declarationOf(project, item);
  const base = isAssetDecl(asset) ? asset.base?.ref : undefined;
  return base === undefined ? [] : [itemOf(base, SymbolKind.Class)];
}

export function subtypes(project: Project, item: TypeHierarchyItem): TypeHierarchyItem[] {
  const asset = declarationOf(project, item);
  return isAssetDecl(asset) ? extending(project, asset).map((each) => itemOf(each, SymbolKind.Class)) : [];
}

/** The function, table, event or command at a place. */
export function callItem(project: Project, file: ParsedFile, offset: number): CallHierarchyItem[] {
  const target = targetAt(project, file, offset);
  return isCalled(target) ? [itemOf(target, kindOf(target))] : [];
}

/** From which declarations, and where in them, it is called, emitted or listened to. */
export function incomingCalls(project: Project, item: CallHierarchyItem): CallHierarchyIncomingCall[] {
  const called = declarationOf(project, item);
  if (!isCalled(called)) return [];
  project.readMentioning(called.name);
  const found = new Map<AstNode, Range[]>();
  for (const { $refNode } of project.workspace.services.twin.Links.namesOf(called)) {
    const from = $refNode === undefined ? undefined : callerAround($refNode.astNode);
    if ($refNode === undefined || from === undefined) continue;
    found.set(from, [...(found.get(from) ?? []), $refNode.range]);
  }
  return [...found].map(([from, fromRanges]) => ({ from: itemOf(from, kindOf(from)), fromRanges }));
}

/** What a function calls. */
export function outgoingCalls(project: Project, item: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  const caller = declarationOf(project, item);
  const found = new Map<Called, Range[]>();
  if (caller === undefined) return [];
  project.workspace.visitor.visit(caller, (node) => {
    const to = isFunctionCall(node)
      ? node.declared?.ref
      : 'target' in node && !isNameRef(node)
        ? eventOf(node.target as Parameters<typeof eventOf>[0])
        : undefined;
    if (to !== undefined) found.set(to, [...(found.get(to) ?? []), rangeOf(sourceOf(node))]);
  });
  return [...found].map(([to, fromRanges]) => ({ to: itemOf(to, kindOf(to)), fromRanges }));
}

/**
 * Of an asset those that extend it, of a variable the equations and actions that give it its value, of an event what emits
 * it, of a mode what leads there.
 */
export function implementations(project: Project, file: ParsedFile, offset: number): Location[] {
  const target = targetAt(project, file, offset);
  if (isAssetDecl(target)) {
    const found = [target];
    // An array is walked to its end, including what is added on the way.
    for (const each of found)
      for (const one of extending(project, each)) if (!found.includes(one)) found.push(one);
    return found.slice(1).map((each) => locationOf(nameSource(each)));
  }
  if (!isVariableDecl(target) && !isEventDecl(target) && !isModeDecl(target)) return [];
  project.readMentioning(target.name);
  const places = new Set<AstNode>();
  for (const { $refNode } of project.workspace.services.twin.Links.namesOf(target)) {
    for (const node of upwards($refNode?.astNode)) {
      if (isEquation(node) && within(node.left, $refNode?.astNode)) places.add(node);
      if (isSetAction(node) && featureOf(node.target) === target) places.add(node);
      if (isEmitAction(node) && eventOf(node.target) === target) places.add(node);
      if (isTransition(node) && featureOf(node.target) === target) places.add(node);
    }
  }
  return [...places].map((each) => locationOf(sourceOf(each)));
}

function within(outer: AstNode | undefined, inner: AstNode | undefined): boolean {
  return [...upwards(inner)].some((each) => each === outer);
}

function extending(project: Project, asset: AssetDecl): AssetDecl[] {
  project.readMentioning(asset.name);
  return project
    .files()
    .flatMap(({ tree }) => tree.elements.filter(isAssetDecl))
    .filter((each) => lineage(each)[1] === asset);
}

function targetAt(project: Project, file: ParsedFile, offset: number): AstNode | undefined {
  const cursor = cursorAt(project, file, offset);
  return cursor?.kind === 'name' ? cursor.target : undefined;
}

function isCalled(node: AstNode | undefined): node is Called {
  return isFunctionDecl(node) || isTableDecl(node) || isEventDecl(node);
}

/** The function or event around a call, else the declaration. */
function callerAround(node: AstNode): AstNode | undefined {
  for (const each of upwards(node)) if (isFunctionDecl(each)) return each;
  return elementAround(node);
}

const kindOf = (node: AstNode): SymbolKind =>
  isEventDecl(node) ? SymbolKind.Event : isAssetDecl(node) ? SymbolKind.Class : SymbolKind.Function;

function itemOf(node: AstNode, kind: SymbolKind): TypeHierarchyItem & CallHierarchyItem {
  return {
    name: nameOf(node) || (node.$cstNode?.text.split('\n')[0] ?? ''),
    kind,
    uri: uriOf(node),
    range: rangeOf(sourceOf(node)),
    selectionRange: rangeOf(nameSource(node)),
  };
}

/** The declaration that an item was made of, in the text of now. */
function declarationOf(project: Project, item: TypeHierarchyItem | CallHierarchyItem): AstNode | undefined {
  const file = project.file(item.uri);
  const offset = file?.document.textDocument.offsetAt(item.selectionRange.start);
  if (file === undefined || offset === undefined) return undefined;
  return (
    targetAt(project, file, offset) ??
    file.tree.elements.find((element) => sourceOf(element).start === offset)
  );
}

/** Resolves the names in files, and says which of them mean nothing. */
import { DocumentState, type AstNode, type ReferenceInfo } from 'langium';
import type { UseDecl } from '../../../grammar/generated/ast.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Entry } from '../file-entry.ts';
import { unknownUse, unresolved } from './diagnostics.ts';
import { namesIn } from '../read/placed.ts';
import type { TwinServices } from '../services.ts';
import type { TreeVisitor } from '../visit.ts';

export interface Means {
  services: TwinServices;
  visitor: TreeVisitor;
}

/** Resolves all names in a file. */
export function linkEntry(entry: Entry, means: Means): void {
  entry.unresolved.clear();
  linkUses(entry, means);
  for (const element of entry.tree.elements) linkElement(entry, element, means);
  finish(entry, means);
}

/** Resolves what a file uses. */
export function linkUses(entry: Entry, means: Means): void {
  const ofUses: Diagnostic[] = [];
  entry.unresolved.delete(entry.tree);
  for (const use of entry.tree.uses) {
    if ((use as UseDecl | undefined) === undefined) continue;
    linkElement(entry, use, means);
    ofUses.push(...(entry.unresolved.get(use) ?? []));
    const lacks = entry.unresolved.delete(use);
    const diagnostic = unknownUse(means.services, use);
    if (diagnostic !== undefined) ofUses.push(diagnostic);
    if (lacks || diagnostic !== undefined) entry.unresolved.set(entry.tree, ofUses);
  }
}

/** Resolves the names in a declaration. */
export function linkElement(entry: Entry, element: AstNode, { services, visitor }: Means): void {
  const diagnostics: Diagnostic[] = [];
  let lacks = false;
  const lacking = (info: ReferenceInfo): void => {
    // A function of the language, or an unknown one, which the checker reports.
    if (info.property === 'declared') return;
    lacks = true;
    const diagnostic = unresolved(services, info);
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
  };
  const names = namesIn(element);
  if (names !== undefined) {
    for (const reference of names)
      if (reference.ref === undefined)
        lacking({ reference, container: reference.node, property: reference.property });
  } else {
    visitor.visit(element, (node) =>
      visitor.references(node, (info) => {
        if (!('ref' in info.reference) || info.reference.ref === undefined) lacking(info);
      }),
    );
  }
  if (lacks) entry.unresolved.set(element, diagnostics);
  else entry.unresolved.delete(element);
}

/** Says what was found, once all of it was linked. */
export function finish(entry: Entry, { services }: Means): void {
  // What recovery made of a line with a syntax error says little about its names, nor do words of the language that it took for names.
  const broken = new Set(entry.syntax.map((diagnostic) => diagnostic.source.line));
  const { all } = services.twin.Keywords;
  const isWord = ({ start, end }: Diagnostic['source']): boolean => all.has(entry.text.slice(start, end));
  // What such a line was to declare is missing elsewhere.
  const meant = wordsOfLines(entry.text, broken);
  const isMeant = ({ start, end }: Diagnostic['source']): boolean => meant.has(entry.text.slice(start, end));
  entry.names = [...entry.unresolved.values()]
    .flat()
    .filter(
      ({ source }) => !broken.has(source.line) && !(broken.size > 0 && (isWord(source) || isMeant(source))),
    )
    .toSorted((a, b) => a.source.start - b.source.start);
  entry.state = 'linked';
  entry.document.state = DocumentState.Linked;
}

/** The names that stand on some lines, counted from 1. */
function wordsOfLines(text: string, lines: ReadonlySet<number>): Set<string> {
  if (lines.size === 0) return new Set();
  return new Set(
    text.split('\n').flatMap((line, at) => (lines.has(at + 1) ? (line.match(/[\p{L}_]\w*/gu) ?? []) : [])),
  );
}

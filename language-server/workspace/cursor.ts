/** What stands at an offset: a name and what it leads to, a unit, a number, a function, a package. */
import { isReference, type AstNode, type Reference } from 'langium';
import {
  isFunctionCall,
  isNumberLiteral,
  isPackageDecl,
  isUnitDecl,
  isUseDecl,
  type NumberLiteral,
  type UnitDecl,
} from '../../grammar/generated/ast.ts';
import { sourceOfCst, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { SourceRange } from '../../compiler/model/source.ts';
import { declarationOf } from './event-values.ts';
import { leafAt, nameOf, propertyCst, upwards } from './places.ts';
import type { Project } from './project.ts';

export type Cursor =
  /** A name: `reference` is absent where it is declared. */
  | { kind: 'name'; target: AstNode; reference?: Reference; source: SourceRange }
  /** One symbol of a unit text. */
  | { kind: 'unit'; text: string; symbol: string; node: AstNode; source: SourceRange; declaration?: UnitDecl }
  | { kind: 'number'; literal: NumberLiteral; source: SourceRange }
  | { kind: 'function'; name: string; source: SourceRange }
  | { kind: 'package'; name: string; source: SourceRange };

const SYMBOLS = /[\p{L}°%‰€$£¥_]+/gu;

export function cursorAt(project: Project, file: ParsedFile, offset: number): Cursor | undefined {
  const leaf = leafAt(file, offset);
  if (leaf === undefined || leaf.hidden) return undefined;
  const source = sourceOfCst(leaf, file.uri);
  const node = leaf.astNode as AstNode | undefined;
  if (node === undefined) return undefined;
  if (leaf.tokenType.name === 'UNIT') return unitAt(project, file, node, leaf.text, leaf.offset, offset);
  if (leaf.tokenType.name === 'NUMBER') {
    return isNumberLiteral(node) ? { kind: 'number', literal: node, source } : undefined;
  }
  for (const each of upwards(node)) {
    const reference = referenceAt(project, each, offset);
    if (reference?.$refNode !== undefined) {
      const target = reference.ref;
      // A function of the language leads nowhere.
      if (target === undefined && isFunctionCall(each)) break;
      return (
        target && {
          kind: 'name',
          target: declarationOf(target),
          reference,
          source: sourceOfCst(reference.$refNode, file.uri),
        }
      );
    }
    const name = propertyCst(each, 'name');
    if (name !== undefined && name.offset <= leaf.offset && leaf.end <= name.end) {
      if (isPackageDecl(each))
        return { kind: 'package', name: each.name, source: sourceOfCst(name, file.uri) };
      return nameOf(each) === ''
        ? undefined
        : { kind: 'name', target: declarationOf(each), source: sourceOfCst(name, file.uri) };
    }
    if (each.$cstNode !== undefined && each.$cstNode.length > leaf.length) break;
  }
  if (isFunctionCall(node)) {
    const name = propertyCst(node, 'function');
    if (name?.offset === leaf.offset) return { kind: 'function', name: node.function, source };
  }
  if (isUseDecl(node)) {
    const name = propertyCst(node, 'package');
    if (name !== undefined && name.offset <= leaf.offset && leaf.end <= name.end) {
      return { kind: 'package', name: node.package, source: sourceOfCst(name, file.uri) };
    }
  }
  return undefined;
}

function referenceAt(project: Project, node: AstNode, offset: number): Reference | undefined {
  let found: Reference | undefined;
  project.workspace.visitor.references(node, ({ reference }) => {
    const cst = reference.$refNode;
    if (isReference(reference) && cst !== undefined && cst.offset <= offset && offset <= cst.end)
      found = reference;
  });
  return found;
}

function unitAt(
  project: Project,
  file: ParsedFile,
  node: AstNode,
  text: string,
  start: number,
  offset: number,
): Cursor | undefined {
  const symbols = [...text.matchAll(SYMBOLS)];
  const at = offset - start;
  const match =
    symbols.find(({ index, 0: symbol }) => index <= at && at <= index + symbol.length) ?? symbols[0];
  if (match === undefined) return undefined;
  const [symbol] = match;
  const from = start + match.index;
  const position = file.document.textDocument.positionAt(from);
  const source: SourceRange = {
    uri: file.uri,
    start: from,
    end: from + symbol.length,
    line: position.line + 1,
    column: position.character + 1,
    endLine: position.line + 1,
    endColumn: position.character + 1 + symbol.length,
  };
  return { kind: 'unit', text, symbol, node, source, declaration: unitDeclaration(project, file, symbol) };
}

/** The declaration in the text that a unit's symbol leads to, without its prefix. */
export function unitDeclaration(project: Project, file: ParsedFile, symbol: string): UnitDecl | undefined {
  const found = project.checker.unitsOf(file.tree).declarationOf(symbol)?.declaration;
  if (found === undefined) return undefined;
  for (const { tree } of project.workspace.filesOfPackage(found.package)) {
    const unit = tree.elements.find((each) => isUnitDecl(each) && each.name === found.name);
    if (isUnitDecl(unit)) return unit;
  }
  const own = file.tree.elements.find((each) => isUnitDecl(each) && each.name === found.name);
  return isUnitDecl(own) ? own : undefined;
}

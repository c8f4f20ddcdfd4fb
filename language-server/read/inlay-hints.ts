/** Small grey words beside the text: what is inferred, values in SI, names of parameters. Each kind can be switched off. */
import type { AstNode } from 'langium';
import { InlayHintKind, type InlayHint, type Range } from 'vscode-languageserver-types';
import {
  isConstDecl,
  isFunctionCall,
  isFunctionDecl,
  isFunctionLocal,
  isNumberLiteral,
  isVariableDecl,
  type FunctionCall,
  type NumberLiteral,
} from '../../grammar/generated/ast.ts';
import { sourceOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { coherentUnitText, prettyUnit, toSI } from '../../compiler/2-check/units/index.ts';
import { callable } from './callables.ts';
import { propertyCst } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import type { InlayHintSettings } from '../protocol.ts';

/** As the settings are when nothing is said. */
export const USUAL_HINTS: InlayHintSettings = { types: true, values: false, parameterNames: true };

export function inlayHints(
  project: Project,
  file: ParsedFile,
  range: Range,
  settings: InlayHintSettings,
): InlayHint[] {
  const document = file.document.textDocument;
  const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const found: InlayHint[] = [];
  const add = (offset: number, hint: Omit<InlayHint, 'position'>): void => {
    if (offset >= from && offset <= to) found.push({ position: document.positionAt(offset), ...hint });
  };
  for (const element of file.tree.elements) {
    const { start: offset, end } = sourceOf(element);
    if (end < from || offset > to) continue;
    project.workspace.visitor.visit(element, (node) => {
      if (settings.types) typeHint(project, node, add);
      if (settings.values && isNumberLiteral(node)) valueHint(project, file, node, add);
      if (settings.parameterNames && isFunctionCall(node)) parameterHints(node, add);
    });
  }
  return found.sort(
    (a, b) => a.position.line - b.position.line || a.position.character - b.position.character,
  );
}

type Add = (offset: number, hint: Omit<InlayHint, 'position'>) => void;

/** `let heat: Power` where the text says `let heat`. One number with its unit says enough by itself. */
function typeHint(project: Project, node: AstNode, add: Add): void {
  if (!(isVariableDecl(node) || isConstDecl(node) || isFunctionLocal(node) || isFunctionDecl(node))) return;
  const value = node.value as AstNode | undefined;
  if (node.type !== undefined || value === undefined || isNumberLiteral(value)) return;
  const place = isFunctionDecl(node) ? undefined : propertyCst(node, 'name');
  if (place === undefined) return;
  const size = isVariableDecl(node) && node.size !== undefined ? propertyCst(node, 'size') : undefined;
  const { quantity, unit } = project.checker.declaredType(node);
  if (quantity === '' || quantity === 'Boolean') return;
  const tooltip = unit.label === '' ? quantity : `${quantity}, shown in ${unit.label}`;
  add(size === undefined ? place.end : size.end + 1, {
    label: `: ${quantity}`,
    kind: InlayHintKind.Type,
    tooltip,
  });
}

/** `120 m3/h = 0.03333 m³/s` */
function valueHint(project: Project, file: ParsedFile, node: NumberLiteral, add: Add): void {
  const { unit: text, value } = node;
  if (text === undefined || value === undefined) return;
  const table = project.checker.unitsOf(file.tree);
  const resolved = table.resolve(text, { suggest: false });
  if (!resolved.ok || resolved.unit.dimension.isNone) return;
  const { unit } = resolved;
  if (unit.factor.isOne && unit.offset === undefined) return;
  const si = coherentUnitText(table, unit.dimension);
  const number = Number(toSI(value.replaceAll('_', ''), unit).toPrecision(4));
  add(sourceOf(node).end, {
    label: `= ${number} ${prettyUnit(si)}`,
    paddingLeft: true,
    tooltip: 'In the SI, as the twin computes with it',
  });
}

function parameterHints(node: FunctionCall, add: Add): void {
  const info = callable(node.function);
  const names = info?.parameters ?? node.declared?.ref?.parameters.map((each) => each.name) ?? [];
  // Of one argument, and of any number, the name says nothing.
  if (names.length < 2 || names.includes('…')) return;
  for (const [index, argument] of node.arguments.entries()) {
    const name = /^[\p{L}_]\w*/u.exec(names[index] ?? '')?.[0];
    if (argument === undefined || name === undefined || name.length < 2) continue;
    if (argument.$cstNode?.text === name) continue;
    add(sourceOf(argument).start, { label: `${name}:`, kind: InlayHintKind.Parameter, paddingRight: true });
  }
}

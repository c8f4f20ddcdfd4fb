/** Names coloured by what they are, also where a word of the language is used as a name. */
import { isReference, type AstNode, type CstNode } from 'langium';
import {
  SemanticTokenModifiers,
  SemanticTokenTypes,
  type Range,
  type SemanticTokens,
} from 'vscode-languageserver-types';
import { isVariableDecl } from '../../grammar/generated/ast.ts';
import { sourceOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { isLibraryUri } from '../../compiler/library-files.ts';
import { nameOf, propertyCst } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

const TYPES = [
  SemanticTokenTypes.namespace,
  SemanticTokenTypes.class,
  SemanticTokenTypes.type,
  SemanticTokenTypes.parameter,
  SemanticTokenTypes.variable,
  SemanticTokenTypes.property,
  SemanticTokenTypes.event,
  SemanticTokenTypes.function,
  SemanticTokenTypes.method,
  SemanticTokenTypes.enumMember,
  SemanticTokenTypes.number,
] as const;
const MODIFIERS = [
  SemanticTokenModifiers.declaration,
  SemanticTokenModifiers.readonly,
  SemanticTokenModifiers.defaultLibrary,
] as const;
type Type = (typeof TYPES)[number];

export const LEGEND = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

const [DECLARATION, READONLY, LIBRARY] = [1, 2, 4];

const TYPE_OF: Record<string, Type> = {
  AlarmDecl: SemanticTokenTypes.event,
  AssetDecl: SemanticTokenTypes.class,
  ConstDecl: SemanticTokenTypes.variable,
  FunctionDecl: SemanticTokenTypes.function,
  FunctionLocal: SemanticTokenTypes.variable,
  FunctionParameter: SemanticTokenTypes.parameter,
  CalibrateDecl: SemanticTokenTypes.function,
  ExperimentDecl: SemanticTokenTypes.function,
  EventDecl: SemanticTokenTypes.event,
  EventArgument: SemanticTokenTypes.parameter,
  EventParameter: SemanticTokenTypes.parameter,
  EventValue: SemanticTokenTypes.parameter,
  LoopVariable: SemanticTokenTypes.variable,
  ModeDecl: SemanticTokenTypes.enumMember,
  ModesDecl: SemanticTokenTypes.property,
  CalendarDecl: SemanticTokenTypes.class,
  ConveyStep: SemanticTokenTypes.property,
  ExitStep: SemanticTokenTypes.enumMember,
  ItemDecl: SemanticTokenTypes.variable,
  PartDecl: SemanticTokenTypes.property,
  ProcessDecl: SemanticTokenTypes.class,
  QueueStep: SemanticTokenTypes.property,
  ResourceDecl: SemanticTokenTypes.property,
  StationStep: SemanticTokenTypes.enumMember,
  QuantityDecl: SemanticTokenTypes.type,
  RuleDecl: SemanticTokenTypes.method,
  ScenarioDecl: SemanticTokenTypes.function,
  TableDecl: SemanticTokenTypes.function,
  SensorDecl: SemanticTokenTypes.property,
  TwinDecl: SemanticTokenTypes.class,
  UnitDecl: SemanticTokenTypes.enumMember,
};

interface Token {
  line: number;
  column: number;
  length: number;
  type: number;
  modifiers: number;
}

export function semanticTokens(project: Project, file: ParsedFile, range?: Range): SemanticTokens {
  const tokens: Token[] = [];
  const add = (cst: CstNode | undefined, type: Type, modifiers = 0): void => {
    if (cst === undefined) return;
    const { start, end } = cst.range;
    if (start.line !== end.line || cst.length <= 0) return;
    if (range !== undefined && (start.line < range.start.line || start.line > range.end.line)) return;
    tokens.push({
      line: start.line,
      column: start.character,
      length: cst.length,
      type: TYPES.indexOf(type),
      modifiers,
    });
  };
  const { visitor } = project.workspace;
  visitor.visit(file.tree, (node) => {
    if (range !== undefined && isBeside(node, range)) return false;
    visitor.references(node, ({ reference }) => {
      const target = 'ref' in reference ? reference.ref : undefined;
      if (target !== undefined) add(reference.$refNode, typeOf(target), modifiersOf(target));
    });
    switch (node.$type) {
      case 'PackageDecl':
        return add(propertyCst(node, 'name'), SemanticTokenTypes.namespace, DECLARATION);
      case 'UseDecl':
        return add(propertyCst(node, 'package'), SemanticTokenTypes.namespace);
      case 'FunctionCall':
        if ('declared' in node && isReference(node.declared) && node.declared.ref !== undefined) return;
        return add(propertyCst(node, 'function'), SemanticTokenTypes.function, LIBRARY);
      case 'NumberLiteral':
        // The generated highlighting of the editor knows no numbers.
        add(propertyCst(node, 'value'), SemanticTokenTypes.number);
        return 'unit' in node && node.unit !== undefined
          ? add(propertyCst(node, 'unit'), SemanticTokenTypes.enumMember)
          : undefined;
      case 'Binding':
      case 'GaugeWidget':
      case 'NumberWidget':
      case 'ChartWidget':
      case 'HistogramWidget':
      case 'ReportedValue':
      case 'ComparedValue':
      case 'ColumnStep':
        return 'unit' in node && node.unit !== undefined
          ? add(propertyCst(node, 'unit'), SemanticTokenTypes.enumMember)
          : undefined;
      case 'PhaseWidget':
        for (const unit of ['unit', 'baseUnit'])
          if (unit in node) add(propertyCst(node, unit), SemanticTokenTypes.enumMember);
        return;
      case 'QuantityDecl':
      case 'UnitDecl':
        add(propertyCst(node, 'definition'), SemanticTokenTypes.enumMember);
    }
    if (nameOf(node) !== '' && node.$type !== 'TestDecl' && node.$type !== 'BindingArgument') {
      add(propertyCst(node, 'name'), typeOf(node), DECLARATION | modifiersOf(node));
    }
  });
  return { data: encode(tokens) };
}

/** Declarations and members that stand above or below a range: their concrete syntax need not be made. */
function isBeside(node: AstNode, { start, end }: Range): boolean {
  const parent = node.$container;
  if (parent === undefined || (parent.$container ?? parent).$container !== undefined) return false;
  const { line, endLine } = sourceOf(node);
  return endLine <= start.line || line > end.line + 1;
}

function typeOf(node: AstNode): Type {
  if (isVariableDecl(node)) {
    return node.role === 'param' || node.role === 'fixed'
      ? SemanticTokenTypes.parameter
      : SemanticTokenTypes.variable;
  }
  return TYPE_OF[node.$type] ?? SemanticTokenTypes.variable;
}

function modifiersOf(node: AstNode): number {
  const fixed = node.$type === 'ConstDecl' || (isVariableDecl(node) && node.role === 'fixed');
  return (fixed ? READONLY : 0) | (isLibraryUri(uriOf(node)) ? LIBRARY : 0);
}

/** Each token relative to the one before it, as the protocol wants it. */
function encode(tokens: Token[]): number[] {
  tokens.sort((a, b) => a.line - b.line || a.column - b.column);
  const data: number[] = [];
  let [line, column] = [0, -1];
  for (const token of tokens) {
    if (token.line === line && token.column === column) continue;
    const start = Math.max(column, 0);
    data.push(
      token.line - line,
      token.line === line ? token.column - start : token.column,
      token.length,
      token.type,
      token.modifiers,
    );
    [line, column] = [token.line, token.column];
  }
  return data;
}

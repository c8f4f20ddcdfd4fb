/** The outline of a file. */
import type { AstNode } from 'langium';
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver-types';
import {
  isAlarmDecl,
  isAssetDecl,
  isBindDecl,
  isModeDecl,
  isModesDecl,
  isCalibrateDecl,
  isProcessDecl,
  isViewDecl,
  type Element,
} from '../../grammar/generated/ast.ts';
import { isMember } from '../../compiler/1-parse/names/members.ts';
import { sourceOf, sourceOfProperty, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { nameOf, nameSource, rangeOf } from '../workspace/places.ts';

export const SYMBOL_KINDS: Record<string, SymbolKind> = {
  AlarmDecl: SymbolKind.Event,
  AssetDecl: SymbolKind.Class,
  BindDecl: SymbolKind.Interface,
  ConstDecl: SymbolKind.Constant,
  EventDecl: SymbolKind.Event,
  FunctionDecl: SymbolKind.Function,
  ModeDecl: SymbolKind.EnumMember,
  ModesDecl: SymbolKind.Enum,
  CalibrateDecl: SymbolKind.Function,
  ExperimentDecl: SymbolKind.Function,
  CalendarDecl: SymbolKind.Struct,
  ConveyStep: SymbolKind.Array,
  ExitStep: SymbolKind.EnumMember,
  ItemDecl: SymbolKind.Property,
  PartDecl: SymbolKind.Field,
  ProcessDecl: SymbolKind.Class,
  QueueStep: SymbolKind.Array,
  ResourceDecl: SymbolKind.Object,
  StationStep: SymbolKind.EnumMember,
  QuantityDecl: SymbolKind.TypeParameter,
  RuleDecl: SymbolKind.Method,
  ScenarioDecl: SymbolKind.Function,
  TableDecl: SymbolKind.Function,
  SensorDecl: SymbolKind.Property,
  TestDecl: SymbolKind.Method,
  TwinDecl: SymbolKind.Object,
  UnitDecl: SymbolKind.Number,
  VariableDecl: SymbolKind.Variable,
  ViewDecl: SymbolKind.Interface,
};
export function documentSymbols(file: ParsedFile): DocumentSymbol[] {
  return file.tree.elements.flatMap((element) => symbolOf(element) ?? []);
}

function symbolOf(node: Element | AstNode | undefined): DocumentSymbol | undefined {
  if (node === undefined) return undefined;
  const name = labelOf(node);
  if (name === '') return undefined;
  const children = childrenOf(node).flatMap((member) => symbolOf(member) ?? []);
  return {
    name,
    detail: detailOf(node),
    kind: SYMBOL_KINDS[node.$type] ?? SymbolKind.Variable,
    range: rangeOf(sourceOf(node)),
    selectionRange: rangeOf(selectionOf(node)),
    ...(children.length === 0 ? {} : { children }),
  };
}

/** Members of an asset, modes of a block, modes and alarms of a mode. */
function childrenOf(node: AstNode): readonly AstNode[] {
  if (isAssetDecl(node)) return node.members.filter(isMember);
  if (isModesDecl(node)) return node.modes;
  if (isProcessDecl(node)) return node.steps;
  return isModeDecl(node) ? node.members.filter(isInMode) : [];
}

const isInMode = (node: AstNode): boolean => isModeDecl(node) || isModesDecl(node) || isAlarmDecl(node);

function labelOf(node: AstNode): string {
  if (isBindDecl(node)) return `bind ${node.twin?.$refText ?? ''}`;
  if (isCalibrateDecl(node)) return node.name ?? `calibrate ${node.subject?.$refText ?? ''}`;
  if (isViewDecl(node)) return node.title || `view ${node.subject?.$refText ?? ''}`;
  return nameOf(node);
}

function selectionOf(node: AstNode) {
  if (isBindDecl(node)) return sourceOfProperty(node, 'twin');
  return isViewDecl(node) || (isCalibrateDecl(node) && node.name === undefined)
    ? sourceOfProperty(node, 'subject')
    : nameSource(node);
}

function detailOf(node: AstNode): string {
  if (isModeDecl(node)) return node.initial ? 'initial' : node.final ? 'final' : 'mode';
  const word = /^(?:private |released )?(?:abstract |final )?\w+/.exec(node.$cstNode?.text ?? '')?.[0];
  return word ?? '';
}

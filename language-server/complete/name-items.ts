/** Names → entries of a completion: what each is, and what is written when it is chosen. */
import type { AstNode } from 'langium';
import { CompletionItemKind, InsertTextFormat } from 'vscode-languageserver-types';
import type { CompletionItem, Range } from 'vscode-languageserver-types';
import { importing } from '../../compiler/1-parse/index.ts';
import type { NamedElement, ParsedFile } from '../../compiler/1-parse/index.ts';
import { signatureOf } from '../read/callables.ts';
import type { Callable } from '../read/callables.ts';
import { fitsDue, quantityOfNode } from './due-quantity.ts';
import { textEdit } from '../workspace/places.ts';
import { portDetail } from '../workspace/ports.ts';
import type { Place } from './probe.ts';

/** A name of a file that is not read: what it is can be told, more is shown where it is used. */
export function unreadItem({ range }: Place, name: string, type: string): CompletionItem {
  return {
    label: name,
    kind: KINDS[type] ?? CompletionItemKind.Variable,
    detail: DETAILS[type] ?? '',
    sortText: `3${name}`,
    textEdit: { range, newText: name },
  };
}

export function callItem({ range }: Place, info: Callable): CompletionItem {
  return {
    label: info.name,
    kind: CompletionItemKind.Function,
    detail: signatureOf(info),
    documentation: info.doc,
    sortText: `4${info.name}`,
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: { range, newText: `${info.name}($0)` },
  };
}

export function nameItem(place: Place, node: AstNode, name: string, rank: number): CompletionItem {
  const quantity = quantityOfNode(place.project, node);
  const fits = place.due !== undefined && fitsDue(place.project, node, place.due);
  return {
    label: name,
    kind: KINDS[node.$type] ?? CompletionItemKind.Variable,
    detail: quantity ?? portDetail(node) ?? DETAILS[node.$type],
    data: place.project.offered.note(name, node),
    sortText: `${fits ? 0 : 2}${String(rank).padStart(5, '0')}`,
    ...(fits ? { preselect: rank === 1 } : {}),
    textEdit: { range: place.range, newText: name },
  };
}

export function importItem(
  file: ParsedFile,
  range: Range,
  packageName: string,
  element: Pick<NamedElement, 'name' | '$type'> | { name: string; $type: string },
): CompletionItem {
  const fix = importing(file.tree, packageName, element.name);
  return {
    label: element.name,
    kind: KINDS[element.$type] ?? CompletionItemKind.Variable,
    detail: `use ${packageName}`,
    sortText: `6${element.name}`,
    textEdit: { range, newText: element.name },
    additionalTextEdits: fix.edits.map((edit) => textEdit(file, edit)),
  };
}

const KINDS: Record<string, CompletionItemKind> = {
  AlarmDecl: CompletionItemKind.Event,
  AssetDecl: CompletionItemKind.Class,
  ConstDecl: CompletionItemKind.Constant,
  FunctionDecl: CompletionItemKind.Function,
  FunctionLocal: CompletionItemKind.Variable,
  FunctionParameter: CompletionItemKind.Variable,
  CalendarDecl: CompletionItemKind.Struct,
  CalibrateDecl: CompletionItemKind.Function,
  ExperimentDecl: CompletionItemKind.Function,
  EventDecl: CompletionItemKind.Event,
  EventValue: CompletionItemKind.Variable,
  ConveyStep: CompletionItemKind.Field,
  ExitStep: CompletionItemKind.EnumMember,
  ItemDecl: CompletionItemKind.Variable,
  LoopVariable: CompletionItemKind.Variable,
  ModeDecl: CompletionItemKind.EnumMember,
  ModesDecl: CompletionItemKind.Enum,
  PartDecl: CompletionItemKind.Field,
  ProcessDecl: CompletionItemKind.Class,
  QueueStep: CompletionItemKind.Field,
  ResourceDecl: CompletionItemKind.Field,
  StationStep: CompletionItemKind.EnumMember,
  QuantityDecl: CompletionItemKind.TypeParameter,
  RuleDecl: CompletionItemKind.Method,
  ScenarioDecl: CompletionItemKind.Function,
  TableDecl: CompletionItemKind.Function,
  SensorDecl: CompletionItemKind.Property,
  TwinDecl: CompletionItemKind.Module,
  UnitDecl: CompletionItemKind.Unit,
  VariableDecl: CompletionItemKind.Variable,
};
const DETAILS: Record<string, string> = {
  AlarmDecl: 'alarm',
  AssetDecl: 'asset',
  ConstDecl: 'constant',
  FunctionDecl: 'function',
  TableDecl: 'table',
  FunctionLocal: 'let of this function',
  FunctionParameter: 'parameter of this function',
  CalendarDecl: 'calendar',
  CalibrateDecl: 'calibration',
  ExperimentDecl: 'experiment',
  EventDecl: 'event',
  EventValue: 'value of the event',
  ConveyStep: 'conveyor',
  ExitStep: 'way out',
  ItemDecl: 'value of the item',
  LoopVariable: 'loop variable',
  ModeDecl: 'mode',
  ModesDecl: 'modes',
  PartDecl: 'part',
  ProcessDecl: 'process',
  QueueStep: 'queue',
  ResourceDecl: 'resource',
  StationStep: 'station',
  QuantityDecl: 'quantity',
  RuleDecl: 'rule',
  ScenarioDecl: 'scenario',
  SensorDecl: 'sensor',
  TwinDecl: 'twin',
  UnitDecl: 'unit',
};

/** The outline of a file, and names across the workspace. */
import type { AstNode } from 'langium';
import { SymbolKind, type DocumentSymbol, type WorkspaceSymbol } from 'vscode-languageserver-types';
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
} from '../grammar/generated/ast.ts';
import { isMember } from '../compiler/1-parse/members.ts';
import { sourceOf, sourceOfProperty, type ParsedFile } from '../compiler/1-parse/index.ts';
import { locationOf, nameOf, nameSource, rangeOf } from './places.ts';
import type { Project } from './project.ts';

const KINDS: Record<string, SymbolKind> = {
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
const MOST = 200;

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
    kind: KINDS[node.$type] ?? SymbolKind.Variable,
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

/** Names that hold the letters of the query in their order: `pmp` finds Pump. */
export function workspaceSymbols(project: Project, query: string): WorkspaceSymbol[] {
  const letters = [...query.toLowerCase()].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(letters.join('.*'), 'i');
  const found: WorkspaceSymbol[] = [];
  for (const {
    uri,
    text,
    package: containerName,
    names,
  } of project.workspace.services.twin.PackageIndex.unread.all()) {
    for (const [name, type] of names) {
      if (type === 'TestDecl' || !pattern.test(name)) continue;
      const at = Math.max(0, text.search(new RegExp(`\\b${name}\\b`)));
      const line = text.slice(0, at).split('\n').length - 1;
      const start = { line, character: at - text.lastIndexOf('\n', at - 1) - 1 };
      const end = { line, character: start.character + name.length };
      found.push({
        name,
        kind: KINDS[type] ?? SymbolKind.Variable,
        location: { uri, range: { start, end } },
        containerName,
      });
      if (found.length >= MOST) return found;
    }
  }
  for (const file of project.files()) {
    if (file.library && query === '') continue;
    for (const element of file.tree.elements) {
      if (element === undefined) continue;
      const members: readonly AstNode[] =
        isAssetDecl(element) && !file.library ? element.members.filter(isMember) : [];
      for (const node of [element, ...members]) {
        const name = nameOf(node);
        if (name === '' || !pattern.test(name)) continue;
        const containerName = node === element ? file.tree.package?.name : nameOf(element);
        found.push({
          name,
          kind: KINDS[node.$type] ?? SymbolKind.Variable,
          location: locationOf(nameSource(node)),
          containerName,
        });
        if (found.length >= MOST) return found;
      }
    }
  }
  return found;
}

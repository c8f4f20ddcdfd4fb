/** The tree of a workspace: twins and assets with their sensors, rules and alarms; scenarios, tests, experiments, runs. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { EXPLORE } from '../../language-server/protocol.ts';
import type { ExploreItem } from '../../language-server/protocol.ts';
import type { RunningPreview } from '../preview-panel.ts';
import type { PastRun, Runs } from './runs.ts';

interface Group {
  label: string;
  icon: string;
  kinds: ExploreItem['kind'][];
}

const GROUPS: Group[] = [
  { label: 'Twins', icon: 'broadcast', kinds: ['twin'] },
  { label: 'Assets', icon: 'symbol-class', kinds: ['asset'] },
  { label: 'Scenarios', icon: 'list-ordered', kinds: ['scenario'] },
  { label: 'Tests', icon: 'beaker', kinds: ['test'] },
  { label: 'Experiments', icon: 'graph-scatter', kinds: ['experiment', 'calibration'] },
];

const ICONS: Record<ExploreItem['kind'], string> = {
  twin: 'broadcast',
  asset: 'symbol-class',
  scenario: 'play',
  test: 'beaker',
  experiment: 'graph-scatter',
  calibration: 'symbol-ruler',
  sensor: 'dashboard',
  rule: 'symbol-event',
  alarm: 'bell',
};

type Node =
  | { type: 'group'; group: Group; items: ExploreItem[] }
  /** `place` tells it from others of its name. */
  | { type: 'item'; item: ExploreItem; place?: string }
  | { type: 'runs' }
  | { type: 'preview'; preview: RunningPreview }
  | { type: 'past'; run: PastRun };

export class TwinTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly client: BaseLanguageClient;
  private readonly runs: Runs;

  constructor(client: BaseLanguageClient, runs: Runs) {
    this.client = client;
    this.runs = runs;
  }

  refresh(): void {
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.type === 'group') {
      const nameOf = ({ kind, label, detail }: ExploreItem): string => `${kind} ${label} ${detail}`;
      const names = node.items.map(nameOf);
      const isOnly = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
      return node.items.map((item, at) =>
        isOnly(names[at]!) ? { type: 'item', item } : { type: 'item', item, place: placeOf(item) },
      );
    }
    if (node?.type === 'item') return node.item.children.map((item) => ({ type: 'item', item }));
    if (node?.type === 'runs')
      return [
        ...this.runs.open.map((preview): Node => ({ type: 'preview', preview })),
        ...this.runs.past.map((run): Node => ({ type: 'past', run })),
      ];
    if (node !== undefined) return [];
    const items = await this.client.sendRequest<ExploreItem[]>(EXPLORE);
    const groups = GROUPS.map((group): Node & { type: 'group' } => ({
      type: 'group',
      group,
      items: items
        .filter(({ kind }) => group.kinds.includes(kind))
        .sort((a, b) => a.label.localeCompare(b.label) || a.uri.localeCompare(b.uri)),
    })).filter((group) => group.items.length > 0);
    // Nothing at all shows the view's welcome instead.
    const hasRuns = this.runs.open.length + this.runs.past.length > 0;
    return hasRuns ? [...groups, { type: 'runs' }] : groups;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.type) {
      case 'group': {
        const { label, icon } = node.group;
        const shown = labelled(label, icon, vscode.TreeItemCollapsibleState.Expanded);
        shown.description = String(node.items.length);
        shown.contextValue = 'group';
        return shown;
      }
      case 'item':
        return treeItem(node.item, node.place);
      case 'runs':
        return labelled('Runs', 'history', vscode.TreeItemCollapsibleState.Expanded);
      case 'preview': {
        const { uri, root, name, state } = node.preview;
        const shown = labelled(name, state === 'playing' ? 'play-circle' : 'debug-pause');
        shown.description = state;
        shown.command = { command: 'pollux.preview', title: 'Open Preview', arguments: [uri, root] };
        return shown;
      }
      case 'past': {
        const { label, code, at } = node.run;
        const icon = code === undefined ? 'loading~spin' : code === 0 ? 'pass' : 'error';
        const shown = labelled(label, icon);
        const ended =
          code === undefined
            ? 'running'
            : code === 0
              ? 'finished'
              : code === 3
                ? 'found something'
                : 'failed';
        shown.description = `${ended}, ${at.toLocaleTimeString()}`;
        return shown;
      }
    }
  }
}

/** The folder that a file is in, as it is called in the workspace. */
function placeOf({ uri }: ExploreItem): string {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  const folder = path.split('/').slice(0, -1).join('/');
  return folder === '' ? path : folder;
}

function treeItem(item: ExploreItem, place: string | undefined): vscode.TreeItem {
  const { kind, label, detail, uri, range, runs, children } = item;
  const state =
    children.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  const shown = labelled(label, ICONS[kind], state);
  shown.id = `${uri}#${kind}#${item.name}#${range.start.line}`;
  const said = [place, detail].filter(Boolean).join(' · ');
  shown.description = said;
  shown.tooltip = `${kind} ${label}${detail === '' ? '' : ` ${detail}`}\n${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}:${range.start.line + 1}`;
  shown.accessibilityInformation = { label: `${kind} ${label} ${said}` };
  shown.contextValue = runs ? kind : `${kind}-part`;
  const { start, end } = range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  const options: vscode.TextDocumentShowOptions = { selection };
  shown.command = {
    command: 'vscode.open',
    title: 'Go to Declaration',
    arguments: [vscode.Uri.parse(uri), options],
  };
  return shown;
}

function labelled(
  label: string,
  icon: string,
  state = vscode.TreeItemCollapsibleState.None,
): vscode.TreeItem {
  const shown = new vscode.TreeItem(label, state);
  shown.iconPath = new vscode.ThemeIcon(icon);
  return shown;
}

/** What a context action of the tree was called on: the file, the name and the kind, as other commands take them. */
export function subjectOf(node: unknown): Pick<ExploreItem, 'uri' | 'name' | 'kind'> | undefined {
  const item = (node as { item?: Partial<ExploreItem> } | undefined)?.item;
  if (item?.uri === undefined || item.name === undefined || item.kind === undefined) return undefined;
  return { uri: item.uri, name: item.name, kind: item.kind };
}

/** What a workspace is about: its twins, assets, sensors, rules, scenarios, tests and experiments, wherever they stand. */
import type { AstNode } from 'langium';
import {
  isAlarmDecl,
  isAssetDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isRuleDecl,
  isScenarioDecl,
  isSensorDecl,
  isTestDecl,
  isTwinDecl,
  type Element,
} from '../../grammar/generated/ast.ts';
import { packageOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { isLibraryUri } from '../../compiler/library-files.ts';
import { nameOf, nameSource, rangeOf } from '../workspace/places.ts';
import { isOpen } from '../workspace/ports.ts';
import type { Project } from '../workspace/project.ts';
import type { ExploreItem } from '../protocol.ts';

/** Beyond so many files only those that are open are shown: each has to be read for it. */
const MOST = 500;

export class Explorer {
  private readonly project: Project;
  /** What a text had to show, so that it is read again only when it changes. */
  private readonly known = new Map<string, { text: string; items: ExploreItem[] }>();

  constructor(project: Project) {
    this.project = project;
  }

  items(): ExploreItem[] {
    const { project } = this;
    const texts = project
      .texts()
      .filter(({ uri }) => !isLibraryUri(uri) && !uri.includes('/.pollux/'))
      .filter(({ uri }, _, all) => all.length <= MOST || project.isOpen(uri));
    const present = new Set(texts.map(({ uri }) => uri));
    for (const uri of this.known.keys()) if (!present.has(uri)) this.known.delete(uri);
    return texts.flatMap(({ uri, text }) => {
      const known = this.known.get(uri);
      if (known?.text === text) return known.items;
      const file = project.workspace.file(uri);
      const items = file === undefined ? [] : itemsOf(file);
      this.known.set(uri, { text, items });
      return items;
    });
  }
}

function itemsOf(file: ParsedFile): ExploreItem[] {
  const packageName = packageOf(file.tree);
  const qualified = (name: string): string => (packageName === '' ? name : `${packageName}.${name}`);
  return file.tree.elements.flatMap((element): ExploreItem[] => {
    const kind = kindOf(element);
    if (kind === undefined || element === undefined) return [];
    const label = nameOf(element);
    if (label === '') return [];
    return [
      {
        kind,
        label,
        name: kind === 'test' ? label : qualified(label),
        detail: detailOf(element) || packageName,
        uri: file.uri,
        range: rangeOf(nameSource(element)),
        runs: !isAssetDecl(element) || !(element.abstract || isOpen(element)),
        children: isAssetDecl(element) ? element.members.flatMap((each) => memberOf(file, each)) : [],
      },
    ];
  });
}

function kindOf(element: Element | undefined): ExploreItem['kind'] | undefined {
  if (isTwinDecl(element)) return 'twin';
  if (isAssetDecl(element)) return 'asset';
  if (isScenarioDecl(element)) return 'scenario';
  if (isTestDecl(element)) return 'test';
  if (isExperimentDecl(element)) return 'experiment';
  return isCalibrateDecl(element) && element.name !== undefined ? 'calibration' : undefined;
}

function detailOf(element: Element): string {
  if (isTestDecl(element)) return element.scenario === undefined ? '' : `on ${element.scenario.$refText}`;
  if (isScenarioDecl(element)) return element.subject === undefined ? '' : `for ${element.subject.$refText}`;
  if (isExperimentDecl(element) || isCalibrateDecl(element))
    return element.subject === undefined ? '' : `on ${element.subject.$refText}`;
  return '';
}

function memberOf(file: ParsedFile, node: AstNode | undefined): ExploreItem[] {
  const kind = isSensorDecl(node)
    ? 'sensor'
    : isRuleDecl(node)
      ? 'rule'
      : isAlarmDecl(node)
        ? 'alarm'
        : undefined;
  if (kind === undefined || node === undefined) return [];
  const label = nameOf(node);
  if (label === '') return [];
  const detail = isSensorDecl(node)
    ? `measures ${node.target?.$cstNode?.text ?? ''}`
    : isAlarmDecl(node)
      ? node.severity
      : '';
  const range = rangeOf(nameSource(node));
  return [{ kind, label, name: label, detail, uri: file.uri, range, runs: false, children: [] }];
}

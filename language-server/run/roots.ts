/** What can be run, previewed or tested in a file. */
import {
  isAssetDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isScenarioDecl,
  isTestDecl,
  isTwinDecl,
  type Runnable,
  type ScenarioDecl,
} from '../../grammar/generated/ast.ts';
import {
  documentationOf,
  packageOf,
  sourceOf,
  sourceOfProperty,
  uriOf,
  type ParsedFile,
} from '../../compiler/1-parse/index.ts';
import { nameSource, rangeOf } from '../workspace/places.ts';
import { isOpen } from '../workspace/ports.ts';
import type { Project } from '../workspace/project.ts';
import type { Root } from '../protocol.ts';

export function roots(project: Project, file: ParsedFile): Root[] {
  const found: Root[] = [];
  for (const element of file.tree.elements) {
    if (isCalibrateDecl(element)) {
      const subject = element.subject?.ref;
      if (subject === undefined) continue;
      // Without a name of its own it has its subject's.
      const named = element.name as string | undefined;
      const name = named === undefined ? qualifiedName(project, subject) : project.qualified(file, named);
      found.push({
        kind: 'calibration',
        name: name ?? '',
        label: named ?? subject.name,
        range: rangeOf(sourceOf(element)),
        selection: rangeOf(sourceOfProperty(element, named === undefined ? 'subject' : 'name')),
        doc: documentationOf(element),
      });
      continue;
    }
    if (
      !(
        isAssetDecl(element) ||
        isTwinDecl(element) ||
        isScenarioDecl(element) ||
        isTestDecl(element) ||
        isExperimentDecl(element)
      )
    )
      continue;
    if (!element.name || (isAssetDecl(element) && (element.abstract || isOpen(element)))) continue;
    const place = {
      label: element.name,
      range: rangeOf(sourceOf(element)),
      selection: rangeOf(nameSource(element)),
      doc: documentationOf(element),
    };
    const name = project.qualified(file, element.name);
    if (isTestDecl(element)) {
      const scenario = element.scenario?.ref;
      const more = { subject: subjectOf(project, scenario), scenario: qualifiedName(project, scenario) };
      found.push({ kind: 'test', name: element.name, ...place, ...more });
    } else if (isScenarioDecl(element)) {
      found.push({ kind: 'scenario', name, ...place, subject: subjectOf(project, element) });
    } else if (isExperimentDecl(element)) {
      const subject = element.subject?.ref;
      const runs = isScenarioDecl(subject) ? subjectOf(project, subject) : qualifiedName(project, subject);
      found.push({ kind: 'experiment', name, ...place, subject: runs });
    } else {
      found.push({ kind: isTwinDecl(element) ? 'twin' : 'asset', name, ...place });
    }
  }
  return found;
}

function subjectOf(project: Project, scenario: ScenarioDecl | undefined): string | undefined {
  return qualifiedName(project, scenario?.subject?.ref);
}

function qualifiedName(project: Project, node: Runnable | ScenarioDecl | undefined): string | undefined {
  if (node === undefined) return undefined;
  const file = project.workspace.file(uriOf(node));
  const packageName = file === undefined ? '' : packageOf(file.tree);
  return packageName === '' ? node.name : `${packageName}.${node.name}`;
}

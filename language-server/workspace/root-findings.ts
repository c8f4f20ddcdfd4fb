/**
 * What only the equations as a whole show: too few, too many, no way to solve them. Found type by type, and kept until
 * something changes that a type consists of.
 */
import type { AstNode } from 'langium';
import {
  isAssetDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isPartDecl,
  isScenarioDecl,
  isTwinDecl,
  type AssetDecl,
  type TwinDecl,
} from '../../grammar/generated/ast.ts';
import { analyseRoot } from '../../compiler/index.ts';
import { assetOfStudied, sourceOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { isOpen } from './ports.ts';
import type { Project } from './project.ts';

interface Known {
  offset: number;
  line: number;
  runs: boolean;
  findings: readonly Diagnostic[];
}

type Runnable = AssetDecl | TwinDecl;

/** What an asset consists of, and whether something of it is left to whoever has it as a part. */
interface Makeup {
  types: readonly AssetDecl[];
  isOpen: boolean;
}

export class RootFindings {
  private readonly project: Project;
  private known = new WeakMap<AstNode, Known>();
  private makeups = new WeakMap<AstNode, Makeup>();
  /** ms that the last two looks at a type took. */
  private readonly took = new Map<string, readonly number[]>();
  /** Of the file that was looked at last. */
  private latest: { file: ParsedFile; candidates: [Runnable, boolean][] } | undefined;

  constructor(project: Project) {
    this.project = project;
  }

  forget(declarations: Iterable<AstNode>): void {
    for (const each of declarations) {
      this.known.delete(each);
      this.makeups.delete(each);
      // What its types are to others lies in it alone: who looks into what has changed is among the declarations.
      if (each.$container === this.latest?.file.tree) this.latest = undefined;
    }
  }

  forgetAll(): void {
    this.known = new WeakMap();
    this.makeups = new WeakMap();
    this.latest = undefined;
  }

  /**
   * Looks at one type after another that was not looked at yet; the file has to be without errors. Says before each how many
   * ms that may take: by the last two looks, as the first of all says more of the program than of the type, and 0 where
   * something was found, which is to stay in sight.
   */
  *look(file: ParsedFile): Iterable<number> {
    for (const [element, runs] of this.candidates(file)) {
      if (this.isKnown(element, runs)) continue;
      const key = `${file.uri} ${element.name}`;
      const last = this.took.get(key) ?? [];
      yield last.length < 2 ? 0 : Math.min(...last);
      const begin = performance.now();
      const { start: offset, line } = sourceOf(element);
      const findings = this.find(element, runs);
      this.known.set(element, { offset, line, runs, findings });
      const now = findings.length > 0 ? 0 : performance.now() - begin;
      this.took.set(key, [...last.slice(-1), now]);
    }
  }

  /** What is known by now; complete after all of `look`. */
  of(file: ParsedFile): Diagnostic[] {
    const found = new Map<string, Diagnostic>();
    for (const [element, runs] of this.candidates(file)) {
      if (!this.isKnown(element, runs)) continue;
      for (const each of this.known.get(element)?.findings ?? []) {
        if (each.source.uri === file.uri)
          found.set(`${each.code} ${each.source.start} ${each.message}`, each);
      }
    }
    return [...found.values()];
  }

  private candidates(file: ParsedFile): [Runnable, boolean][] {
    if (this.latest?.file !== file)
      this.latest = { file, candidates: candidates(file, (asset) => this.makeupOf(asset)) };
    return this.latest.candidates;
  }

  private makeupOf(asset: AssetDecl): Makeup {
    let makeup = this.makeups.get(asset);
    if (makeup === undefined) {
      const types = asset.members.flatMap((member) =>
        isPartDecl(member) && member.type?.ref !== undefined ? [member.type.ref] : [],
      );
      makeup = { types, isOpen: isOpen(asset) };
      this.makeups.set(asset, makeup);
    }
    return makeup;
  }

  private isKnown(element: Runnable, runs: boolean): boolean {
    const known = this.known.get(element);
    if (known === undefined || known.runs !== runs) return false;
    if (known.findings.length === 0) return true;
    const { start: offset, line } = sourceOf(element);
    return known.offset === offset && known.line === line;
  }

  private find(element: Runnable, runs: boolean): readonly Diagnostic[] {
    const { checker, workspace } = this.project;
    const { used, value } = checker.modelOf(element);
    for (const uri of new Set(used.map(uriOf))) {
      this.project.linkAsked(uri);
      const file = workspace.file(uri);
      if (file === undefined || [...file.syntax, ...file.names].some(isError)) return [];
    }
    if (used.some((each) => checker.checkDeclaration(each).some(isError))) return [];
    const model = value();
    const file = workspace.file(uriOf(element));
    if (model === undefined || file === undefined) return [];
    const name = this.project.qualified(file, element.name);
    return analyseRoot(model, { kind: isTwinDecl(element) ? 'twin' : 'asset', name }, runs);
  }
}

/** The types and twins of a file, and whether they are to run by themselves, as `rootsOf` says of a model. */
function candidates({ tree }: ParsedFile, makeupOf: (asset: AssetDecl) => Makeup): [Runnable, boolean][] {
  const inOthers = new Set<AssetDecl>();
  const inScenarios = new Set<AssetDecl>();
  for (const element of tree.elements) {
    if (isAssetDecl(element)) {
      for (const type of makeupOf(element).types) inOthers.add(type);
    } else if (isScenarioDecl(element) || isExperimentDecl(element) || isCalibrateDecl(element)) {
      const subject = element.subject?.ref;
      if (subject === undefined || isTwinDecl(subject)) continue;
      const asset = assetOfStudied(subject);
      if (asset !== undefined && !(isScenarioDecl(subject) && isTwinDecl(subject.subject?.ref)))
        inScenarios.add(asset);
    }
  }
  return tree.elements.flatMap((element): [Runnable, boolean][] => {
    if (isTwinDecl(element)) return element.name ? [[element, true]] : [];
    if (!isAssetDecl(element) || !element.name || element.port) return [];
    const runs = inScenarios.has(element) || !(inOthers.has(element) || makeupOf(element).isOpen);
    return [[element, runs && !element.abstract]];
  });
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

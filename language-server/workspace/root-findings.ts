/**
 * What only the equations as a whole show: too few, too many, no way to solve them. Found type by type, and kept until
 * something changes that a type consists of.
 */
import type { AstNode } from 'langium';
import { isTwinDecl, type AssetDecl, type Element } from '../../grammar/generated/ast.ts';
import { analyseRoot } from '../../compiler/index.ts';
import { sourceOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { looksOf, makeupOf, type Look, type Makeup } from './looks.ts';
import type { Project } from './project.ts';

interface Known {
  runs: boolean;
  beside: readonly Element[];
  findings: readonly Diagnostic[];
  /** Where the declarations of this file stood in which something was found. */
  places: ReadonlyMap<Element, string>;
}

interface Found {
  /** All declarations that it took. */
  used: readonly Element[];
  findings: readonly Diagnostic[];
}

export class RootFindings {
  private readonly project: Project;
  private known = new WeakMap<AstNode, Known>();
  private makeups = new WeakMap<AstNode, Makeup>();
  /** What was looked at beside a type or a twin → that. */
  private besides = new WeakMap<AstNode, AstNode>();
  /** ms that the last two looks at a type took. */
  private readonly took = new Map<string, readonly number[]>();
  /** Of the file that was looked at last. */
  private latest: { file: ParsedFile; elements: number; looks: Look[] } | undefined;

  constructor(project: Project) {
    this.project = project;
  }

  forget(declarations: Iterable<AstNode>): void {
    for (const each of declarations) {
      this.known.delete(each);
      this.known.delete(this.besides.get(each) ?? each);
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
    for (const look of this.looks(file)) {
      if (this.isKnown(look)) continue;
      const { element, runs, beside } = look;
      const key = `${file.uri} ${element.name}`;
      const last = this.took.get(key) ?? [];
      yield last.length < 2 ? 0 : Math.min(...last);
      const begin = performance.now();
      const { used, findings } = this.find(look);
      const places = new Map<Element, string>();
      if (findings.length > 0)
        for (const each of used) if (each.$container === file.tree) places.set(each, placeOf(each));
      this.known.set(element, { runs, beside, findings, places });
      for (const each of beside) this.besides.set(each, element);
      const now = findings.length > 0 ? 0 : performance.now() - begin;
      this.took.set(key, [...last.slice(-1), now]);
    }
  }

  /** What is known by now; complete after all of `look`. */
  of(file: ParsedFile): Diagnostic[] {
    const found = new Map<string, Diagnostic>();
    for (const look of this.looks(file)) {
      if (!this.isKnown(look)) continue;
      for (const each of this.known.get(look.element)?.findings ?? []) {
        if (each.source.uri === file.uri)
          found.set(`${each.code} ${each.source.start} ${each.message}`, each);
      }
    }
    return [...found.values()];
  }

  private looks(file: ParsedFile): readonly Look[] {
    const elements = file.tree.elements.length;
    // What has come is among the declarations that changed; what has gone is not.
    if (this.latest?.file !== file || this.latest.elements !== elements)
      this.latest = { file, elements, looks: looksOf(file, (asset) => this.makeupOf(asset)) };
    return this.latest.looks;
  }

  private makeupOf(asset: AssetDecl): Makeup {
    let makeup = this.makeups.get(asset);
    if (makeup === undefined) this.makeups.set(asset, (makeup = makeupOf(asset)));
    return makeup;
  }

  private isKnown({ element, runs, beside }: Look): boolean {
    const known = this.known.get(element);
    if (known === undefined || known.runs !== runs || known.beside.length !== beside.length) return false;
    if (beside.some((each, at) => each !== known.beside[at])) return false;
    return [...known.places].every(([each, place]) => placeOf(each) === place);
  }

  private find({ element, runs, beside }: Look): Found {
    const { checker, workspace } = this.project;
    const { used, value } = checker.modelOf([element, ...beside]);
    for (const uri of new Set(used.map(uriOf))) {
      this.project.linkAsked(uri);
      const file = workspace.file(uri);
      if (file === undefined || [...file.syntax, ...file.names].some(isError)) return { used, findings: [] };
    }
    if (used.some((each) => checker.checkDeclaration(each).some(isError))) return { used, findings: [] };
    const model = value();
    const file = workspace.file(uriOf(element));
    if (model === undefined || file === undefined) return { used, findings: [] };
    const name = this.project.qualified(file, element.name);
    const kind = isTwinDecl(element) ? 'twin' : 'asset';
    return { used, findings: analyseRoot(model, { kind, name }, runs) };
  }
}

function placeOf(element: Element): string {
  const { start, line } = sourceOf(element);
  return `${start} ${line}`;
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

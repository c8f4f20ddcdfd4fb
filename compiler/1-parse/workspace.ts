/**
 * Texts that change → files that stay linked.
 * Invariants: a linked file refers only to trees that are current; a file whose own text and whose
 * dependencies did not change is never looked at again. All calls are synchronous.
 */
import {
  AstUtils,
  DocumentState,
  URI,
  type AstNode,
  type LangiumDocument,
  type LangiumSharedCoreServices,
} from 'langium';
import { isTwinFile, type TwinFile } from '../../grammar/generated/ast.ts';
import { report, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { tooDeep } from '../diagnostics/syntax.ts';
import { isLibraryUri, libraryUri, type LibraryFiles } from '../library-files.ts';
import { unknownUse, unresolved } from './name-diagnostics.ts';
import { namedElements, packageOf } from './package-index.ts';
import type { TwinServices } from './services.ts';
import { sourceAt } from './source.ts';
import { syntaxDiagnostics } from './syntax-diagnostics.ts';
import { TreeVisitor } from './visit.ts';

export interface ParsedFile {
  readonly uri: string;
  readonly text: string;
  readonly tree: TwinFile;
  readonly document: LangiumDocument<TwinFile>;
  /** Files of the standard library are read-only. */
  readonly library: boolean;
  readonly syntax: readonly Diagnostic[];
  /** Names without meaning; empty until the file is linked. */
  readonly names: readonly Diagnostic[];
}

interface Entry extends ParsedFile {
  names: readonly Diagnostic[];
  linked: boolean;
  unresolved: boolean;
  /** Uris of the files that its names lead to. */
  targets: Set<string>;
  /** What other files can see of it. */
  surface: string;
}

/** Deeper trees would overflow the stacks of all that walk them by recursion. */
const DEEPEST = 400;

export class Workspace {
  readonly services: TwinServices;
  readonly visitor: TreeVisitor;
  private readonly shared: LangiumSharedCoreServices;
  private readonly entries = new Map<string, Entry>();
  private readonly dependents = new Map<string, Set<string>>();
  private readonly pending = new Set<Entry>();
  private readonly packages = new Map<string, Set<Entry>>();

  constructor(
    { shared, twin }: { shared: LangiumSharedCoreServices; twin: TwinServices },
    library: LibraryFiles,
  ) {
    this.shared = shared;
    this.services = twin;
    this.visitor = new TreeVisitor(shared.AstReflection);
    for (const [name, text] of Object.entries(library)) this.set(libraryUri(name), text);
  }

  /** Adds a file, or replaces its text. */
  set(uri: string, text: string): void {
    const old = this.entries.get(uri);
    if (old?.text === text) return;
    const entry = this.read(uri, text);
    if (old !== undefined) this.withdraw(old);
    this.entries.set(uri, entry);
    const name = packageOf(entry.tree);
    this.packages.set(name, (this.packages.get(name) ?? new Set()).add(entry));
    this.services.twin.PackageIndex.add(uri, entry.tree);
    this.pending.add(entry);
    this.invalidate(uri, old, entry);
  }

  remove(uri: string): void {
    const old = this.entries.get(uri);
    if (old === undefined) return;
    this.entries.delete(uri);
    this.withdraw(old);
    this.services.twin.PackageIndex.remove(uri);
    this.invalidate(uri, old, undefined);
  }

  file(uri: string): ParsedFile | undefined {
    return this.entries.get(uri);
  }

  /** All files, the library's first. */
  files(): ParsedFile[] {
    return [...this.entries.values()];
  }

  /** The files that a package is made of; those without a package are each on their own. */
  filesOfPackage(name: string): ParsedFile[] {
    if (name === '') return [];
    // By uri, so that an edit does not change the order of declarations.
    return [...(this.packages.get(name) ?? [])].toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  /** The file and all that its names lead to, from file to file; the library's too. */
  closure(uri: string): ParsedFile[] {
    this.link();
    const found = new Set<Entry>();
    const visit = [uri];
    for (let next = visit.pop(); next !== undefined; next = visit.pop()) {
      const entry = this.entries.get(next);
      if (entry === undefined || found.has(entry)) continue;
      found.add(entry);
      visit.push(...entry.targets);
    }
    return [...found];
  }

  /** Uris of files with names that lead into this one. */
  dependentsOf(uri: string): string[] {
    this.link();
    return [...(this.dependents.get(uri) ?? [])];
  }

  /** Resolves the names of all files that are new, changed, or depend on such. Returns the uris it worked on. */
  link(): string[] {
    const work = [...this.pending];
    this.pending.clear();
    for (const entry of work) this.linkEntry(entry);
    return work.map((entry) => entry.uri);
  }

  private withdraw(entry: Entry): void {
    for (const target of entry.targets) this.dependents.get(target)?.delete(entry.uri);
    this.pending.delete(entry);
    this.packages.get(packageOf(entry.tree))?.delete(entry);
  }

  private read(uri: string, text: string): Entry {
    const factory = this.shared.workspace.LangiumDocumentFactory;
    let document: LangiumDocument<TwinFile>;
    let syntax: Diagnostic[];
    try {
      document = factory.fromString<TwinFile>(text, URI.parse(uri));
      if (!isTwinFile(document.parseResult.value) || this.depth(document.parseResult.value) > DEEPEST) {
        throw new RangeError('too deep');
      }
      syntax = syntaxDiagnostics(document, {
        ...this.services.twin.Keywords,
        tokenize: (all) => this.services.parser.Lexer.tokenize(all).tokens,
      });
    } catch (error) {
      // The parser recurses: a text that is nested deeply enough overflows the stack.
      if (!(error instanceof RangeError)) throw error;
      document = factory.fromString<TwinFile>('', URI.parse(uri));
      syntax = [{ ...report(tooDeep, {}, sourceAt(document, 0, 0)) }];
    }
    document.state = DocumentState.ComputedScopes;
    const tree = document.parseResult.value;
    return {
      uri,
      text,
      tree,
      document,
      library: isLibraryUri(uri),
      syntax,
      names: [],
      linked: false,
      unresolved: false,
      targets: new Set(),
      surface: surfaceOf(tree),
    };
  }

  private depth(root: AstNode): number {
    const depths = new Map<AstNode, number>();
    let deepest = 0;
    this.visitor.visit(root, (node) => {
      const depth = (node.$container === undefined ? 0 : (depths.get(node.$container) ?? 0)) + 1;
      depths.set(node, depth);
      deepest = Math.max(deepest, depth);
    });
    return deepest;
  }

  private linkEntry(entry: Entry): void {
    const diagnostics: Diagnostic[] = [];
    for (const target of entry.targets) this.dependents.get(target)?.delete(entry.uri);
    entry.targets.clear();
    entry.unresolved = false;
    this.visitor.visit(entry.tree, (node) => {
      this.visitor.references(node, (info) => {
        const target = 'ref' in info.reference ? info.reference.ref : undefined;
        if (target === undefined) {
          entry.unresolved = true;
          const diagnostic = unresolved(this.services, info);
          if (diagnostic !== undefined) diagnostics.push(diagnostic);
          return;
        }
        const root = AstUtils.findRootNode(target);
        if (root !== entry.tree && root.$document !== undefined)
          entry.targets.add(root.$document.uri.toString());
      });
    });
    for (const use of entry.tree.uses) {
      const diagnostic = use && unknownUse(this.services, use);
      if (diagnostic === undefined) continue;
      entry.unresolved = true;
      diagnostics.push(diagnostic);
    }
    for (const target of entry.targets) {
      const dependents = this.dependents.get(target);
      if (dependents === undefined) this.dependents.set(target, new Set([entry.uri]));
      else dependents.add(entry.uri);
    }
    // What recovery made of a line with a syntax error says little about its names.
    const broken = new Set(entry.syntax.map((diagnostic) => diagnostic.source.line));
    entry.names = diagnostics
      .filter((diagnostic) => !broken.has(diagnostic.source.line))
      .toSorted((a, b) => a.source.start - b.source.start);
    entry.linked = true;
    entry.document.state = DocumentState.Linked;
  }

  /** Unlinks the files whose names may now lead elsewhere. */
  private invalidate(uri: string, old: Entry | undefined, now: Entry | undefined): void {
    this.services.twin.Members.forget();
    for (const dependent of this.dependents.get(uri) ?? []) this.unlink(dependent);
    if (old !== undefined && now !== undefined && old.surface === now.surface) return;
    const packages = new Set(
      [old, now].filter((each) => each !== undefined).map((each) => packageOf(each.tree)),
    );
    for (const entry of this.entries.values()) {
      const sees =
        packages.has(packageOf(entry.tree)) ||
        entry.tree.uses.some((use) => use && packages.has(use.package));
      if (entry.uri !== uri && (entry.unresolved || sees)) this.unlink(entry.uri);
    }
  }

  private unlink(uri: string): void {
    const entry = this.entries.get(uri);
    if (entry === undefined || !entry.linked) return;
    this.services.references.Linker.unlink(entry.document);
    entry.linked = false;
    entry.document.state = DocumentState.ComputedScopes;
    this.pending.add(entry);
  }
}

/** Names and kinds of what a file declares, and what it imports. */
function surfaceOf(tree: TwinFile): string {
  return `${packageOf(tree)}|${namedElements(tree)
    .map((element) => `${element.$type} ${element.name}`)
    .join('|')}`;
}

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
  type ReferenceInfo,
} from 'langium';
import { isTwinFile, type Element, type TwinFile } from '../../grammar/generated/ast.ts';
import { report, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { tooDeep } from '../diagnostics/syntax.ts';
import { isLibraryUri, type LibraryFiles } from '../library-files.ts';
import { unknownUse, unresolved } from './name-diagnostics.ts';
import { namedElements, packageOf } from './package-index.ts';
import { replaceElement, signatureOf, type Replaced } from './reparse.ts';
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
  text: string;
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
  /** Files of which only some declarations are new: their other names lead where they led. */
  private readonly parts = new Map<Entry, Set<AstNode>>();

  constructor(
    { shared, twin }: { shared: LangiumSharedCoreServices; twin: TwinServices },
    library: LibraryFiles,
  ) {
    this.shared = shared;
    this.services = twin;
    this.visitor = new TreeVisitor(shared.AstReflection);
    for (const { uri, text } of twin.twin.PackageIndex.shelf.fill(library)) this.set(uri, text);
  }

  /** Adds a file, or replaces its text. */
  set(uri: string, text: string): void {
    const old = this.entries.get(uri);
    if (old?.text !== text)
      for (const file of this.services.twin.PackageIndex.shelf.take(text)) this.set(file.uri, file.text);
    if (old?.text === text || (old !== undefined && this.editElement(old, text))) return;
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

  /** Packages that the project names and that are not here → why. */
  setAbsentPackages(absent: ReadonlyMap<string, string>): void {
    this.services.twin.PackageIndex.absent = absent;
    for (const { uri, unresolved: lacks } of [...this.entries.values()]) if (lacks) this.unlink(uri);
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
    const parts = [...this.parts].filter(([entry]) => !this.pending.has(entry));
    this.pending.clear();
    this.parts.clear();
    // First all names forget what is gone: linking one file reads through the names of others.
    const rest = parts.map(([entry, replaced]) => this.forgetPart(entry, replaced));
    for (const entry of work) this.linkEntry(entry);
    for (const linkPart of rest) linkPart();
    return [...work, ...parts.map(([entry]) => entry)].map((entry) => entry.uri);
  }

  /** Takes in an edit inside one declaration; false when the whole file has to be read. */
  private editElement(entry: Entry, text: string): boolean {
    let replaced: Replaced | undefined;
    try {
      replaced = replaceElement(this.services, entry.document, entry.text, text);
    } catch (error) {
      // Nested too deeply: the full parse says so.
      if (!(error instanceof RangeError)) throw error;
    }
    if (replaced === undefined) return false;
    const old = { ...entry };
    entry.text = text;
    entry.surface = surfaceOf(entry.tree);
    this.services.twin.PackageIndex.add(entry.uri, entry.tree);
    const sameNames = signatureOf(replaced.before) === signatureOf(replaced.after);
    if (sameNames && entry.linked && !entry.unresolved && !this.isTooDeep(replaced.after)) {
      this.parts.set(entry, (this.parts.get(entry) ?? new Set()).add(replaced.before).add(replaced.after));
    } else {
      if (this.isTooDeep(replaced.after)) return false;
      this.services.references.Linker.unlink(entry.document);
      entry.linked = false;
      entry.document.state = DocumentState.ComputedScopes;
      this.pending.add(entry);
    }
    this.invalidate(entry.uri, old, entry);
    return true;
  }

  /** Names into declarations that were replaced lose their targets. Returns what resolves those and the new ones. */
  private forgetPart(entry: Entry, replaced: ReadonlySet<AstNode>): () => void {
    const { document } = entry;
    const isReplaced = (node: AstNode | undefined): boolean => {
      let each = node;
      while (each?.$container !== undefined && each.$container !== entry.tree) each = each.$container;
      return each !== undefined && replaced.has(each);
    };
    const gone = new Set<object>();
    const current = [...replaced].filter((element) => entry.tree.elements.includes(element as Element));
    for (const element of replaced) {
      if (current.includes(element)) continue;
      this.visitor.visit(element, (node) =>
        this.visitor.references(node, ({ reference }) => gone.add(reference)),
      );
    }
    const stale = new Set<object>();
    document.references = document.references.filter((reference) => {
      if (gone.has(reference)) return false;
      if (!('ref' in reference) || !isReplaced(reference.ref)) return true;
      stale.add(reference);
      return false;
    });
    for (const reference of stale) forgetTarget(reference);
    return () => this.linkPart(entry, new Set(current), stale);
  }

  private linkPart(entry: Entry, current: ReadonlySet<AstNode>, stale: ReadonlySet<object>): void {
    const diagnostics: Diagnostic[] = [];
    for (const element of entry.tree.elements) {
      const isNew = element !== undefined && current.has(element);
      if (element === undefined || (!isNew && stale.size === 0)) continue;
      this.visitor.visit(element, (node) => {
        this.visitor.references(node, (info) => {
          if (isNew || stale.has(info.reference)) this.resolve(entry, info, diagnostics);
        });
      });
    }
    this.finish(entry, diagnostics);
  }

  private withdraw(entry: Entry): void {
    for (const target of entry.targets) this.dependents.get(target)?.delete(entry.uri);
    this.pending.delete(entry);
    this.parts.delete(entry);
    this.packages.get(packageOf(entry.tree))?.delete(entry);
  }

  private read(uri: string, text: string): Entry {
    const factory = this.shared.workspace.LangiumDocumentFactory;
    let document: LangiumDocument<TwinFile>;
    let syntax: Diagnostic[];
    try {
      document = factory.fromString<TwinFile>(text, URI.parse(uri));
      if (!isTwinFile(document.parseResult.value) || this.isTooDeep(document.parseResult.value)) {
        throw new RangeError('too deep');
      }
      syntax = syntaxDiagnostics(document, {
        ...this.services.twin.Keywords,
        tokenize: (all) => this.services.parser.Lexer.tokenize(all).tokens,
      });
    } catch (error) {
      // The parser recurses: a text that is nested deeply enough overflows the stack.
      if (!(error instanceof RangeError)) throw error;
      // What it was building when the stack was full it would take for part of the next text.
      this.services.parser.LangiumParser['stack'].length = 0;
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

  private isTooDeep(root: AstNode): boolean {
    const depths = new Map<AstNode, number>();
    let deepest = 0;
    this.visitor.visit(root, (node) => {
      const depth = (node.$container === undefined ? 0 : (depths.get(node.$container) ?? 0)) + 1;
      depths.set(node, depth);
      deepest = Math.max(deepest, depth);
    });
    return deepest > DEEPEST;
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
          if (info.property === 'declared') return;
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
    this.finish(entry, diagnostics);
  }

  private resolve(entry: Entry, info: ReferenceInfo, diagnostics: Diagnostic[]): void {
    const target = 'ref' in info.reference ? info.reference.ref : undefined;
    if (target === undefined) {
      // A function of the language, or an unknown one, which the checker reports.
      if (info.property === 'declared') return;
      entry.unresolved = true;
      const diagnostic = unresolved(this.services, info);
      if (diagnostic !== undefined) diagnostics.push(diagnostic);
      return;
    }
    const root = AstUtils.findRootNode(target);
    if (root !== entry.tree && root.$document !== undefined) entry.targets.add(root.$document.uri.toString());
  }

  private finish(entry: Entry, diagnostics: readonly Diagnostic[]): void {
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

/** Langium keeps a target that was found. */
function forgetTarget(reference: object): void {
  const linked = reference as { _ref?: unknown; _nodeDescription?: unknown };
  linked._ref = undefined;
  linked._nodeDescription = undefined;
}

/** Names and kinds of what a file declares, and what it imports. */
function surfaceOf(tree: TwinFile): string {
  return `${packageOf(tree)}|${namedElements(tree)
    .map((element) => `${element.$type} ${element.name}`)
    .join('|')}`;
}

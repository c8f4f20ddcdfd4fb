/**
 * Texts that change → files that stay linked.
 * Invariants: a linked file refers only to trees that are current; a file whose own text and whose
 * dependencies did not change is never looked at again. All calls are synchronous.
 */
import {
  DocumentState,
  type AstNode,
  type LangiumSharedCoreServices,
  type Reference,
  type ReferenceInfo,
} from 'langium';
import {
  isQuantityDecl,
  isTestDecl,
  isTwinFile,
  isUnitDecl,
  isUseDecl,
  type TwinFile,
  type UseDecl,
} from '../../grammar/generated/ast.ts';
import { type LibraryFiles } from '../library-files.ts';
import type { Absence } from './names/absent.ts';
import { elementOf } from './names/links.ts';
import { readEntry, surfaceOf, syntaxOf, type Entry, type ParsedFile } from './file-entry.ts';
import { agrees, headerOf } from './read/headers.ts';
import { finish, linkElement, linkEntry, linkUses } from './names/link-entry.ts';
import { packageOf } from './names/package-index.ts';
import { PieceParser, type Change } from './read/reparse.ts';
import type { TwinServices } from './services.ts';
import { compareSignatures, mentions, signatureOf } from './names/signature.ts';
import { uriOf } from './source.ts';
import { TooDeep, tooDeepAt } from './mistakes/too-deep.ts';
import { TreeVisitor } from './visit.ts';

export type { ParsedFile };

/** What is not as it was when this was last asked for. */
export interface Changes {
  /** Declarations that are new, that mean something else, or that look into such. */
  declarations: ReadonlySet<AstNode>;
  /** Names of declarations came or went, or units may have changed. */
  names: boolean;
}

/** Deeper trees would overflow the stacks of all that walk them by recursion. */
const DEEPEST = 400;

export class Workspace {
  readonly services: TwinServices;
  readonly visitor: TreeVisitor;
  private readonly shared: LangiumSharedCoreServices;
  private readonly entries = new Map<string, Entry>();
  private readonly pending = new Set<Entry>();
  private readonly packages = new Map<string, Set<Entry>>();
  /** The same by uri, as long as no file comes or goes. */
  private readonly inOrder = new Map<string, Entry[]>();
  private readonly parser: PieceParser;
  /** Declarations to link in files that stay linked, and names in others that led into what is gone. */
  private readonly fresh = new Map<AstNode, Entry>();
  private readonly stale = new Set<ReferenceInfo>();
  /** Declarations with names that lead to what was read again, under the same name at the same place. */
  private readonly moved = new Set<AstNode>();
  private changed = new Set<AstNode>();
  private namesChanged = false;
  /** Packages of which files came or went that are not read. */
  private readonly announced = new Set<string>();

  constructor(
    { shared, twin }: { shared: LangiumSharedCoreServices; twin: TwinServices },
    library: LibraryFiles,
  ) {
    this.shared = shared;
    this.services = twin;
    this.visitor = new TreeVisitor(shared.AstReflection);
    this.parser = new PieceParser(twin, (tree, height) => {
      if (!isTwinFile(tree)) throw new TooDeep(0, false);
      const deep = height > DEEPEST ? this.visitor.below(tree, DEEPEST) : undefined;
      if (deep !== undefined) throw tooDeepAt(deep);
    });
    twin.twin.PackageIndex.read = (uri) => this.readUnread(uri);
    for (const { uri, text } of twin.twin.PackageIndex.shelf.fill(library)) this.set(uri, text);
  }

  /** Adds a file, or replaces its text, that is to be read when somebody looks into it. */
  announce(uri: string, text: string): void {
    if (this.entries.has(uri)) return this.set(uri, text);
    const { unread } = this.services.twin.PackageIndex;
    const old = unread.get(uri);
    if (old?.text === text) return;
    const header = headerOf(uri, text);
    if (old !== undefined) unread.remove(old);
    unread.add(header);
    for (const each of [header, ...(old ? [old] : [])]) this.announced.add(each.package);
  }

  /** Adds a file, or replaces its text. */
  set(uri: string, text: string): void {
    this.readUnread(uri);
    const old = this.entries.get(uri);
    if (old?.text !== text)
      for (const file of this.services.twin.PackageIndex.shelf.take(text)) this.set(file.uri, file.text);
    if (old?.text === text || (old !== undefined && this.edit(old, text))) return;
    const entry = readEntry(this.parser, this.services, uri, text);
    if (old !== undefined) {
      this.loosenInto(old);
      this.withdraw(old);
    }
    this.entries.set(uri, entry);
    this.enter(packageOf(entry.tree), entry);
    this.services.twin.PackageIndex.add(uri, entry.tree);
    this.pending.add(entry);
    this.invalidate(uri, new Set([entry, ...(old ? [old] : [])].map((each) => packageOf(each.tree))));
  }

  remove(uri: string): void {
    const { unread } = this.services.twin.PackageIndex;
    const header = unread.get(uri);
    if (header !== undefined) {
      unread.remove(header);
      this.announced.add(header.package);
    }
    const old = this.entries.get(uri);
    if (old === undefined) return;
    this.entries.delete(uri);
    this.withdraw(old);
    this.services.twin.PackageIndex.remove(uri);
    this.loosenInto(old);
    this.invalidate(uri, new Set([packageOf(old.tree)]));
  }

  /** Packages that the project names and that are not here → why. */
  setAbsentPackages(absent: ReadonlyMap<string, Absence>): void {
    this.services.twin.PackageIndex.absent = absent;
    for (const { uri, unresolved } of [...this.entries.values()]) if (unresolved.size > 0) this.unlink(uri);
  }

  /** A file by its uri; it is read when it was not. */
  file(uri: string): ParsedFile | undefined {
    this.readUnread(uri);
    return this.entries.get(uri);
  }

  has(uri: string): boolean {
    return this.entries.has(uri) || this.services.twin.PackageIndex.unread.get(uri) !== undefined;
  }

  /** All files that are read, the library's first. */
  files(): ParsedFile[] {
    return [...this.entries.values()];
  }

  /** The files that a package is made of; those without a package are each on their own. */
  filesOfPackage(name: string): readonly ParsedFile[] {
    if (name === '') return [];
    for (const { uri } of this.services.twin.PackageIndex.unread.ofPackage(name)) this.readUnread(uri);
    return this.readOfPackage(name);
  }

  /** Those of them that are read, or declare one of these names, or units when none are given. */
  filesDeclaring(name: string, names?: ReadonlySet<string>): readonly ParsedFile[] {
    const { unread } = this.services.twin.PackageIndex;
    if (names === undefined) {
      for (const header of unread.ofPackage(name)) if (header.units) this.readUnread(header.uri);
    } else {
      for (const each of names)
        for (const header of unread.declaringIn(name, each)) this.readUnread(header.uri);
    }
    return this.readOfPackage(name);
  }

  /** Reads the files whose text holds a word. */
  readMentioning(word: string): void {
    for (const { uri, text } of [...this.services.twin.PackageIndex.unread.all()])
      if (text.includes(word)) this.readUnread(uri);
    for (const entry of this.entries.values())
      if (entry.state === 'asked' && entry.text.includes(word)) this.linkAsked(entry.uri);
    this.link();
  }

  /** A file that nobody refers to is known by its header again. */
  putAway(uri: string): TwinFile | undefined {
    const entry = this.entries.get(uri);
    const { Links, PackageIndex } = this.services.twin;
    if (entry === undefined || this.pending.size > 0 || this.fresh.size > 0) return undefined;
    if (entry.tree.elements.some((element) => Links.namesInto(element).length > 0)) return undefined;
    this.services.references.Linker.unlink(entry.document);
    this.entries.delete(uri);
    this.withdraw(entry);
    PackageIndex.remove(uri);
    PackageIndex.unread.add(headerOf(uri, entry.text));
    return entry.tree;
  }

  /** Has all names of a file resolved that was read because others look into it. */
  linkAsked(uri: string): void {
    const entry = this.entries.get(uri);
    if (entry?.state !== 'asked') return;
    entry.state = 'pending';
    this.pending.add(entry);
  }

  private readOfPackage(name: string): readonly ParsedFile[] {
    let files = this.inOrder.get(name);
    if (files === undefined) {
      // By uri, so that an edit does not change the order of declarations.
      files = [...(this.packages.get(name) ?? [])].toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
      this.inOrder.set(name, files);
    }
    return files;
  }

  /** Uris of files with names that lead into this one. */
  dependentsOf(uri: string): string[] {
    this.link();
    const found = new Set<string>();
    for (const element of this.entries.get(uri)?.tree.elements ?? [])
      for (const { container } of this.services.twin.Links.namesInto(element)) found.add(uriOf(container));
    found.delete(uri);
    return [...found];
  }

  /**
   * Resolves the names of all files and declarations that are new, changed, or depend on such. Returns the uris it worked
   * on.
   */
  link(): string[] {
    const worked = new Set<string>();
    if (this.announced.size > 0) {
      this.invalidate(undefined, new Set(this.announced));
      this.announced.clear();
    }
    const files: Entry[] = [];
    // Linking reads files, and with them parts of the library.
    while (this.pending.size > 0) {
      for (const entry of [...this.pending]) {
        this.pending.delete(entry);
        files.push(entry);
        worked.add(entry.uri);
        linkEntry(entry, this);
      }
    }
    const { Links } = this.services.twin;
    const stale = [...this.stale].filter(({ container }) => isCurrent(elementOf(container)));
    this.stale.clear();
    for (const { reference, container } of stale) {
      const entry = this.entryOf(elementOf(container));
      if (entry === undefined || files.includes(entry)) continue;
      worked.add(entry.uri);
      const isMeant = 'ref' in reference && reference.ref !== undefined;
      if (!isMeant && entry.state === 'linked') this.fresh.set(elementOf(container), entry);
    }
    const moved = [...this.moved].filter(isCurrent);
    this.moved.clear();
    for (const element of moved) worked.add(uriOf(element));
    const parts = [...this.fresh].filter(
      ([element, entry]) =>
        !files.includes(entry) &&
        (isTwinFile(element) ? this.entries.get(entry.uri)?.tree === element : isCurrent(element)),
    );
    this.fresh.clear();
    for (const [element, entry] of parts) {
      if (isTwinFile(element) || isUseDecl(element)) linkUses(entry, this);
      else linkElement(entry, element, this);
    }
    for (const entry of new Set(parts.map((part) => part[1]))) {
      worked.add(entry.uri);
      finish(entry, this);
    }
    for (const element of Links.closure([
      ...files.flatMap((entry) => entry.tree.elements),
      ...parts.map((part) => part[0]).filter((element) => !isTwinFile(element)),
      ...stale.map(({ container }) => elementOf(container)),
      ...moved,
    ]))
      this.changed.add(element);
    return [...worked];
  }

  /** What has changed since this was last asked. */
  takeChanges(): Changes {
    const changes = { declarations: this.changed, names: this.namesChanged };
    this.changed = new Set();
    this.namesChanged = false;
    return changes;
  }

  /** Takes in another text of a file by its pieces; false when it has to be read as a whole. */
  private edit(entry: Entry, text: string): boolean {
    // What was not read says nothing of the pieces.
    if (entry.pieces.text !== entry.text) return false;
    const before = { tree: { package: entry.tree.package }, surface: entry.surface };
    let change: Change;
    try {
      change = this.parser.edit(entry.pieces, text);
    } catch (error) {
      // Nested too deeply: the full reading says so.
      if (!(error instanceof RangeError)) throw error;
      this.services.parser.LangiumParser['stack'].length = 0;
      return false;
    }
    const { Links } = this.services.twin;
    const named = packageOf(before.tree as TwinFile);
    entry.text = text;
    entry.syntax = syntaxOf(entry.pieces, this.services);
    entry.surface = surfaceOf(entry.tree);
    this.services.twin.PackageIndex.add(entry.uri, entry.tree);
    this.services.twin.Members.forget();
    const { heirs, names } = compareSignatures(
      signatureOf(change.before, this.visitor),
      signatureOf(change.after, this.visitor),
    );
    for (const element of change.before) {
      this.fresh.delete(element);
      entry.unresolved.delete(element);
      for (const info of Links.namesInto(element)) {
        if (Links.redirect(info, heirs)) this.moved.add(info.element);
        else this.loosen(info);
      }
      this.loosenAllIn(element);
    }
    if ([...change.before, ...change.after].some((each) => isUnitDecl(each) || isQuantityDecl(each)))
      this.namesChanged = true;
    if (change.head) {
      for (const { container } of this.stale) this.unlink(uriOf(container));
      this.leave(named, entry);
      const name = packageOf(entry.tree);
      this.enter(name, entry);
      this.unlink(entry.uri);
      this.invalidate(entry.uri, new Set([named, name]));
      return true;
    }
    if (entry.state === 'linked') {
      for (const element of change.after) this.fresh.set(element, entry);
      // Their places may have moved.
      for (const element of entry.unresolved.keys())
        if (element !== entry.tree) this.fresh.set(element, entry);
    }
    // A test has a name, too, though nobody refers to it.
    const isSeen = entry.surface !== before.surface;
    if (isSeen || (names.size > 0 && [...change.before, ...change.after].some(isTestDecl)))
      this.namesChanged = true;
    if (names.size > 0) this.loosenNamed(names, change.before, isSeen ? named : undefined);
    return true;
  }

  /** The name is to be looked up anew, as its target is no more. */
  private loosen(info: ReferenceInfo): void {
    this.services.twin.Links.forget(info.reference as Reference);
    this.stale.add(info);
  }

  /**
   * Names have come, have gone or lead into something else, in declarations that were read again: whatever looks into these
   * (into the package, where declarations have other names) and mentions one may mean something else, or something now, and
   * so may what looks into that in turn.
   */
  private loosenNamed(
    names: ReadonlySet<string>,
    before: readonly AstNode[],
    packageName: string | undefined,
  ): void {
    const { Links } = this.services.twin;
    const gone = new Set(before);
    const around = Links.closure([
      ...[...this.stale].map(({ container }) => elementOf(container)),
      ...this.moved,
    ]);
    const lacking: AstNode[] = [];
    for (const entry of this.entries.values()) {
      if (packageName !== undefined && sees(entry.tree, packageName)) {
        for (const element of entry.tree.elements) around.add(element);
        // What is used by name, and what it is that is used.
        if (entry.tree.uses.some((use) => use !== undefined && mentions(use, names, this.visitor)))
          this.unlink(entry.uri);
      }
      if (packageName !== undefined && entry.unresolved.size > 0) this.loosenUnresolved(entry);
      for (const element of entry.unresolved.keys()) if (element !== entry.tree) lacking.push(element);
    }
    const hit = [...around].filter((element) => mentions(element, names, this.visitor));
    for (const element of Links.closure([...hit, ...lacking])) {
      const entry = this.entryOf(element);
      if (entry === undefined || gone.has(element) || !isCurrent(element)) continue;
      this.loosenAllIn(element);
      if (entry.state === 'linked') this.fresh.set(element, entry);
      else this.moved.add(element);
    }
  }

  private entryOf(element: AstNode): Entry | undefined {
    const uri = element.$container?.$document?.uri.toString();
    const entry = uri === undefined ? undefined : this.entries.get(uri);
    return entry?.tree === element.$container ? entry : undefined;
  }

  private withdraw(entry: Entry): void {
    this.pending.delete(entry);
    this.leave(packageOf(entry.tree), entry);
  }

  private enter(name: string, entry: Entry): void {
    this.packages.set(name, (this.packages.get(name) ?? new Set()).add(entry));
    this.inOrder.delete(name);
  }

  private leave(name: string, entry: Entry): void {
    this.packages.get(name)?.delete(entry);
    this.inOrder.delete(name);
  }

  /**
   * Unlinks the files whose names may now lead elsewhere, as names of a package came or went; of others only what has names
   * without meaning.
   */
  private invalidate(uri: string | undefined, packages: ReadonlySet<string>): void {
    this.services.twin.Members.forget();
    if (uri !== undefined) this.namesChanged = true;
    for (const dependent of uri === undefined ? [] : this.containersInto(uri)) this.unlink(dependent);
    for (const entry of this.entries.values()) {
      if (entry.uri === uri) continue;
      const isSeen = [...packages].some((each) => sees(entry.tree, each));
      if (!isSeen && entry.unresolved.size === 0) continue;
      this.namesChanged = true;
      if (isSeen || entry.state !== 'linked') this.unlink(entry.uri);
      else this.loosenUnresolved(entry);
    }
  }

  /** What has no meaning in a file may have one now. */
  private loosenUnresolved(entry: Entry): void {
    for (const element of entry.unresolved.keys()) {
      // What a broken line leaves of a list is not there.
      const lacking = isTwinFile(element)
        ? element.uses.filter((use) => (use as UseDecl | undefined) !== undefined)
        : [element];
      for (const each of lacking) this.loosenAllIn(each);
      this.fresh.set(element, entry);
    }
  }

  private loosenAllIn(element: AstNode): void {
    this.visitor.visit(element, (node) =>
      this.visitor.references(node, ({ reference }) =>
        this.services.twin.Links.forget(reference as Reference),
      ),
    );
  }

  private containersInto(uri: string): Set<string> {
    const elements = this.entries.get(uri)?.tree.elements ?? [];
    const { Links } = this.services.twin;
    return new Set(elements.flatMap((each) => Links.namesInto(each).map((info) => uriOf(info.container))));
  }

  /** Names that lead into a file that goes are looked up anew. */
  private loosenInto(entry: Entry): void {
    for (const element of entry.tree.elements)
      for (const info of this.services.twin.Links.namesInto(element)) {
        this.loosen(info);
        this.unlink(uriOf(info.container));
      }
  }

  /** Reads a file that was only announced. Its names were known, so nothing else has to be looked at again. */
  private readUnread(uri: string): void {
    const { PackageIndex } = this.services.twin;
    const header = PackageIndex.unread.get(uri);
    if (header === undefined) return;
    PackageIndex.unread.remove(header);
    for (const file of PackageIndex.shelf.take(header.text)) this.set(file.uri, file.text);
    const entry = readEntry(this.parser, this.services, uri, header.text);
    entry.state = 'asked';
    this.entries.set(uri, entry);
    const name = packageOf(entry.tree);
    this.enter(name, entry);
    PackageIndex.add(uri, entry.tree);
    if (!agrees(header, entry.tree)) this.announced.add(name);
  }

  private unlink(uri: string): void {
    const entry = this.entries.get(uri);
    if (entry === undefined || entry.state === 'pending') return;
    this.services.references.Linker.unlink(entry.document);
    if (entry.state === 'asked') {
      for (const element of entry.tree.elements) this.changed.add(element);
      return;
    }
    entry.state = 'pending';
    entry.document.state = DocumentState.ComputedScopes;
    this.pending.add(entry);
  }
}

/** Whether a declaration still stands in its file. */
function isCurrent(element: AstNode): boolean {
  const file = element.$container;
  if (!isTwinFile(file) || element.$containerIndex === undefined) return false;
  return file.elements[element.$containerIndex] === element || file.uses[element.$containerIndex] === element;
}

/** Whether names of a package are known in a file. */
function sees({ package: own, uses }: TwinFile, name: string): boolean {
  return (own?.name ?? '') === name || uses.some((use) => use?.package === name);
}

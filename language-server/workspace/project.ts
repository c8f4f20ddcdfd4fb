/**
 * The texts, trees and findings of a workspace. The editor's text of a file counts before the one on disk.
 * Whoever asks gets an answer for the current texts: changes are taken in when something is asked.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  createTwinServices,
  packageOf,
  Workspace,
  type Absence,
  type ParsedFile,
} from '../../compiler/1-parse/index.ts';
import { createChecker, type Checker, type ReadData } from '../../compiler/2-check/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { LibraryFiles } from '../../compiler/library-files.ts';
import type { ValuesParams } from '../protocol.ts';
import { Offered } from '../complete/offered.ts';
import { Trails } from '../run/trails.ts';
import { RootFindings } from './root-findings.ts';

export class Project {
  readonly workspace: Workspace;
  readonly checker: Checker;
  /** What a running twin shows now, by the root's qualified name. */
  readonly values = new Map<string, ValuesParams['values']>();
  /** How what runs is integrated, by the qualified name of its scenario. */
  readonly methods = new Map<string, string>();
  /** How these values have gone lately. */
  readonly trails = new Trails();
  readonly offered = new Offered();
  /** What only the equations as a whole show. */
  readonly roots = new RootFindings(this);
  private readonly open = new Map<string, TextDocument>();
  /** Texts not yet read: only the last one of several counts. */
  private readonly pending = new Map<string, string | undefined>();

  /** Data files of tables as they were read, by URI. */
  private readonly data = new Map<string, string | undefined>();
  private dataIsNew = false;

  constructor(library: LibraryFiles, readData?: ReadData) {
    this.workspace = new Workspace(createTwinServices(), library);
    this.checker = createChecker({
      filesOfPackage: (name) => this.workspace.filesDeclaring(name).map((file) => file.tree),
      filesDeclaring: (name, names) => this.workspace.filesDeclaring(name, names).map((file) => file.tree),
      readData: (uri, folder) => {
        if (!this.data.has(uri)) this.data.set(uri, readData?.(uri, folder));
        return this.data.get(uri);
      },
    });
  }

  /** The text in the editor has changed, or the file was opened. */
  edit(document: TextDocument): void {
    this.open.set(document.uri, document);
    this.pending.set(document.uri, document.getText());
  }

  /** The editor has closed the file: now the text on disk counts, `undefined` when there is none. */
  close(uri: string, onDisk: string | undefined): void {
    this.open.delete(uri);
    this.pending.set(uri, onDisk);
  }

  /** A file on disk was found, has changed or is gone. */
  disk(uri: string, text: string | undefined): void {
    if (!this.open.has(uri)) this.pending.set(uri, text);
  }

  /** Those of `names` that are in `absent` cannot be had, for the reason it gives. */
  absentPackages(names: readonly string[], absent: ReadonlyMap<string, Absence>): void {
    const all = new Map(this.workspace.services.twin.PackageIndex.absent);
    if (!names.some((name) => all.get(name) !== absent.get(name))) return;
    for (const name of names) all.delete(name);
    for (const [name, reason] of absent) all.set(name, reason);
    this.workspace.setAbsentPackages(all);
  }

  /** A file on disk has changed, come or gone: tables that read it are looked at again. */
  dataChanged(uri: string): void {
    if (this.data.delete(uri)) this.dataIsNew = true;
  }

  /** Reads the files whose text holds a word: they may refer to what has that name. */
  readMentioning(word: string): void {
    this.workspace.readMentioning(word);
    this.refresh();
  }

  /** The first file of a package, by uri; nothing is read for it. */
  fileOfPackage(name: string): string | undefined {
    const { unread } = this.workspace.services.twin.PackageIndex;
    const read = this.workspace.files().filter(({ tree }) => packageOf(tree) === name);
    return [...read, ...unread.ofPackage(name)].map(({ uri }) => uri).sort()[0];
  }

  /** How many files there are, read or not. */
  count(): number {
    this.takeIn();
    return this.workspace.files().length + this.workspace.services.twin.PackageIndex.unread.count;
  }

  /** All files, read or not: their texts, and which packages they may see. */
  texts(): { uri: string; text: string; package: string; uses: string[] }[] {
    this.refresh();
    const { unread } = this.workspace.services.twin.PackageIndex;
    const known = new Set<string>();
    const all = [
      ...this.workspace.files().map(({ uri, text, tree }) => ({ uri, text, package: packageOf(tree) })),
      ...unread.all(),
    ];
    for (const each of all) known.add(each.package);
    known.delete('');
    return all.map(({ uri, text, package: own }) => ({
      uri,
      text,
      package: own,
      uses: this.namesIn(uri, text).filter((each) => known.has(each)),
    }));
  }

  /** The names in a text, of which some may be packages: also a name with dots leads into one. */
  private namesIn(uri: string, text: string): string[] {
    const old = this.names.get(uri);
    if (old?.text === text) return old.names;
    const words = [...text.matchAll(/[A-Za-z_]\w*(?:\.\w+)*/g)].flatMap(([word]) => prefixes(word));
    const names = [...new Set(words)];
    this.names.set(uri, { text, names });
    return names;
  }

  private readonly names = new Map<string, { text: string; names: string[] }>();

  /** A closed file that nobody refers to needs no room. */
  putAway(uri: string): void {
    if (this.open.has(uri)) return;
    const tree = this.workspace.putAway(uri);
    if (tree !== undefined) this.checker.release(tree);
  }

  /** Makes what the first completion needs, which takes half a second. */
  prepareCompletion(): void {
    this.workspace.services.parser.CompletionParser.parse('asset');
  }

  isOpen(uri: string): boolean {
    return this.open.has(uri);
  }

  openUris(): string[] {
    return [...this.open.keys()];
  }

  versionOf(uri: string): number | undefined {
    return this.open.get(uri)?.version;
  }

  has(uri: string): boolean {
    return this.pending.has(uri) ? this.pending.get(uri) !== undefined : this.workspace.has(uri);
  }

  /** Takes in all changes. Returns the uris of the files that were read or linked again. */
  refresh(): string[] {
    this.takeIn();
    const touched = this.workspace.link();
    const changes = this.workspace.takeChanges();
    if (this.dataIsNew) this.checker.forget();
    else if (touched.length > 0 || changes.names) this.checker.change(changes);
    if (this.dataIsNew || changes.names) this.roots.forgetAll();
    else this.roots.forget(changes.declarations);
    this.dataIsNew = false;
    return touched;
  }

  /** Takes in texts, and leaves what they mean for others until somebody asks. */
  takeIn(): void {
    for (const [uri, text] of this.pending) {
      if (text === undefined) this.workspace.remove(uri);
      else if (this.open.has(uri)) this.workspace.set(uri, text);
      else this.workspace.announce(uri, text);
    }
    this.pending.clear();
  }

  file(uri: string): ParsedFile | undefined {
    this.refresh();
    return this.workspace.file(uri);
  }

  files(): ParsedFile[] {
    this.refresh();
    return this.workspace.files();
  }

  /**
   * What parser, linker and checker have to say of a file, in the order of the text.
   * @param names false for nothing of names without meaning: what they mean may not be read yet
   */
  findings(file: ParsedFile, names = true): Diagnostic[] {
    this.linkAsked(file.uri);
    const broken = new Set(file.syntax.map((each) => each.source.line));
    const checked = this.checker.checkFile(file.tree).filter((each) => !broken.has(each.source.line));
    return [...file.syntax, ...(names ? file.names : []), ...checked].toSorted(
      (a, b) => a.source.start - b.source.start,
    );
  }

  /** Those, and what the equations as a whole have shown by now. */
  allFindings(file: ParsedFile): Diagnostic[] {
    const findings = this.findings(file);
    return findings.some(({ severity }) => severity === 'error')
      ? findings
      : [...findings, ...this.roots.of(file)];
  }

  /** Has the names of a file resolved that was read only because others look into it. */
  linkAsked(uri: string): void {
    this.workspace.linkAsked(uri);
    this.refresh();
  }

  /** The name by which other stages know a declaration. */
  qualified(file: ParsedFile, name: string): string {
    const packageName = packageOf(file.tree);
    return packageName === '' ? name : `${packageName}.${name}`;
  }
}

/** `a.b.C` → `a`, `a.b`, `a.b.C` */
function prefixes(word: string): string[] {
  const parts = word.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

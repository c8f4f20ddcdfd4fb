/**
 * Wires requests to features, and decides what is looked at when: the edited file at once, other open files when the
 * typing pauses, files on disk bit by bit. Knows no disk: a host lends it one.
 */
import {
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  FileChangeType,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { isLibraryUri } from '../compiler/library-files.ts';
import { ClosedFiles } from './workspace/closed-files.ts';
import { answer, fileOf, type Asked } from './answers.ts';
import type { Host } from './host.ts';
import { CAPABILITIES } from './capabilities.ts';
import { WatchedRoots } from './run/watched-roots.ts';
import { MANIFEST_FILE } from '../packages/manifest.ts';
import { lspDiagnostic } from './workspace/diagnostics.ts';
import { isManifest, Manifests } from './workspace/manifests.ts';
import { Explorer } from './navigate/explore.ts';
import { USUAL_HINTS } from './read/inlay-hints.ts';
import { Project } from './workspace/project.ts';
import * as protocol from './protocol.ts';
import { setValues } from './run/set-values.ts';
import { roots } from './run/roots.ts';

/** ms without a change after which files that depend on the changed one are looked at again. */
const PAUSE = 300;
/** The longest wait for more keys, ms: a part of what the last look cost, so that typing stays ahead of looking. */
const LONGEST_DELAY = 100;
/** ms to wait for files on disk before the first diagnostics; what names mean is said when all are read. */
const LONGEST_WAIT = 300;
/** ms of work on equations as a whole before a keystroke is answered, and between two requests after it. */
const CHEAP = 8;
/** ms that looking at the equations of one type may take before a keystroke is answered: what takes longer waits. */
const SLOW = 25;
/** As `CHEAP`, when a file is looked at for the first time. */
const FIRST = 80;
/** Files read from disk between two answers to requests. */
const SLICE = 250;

export function startServer(connection: Connection, host: Host): void {
  const server = new Server(connection, host);
  server.listen();
}

class Server {
  private readonly connection: Connection;
  private readonly host: Host;
  private made: Project | undefined;
  private readonly documents = new Map<string, TextDocument>();
  private readonly folders = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly askedPackages = new Set<string>();
  /** The files on disk that are being read. */
  private reading: Promise<unknown> = Promise.resolve();
  private hasRead = false;
  /** Folders that are being read. */
  private readers = 0;
  private client: ClientCapabilities | undefined;
  private diagnosticPages: string | undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  /** ms that the last look at an edited file took. */
  private cost = 0;
  private readonly roots: WatchedRoots;
  private readonly manifests: Manifests;

  constructor(connection: Connection, host: Host) {
    this.connection = connection;
    this.host = host;
    this.diagnosticPages = host.diagnosticPages;
    this.manifests = new Manifests(
      (uri) => host.read(uri),
      (uri, version, found) => this.say(uri, version, found),
    );
    this.roots = new WatchedRoots(connection, {
      project: () => this.project(),
      file: (uri) => fileOf({ project: () => this.project() }, uri),
      isReading: () => this.readers > 0,
      read: (uri) => this.readAround(uri),
    });
  }

  /** Made when first needed, or right after the client was told what the server can do. */
  private project(): Project {
    this.made ??= new Project(this.host.library, this.host.readData);
    return this.made;
  }

  listen(): void {
    const { connection } = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => {
      this.reading = this.readFolders();
      this.follow();
      this.askSettings();
    });
    this.followTexts();
    this.followSettings();
    this.host.onData?.((uri) => {
      this.project().dataChanged(uri);
      this.lookLater();
      this.roots.compile();
    });
    const asked = {
      project: () => this.project(),
      pages: () => this.diagnosticPages,
      hints: () => this.hints,
      allRead: () => this.allRead(),
      versionOf: (uri: string) => this.documents.get(uri)?.version,
    };
    answer(connection, asked);
    this.answerOwnRequests(asked);
    this.roots.listen();
    connection.listen();
  }

  private initialize(params: InitializeParams): InitializeResult {
    const options = params.initializationOptions as protocol.InitializationOptions | undefined;
    this.diagnosticPages = options?.diagnosticPages ?? this.diagnosticPages;
    this.client = params.capabilities;
    for (const folder of params.workspaceFolders ?? []) this.folders.add(folder.uri);
    // The client has the answer while the library is read.
    setTimeout(() => this.project().refresh(), 0);
    return {
      serverInfo: { name: 'pollux' },
      capabilities: CAPABILITIES,
    };
  }

  /** Asks the client to tell of changes on disk and of folders, where it can. */
  private follow(): void {
    const { connection } = this;
    if (this.client?.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const watchers = [
        { globPattern: '**/*.twin' },
        { globPattern: '**/pollux.{json,lock}' },
        { globPattern: '**/*.{csv,tsv,txt}' },
      ];
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (this.client?.textDocument?.synchronization?.dynamicRegistration === true) {
      // Told of, and asked nothing about: what JSON can do is another's part.
      const documentSelector = [{ pattern: `**/${MANIFEST_FILE}` }];
      void connection.client.register(DidOpenTextDocumentNotification.type, { documentSelector });
      void connection.client.register(DidCloseTextDocumentNotification.type, { documentSelector });
      void connection.client.register(DidChangeTextDocumentNotification.type, {
        documentSelector,
        syncKind: TextDocumentSyncKind.Incremental,
      });
    }
    if (this.client?.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) this.folders.delete(uri);
        for (const { uri } of removed) this.leave(uri);
        for (const { uri } of added) {
          this.folders.add(uri);
          this.reading = Promise.all([this.reading, this.readFolder(uri, true)]);
        }
      });
    }
  }

  /** A folder is no longer of the workspace: neither are its files, but for those that are open and what lies beside them. */
  private leave(folder: string): void {
    const isIn = (uri: string, one: string): boolean => uri.startsWith(`${onDisk(one).replace(/\/$/, '')}/`);
    this.manifests.left((uri) => isIn(onDisk(uri), folder));
    const folders = [...this.folders];
    for (const { uri } of this.project().texts())
      if (isIn(uri, folder) && !this.isOpen(uri) && !folders.some((each) => isIn(uri, each)))
        this.project().disk(uri, undefined);
    for (const uri of this.documents.keys())
      if (isIn(onDisk(uri), folder)) this.reading = Promise.all([this.reading, this.readNeighbours(uri)]);
    this.lookLater();
    this.roots.compileSoon(PAUSE);
  }

  // ── texts ──────────────────────────────────────────────────────────────────────────────────────

  private followTexts(): void {
    const { connection } = this;
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      if (isManifest(uri)) return this.manifests.opened(uri, version, text);
      const document = TextDocument.create(uri, languageId, version, text);
      this.documents.set(uri, document);
      // Clients differ in which characters of a path they escape; on disk it is one file all the same.
      if (onDisk(uri) !== uri) this.project().disk(onDisk(uri), undefined);
      this.take(document);
      this.reading = Promise.all([this.reading, this.readNeighbours(uri)]);
    });
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      const { uri, version } = textDocument;
      if (isManifest(uri)) return this.manifests.edited(uri, version, contentChanges);
      const document = this.documents.get(uri);
      if (document === undefined) return;
      this.take(TextDocument.update(document, contentChanges, version));
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      if (isManifest(uri)) return this.manifests.closed(uri);
      this.documents.delete(uri);
      if (isLibraryUri(uri)) return;
      this.project().close(uri, this.host.read(uri));
      this.say(uri, undefined, []);
      this.lookLater();
      this.roots.compileSoon(PAUSE);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri, type } of changes) {
        if (uri.endsWith('/pollux.lock') || isManifest(uri)) this.askedPackages.clear();
        if (isManifest(uri)) this.manifests.onDisk(uri);
        this.project().dataChanged(uri);
        if (!uri.endsWith('.twin') || this.isOpen(uri)) continue;
        this.project().disk(uri, type === FileChangeType.Deleted ? undefined : this.host.read(uri));
      }
      this.lookLater();
      // Previews follow what others write: a checkout, a generator, tables of data.
      this.roots.compileSoon(PAUSE);
    });
  }

  private isOpen(uri: string): boolean {
    return this.documents.has(uri) || [...this.documents.keys()].some((each) => onDisk(each) === uri);
  }

  private take(document: TextDocument): void {
    if (isLibraryUri(document.uri)) return;
    this.project().edit(document);
    this.changed.add(document.uri);
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.look(), Math.min(LONGEST_DELAY, this.cost / 4));
    this.lookLater();
  }

  /** Diagnostics of what was edited. The first time its neighbours are waited for: it may be half of a package. */
  private async look(): Promise<void> {
    if (!this.hasRead) {
      await Promise.race([this.reading, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT))]);
      this.hasRead = true;
      setTimeout(() => this.project().prepareCompletion(), PAUSE);
    }
    const begin = performance.now();
    for (const uri of this.changed) this.publish(uri);
    this.cost = performance.now() - begin;
    this.changed.clear();
    this.roots.compileSoon(Math.min(LONGEST_DELAY, this.cost));
  }

  /** Diagnostics of all open files: they may depend on what has changed. */
  private lookLater(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      for (const uri of this.documents.keys()) this.publish(uri);
      this.lookAtClosed();
    }, PAUSE);
  }

  private lookAtClosed(): void {
    const [folder] = this.folders;
    // Where the last folder has gone, what was said of its files is taken back.
    if (folder === undefined) {
      this.closed?.wake(this.diagnosticPages);
      return;
    }
    this.closed ??= new ClosedFiles(
      this.project(),
      (uri, found) => {
        if (!this.isOpen(uri)) this.say(uri, undefined, found);
      },
      this.host.cache?.(folder),
    );
    this.closed.wake(this.diagnosticPages);
  }

  private closed: ClosedFiles | undefined;

  /** @param isRest of what was said before: it goes on by one step at least */
  private publish(uri: string, isRest = false): void {
    let steps = 0;
    this.readPackages(uri);
    const file = this.project().file(uri);
    if (file === undefined || file.library) return;
    const findings = this.project().findings(file, this.readers === 0);
    if (file.names.length === 0 && !findings.some(({ severity }) => severity === 'error')) {
      const end = performance.now() + (this.said.has(uri) ? CHEAP : FIRST);
      for (const expected of this.project().roots.look(file)) {
        const isFirst = steps === 0;
        if ((isFirst && isRest) || (expected <= SLOW && (isFirst || performance.now() < end))) {
          steps += 1;
          continue;
        }
        // While somebody types what takes long is not begun.
        this.deepen(uri, expected <= SLOW ? 1 : Math.min(expected, PAUSE));
        break;
      }
      const known = new Set(findings.map(keyOf));
      findings.push(
        ...this.project()
          .roots.of(file)
          .filter((each) => !known.has(keyOf(each))),
      );
    }
    const found = findings.map((each) => lspDiagnostic(each, this.diagnosticPages));
    this.say(uri, this.project().versionOf(uri), found);
  }

  /** The rest of what takes longer, bit by bit. A change begins it anew, with what is known by then. */
  private deepen(uri: string, delay: number): void {
    clearTimeout(this.deep.get(uri));
    const rest = (): void => {
      this.deep.delete(uri);
      if (this.documents.has(uri) && !this.changed.has(uri)) this.publish(uri, true);
    };
    this.deep.set(uri, setTimeout(rest, delay));
  }

  private readonly said = new Map<string, string>();
  /** Open files of which not all equations were looked at. */
  private readonly deep = new Map<string, ReturnType<typeof setTimeout>>();

  /** The same findings for the same version are said once. */
  private say(
    uri: string,
    version: number | undefined,
    diagnostics: ReturnType<typeof lspDiagnostic>[],
  ): void {
    const text = JSON.stringify([version, diagnostics]);
    if (this.said.get(uri) === text) return;
    this.said.set(uri, text);
    void this.connection.sendDiagnostics({ uri, version, diagnostics });
  }

  // ── disk ───────────────────────────────────────────────────────────────────────────────────────

  /** A package may lie in several files of one folder. */
  private async readNeighbours(uri: string): Promise<void> {
    if (uri.startsWith('untitled:') || [...this.folders].some((folder) => uri.startsWith(folder))) return;
    await this.readFolder(uri.slice(0, uri.lastIndexOf('/')), false);
  }

  /** All that is being read, and a text that nobody has opened, wherever it lies: a preview may be there before its text. */
  private async readAround(uri: string): Promise<void> {
    await this.allRead();
    if (!this.project().has(uri) && !uri.startsWith('untitled:'))
      await this.readFolder(uri.slice(0, uri.lastIndexOf('/')), false);
    this.readPackages(uri);
  }

  /** Packages from elsewhere are read when a file uses them, and asked for once as long as the lock file stays. */
  private readPackages(uri: string): void {
    const uses =
      this.project()
        .file(uri)
        ?.tree.uses.map((use) => use?.package ?? '') ?? [];
    const names = uses.filter((name) => name !== '' && !this.askedPackages.has(name));
    if (names.length === 0 || this.host.packages === undefined) return;
    for (const name of names) this.askedPackages.add(name);
    const { texts, absent } = this.host.packages(onDisk(uri), names);
    for (const each of texts) if (!this.project().has(each.uri)) this.project().disk(each.uri, each.text);
    this.project().absentPackages(names, absent);
  }

  /** Also of folders that come to it meanwhile. */
  private async allRead(): Promise<void> {
    for (let seen: unknown; seen !== this.reading; await this.reading) seen = this.reading;
  }

  private async readFolders(): Promise<void> {
    // Between two folders nothing is all read.
    this.readers += 1;
    try {
      for (const folder of this.folders) {
        this.manifests.onDisk(`${folder.replace(/\/$/, '')}/${MANIFEST_FILE}`);
        await this.readFolder(folder, true);
      }
    } finally {
      this.readers -= 1;
    }
    this.afterReading();
  }

  private async readFolder(folder: string, deep: boolean): Promise<void> {
    this.readers += 1;
    try {
      const files = await this.host.files(folder, deep).catch((error: unknown) => {
        this.connection.console.error(`The folder ${folder} could not be read: ${String(error)}`);
        return [];
      });
      for (let from = 0; from < files.length; from += SLICE) {
        for (const { uri, text } of files.slice(from, from + SLICE)) {
          if (!this.project().has(uri) && !this.isOpen(uri)) this.project().disk(uri, text);
        }
        this.project().takeIn();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } finally {
      this.readers -= 1;
    }
    this.afterReading();
  }

  private afterReading(): void {
    if (this.readers > 0) return;
    // Also when nothing came: something may have waited to be said.
    for (const uri of this.documents.keys()) this.publish(uri);
    this.lookAtClosed();
    this.roots.compileSoon(0);
    // Names that lead into these files were of no kind until now, and what is made of them of no quantity.
    const { semanticTokens, inlayHint } = this.client?.workspace ?? {};
    if (semanticTokens?.refreshSupport === true) void this.connection.languages.semanticTokens.refresh();
    if (inlayHint?.refreshSupport === true) void this.connection.languages.inlayHint.refresh();
  }

  private hints = USUAL_HINTS;

  /** Settings are asked for at the start, and when the client says that they have changed. */
  private followSettings(): void {
    const { connection } = this;
    const ask = async (): Promise<void> => {
      if (this.client?.workspace?.configuration !== true) return;
      const settings: unknown = await connection.workspace.getConfiguration(protocol.INLAY_HINTS_SECTION);
      this.hints = { ...USUAL_HINTS, ...(settings as Partial<protocol.InlayHintSettings> | null) };
      if (this.client.workspace.inlayHint?.refreshSupport === true)
        await connection.languages.inlayHint.refresh();
    };
    connection.onDidChangeConfiguration(() => void ask());
    this.askSettings = () => {
      if (this.client?.workspace?.didChangeConfiguration?.dynamicRegistration === true)
        void connection.client.register(DidChangeConfigurationNotification.type, {
          section: protocol.INLAY_HINTS_SECTION,
        });
      void ask();
    };
  }

  private askSettings: () => void = () => undefined;

  private explorer: Explorer | undefined;

  private answerOwnRequests(asked: Asked): void {
    const { connection } = this;
    connection.onRequest(protocol.ROOTS, async ({ uri }: protocol.RootsParams) => {
      const found = roots(this.project(), fileOf(asked, uri));
      if (!found.some(lacksSubject)) return found;
      // What it is for may be in a file that is being read.
      await this.allRead();
      return roots(this.project(), fileOf(asked, uri));
    });
    connection.onRequest(protocol.EXPLORE, async (): Promise<protocol.ExploreItem[]> => {
      await this.allRead();
      this.explorer ??= new Explorer(this.project());
      return this.explorer.items();
    });
    connection.onRequest(
      protocol.LIBRARY_TEXT,
      ({ uri }: protocol.LibraryTextParams): protocol.LibraryTextResult => ({
        text: fileOf(asked, uri).text,
      }),
    );
    connection.onNotification(
      protocol.VALUES,
      ({ root, time, values, scenario, method }: protocol.ValuesParams) => {
        if (Object.keys(values).length === 0) {
          this.project().values.delete(root);
          this.project().trails.forget(root);
          // Previews that go on say it again.
          this.project().methods.clear();
          return;
        }
        this.project().values.set(root, values);
        if (time !== undefined) this.project().trails.note(root, time, values);
        if (scenario !== undefined && method !== undefined) this.project().methods.set(scenario, method);
      },
    );
    connection.onRequest(protocol.SET_VALUES, (params: protocol.SetValuesParams) =>
      setValues(this.project(), fileOf(asked, params.uri), params),
    );
  }
}

/** A uri as the host writes it. */
function onDisk(uri: string): string {
  return URI.parse(uri).toString();
}

function lacksSubject({ kind, subject }: protocol.Root): boolean {
  return subject === undefined && kind !== 'twin' && kind !== 'asset' && kind !== 'calibration';
}

function keyOf({ code, message, source }: Diagnostic): string {
  return `${code} ${source.start} ${message}`;
}

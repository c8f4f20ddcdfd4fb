/**
 * Wires requests to features, and decides what is looked at when: the edited file at once, other open files when the
 * typing pauses, files on disk bit by bit. Knows no disk: a host lends it one.
 */
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  FileChangeType,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Position,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { Absence, ParsedFile, SourceText } from '../compiler/1-parse/index.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { ReadData } from '../compiler/2-check/index.ts';
import { isLibraryUri, type LibraryFiles } from '../compiler/library-files.ts';
import { ClosedFiles, type FindingsCache } from './closed-files.ts';
import { codeActions } from './code-actions.ts';
import { codeLenses } from './code-lens.ts';
import { compileRoot } from './compile.ts';
import { completion } from './completion.ts';
import { definition } from './definition.ts';
import { lspDiagnostic } from './diagnostics.ts';
import { documentLinks } from './document-links.ts';
import { Explorer } from './explore.ts';
import { foldingRanges } from './folding.ts';
import { formatting } from './formatting.ts';
import {
  callItem,
  implementations,
  incomingCalls,
  outgoingCalls,
  subtypes,
  supertypes,
  typeItem,
} from './hierarchies.ts';
import { hover } from './hover.ts';
import { USUAL_HINTS, inlayHints } from './inlay-hints.ts';
import { linkedEditing } from './linked-editing.ts';
import { onTypeFormatting } from './on-type-formatting.ts';
import { locationOf, rangeOf } from './places.ts';
import { Project } from './project.ts';
import * as protocol from './protocol.ts';
import { references } from './references.ts';
import { prepareRename, rename } from './rename.ts';
import { setValues } from './set-values.ts';
import { roots } from './roots.ts';
import { selectionRanges } from './selection-ranges.ts';
import { LEGEND, semanticTokens } from './semantic-tokens.ts';
import { signatureHelp } from './signature-help.ts';
import { documentSymbols } from './symbols.ts';
import { workspaceSymbols } from './workspace-symbols.ts';

/** What the server borrows from where it runs. */
export interface Host {
  library: LibraryFiles;
  /** `.twin` files of a folder; of all folders below it, too, when deep. Those that cannot be read are left out. */
  files(folderUri: string, deep: boolean): Promise<SourceText[]>;
  /** The text on disk; `undefined` when there is none. */
  read(uri: string): string | undefined;
  /** The data of a table: a file that lies in a folder, by their URIs; `undefined` when there is none. */
  readData?: ReadData;
  /** Calls back when data that was asked for has come: a host that cannot wait for it gives it later. */
  onData?(listener: (uri: string) => void): void;
  /** The texts of installed packages that a file's `use` lines lead to, and why others are not to be had. */
  packages?(uri: string, names: readonly string[]): { texts: SourceText[]; absent: Map<string, Absence> };
  /** Where what was found in files is kept from one start to the next, by their folder. */
  cache?(folderUri: string): FindingsCache | undefined;
  /** Where the pages of the diagnostics are, when the client does not say. */
  diagnosticPages?: string;
}

/** ms without a change after which files that depend on the changed one are looked at again. */
const PAUSE = 300;
/** The longest wait for more keys, ms: a part of what the last look cost, so that typing stays ahead of looking. */
const LONGEST_DELAY = 100;
/** ms to wait for files on disk before the first diagnostics; what names mean is said when all are read. */
const LONGEST_WAIT = 300;
/** ms of work on equations as a whole before a keystroke is answered, and between two requests after it. */
const CHEAP = 8;
/** The same when a file is looked at for the first time. */
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
  private pages: string | undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  /** ms that the last look at an edited file took. */
  private cost = 0;
  /** Roots to compile after each change: their file's uri by `uri root`. */
  private readonly watched = new Map<string, protocol.WatchParams>();

  constructor(connection: Connection, host: Host) {
    this.connection = connection;
    this.host = host;
    this.pages = host.diagnosticPages;
  }

  /** Made when first needed, or right after the client was told what the server can do. */
  private get project(): Project {
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
      this.project.dataChanged(uri);
      this.lookLater();
      this.compileWatched();
    });
    this.answerAboutPlaces();
    this.answerAboutRelations();
    this.answerAboutFiles();
    this.answerOwnRequests();
    connection.listen();
  }

  private initialize(params: InitializeParams): InitializeResult {
    const options = params.initializationOptions as protocol.InitializationOptions | undefined;
    this.pages = options?.diagnosticPages ?? this.pages;
    this.client = params.capabilities;
    for (const folder of params.workspaceFolders ?? []) this.folders.add(folder.uri);
    // The client has the answer while the library is read.
    setTimeout(() => this.project.refresh(), 0);
    return {
      serverInfo: { name: 'pollux' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
        completionProvider: { triggerCharacters: ['.', ' ', ':'] },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        workspaceSymbolProvider: true,
        semanticTokensProvider: { legend: LEGEND, full: true, range: true },
        foldingRangeProvider: true,
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
        codeLensProvider: {},
        codeActionProvider: {
          codeActionKinds: [
            'quickfix',
            'refactor.rewrite',
            'refactor.inline',
            'refactor.extract',
            'refactor.move',
            'source.organizeImports',
          ],
        },
        inlayHintProvider: true,
        selectionRangeProvider: true,
        linkedEditingRangeProvider: true,
        documentLinkProvider: {},
        typeHierarchyProvider: true,
        callHierarchyProvider: true,
        implementationProvider: true,
        documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
        signatureHelpProvider: { triggerCharacters: ['(', ','] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  /** Asks the client to tell of changes on disk and of folders, where it can. */
  private follow(): void {
    const { connection } = this;
    if (this.client?.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const watchers = [
        { globPattern: '**/*.twin' },
        { globPattern: '**/pollux.lock' },
        { globPattern: '**/*.{csv,tsv,txt}' },
      ];
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (this.client?.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) this.folders.delete(uri);
        for (const { uri } of added) {
          this.folders.add(uri);
          void this.readFolder(uri, true);
        }
      });
    }
  }

  // ── texts ──────────────────────────────────────────────────────────────────────────────────────

  private followTexts(): void {
    const { connection } = this;
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      const document = TextDocument.create(uri, languageId, version, text);
      this.documents.set(uri, document);
      // Clients differ in which characters of a path they escape; on disk it is one file all the same.
      if (onDisk(uri) !== uri) this.project.disk(onDisk(uri), undefined);
      this.take(document);
      this.reading = Promise.all([this.reading, this.readNeighbours(uri)]);
    });
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      const document = this.documents.get(textDocument.uri);
      if (document === undefined) return;
      this.take(TextDocument.update(document, contentChanges, textDocument.version));
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      this.documents.delete(uri);
      if (isLibraryUri(uri)) return;
      this.project.close(uri, this.host.read(uri));
      this.say(uri, undefined, []);
      this.lookLater();
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri, type } of changes) {
        if (uri.endsWith('/pollux.lock')) this.askedPackages.clear();
        this.project.dataChanged(uri);
        if (!uri.endsWith('.twin') || this.isOpen(uri)) continue;
        this.project.disk(uri, type === FileChangeType.Deleted ? undefined : this.host.read(uri));
      }
      this.lookLater();
    });
  }

  private isOpen(uri: string): boolean {
    return this.documents.has(uri) || [...this.documents.keys()].some((each) => onDisk(each) === uri);
  }

  private take(document: TextDocument): void {
    if (isLibraryUri(document.uri)) return;
    this.project.edit(document);
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
      setTimeout(() => this.project.prepareCompletion(), PAUSE);
    }
    const begin = performance.now();
    for (const uri of this.changed) this.publish(uri);
    this.cost = performance.now() - begin;
    this.changed.clear();
    if (this.watched.size > 0) {
      clearTimeout(this.compiling);
      this.compiling = setTimeout(() => this.compileWatched(), Math.min(LONGEST_DELAY, this.cost));
    }
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
    if (folder === undefined) return;
    this.closed ??= new ClosedFiles(
      this.project,
      (uri, found) => {
        if (!this.isOpen(uri)) this.say(uri, undefined, found);
      },
      this.host.cache?.(folder),
    );
    this.closed.wake(this.pages);
  }

  private closed: ClosedFiles | undefined;

  private publish(uri: string): void {
    this.readPackages(uri);
    const file = this.project.file(uri);
    if (file === undefined || file.library) return;
    const findings = this.project.findings(file, this.readers === 0);
    if (file.names.length === 0 && !findings.some(({ severity }) => severity === 'error')) {
      const end = performance.now() + (this.said.has(uri) ? CHEAP : FIRST);
      const steps = this.project.roots.look(file)[Symbol.iterator]();
      while (steps.next().done !== true) {
        if (performance.now() < end) continue;
        this.deepen(uri);
        break;
      }
      const known = new Set(findings.map(keyOf));
      findings.push(...this.project.roots.of(file).filter((each) => !known.has(keyOf(each))));
    }
    const found = findings.map((each) => lspDiagnostic(each, this.pages));
    this.say(uri, this.project.versionOf(uri), found);
  }

  /** The rest of what takes longer, bit by bit. A change begins it anew, with what is known by then. */
  private deepen(uri: string): void {
    if (this.deep.has(uri)) return;
    this.deep.add(uri);
    setTimeout(() => {
      this.deep.delete(uri);
      if (this.documents.has(uri) && !this.changed.has(uri)) this.publish(uri);
    }, 1);
  }

  private compileWatched(): void {
    for (const { uri, root } of this.watched.values()) {
      const file = this.project.file(uri);
      if (file === undefined) continue;
      const result: protocol.DidCompileParams = { uri, ...compileRoot(this.project, file, root) };
      const text = JSON.stringify(result);
      const key = watchKey({ uri, root });
      // A change elsewhere, or of a comment: the same artefact.
      if (this.compiled.get(key) === text) continue;
      this.compiled.set(key, text);
      void this.connection.sendNotification(protocol.DID_COMPILE, result);
    }
  }

  private readonly said = new Map<string, string>();
  /** Open files of which not all equations were looked at. */
  private readonly deep = new Set<string>();
  private readonly compiled = new Map<string, string>();
  private compiling: ReturnType<typeof setTimeout> | undefined;

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

  /** Packages from elsewhere are read when a file uses them, and asked for once as long as the lock file stays. */
  private readPackages(uri: string): void {
    const uses = this.project.file(uri)?.tree.uses.map((use) => use?.package ?? '') ?? [];
    const names = uses.filter((name) => name !== '' && !this.askedPackages.has(name));
    if (names.length === 0 || this.host.packages === undefined) return;
    for (const name of names) this.askedPackages.add(name);
    const { texts, absent } = this.host.packages(onDisk(uri), names);
    for (const each of texts) if (!this.project.has(each.uri)) this.project.disk(each.uri, each.text);
    this.project.absentPackages(names, absent);
  }

  private async readFolders(): Promise<void> {
    for (const folder of this.folders) await this.readFolder(folder, true);
  }

  private async readFolder(folder: string, deep: boolean): Promise<void> {
    this.readers += 1;
    try {
      const files = await this.host.files(folder, deep);
      for (let from = 0; from < files.length; from += SLICE) {
        for (const { uri, text } of files.slice(from, from + SLICE)) {
          if (!this.project.has(uri) && !this.isOpen(uri)) this.project.disk(uri, text);
        }
        this.project.takeIn();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } finally {
      this.readers -= 1;
    }
    // Also when nothing came: something may have waited to be said.
    for (const uri of this.documents.keys()) this.publish(uri);
    if (deep) this.lookAtClosed();
    // Names that lead into these files were of no kind until now.
    if (this.client?.workspace?.semanticTokens?.refreshSupport === true)
      void this.connection.languages.semanticTokens.refresh();
  }

  // ── requests ───────────────────────────────────────────────────────────────────────────────────

  private file(uri: string): ParsedFile {
    const file = this.project.file(uri);
    if (file === undefined)
      throw new ResponseError(ErrorCodes.InvalidParams, `The file ${uri} is not known here.`);
    return file;
  }

  private place({
    textDocument,
    position,
  }: {
    textDocument: { uri: string };
    position: Position;
  }): [ParsedFile, number] {
    const file = this.file(textDocument.uri);
    return [file, file.document.textDocument.offsetAt(position)];
  }

  private answerAboutPlaces(): void {
    const { connection } = this;
    connection.onCompletion((params) => completion(this.project, ...this.place(params)));
    connection.onHover((params) => hover(this.project, ...this.place(params)) ?? null);
    connection.onDefinition((params) => definition(this.project, ...this.place(params)));
    connection.onReferences((params) =>
      references(this.project, ...this.place(params))
        .filter(({ kind }) => kind === 'reference' || params.context.includeDeclaration)
        .map(({ source }) => locationOf(source)),
    );
    connection.onDocumentHighlight((params) =>
      references(this.project, ...this.place(params))
        .filter(({ source }) => source.uri === params.textDocument.uri)
        .map(({ source, kind }) => ({ range: rangeOf(source), kind: kind === 'declaration' ? 3 : 2 })),
    );
    connection.onPrepareRename((params) => {
      const found = prepareRename(this.project, ...this.place(params));
      if ('refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
      return { range: rangeOf(found.source), placeholder: found.name };
    });
    connection.onRenameRequest((params) => {
      const found = rename(this.project, ...this.place(params), params.newName);
      if ('refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
      return found;
    });
    connection.onSignatureHelp((params) => signatureHelp(this.project, ...this.place(params)) ?? null);
  }

  private answerAboutFiles(): void {
    const { connection } = this;
    connection.onDocumentSymbol(({ textDocument }) => documentSymbols(this.file(textDocument.uri)));
    connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(this.project, query));
    connection.onFoldingRanges(({ textDocument }) =>
      foldingRanges(this.project, this.file(textDocument.uri)),
    );
    connection.onDocumentFormatting(({ textDocument }) =>
      formatting(this.project, this.file(textDocument.uri)),
    );
    connection.onDocumentRangeFormatting(({ textDocument, range }) =>
      formatting(this.project, this.file(textDocument.uri), range),
    );
    connection.onCodeLens(({ textDocument }) => codeLenses(this.project, this.file(textDocument.uri)));
    connection.onCodeAction(({ textDocument, range, context }) =>
      codeActions(this.project, this.file(textDocument.uri), range, context.only, this.pages),
    );
    connection.languages.semanticTokens.on(({ textDocument }) =>
      semanticTokens(this.project, this.file(textDocument.uri)),
    );
    connection.languages.semanticTokens.onRange(({ textDocument, range }) =>
      semanticTokens(this.project, this.file(textDocument.uri), range),
    );
  }

  private answerAboutRelations(): void {
    const { languages } = this.connection;
    languages.typeHierarchy.onPrepare((params) => typeItem(this.project, ...this.place(params)));
    languages.typeHierarchy.onSupertypes(({ item }) => supertypes(this.project, item));
    languages.typeHierarchy.onSubtypes(({ item }) => subtypes(this.project, item));
    languages.callHierarchy.onPrepare((params) => callItem(this.project, ...this.place(params)));
    languages.callHierarchy.onIncomingCalls(({ item }) => incomingCalls(this.project, item));
    languages.callHierarchy.onOutgoingCalls(({ item }) => outgoingCalls(this.project, item));
    languages.onLinkedEditingRange((params) => linkedEditing(this.project, ...this.place(params)));
    languages.inlayHint.on(({ textDocument, range }) =>
      inlayHints(this.project, this.file(textDocument.uri), range, this.hints),
    );
    this.connection.onImplementation((params) => implementations(this.project, ...this.place(params)));
    this.connection.onDocumentLinks(({ textDocument }) =>
      documentLinks(this.project, this.file(textDocument.uri)),
    );
    this.connection.onSelectionRanges(({ textDocument, positions }) =>
      selectionRanges(this.file(textDocument.uri), positions),
    );
    this.connection.onDocumentOnTypeFormatting(({ textDocument, position, ch }) =>
      onTypeFormatting(this.project, this.file(textDocument.uri), position, ch),
    );
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

  private answerOwnRequests(): void {
    const { connection } = this;
    connection.onRequest(protocol.ROOTS, ({ uri }: protocol.RootsParams) =>
      roots(this.project, this.file(uri)),
    );
    connection.onRequest(protocol.EXPLORE, (): protocol.ExploreItem[] => {
      this.explorer ??= new Explorer(this.project);
      return this.explorer.items();
    });
    connection.onRequest(
      protocol.LIBRARY_TEXT,
      ({ uri }: protocol.LibraryTextParams): protocol.LibraryTextResult => ({
        text: this.file(uri).text,
      }),
    );
    connection.onRequest(protocol.COMPILE, ({ uri, root }: protocol.CompileParams) =>
      compileRoot(this.project, this.file(uri), root),
    );
    connection.onRequest(protocol.WATCH, (params: protocol.WatchParams) => {
      const result = compileRoot(this.project, this.file(params.uri), params.root);
      this.watched.set(watchKey(params), params);
      this.compiled.set(watchKey(params), JSON.stringify({ uri: params.uri, ...result }));
      return result;
    });
    connection.onRequest(protocol.UNWATCH, (params: protocol.WatchParams) => {
      this.watched.delete(watchKey(params));
      this.compiled.delete(watchKey(params));
      return null;
    });
    connection.onNotification(protocol.VALUES, ({ root, time, values }: protocol.ValuesParams) => {
      if (Object.keys(values).length === 0) {
        this.project.values.delete(root);
        this.project.trails.forget(root);
        return;
      }
      this.project.values.set(root, values);
      if (time !== undefined) this.project.trails.note(root, time, values);
    });
    connection.onRequest(protocol.SET_VALUES, (params: protocol.SetValuesParams) =>
      setValues(this.project, this.file(params.uri), params),
    );
  }
}

/** A uri as the host writes it. */
function onDisk(uri: string): string {
  return URI.parse(uri).toString();
}

function keyOf({ code, message, source }: Diagnostic): string {
  return `${code} ${source.start} ${message}`;
}

function watchKey({ uri, root }: protocol.WatchParams): string {
  return `${uri} ${root ?? ''}`;
}

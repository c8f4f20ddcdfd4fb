import * as vscode from 'vscode';
import { State } from 'vscode-languageclient';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { DID_COMPILE, UNWATCH, VALUES, WATCH } from '../language-server/protocol.ts';
import type {
  CompileResult,
  DidCompileParams,
  Problem as ServerProblem,
  ValuesParams,
  WatchParams,
} from '../language-server/protocol.ts';
import type { FromHost, ToHost } from '../live/host/protocol.ts';
import type { FromPreview, Problem, SessionStatus, ToPreview } from '../preview/protocol.ts';
import { copyLink } from './links.ts';
import type { LiveValues } from './debug/live-values.ts';
import { done } from './first-steps.ts';
import { saveBeside } from './files.ts';
import { previewHtml } from './preview-html.ts';
import { writeValues } from './set-values.ts';
import type { StartTwin, TwinHost } from './twin-host.ts';

const VIEW_TYPE = 'pollux.preview';

/** What a panel is of; kept by VS Code over a reload. */
export interface PanelSubject {
  uri: string;
  root?: string;
}

/** Where a preview goes. */
export type Destination = Omit<ToPreview & { type: 'go' }, 'type'>;

/** A preview that is open, and what its twin does. */
export interface RunningPreview {
  uri: string;
  root: string | undefined;
  /** Of the twin, as written. */
  name: string;
  state: 'not running' | 'playing' | 'paused' | 'stopped by trouble';
}

export type ComparedVersion = Omit<ToHost & { type: 'against' }, 'type'>;

/** All previews: one for each file and root. */
export class PreviewPanels implements vscode.Disposable {
  private readonly panels = new Map<string, PreviewPanel>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly context: vscode.ExtensionContext;
  private readonly client: BaseLanguageClient;
  private readonly output: vscode.LogOutputChannel;
  private readonly startTwin: StartTwin;
  private readonly changed = new vscode.EventEmitter<void>();
  /** A preview was opened, closed, or its twin plays or pauses. */
  readonly onDidChange = this.changed.event;
  /** Where values are written behind the lines of texts, if anywhere. */
  live: LiveValues | undefined;

  constructor(
    context: vscode.ExtensionContext,
    client: BaseLanguageClient,
    output: vscode.LogOutputChannel,
    startTwin: StartTwin,
  ) {
    this.context = context;
    this.client = client;
    this.output = output;
    this.startTwin = startTwin;
    this.subscriptions.push(
      this.changed,
      // Nothing of a workspace runs before it is trusted.
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        for (const panel of this.panels.values()) panel.load();
      }),
      client.onNotification(DID_COMPILE, (result: DidCompileParams) => {
        for (const panel of this.panels.values()) panel.compiled(result);
      }),
      // A server that was started again, or has come back by itself, knows nothing of what is watched.
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Running) for (const panel of this.panels.values()) panel.watch();
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.move(oldUri.toString(), newUri.toString());
      }),
      vscode.workspace.onDidSaveTextDocument((document) => this.followFirstSave(document)),
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
        deserializeWebviewPanel: async (panel, state: { subject?: PanelSubject } | undefined) => {
          if (state?.subject === undefined) panel.dispose();
          else this.adopt(panel, state.subject);
        },
      }),
    );
  }

  /** A text that is saved for the first time goes on as another document, of which nobody says which: it has the same words. */
  private followFirstSave(saved: vscode.TextDocument): void {
    if (saved.languageId !== 'twin') return;
    // The one without a file is emptied and closed only after this.
    for (const document of vscode.workspace.textDocuments)
      if (document.isUntitled && document.getText() === saved.getText())
        this.move(document.uri.toString(), saved.uri.toString());
  }

  /**
   * Shows the preview beside the text; the one that is open already comes to the front. `scenario`: the one to run, by
   * its qualified name; where none is said, it stays as it is.
   */
  open(subject: PanelSubject, scenario?: string, column = vscode.ViewColumn.Beside): void {
    const there = this.panels.get(keyOf(subject));
    if (there === undefined) this.create(subject, column);
    else there.reveal();
    if (scenario !== undefined) this.panels.get(keyOf(subject))?.choose(scenario);
  }

  private create(subject: PanelSubject, viewColumn: vscode.ViewColumn): void {
    const name = subject.root?.split('.').at(-1) ?? fileName(subject.uri);
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      `Preview ${name}`,
      { viewColumn, preserveFocus: true },
      { retainContextWhenHidden: true },
    );
    this.adopt(panel, subject);
  }

  /** Opens the preview and goes to a moment, or to where a test fails. */
  go(subject: PanelSubject, to: Destination, column?: vscode.ViewColumn): void {
    this.open(subject, undefined, column);
    this.panels.get(keyOf(subject))?.go(to);
  }

  running(): RunningPreview[] {
    return [...this.panels.values()].map((panel) => panel.running());
  }

  /** Shows a preview in which the run of another version lies under that of the text. */
  compare(subject: PanelSubject, version: ComparedVersion): void {
    this.open(subject);
    this.panels.get(keyOf(subject))?.against(version);
  }

  /** No preview compares with another version any more. */
  endComparison(): void {
    for (const panel of this.panels.values()) panel.against(undefined);
  }

  private adopt(panel: vscode.WebviewPanel, subject: PanelSubject): void {
    const key = keyOf(subject);
    this.panels.get(key)?.dispose();
    const made = new PreviewPanel(this.context, this.client, this.output, this.startTwin, panel, subject);
    made.onState = () => this.changed.fire();
    made.live = this.live;
    this.panels.set(key, made);
    done('preview');
    this.changed.fire();
    panel.onDidDispose(() => {
      for (const [known, each] of this.panels) if (each === made) this.panels.delete(known);
      this.changed.fire();
    });
  }

  /** A file, or a folder with what is in it, has another name: its previews go on. */
  private move(from: string, to: string): void {
    for (const [key, panel] of [...this.panels]) {
      const { uri, root } = panel.subject;
      if (uri !== from && !uri.startsWith(`${from}/`)) continue;
      const subject = { ...(root === undefined ? {} : { root }), uri: to + uri.slice(from.length) };
      if (this.panels.has(keyOf(subject))) continue;
      this.panels.delete(key);
      this.panels.set(keyOf(subject), panel);
      panel.move(subject);
    }
    this.changed.fire();
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const fileName = (uri: string): string => vscode.Uri.parse(uri).path.split('/').at(-1) ?? '';
const keyOf = ({ uri, root }: PanelSubject): string => `${uri}#${root ?? ''}`;

/** One panel with its process. Text → server → artefact → process → messages → webview, and back. */
class PreviewPanel implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly client: BaseLanguageClient;
  private readonly output: vscode.LogOutputChannel;
  private readonly panel: vscode.WebviewPanel;
  subject: PanelSubject;
  private readonly startTwin: StartTwin;
  private process: TwinHost | undefined;
  private last: DidCompileParams | undefined;
  private isReady = false;
  /** Where to go once somebody is there to go. */
  private destination: Destination | undefined;
  /** Which one to run, once something runs. */
  private scenario: string | undefined;
  private state: RunningPreview['state'] = 'not running';
  /** Called when the twin begins to play, pauses or stops. */
  onState: () => void = () => undefined;
  live: LiveValues | undefined;
  private compared: ComparedVersion | undefined;
  private isClosed = false;

  constructor(
    context: vscode.ExtensionContext,
    client: BaseLanguageClient,
    output: vscode.LogOutputChannel,
    startTwin: StartTwin,
    panel: vscode.WebviewPanel,
    subject: PanelSubject,
  ) {
    this.context = context;
    this.client = client;
    this.output = output;
    this.startTwin = startTwin;
    this.panel = panel;
    this.subject = subject;
    panel.iconPath = {
      light: vscode.Uri.joinPath(context.extensionUri, 'extension/media/preview-light.svg'),
      dark: vscode.Uri.joinPath(context.extensionUri, 'extension/media/preview-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(context.extensionUri, 'dist', 'preview')],
    };
    panel.webview.onDidReceiveMessage((message: FromPreview) => this.fromPreview(message));
    panel.onDidChangeViewState(() => this.process?.send({ type: 'hidden', hidden: !panel.visible }));
    panel.onDidDispose(() => this.close());
    panel.webview.html = previewHtml(panel.webview, context.extensionUri, subject);
    this.watch();
  }

  /** Asks the server for this twin, now and after each change. */
  watch(): void {
    const { uri, root: wanted } = this.subject;
    const asked = { uri, ...(wanted === undefined ? {} : { wanted }) };
    this.client.sendRequest<CompileResult>(WATCH, this.watched()).then(
      (result) => this.compiled({ ...asked, ...result }),
      (error: unknown) => {
        // The file may be gone, or not to be read: that is said where the twin would be.
        const start = { line: 0, character: 0 };
        const message = error instanceof Error ? error.message : String(error);
        const problem = { code: '', severity: 'error' as const, message, uri, range: { start, end: start } };
        this.compiled({ ...asked, ok: false, root: '', problems: [problem] });
      },
    );
  }

  /** The file has another name; what runs goes on. */
  move(subject: PanelSubject): void {
    void this.client.sendRequest(UNWATCH, this.watched()).catch(() => undefined);
    const name = fileName(this.subject.uri);
    this.subject = subject;
    if (this.panel.title === `Preview ${name}`) this.panel.title = `Preview ${fileName(subject.uri)}`;
    const message: ToPreview = { type: 'subject', subject };
    void this.panel.webview.postMessage(message);
    this.watch();
  }

  /** Runs a scenario from its start. */
  choose(scenario: string): void {
    this.scenario = scenario;
    if (this.process === undefined) return;
    this.scenario = undefined;
    // A scenario is simulated: a twin that is bound to its plant may follow that now.
    this.process.send({ type: 'preview', message: { type: 'mode', mode: 'simulate' } });
    this.process.send({ type: 'preview', message: { type: 'scenario', scenario } });
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  against(version: ComparedVersion | undefined): void {
    if (version === undefined && this.compared === undefined) return;
    this.compared = version;
    this.process?.send(version === undefined ? { type: 'alone' } : { type: 'against', ...version });
  }

  /** A new result of the server; those of other files and roots are ignored. */
  compiled(result: DidCompileParams): void {
    if (result.uri !== this.subject.uri || result.wanted !== this.subject.root) return;
    this.last = result;
    this.load();
  }

  private watched(): WatchParams {
    return { uri: this.subject.uri, ...(this.subject.root === undefined ? {} : { root: this.subject.root }) };
  }

  private fromPreview(message: FromPreview): void {
    if (message.type === 'reveal') {
      void reveal(message.uri, message.line, message.column);
      return;
    }
    if (message.type === 'save') {
      void saveBeside(this.subject.uri, message.name, message.base64);
      return;
    }
    if (message.type === 'link') {
      void copyLink(this.subject, message.moment);
      return;
    }
    if (message.type === 'write') {
      void writeValues(this.client, {
        uri: this.subject.uri,
        root: this.last?.root ?? '',
        values: message.values,
      });
      return;
    }
    if (message.type === 'ready') {
      this.isReady = true;
      this.load();
      if (this.destination !== undefined) this.go(this.destination);
    }
    if (message.type === 'restart' && this.process === undefined) {
      this.load();
      return;
    }
    this.process?.send({ type: 'preview', message });
  }

  go(to: Destination): void {
    this.destination = this.isReady ? undefined : to;
    const message: ToPreview = { type: 'go', ...to };
    if (this.isReady) void this.panel.webview.postMessage(message);
  }

  /** Which files' lines the process should tell of. */
  tellOf(uris: string[]): void {
    this.process?.send({ type: 'lines', uris });
  }

  /** What the server said last, to where the twin runs. */
  load(): void {
    const result = this.last;
    // What comes when the panel is closed starts nothing: nobody would end it.
    if (!this.isReady || this.isClosed || result === undefined) return;
    const isTrusted = vscode.workspace.isTrusted;
    const artefact = isTrusted ? result.artefact : undefined;
    const problems = [...(isTrusted ? [] : [untrusted(result)]), ...result.problems.map(asProblem)];
    if (artefact === undefined) {
      if (this.process === undefined) void this.panel.webview.postMessage({ type: 'problems', problems });
      else this.process.send({ type: 'broken', problems });
      return;
    }
    const isNew = this.process === undefined;
    this.process ??= this.start();
    this.process.send({ type: 'load', ...artefact, problems });
    this.live?.loaded(this);
    if (isNew && this.compared !== undefined) this.process.send({ type: 'against', ...this.compared });
    // The webview was ready before there was anything to tell it.
    if (isNew) this.process.send({ type: 'preview', message: { type: 'ready' } });
    if (this.scenario !== undefined) this.choose(this.scenario);
  }

  private start(): TwinHost {
    return this.startTwin({
      message: (message) => this.fromHost(message),
      log: (text) => this.output.info(text.trimEnd()),
      end: (reason) => {
        this.process = undefined;
        this.state = 'not running';
        this.onState();
        this.live?.remove(this);
        if (this.isClosed) return;
        this.output.error(`The twin's process ended: ${reason}`);
        // Whoever looks at the panel, then or later, shall not wait for what does not come.
        const message: ToPreview = { type: 'ended', reason };
        void this.panel.webview.postMessage(message);
        void vscode.window
          .showErrorMessage('The process that runs the twin has ended.', 'Start Again', 'Show Output')
          .then((choice) => {
            if (choice === 'Start Again') this.load();
            if (choice === 'Show Output') this.output.show();
          });
      },
    });
  }

  private fromHost(message: FromHost): void {
    if (message.type === 'preview') {
      void this.panel.webview.postMessage(message.message);
      if (message.message.type === 'status') this.follow(message.message.status);
    } else if (message.type === 'lines') this.live?.show(this, message.lines);
    else {
      const { time, values: now, integration } = message;
      const values: ValuesParams = { root: this.last?.root ?? '', time, values: now, ...integration };
      void this.client.sendNotification(VALUES, values);
    }
  }

  running(): RunningPreview {
    const { uri, root } = this.subject;
    const path = root ?? this.last?.root ?? '';
    return { uri, root, name: path.split('.').at(-1) ?? path, state: this.state };
  }

  private follow({ playing, trouble }: SessionStatus): void {
    const state = trouble === null ? (playing ? 'playing' : 'paused') : 'stopped by trouble';
    if (state === this.state) return;
    this.state = state;
    this.onState();
  }

  private close(): void {
    this.isClosed = true;
    this.live?.remove(this);
    this.process?.dispose();
    void this.client.sendRequest(UNWATCH, this.watched()).catch(() => undefined);
    const none: ValuesParams = { root: this.last?.root ?? '', values: {} };
    void this.client.sendNotification(VALUES, none);
  }
}

const untrusted = ({ uri }: DidCompileParams): Problem => ({
  code: '',
  severity: 'info',
  message: 'This workspace is not trusted, so nothing of it runs. The preview starts once you trust it.',
  uri,
  line: 1,
  column: 1,
});

const asProblem = ({ range, ...problem }: ServerProblem): Problem => ({
  ...problem,
  line: range.start.line + 1,
  column: range.start.character + 1,
});

async function reveal(uri: string, line: number, column: number): Promise<void> {
  const place = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(place, place),
    ...(shown?.viewColumn === undefined
      ? { viewColumn: vscode.ViewColumn.One }
      : { viewColumn: shown.viewColumn }),
  });
}

/** Experiments and calibrations in panels: one for each, with the process that runs it. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { FromStudy, StudyEvent, StudySubject, ToStudy } from '../../preview/study/protocol.ts';
import { saved } from '../current-twin.ts';
import { saveBeside } from '../files.ts';
import { previewHtml } from '../preview-html.ts';
import type { PreviewPanels } from '../preview-panel.ts';
import { writeValues } from '../set-values.ts';
import { polluxTask } from '../tasks.ts';
import { startStudy } from './process.ts';
import type { StudyProcess } from './process.ts';

const VIEW_TYPE = 'pollux.study';
const COMMANDS = { experiment: 'experiment', calibration: 'calibrate' } as const;

export class StudyPanels implements vscode.Disposable {
  private readonly panels = new Map<string, StudyPanel>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly context: vscode.ExtensionContext;
  private readonly client: BaseLanguageClient;
  private readonly previews: PreviewPanels;
  private readonly output: vscode.LogOutputChannel;

  constructor(
    context: vscode.ExtensionContext,
    client: BaseLanguageClient,
    previews: PreviewPanels,
    output: vscode.LogOutputChannel,
  ) {
    this.context = context;
    this.client = client;
    this.previews = previews;
    this.output = output;
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.languageId !== 'twin' || contentChanges.length === 0) return;
        for (const panel of this.panels.values()) panel.changed(document);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        for (const panel of this.panels.values()) panel.opened(document);
      }),
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
        deserializeWebviewPanel: async (panel, state: { subject?: StudySubject } | undefined) => {
          if (state?.subject === undefined) panel.dispose();
          else this.adopt(panel, state.subject);
        },
      }),
    ];
  }

  /** Shows the panel beside the text and begins; what runs there already is stopped first. */
  async run(subject: StudySubject): Promise<void> {
    const key = keyOf(subject);
    const there = this.panels.get(key);
    if (there === undefined) {
      const panel = vscode.window.createWebviewPanel(
        VIEW_TYPE,
        titleOf(subject),
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { retainContextWhenHidden: true },
      );
      this.adopt(panel, subject);
    } else there.reveal();
    await this.panels.get(key)!.run(false);
  }

  private adopt(panel: vscode.WebviewPanel, subject: StudySubject): void {
    const key = keyOf(subject);
    this.panels.get(key)?.dispose();
    const made = new StudyPanel(this.context, this.client, this.previews, this.output, panel, subject);
    this.panels.set(key, made);
    panel.onDidDispose(() => {
      if (this.panels.get(key) === made) this.panels.delete(key);
    });
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const keyOf = ({ uri, kind, name }: StudySubject): string => `${uri}#${kind}#${name ?? ''}`;
const titleOf = ({ name, kind }: StudySubject): string => name?.split('.').at(-1) ?? COMMANDS[kind];

class StudyPanel implements vscode.Disposable {
  private readonly client: BaseLanguageClient;
  private readonly previews: PreviewPanels;
  private readonly output: vscode.LogOutputChannel;
  private readonly panel: vscode.WebviewPanel;
  private readonly subject: StudySubject;
  private process: StudyProcess | undefined;
  private isReady = false;
  /** Of the last run, for a page that comes late. */
  private told: StudyEvent[] = [];
  /** What the texts said that it was run from, by uri: those that are open. */
  private texts = new Map<string, string>();
  /** Those that say something else now. */
  private changedTexts = new Set<string>();

  constructor(
    context: vscode.ExtensionContext,
    client: BaseLanguageClient,
    previews: PreviewPanels,
    output: vscode.LogOutputChannel,
    panel: vscode.WebviewPanel,
    subject: StudySubject,
  ) {
    this.client = client;
    this.previews = previews;
    this.output = output;
    this.panel = panel;
    this.subject = subject;
    const media = vscode.Uri.joinPath(context.extensionUri, 'extension/media');
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'preview-light.svg'),
      dark: vscode.Uri.joinPath(media, 'preview-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(context.extensionUri, 'dist', 'preview')],
    };
    panel.webview.onDidReceiveMessage((message: FromStudy) => void this.hear(message));
    panel.onDidDispose(() => {
      // There is nobody left to tell.
      this.isReady = false;
      this.process?.stop(true);
    });
    panel.webview.html = previewHtml(panel.webview, context.extensionUri, subject, 'study');
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** A text was changed, perhaps back to what it was; which ones it was run from is the command's part, so those of its folder count. */
  changed(document: vscode.TextDocument): void {
    if (this.told.length === 0 || !this.isBeside(document)) return;
    const key = document.uri.toString();
    if (this.texts.get(key) === document.getText()) this.changedTexts.delete(key);
    else this.changedTexts.add(key);
    this.post({ type: 'stale', stale: this.changedTexts.size > 0 });
  }

  /** Until it is changed, a text says what its file does. */
  opened(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (this.texts.has(key)) this.changed(document);
    else if (this.isBeside(document)) this.texts.set(key, document.getText());
  }

  private isBeside({ uri }: vscode.TextDocument): boolean {
    return dirname(uri.path) === dirname(vscode.Uri.parse(this.subject.uri).path);
  }

  async run(resume: boolean): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage('Pollux runs twins in trusted workspaces only.');
      return;
    }
    const file = await saved(vscode.Uri.parse(this.subject.uri));
    if (file === undefined) return;
    this.process?.stop(true);
    this.told = [];
    this.texts.clear();
    this.changedTexts.clear();
    for (const document of vscode.workspace.textDocuments) this.opened(document);
    this.post({ type: 'study', subject: this.subject, running: true });
    const words = [...this.words(file), '--events', ...(resume ? ['--resume'] : [])];
    const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? dirname(file.fsPath);
    const own: StudyProcess = startStudy(words, folder, {
      events: (events) => {
        // Of one that was stopped for another nothing counts any more.
        if (this.process !== own && this.process !== undefined) return;
        this.told.push(...events);
        this.post({ type: 'events', events });
        if (events.some(({ type }) => type === 'end')) this.process = undefined;
      },
      log: (text) => this.output.info(text.trimEnd()),
    });
    this.process = own;
  }

  private words(file: vscode.Uri): string[] {
    const { kind, name } = this.subject;
    return [COMMANDS[kind], file.fsPath, ...(name === undefined ? [] : [name])];
  }

  private post(message: ToStudy): void {
    if (this.isReady) void this.panel.webview.postMessage(message);
  }

  private async hear(message: FromStudy): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        this.post({ type: 'study', subject: this.subject, running: this.process !== undefined });
        if (this.told.length > 0) this.post({ type: 'events', events: this.told });
        if (this.changedTexts.size > 0) this.post({ type: 'stale', stale: true });
        break;
      case 'run':
        await this.run(message.resume);
        break;
      case 'stop':
        this.process?.stop(this.subject.kind === 'calibration');
        break;
      case 'preview': {
        const { root, scenario, time, settings } = message;
        const moment = momentOf(scenario, time, settings);
        this.previews.go({ uri: this.subject.uri, root }, { moment }, this.panel.viewColumn);
        break;
      }
      case 'source':
        await this.showSource();
        break;
      case 'terminal': {
        const file = await saved(vscode.Uri.parse(this.subject.uri));
        if (file !== undefined) await vscode.tasks.executeTask(polluxTask(this.words(file)));
        break;
      }
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        break;
      case 'save':
        await saveBeside(this.subject.uri, message.name, message.base64);
        break;
      case 'write':
        await writeValues(this.client, {
          uri: this.subject.uri,
          root: message.root,
          values: message.values,
        });
        break;
    }
  }

  /** Where it is written, in the column of the texts. */
  private async showSource(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(this.subject.uri));
    const word = { experiment: 'experiment', calibration: 'calibrate' }[this.subject.kind];
    const name = this.subject.name?.split('.').at(-1) ?? '';
    const at = document.getText().search(new RegExp(`^\\s*${word}\\s+${name}\\b`, 'm'));
    const place = document.positionAt(Math.max(0, at));
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      selection: new vscode.Range(place, place),
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    });
  }
}

/** As `preview/session/moment.ts` reads it. An empty scenario: none. */
function momentOf(scenario: string | null, time: number, settings: readonly [string, number][]): string {
  const fields = new URLSearchParams();
  fields.set('t', String(time));
  fields.set('scenario', scenario ?? '');
  fields.set('duration', String(time));
  for (const [id, value] of settings) fields.set(`set.${id}`, String(value));
  return `#${fields.toString()}`;
}

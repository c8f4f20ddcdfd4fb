import * as vscode from 'vscode';
import { DEBUG_TYPE, WHY } from '../../debug-adapter/protocol.ts';
import type { WhyArguments, WhyResponse } from '../../debug-adapter/protocol.ts';
import type { CurrentTwin } from '../current-twin.ts';
import { saved } from '../current-twin.ts';
import { configurationOf } from './configurations.ts';
import { programPath } from './program-path.ts';

/** What one can ask of a run that stands, beside what every debugger offers. */
export function registerDebugCommands(context: vscode.ExtensionContext, current: CurrentTwin): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(
      'pollux.debug',
      async (given?: string | vscode.Uri, name?: string, kind?: string) => {
        const uri = (typeof given === 'string' ? vscode.Uri.parse(given) : given) ?? (await current.uri());
        const file = uri === undefined ? undefined : await saved(uri);
        if (file !== undefined) await debug(file, name, kind);
      },
    ),
    vscode.commands.registerCommand('pollux.why', why),
    vscode.commands.registerCommand('pollux.goToTime', goToTime),
  );
}

/** From the palette, the title of an editor, the tree or a code lens; the latter two name a scenario or a test. */
async function debug(uri: vscode.Uri, name?: string, kind?: string): Promise<void> {
  const configuration =
    typeof name === 'string' && (kind === 'scenario' || kind === 'test')
      ? configurationOf(uri, { kind, name, label: name.split('.').at(-1) ?? name })
      : { type: DEBUG_TYPE, request: 'launch', name: 'Debug twin', program: programPath(uri) };
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), configuration);
}

const active = (): vscode.DebugSession | undefined => {
  const session = vscode.debug.activeDebugSession;
  if (session?.type === DEBUG_TYPE) return session;
  void vscode.window.showInformationMessage('Start debugging a twin first.');
  return undefined;
};

export const frameOf = (session: vscode.DebugSession): number | undefined => {
  const item = vscode.debug.activeStackItem;
  return item instanceof vscode.DebugStackFrame && item.session.id === session.id ? item.frameId : undefined;
};

/** The answer stands in the debug console, where it can be read beside what was logged. */
async function why(): Promise<void> {
  const session = active();
  if (session === undefined) return;
  const editor = vscode.window.activeTextEditor;
  const name = editor?.selection.isEmpty === false ? editor.document.getText(editor.selection) : undefined;
  const frameId = frameOf(session);
  const args: WhyArguments = {
    ...(frameId === undefined ? {} : { frameId }),
    ...(name === undefined || name.includes('\n') ? {} : { name }),
  };
  try {
    const { text } = (await session.customRequest(WHY, args)) as WhyResponse;
    vscode.debug.activeDebugConsole.appendLine(text);
    await vscode.commands.executeCommand('workbench.debug.action.focusRepl');
  } catch (error) {
    void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
  }
}

async function goToTime(): Promise<void> {
  const session = active();
  if (session === undefined) return;
  const text = await vscode.window.showInputBox({
    title: 'Go to time',
    prompt: 'Forward or back, from the start of the run: 90 s, 12 min, 1.5 h',
  });
  if (text === undefined || text.trim() === '') return;
  try {
    await session.customRequest('evaluate', { expression: `goto ${text}`, context: 'repl' });
  } catch (error) {
    void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
  }
}

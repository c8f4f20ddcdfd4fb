import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { ROOTS } from '../language-server/protocol.ts';
import type { Root, RootsParams } from '../language-server/protocol.ts';
import type { CurrentTwin } from './current-twin.ts';
import { saved } from './current-twin.ts';
import { done } from './first-steps.ts';
import type { PreviewPanels } from './preview-panel.ts';
import type { StudyPanels } from './studies/panels.ts';

/** Runs `pollux` with these words, where there is a terminal. */
export type RunPollux = (words: string[]) => Thenable<unknown>;

/** The commands of the palette, the editor's title and the code lenses. Arguments: a file's URI and a name, both optional. */
export function registerCommands(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  previews: PreviewPanels,
  current: CurrentTwin,
  runPollux?: RunPollux,
  studies?: StudyPanels,
): void {
  /** `words` is told where the file lies. */
  const execute = async (words: (path: string) => string[], uri: vscode.Uri): Promise<void> => {
    if (runPollux === undefined) {
      void vscode.window.showInformationMessage(
        'This VS Code runs in a browser and has no terminal. The preview runs here; for the rest, open the folder in VS Code on a computer.',
      );
      return;
    }
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage('Pollux runs twins in trusted workspaces only.');
      return;
    }
    const file = await saved(uri);
    if (file !== undefined) await runPollux(words(file.fsPath));
  };
  /** A scenario is shown in the preview of what it is for. */
  const preview = async (uri: vscode.Uri, name: string): Promise<void> => {
    const scenario = (await roots(client, uri, 'scenario')).find((each) => each.name === name);
    previews.open({ uri: uri.toString(), root: scenario?.subject ?? name }, scenario?.name);
  };
  const register = (
    name: string,
    action: (uri: vscode.Uri, subject: string | undefined) => Promise<unknown>,
  ): void => {
    const command = async (given?: string | vscode.Uri, subject?: string): Promise<void> => {
      const uri = uriOf(given) ?? (await current.uri());
      if (uri !== undefined) await action(uri, typeof subject === 'string' ? subject : undefined);
    };
    context.subscriptions.push(vscode.commands.registerCommand(name, command));
  };

  register('pollux.preview', async (uri, root) => {
    const chosen = root ?? (await chooseRoot(client, uri));
    if (chosen !== undefined) await preview(uri, chosen);
  });
  register('pollux.run', async (uri, scenario) => {
    const chosen = scenario ?? (await chooseScenario(client, uri));
    if (chosen === undefined) return;
    // Without a terminal a scenario is watched instead.
    if (runPollux === undefined) await preview(uri, chosen);
    else await execute((path) => ['run', path, '--scenario', chosen], uri);
  });
  register('pollux.test', async (uri, test) => {
    await execute((path) => ['test', path, ...(test === undefined ? [] : ['--filter', test])], uri);
    done('test');
  });
  register('pollux.experiment', async (uri, experiment) => {
    const chosen = experiment ?? (await chooseExperiment(client, uri));
    if (chosen === undefined) return;
    if (studies === undefined) await execute((path) => ['experiment', path, chosen], uri);
    else await studies.run({ uri: uri.toString(), kind: 'experiment', name: chosen });
  });
  register('pollux.experimentInTerminal', async (uri, experiment) => {
    const chosen = experiment ?? (await chooseExperiment(client, uri));
    if (chosen !== undefined) await execute((path) => ['experiment', path, chosen], uri);
  });
  register('pollux.calibrate', async (uri, calibration) => {
    const name = calibration ?? (await chooseCalibration(client, uri));
    if (name === undefined) return;
    if (studies === undefined) await execute((path) => ['calibrate', path, name], uri);
    else await studies.run({ uri: uri.toString(), kind: 'calibration', name });
  });
  register('pollux.build', async (uri) => {
    const chosen = await chooseRoot(client, uri);
    if (chosen !== undefined) await execute((path) => ['build', path, '--root', chosen], uri);
  });
  context.subscriptions.push(
    vscode.commands.registerCommand('pollux.restartServer', async () => {
      await client.stop();
      await client.start();
    }),
    vscode.commands.registerCommand('pollux.showOutput', () => client.outputChannel.show()),
  );
}

function uriOf(given: string | vscode.Uri | undefined): vscode.Uri | undefined {
  if (typeof given === 'string') return vscode.Uri.parse(given);
  return given instanceof vscode.Uri ? given : undefined;
}

async function roots(client: BaseLanguageClient, uri: vscode.Uri, ...kinds: Root['kind'][]): Promise<Root[]> {
  const params: RootsParams = { uri: uri.toString() };
  const found = await client.sendRequest<Root[]>(ROOTS, params);
  return kinds.flatMap((wanted) => found.filter(({ kind }) => kind === wanted));
}

async function chooseRoot(client: BaseLanguageClient, uri: vscode.Uri): Promise<string | undefined> {
  const found = await roots(client, uri, 'twin', 'asset');
  if (found.length === 0)
    void vscode.window.showInformationMessage('Nothing in this file can run: it has no twin and no asset.');
  if (found.length <= 1) return found[0]?.name;
  // What one is writing at comes first.
  const editor = vscode.window.activeTextEditor;
  const line = editor?.document.uri.toString() === uri.toString() ? editor.selection.active.line : -1;
  const isHere = ({ range }: Root): boolean => range.start.line <= line && line <= range.end.line;
  const ordered = found.toSorted((a, b) => Number(isHere(b)) - Number(isHere(a)));
  const picked = await vscode.window.showQuickPick(
    ordered.map(({ kind, name, label }) => ({ label, description: kind, name })),
    { title: 'Which one?' },
  );
  return picked?.name;
}

async function chooseScenario(client: BaseLanguageClient, uri: vscode.Uri): Promise<string | undefined> {
  const found = await roots(client, uri, 'scenario');
  if (found.length === 0) void vscode.window.showInformationMessage('This file has no scenario to run.');
  if (found.length <= 1) return found[0]?.name;
  const picked = await vscode.window.showQuickPick(
    found.map(({ name, label, subject = '' }) => ({ label, description: `for ${subject}`, name })),
    { title: 'Which scenario?' },
  );
  return picked?.name;
}

async function chooseCalibration(client: BaseLanguageClient, uri: vscode.Uri): Promise<string | undefined> {
  const found = await roots(client, uri, 'calibration');
  if (found.length === 0)
    void vscode.window.showInformationMessage('This file has no calibration: nothing to fit to a recording.');
  if (found.length <= 1) return found[0]?.name;
  const picked = await vscode.window.showQuickPick(
    found.map(({ name, label }) => ({ label, name })),
    { title: 'Which calibration?' },
  );
  return picked?.name;
}

async function chooseExperiment(client: BaseLanguageClient, uri: vscode.Uri): Promise<string | undefined> {
  const found = await roots(client, uri, 'experiment');
  if (found.length === 0) void vscode.window.showInformationMessage('This file has no experiment to run.');
  if (found.length <= 1) return found[0]?.name;
  const picked = await vscode.window.showQuickPick(
    found.map(({ name, label, subject = '' }) => ({ label, description: `on ${subject}`, name })),
    { title: 'Which experiment?' },
  );
  return picked?.name;
}

/** The extension where there are no processes: vscode.dev and every other VS Code that runs in a browser alone. */
import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import { LiveValues } from '../debug/live-values.ts';
import { registerDebugging } from '../debug/index.ts';
import { CurrentTwin } from '../current-twin.ts';
import { registerFirstSteps } from '../first-steps.ts';
import { registerExplorer } from '../explorer/index.ts';
import { registerLinks } from '../links.ts';
import { registerTests } from '../test-explorer.ts';
import { registerTraces } from '../traces.ts';
import { PreviewPanels } from '../preview-panel.ts';
import { startLanguageClient } from './language-client.ts';
import { testWorker, workerAdapter } from './program-worker.ts';
import { TwinWorker } from './twin-worker.ts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Pollux', { log: true });
  context.subscriptions.push(output);
  const client = await startLanguageClient(context, output);
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/web/twin.js').toString(true);
  const previews = new PreviewPanels(context, client, output, (on) => new TwinWorker(script, on));
  const live = new LiveValues();
  previews.live = live;
  const current = new CurrentTwin();
  context.subscriptions.push(live, previews, current);
  registerFirstSteps(context);
  registerCommands(context, client, previews, current);
  registerExplorer(context, client, previews);
  registerLinks(context, previews);
  registerTraces(context, client, previews);
  const programs = vscode.Uri.joinPath(context.extensionUri, 'dist/web/program.js').toString(true);
  registerTests(context, client, output, testWorker(programs));
  registerDebugging(context, client, current, workerAdapter(programs));
}

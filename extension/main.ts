import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { startLanguageClient } from './language-client.ts';
import { PreviewPanels } from './preview-panel.ts';
import { registerTasks } from './tasks.ts';
import { registerTests } from './test-explorer.ts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Pollux', { log: true });
  context.subscriptions.push(output);
  const client = await startLanguageClient(context, output);
  const previews = new PreviewPanels(context, client, output);
  context.subscriptions.push(previews);
  registerCommands(context, client, previews);
  registerTasks(context);
  registerTests(context, client, output);
}

import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { registerCompare } from './compare/compare.ts';
import { adapterProcess } from './debug/adapter-process.ts';
import { registerDebugging } from './debug/index.ts';
import { LiveValues } from './debug/live-values.ts';
import { startLanguageClient } from './language-client.ts';
import { CurrentTwin } from './current-twin.ts';
import { registerFirstSteps } from './first-steps.ts';
import { registerExplorer } from './explorer/index.ts';
import { registerLinks } from './links.ts';
import { PreviewPanels } from './preview-panel.ts';
import { StudyPanels } from './studies/panels.ts';
import { polluxTask, registerTasks } from './tasks.ts';
import { registerTests } from './test-explorer.ts';
import { testProcess } from './test-process.ts';
import { registerTraces } from './traces.ts';
import { TwinProcess } from './twin-process.ts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Pollux', { log: true });
  context.subscriptions.push(output);
  const client = await startLanguageClient(context, output);
  const live = new LiveValues();
  const host = context.asAbsolutePath('dist/live/host.mjs');
  const previews = new PreviewPanels(context, client, output, (on) => {
    const broker = vscode.workspace.getConfiguration('pollux').get<string>('mqtt.url', '');
    return new TwinProcess(host, broker === '' ? {} : { POLLUX_MQTT_URL: broker }, on);
  });
  previews.live = live;
  const current = new CurrentTwin();
  context.subscriptions.push(live, previews, current);
  registerFirstSteps(context);
  const studies = new StudyPanels(context, client, previews, output);
  context.subscriptions.push(studies);
  const inTerminal = (words: string[]): Thenable<unknown> => vscode.tasks.executeTask(polluxTask(words));
  registerCommands(context, client, previews, current, inTerminal, studies);
  registerCompare(context, previews, output);
  registerTasks(context);
  registerExplorer(context, client, previews);
  registerTests(context, client, output, testProcess);
  registerTraces(context, client, previews);
  registerLinks(context, previews);
  registerDebugging(context, client, current, adapterProcess);
}

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';

const TYPE = 'pollux';

interface PolluxTask extends vscode.TaskDefinition {
  command: 'check' | 'test' | 'fmt' | 'build';
  path?: string;
}

/** `pollux check`, `pollux test` … as tasks, with a problem matcher. */
export function registerTasks(context: vscode.ExtensionContext): void {
  const ready = (command: PolluxTask['command'], group?: vscode.TaskGroup): vscode.Task => {
    const task = polluxTask([command, '.'], { type: TYPE, command });
    if (group !== undefined) task.group = group;
    return task;
  };
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider(TYPE, {
      provideTasks: () => [
        ready('check', vscode.TaskGroup.Build),
        ready('test', vscode.TaskGroup.Test),
        ready('fmt'),
      ],
      resolveTask(task) {
        const definition = task.definition as PolluxTask;
        return polluxTask([definition.command, definition.path ?? '.'], definition);
      },
    }),
  );
}

/** A task that runs the `pollux` of this extension with the editor's own Node. */
export function polluxTask(
  words: string[],
  definition: vscode.TaskDefinition = { type: TYPE, words },
): vscode.Task {
  const task = new vscode.Task(
    definition,
    vscode.TaskScope.Workspace,
    words.slice(0, 2).map(lastPart).join(' '),
    'pollux',
    new vscode.ProcessExecution(process.execPath, [commandLine(), ...words], {
      env: { ELECTRON_RUN_AS_NODE: '1', FORCE_COLOR: '1' },
    }),
    '$pollux',
  );
  task.presentationOptions = {
    clear: true,
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Shared,
  };
  return task;
}

/** The bundled command line, beside this bundle. */
export const commandLine = (): string => join(dirname(here()), '..', 'cli', 'pollux.mjs');

const here = (): string => (typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url));
const lastPart = (text: string): string => text.split(/[\\/]/).at(-1) ?? text;

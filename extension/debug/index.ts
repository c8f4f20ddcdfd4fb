import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { CurrentTwin } from '../current-twin.ts';
import { DEBUG_TYPE } from '../../debug-adapter/protocol.ts';
import { registerDebugCommands } from './commands.ts';
import { registerConfigurations } from './configurations.ts';
import { registerInlineValues } from './inline-values.ts';

/** Debugging of twins, by an adapter that does not slow the editor: in a process or a worker of its own. */
export function registerDebugging(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  current: CurrentTwin,
  adapter: (session: vscode.DebugSession) => vscode.DebugAdapterDescriptor,
): void {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, { createDebugAdapterDescriptor: adapter }),
  );
  registerConfigurations(context, client);
  registerDebugCommands(context, current);
  registerInlineValues(context);
}

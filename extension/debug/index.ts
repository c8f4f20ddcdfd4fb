import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { DEBUG_TYPE } from '../../debug-adapter/protocol.ts';
import { commandLine } from '../tasks.ts';
import { registerDebugCommands } from './commands.ts';
import { registerConfigurations } from './configurations.ts';
import { registerInlineValues } from './inline-values.ts';

/** Debugging of twins: `pollux dap` in a process of its own, so that a long run slows nothing else. */
export function registerDebugging(context: vscode.ExtensionContext, client: LanguageClient): void {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: () =>
        new vscode.DebugAdapterExecutable(process.execPath, [commandLine(), 'dap'], {
          env: { ELECTRON_RUN_AS_NODE: '1' },
        }),
    }),
  );
  registerConfigurations(context, client);
  registerDebugCommands(context);
  registerInlineValues(context);
}

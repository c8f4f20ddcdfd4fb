import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../../debug-adapter/protocol.ts';

/** Where there are no processes, debugging says so instead of failing. */
export function explainNoDebugging(context: vscode.ExtensionContext): void {
  const explain = (): undefined => {
    void vscode.window.showInformationMessage(
      'Twins are debugged in a VS Code on a computer, or over a remote connection. Here the preview steps from event to event.',
    );
    return undefined;
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('pollux.debug', explain),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, { resolveDebugConfiguration: explain }),
  );
}

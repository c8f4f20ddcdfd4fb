import * as vscode from 'vscode';
import { commandLine } from '../tasks.ts';

/** `pollux dap`, by the Node that VS Code brings. */
export const adapterProcess = (): vscode.DebugAdapterDescriptor =>
  new vscode.DebugAdapterExecutable(process.execPath, [commandLine(), 'dap'], {
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });

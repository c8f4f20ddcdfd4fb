import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { DEBUG_TYPE } from '../../debug-adapter/protocol.ts';
import type { LaunchConfiguration } from '../../debug-adapter/protocol.ts';
import { ROOTS } from '../../language-server/protocol.ts';
import type { Root, RootsParams } from '../../language-server/protocol.ts';
import { programPath, programUri } from './program-path.ts';

/** Fills in what a configuration leaves out: F5 in a `.twin` file runs its scenario, or asks which. */
export function registerConfigurations(context: vscode.ExtensionContext, client: BaseLanguageClient): void {
  const rootsOf = (uri: vscode.Uri): Promise<Root[]> => {
    const params: RootsParams = { uri: uri.toString() };
    return client.sendRequest<Root[]>(ROOTS, params);
  };
  const provider: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document?.languageId !== 'twin') return [];
      const found = await rootsOf(document.uri);
      return found
        .filter(({ kind }) => kind === 'scenario' || kind === 'test')
        .map((root) => configurationOf(document.uri, root));
    },
    resolveDebugConfiguration: async (_folder, given) => {
      const configuration = given as Partial<LaunchConfiguration> & vscode.DebugConfiguration;
      const document = vscode.window.activeTextEditor?.document;
      const isBare = given.type === undefined || given.type === '';
      if (isBare && document?.languageId !== 'twin') return undefined;
      configuration.type = DEBUG_TYPE;
      configuration.request ??= 'launch';
      configuration.name ??= 'Debug twin';
      if (configuration.program === undefined) {
        if (document?.languageId !== 'twin') {
          void vscode.window.showInformationMessage('Open the .twin file that is to be debugged first.');
          return undefined;
        }
        configuration.program = programPath(document.uri);
      }
      const isNamed = [configuration.scenario, configuration.test, configuration.root].some(Boolean);
      if (isNamed || !configuration.program.endsWith('.twin')) return configuration;
      const uri = programUri(configuration.program);
      const scenarios = (await rootsOf(uri).catch(() => [])).filter(({ kind }) => kind === 'scenario');
      if (scenarios.length <= 1) {
        if (scenarios[0] !== undefined) configuration.scenario = scenarios[0].name;
        return configuration;
      }
      const picked = await vscode.window.showQuickPick(
        scenarios.map(({ label, subject = '', name }) => ({ label, description: `for ${subject}`, name })),
        { title: 'Which scenario?' },
      );
      if (picked === undefined) return undefined;
      configuration.scenario = picked.name;
      return configuration;
    },
  };
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider),
    vscode.debug.registerDebugConfigurationProvider(
      DEBUG_TYPE,
      provider,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
}

/** A scenario or a test as something to debug. */
export function configurationOf(
  uri: vscode.Uri,
  { kind, name, label }: Pick<Root, 'kind' | 'name' | 'label'>,
): vscode.DebugConfiguration & LaunchConfiguration {
  return {
    type: DEBUG_TYPE,
    request: 'launch',
    name: kind === 'test' ? `test "${name}"` : `${kind} ${label}`,
    program: programPath(uri),
    ...(kind === 'test' ? { test: name } : kind === 'scenario' ? { scenario: name } : { root: name }),
  };
}

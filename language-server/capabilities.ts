/** What the server can do, as it tells a client. */
import { TextDocumentSyncKind, type ServerCapabilities } from 'vscode-languageserver';
import { LEGEND } from './read/semantic-tokens.ts';

export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
  completionProvider: { triggerCharacters: ['.', ' ', ':'], resolveProvider: true },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  semanticTokensProvider: { legend: LEGEND, full: true, range: true },
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  codeLensProvider: {},
  codeActionProvider: {
    codeActionKinds: [
      'quickfix',
      'refactor.rewrite',
      'refactor.inline',
      'refactor.extract',
      'refactor.move',
      'source.organizeImports',
    ],
  },
  inlayHintProvider: true,
  selectionRangeProvider: true,
  linkedEditingRangeProvider: true,
  documentLinkProvider: {},
  typeHierarchyProvider: true,
  callHierarchyProvider: true,
  implementationProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
  signatureHelpProvider: { triggerCharacters: ['(', ','] },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

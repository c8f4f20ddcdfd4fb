/** Requests about places in a text, about files, and about what things have to do with each other → the features, a file each. */
import {
  ErrorCodes,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Connection,
  type Position,
} from 'vscode-languageserver';
import type { ParsedFile } from '../compiler/1-parse/index.ts';
import { codeActions } from './change/code-actions.ts';
import { codeLenses } from './run/code-lens.ts';
import { completion } from './complete/completion.ts';
import { resolved } from './complete/offered.ts';
import { definition } from './navigate/definition.ts';
import { documentLinks } from './navigate/document-links.ts';
import { foldingRanges } from './edit/folding.ts';
import { formatting } from './edit/formatting.ts';
import { hover } from './read/hover.ts';
import { inlayHints } from './read/inlay-hints.ts';
import { linkedEditing } from './edit/linked-editing.ts';
import { onTypeFormatting } from './edit/on-type-formatting.ts';
import { references } from './navigate/references.ts';
import { selectionRanges } from './edit/selection-ranges.ts';
import { semanticTokens } from './read/semantic-tokens.ts';
import { signatureHelp } from './read/signature-help.ts';
import { documentSymbols } from './read/symbols.ts';
import { workspaceSymbols } from './navigate/workspace-symbols.ts';
import {
  callItem,
  implementations,
  incomingCalls,
  outgoingCalls,
  subtypes,
  supertypes,
  typeItem,
} from './navigate/hierarchies.ts';
import { locationOf, rangeOf } from './workspace/places.ts';
import type { Project } from './workspace/project.ts';
import type { InlayHintSettings } from './protocol.ts';
import { prepareRename, rename } from './change/rename.ts';

/** What is asked, as it is at the time of a request. */
export interface Asked {
  project(): Project;
  /** Where the pages of the diagnostics are. */
  pages(): string | undefined;
  hints(): InlayHintSettings;
  /** Resolves when all files on disk are read that are being read. */
  allRead(): Promise<void>;
  /** Of an open text, as the client counts. */
  versionOf(uri: string): number | undefined;
}

export function answer(connection: Connection, asked: Asked): void {
  aboutPlaces(connection, asked);
  aboutFiles(connection, asked);
  aboutRelations(connection, asked);
}

export function fileOf(asked: Pick<Asked, 'project'>, uri: string): ParsedFile {
  const file = asked.project().file(uri);
  if (file === undefined)
    throw new ResponseError(ErrorCodes.InvalidParams, `The file ${uri} is not known here.`);
  return file;
}

/**
 * Answers what is about all files once all are read: before, a rename would pass by those that are not. Where the text is
 * another one by then, its places mean something else, and the client asks again if it still wants to know.
 */
function whole<Params extends object, Result>(
  asked: Asked,
  answerTo: (params: Params) => Result,
): (params: Params, token: CancellationToken) => Promise<Result> {
  return async (params, token) => {
    const { uri } = ('textDocument' in params ? params.textDocument : {}) as { uri?: string };
    const version = uri === undefined ? undefined : asked.versionOf(uri);
    await asked.allRead();
    if (token.isCancellationRequested)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled while files were read.');
    if (uri !== undefined && asked.versionOf(uri) !== version)
      throw new ResponseError(LSPErrorCodes.ContentModified, 'The text has changed while files were read.');
    return answerTo(params);
  };
}

function place(
  asked: Asked,
  { textDocument, position }: { textDocument: { uri: string }; position: Position },
): [ParsedFile, number] {
  const file = fileOf(asked, textDocument.uri);
  return [file, file.document.textDocument.offsetAt(position)];
}

function aboutPlaces(connection: Connection, asked: Asked): void {
  connection.onCompletion((params) => completion(asked.project(), ...place(asked, params)));
  connection.onCompletionResolve((item) => resolved(asked.project(), item));
  connection.onHover((params) => hover(asked.project(), ...place(asked, params)) ?? null);
  connection.onDefinition(whole(asked, (params) => definition(asked.project(), ...place(asked, params))));
  connection.onReferences(
    whole(asked, (params) =>
      references(asked.project(), ...place(asked, params))
        .filter(({ kind }) => kind === 'reference' || params.context.includeDeclaration)
        .map(({ source }) => locationOf(source)),
    ),
  );
  connection.onDocumentHighlight((params) =>
    references(asked.project(), ...place(asked, params))
      .filter(({ source }) => source.uri === params.textDocument.uri)
      .map(({ source, kind }) => ({ range: rangeOf(source), kind: kind === 'declaration' ? 3 : 2 })),
  );
  connection.onPrepareRename(
    whole(asked, (params) => {
      const found = prepareRename(asked.project(), ...place(asked, params));
      if ('refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
      return { range: rangeOf(found.source), placeholder: found.name };
    }),
  );
  connection.onRenameRequest(
    whole(asked, (params) => {
      const found = rename(asked.project(), ...place(asked, params), params.newName);
      if ('refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
      return found;
    }),
  );
  connection.onSignatureHelp((params) => signatureHelp(asked.project(), ...place(asked, params)) ?? null);
}

function aboutFiles(connection: Connection, asked: Asked): void {
  connection.onDocumentSymbol(({ textDocument }) => documentSymbols(fileOf(asked, textDocument.uri)));
  connection.onWorkspaceSymbol(whole(asked, ({ query }) => workspaceSymbols(asked.project(), query)));
  connection.onFoldingRanges(({ textDocument }) =>
    foldingRanges(asked.project(), fileOf(asked, textDocument.uri)),
  );
  connection.onDocumentFormatting(({ textDocument }) =>
    formatting(asked.project(), fileOf(asked, textDocument.uri)),
  );
  connection.onDocumentRangeFormatting(({ textDocument, range }) =>
    formatting(asked.project(), fileOf(asked, textDocument.uri), range),
  );
  connection.onCodeLens(({ textDocument }) => codeLenses(asked.project(), fileOf(asked, textDocument.uri)));
  connection.onCodeAction(
    whole(asked, ({ textDocument, range, context }) =>
      codeActions(asked.project(), fileOf(asked, textDocument.uri), range, context.only, asked.pages()),
    ),
  );
  connection.languages.semanticTokens.on(({ textDocument }) =>
    semanticTokens(asked.project(), fileOf(asked, textDocument.uri)),
  );
  connection.languages.semanticTokens.onRange(({ textDocument, range }) =>
    semanticTokens(asked.project(), fileOf(asked, textDocument.uri), range),
  );
}

function aboutRelations(connection: Connection, asked: Asked): void {
  const { languages } = connection;
  languages.typeHierarchy.onPrepare(
    whole(asked, (params) => typeItem(asked.project(), ...place(asked, params))),
  );
  languages.typeHierarchy.onSupertypes(whole(asked, ({ item }) => supertypes(asked.project(), item)));
  languages.typeHierarchy.onSubtypes(whole(asked, ({ item }) => subtypes(asked.project(), item)));
  languages.callHierarchy.onPrepare(
    whole(asked, (params) => callItem(asked.project(), ...place(asked, params))),
  );
  languages.callHierarchy.onIncomingCalls(whole(asked, ({ item }) => incomingCalls(asked.project(), item)));
  languages.callHierarchy.onOutgoingCalls(whole(asked, ({ item }) => outgoingCalls(asked.project(), item)));
  languages.onLinkedEditingRange((params) => linkedEditing(asked.project(), ...place(asked, params)));
  languages.inlayHint.on(({ textDocument, range }) =>
    inlayHints(asked.project(), fileOf(asked, textDocument.uri), range, asked.hints()),
  );
  connection.onImplementation(
    whole(asked, (params) => implementations(asked.project(), ...place(asked, params))),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    documentLinks(asked.project(), fileOf(asked, textDocument.uri)),
  );
  connection.onSelectionRanges(({ textDocument, positions }) =>
    selectionRanges(fileOf(asked, textDocument.uri), positions),
  );
  connection.onDocumentOnTypeFormatting(({ textDocument, position, ch }) =>
    onTypeFormatting(asked.project(), fileOf(asked, textDocument.uri), position, ch),
  );
}

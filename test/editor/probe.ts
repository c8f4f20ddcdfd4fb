/**
 * Runs in the extension host of the VS Code under test, beside the packaged extension: asks VS Code itself for each language
 * feature, as its own views do, and writes what it got to `answers.json`. Also switches the theme, for pictures.
 */
import * as vscode from 'vscode';

const themes = {
  Light: 'Default Light Modern',
  Dark: 'Default Dark Modern',
  'High Contrast': 'Default High Contrast',
};

export function activate(context: vscode.ExtensionContext): void {
  for (const [name, theme] of Object.entries(themes))
    context.subscriptions.push(
      vscode.commands.registerCommand(`probe.${name}`, () =>
        vscode.workspace
          .getConfiguration('workbench')
          .update('colorTheme', theme, vscode.ConfigurationTarget.Global),
      ),
    );
  context.subscriptions.push(
    vscode.commands.registerCommand('probe.Ask', ask),
    vscode.commands.registerCommand('probe.Walkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'pollux.pollux#start'),
    ),
  );
}

async function ask(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  const plant = vscode.Uri.joinPath(folder, 'plant.twin');
  const write = (answers: unknown): Thenable<void> =>
    vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder, 'answers.json'),
      new TextEncoder().encode(JSON.stringify(answers)),
    );
  try {
    await write(await answersFor(plant));
  } catch (error) {
    await write({ failed: error instanceof Error ? error.stack : String(error) });
  }
}

async function answersFor(plant: vscode.Uri): Promise<Record<string, unknown>> {
  const document = await vscode.workspace.openTextDocument(plant);
  await vscode.window.showTextDocument(document);
  // What the editor asks by itself at the same time may cancel what is asked here: then it is asked again.
  const execute = async <T>(command: string, ...args: unknown[]): Promise<T> => {
    for (let left = 2; ; left -= 1)
      try {
        return await vscode.commands.executeCommand<T>(`vscode.${command}`, plant, ...args);
      } catch (error) {
        if (left === 0 || !(error instanceof Error && error.name === 'Canceled')) throw error;
      }
  };
  const at = (part: string, move = 0): vscode.Position =>
    document.positionAt(document.getText().indexOf(part) + move);
  const all = (): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);
  const range = (part: string): vscode.Range => new vscode.Range(at(part), at(part, part.length));
  const name = (uri: vscode.Uri): string => uri.path.split('/').at(-1)!;
  const actions = (where: vscode.Range, kind: string): Thenable<vscode.CodeAction[]> =>
    execute<vscode.CodeAction[]>('executeCodeActionProvider', where, kind);
  const apply = async (found: vscode.CodeAction[], title: RegExp): Promise<boolean> => {
    const action = found.find((each) => title.test(each.title));
    return action?.edit === undefined ? false : vscode.workspace.applyEdit(action.edit);
  };
  await until(() => vscode.languages.getDiagnostics(plant).length > 0);
  const answers: Record<string, unknown> = {};

  answers.diagnostics = vscode.languages.getDiagnostics(plant).map(({ code, message }) => ({
    code: typeof code === 'object' ? code.value : code,
    message,
  }));
  const fixes = await actions(range('3 kj/K'), 'quickfix');
  answers.fixes = fixes.map(({ title }) => title);
  await apply(fixes, /kJ/);
  await until(() =>
    vscode.languages
      .getDiagnostics(plant)
      .every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error),
  );
  answers.mended = document.getText().includes('3 kJ/K');

  const renamed = await execute<vscode.WorkspaceEdit>(
    'executeDocumentRenameProvider',
    at('Valve(', 1),
    'Tap',
  );
  answers.rename = renamed.entries().map(([uri, edits]) => [name(uri), edits.length]);

  const offered = await execute<vscode.CompletionList>(
    'executeCompletionItemProvider',
    at('part valve: ', 12),
  );
  const gate = offered.items.find(
    ({ label }) => (typeof label === 'string' ? label : label.label) === 'Gate',
  );
  answers.autoImport = gate?.additionalTextEdits?.map(({ newText }) => newText);
  const members = await execute<vscode.CompletionList>(
    'executeCompletionItemProvider',
    at('valve.opening', 6),
  );
  answers.members = members.items.map(({ label }) => (typeof label === 'string' ? label : label.label));

  const hints = await execute<vscode.InlayHint[]>('executeInlayHintProvider', all());
  answers.hints = hints.map(({ label }) =>
    typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
  );

  const [type] = await execute<vscode.TypeHierarchyItem[]>('prepareTypeHierarchy', at('Valve(', 1));
  const command = vscode.commands.executeCommand;
  const above = await command<vscode.TypeHierarchyItem[]>('vscode.provideSupertypes', type);
  answers.supertypes = above.map((each) => each.name);
  const below = await command<vscode.TypeHierarchyItem[]>('vscode.provideSubtypes', above[0]);
  answers.subtypes = below.map((each) => each.name).sort();
  const [called] = await execute<vscode.CallHierarchyItem[]>('prepareCallHierarchy', at('double(x', 1));
  const calls = await command<vscode.CallHierarchyIncomingCall[]>('vscode.provideIncomingCalls', called);
  answers.callers = calls.map(({ from }) => from.name);
  const places = await execute<vscode.Location[]>('executeImplementationProvider', at('level = 1 m', 1));
  answers.implementations = places.map(({ range: { start } }) => document.lineAt(start.line).text.trim());
  const definition = await execute<(vscode.Location | vscode.LocationLink)[]>(
    'executeDefinitionProvider',
    at('Valve(', 1),
  );
  answers.definition = definition.map((each) => name('uri' in each ? each.uri : each.targetUri));
  const references = await execute<vscode.Location[]>('executeReferenceProvider', at('area = 2', 1));
  answers.references = references.length;

  const hovers = await execute<vscode.Hover[]>('executeHoverProvider', at('level = 1 m', 1));
  answers.hover = hovers.flatMap(({ contents }) =>
    contents.map((each) => (typeof each === 'string' ? each : each.value)),
  );
  const help = await execute<vscode.SignatureHelp>(
    'executeSignatureHelpProvider',
    at('double(level', 7),
    '(',
  );
  answers.signature = help.signatures.map(({ label }) => label);

  const legend = await execute<vscode.SemanticTokensLegend>('provideDocumentSemanticTokensLegend');
  const tokens = await execute<vscode.SemanticTokens>('provideDocumentSemanticTokens');
  answers.tokens = [...new Set([...tokens.data].filter((_, at5) => at5 % 5 === 3))].map(
    (index) => legend.tokenTypes[index],
  );
  const folds = await execute<vscode.FoldingRange[]>('executeFoldingRangeProvider');
  answers.folds = folds.map(({ start, kind }) => [
    document.lineAt(start).text.trim(),
    kind === undefined ? 'block' : vscode.FoldingRangeKind[kind],
  ]);
  const selections = await execute<vscode.SelectionRange[]>('executeSelectionRangeProvider', [
    at('double(level', 8),
  ]);
  const widths: string[] = [];
  for (let each: vscode.SelectionRange | undefined = selections[0]; each !== undefined; each = each.parent)
    if (each.range.isSingleLine) widths.push(document.getText(each.range));
  answers.selections = widths;
  const linked = await command<{ ranges: unknown[] }>('_executeLinkedEditingProvider', plant, {
    lineNumber: at('double(x', 7).line + 1,
    column: at('double(x', 7).character + 1,
  });
  answers.linked = linked?.ranges.length;
  const symbols = await command<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', 'vlv');
  answers.symbols = symbols.map((each) => each.name);
  const outline = await execute<vscode.DocumentSymbol[]>('executeDocumentSymbolProvider');
  answers.outline = outline.map((each) => each.name);

  const refactorings = await actions(range('valve.opening * 2 m3/h'), 'refactor');
  answers.refactorings = refactorings.map(({ title }) => title);
  answers.extracted = await apply(refactorings, /let/i);
  answers.afterExtract = document.getText().match(/let \w+ += valve\.opening \* 2 m3\/h/)?.[0];
  await command('undo');

  const organise = await actions(all(), 'source.organizeImports');
  answers.organised = await apply(organise, /./);
  answers.uses = document.getText().match(/^use .*$/gm);
  return answers;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 600)
      throw new Error(`waited in vain: ${isSo}\n${JSON.stringify(vscode.languages.getDiagnostics())}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The file as a whole: outline, folds, colours, lenses, layout, and what can run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CodeLens,
  CompletionList,
  DocumentSymbol,
  FoldingRange,
  SemanticTokens,
  SignatureHelp,
  TextEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver';
import type { Root } from '../../language-server/protocol.ts';
import { position, type Client } from './client.ts';
import { at, file, serveTank, TANK, uri, type Served } from './tank.ts';

let served: Served;
let client: Client;
beforeAll(async () => {
  served = await serveTank();
  client = served.client;
});
afterAll(() => served.stop());

describe('the file as a whole', () => {
  it('has an outline', async () => {
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', file);
    expect(symbols.map(({ name }) => name)).toEqual(['Tank', 'T1', 'filling', 'does not overflow']);
    expect(symbols[0]?.children?.map(({ name }) => name)).toEqual([
      'area',
      'inflow',
      'level',
      'valve',
      'out',
      'gauge',
      'full',
    ]);
  });
  it('is found by name across the workspace', async () => {
    const symbols = await client.request<WorkspaceSymbol[]>('workspace/symbol', { query: 'tnk' });
    expect(symbols.map(({ name }) => name)).toContain('Tank');
  });
  it('folds', async () => {
    const ranges = await client.request<FoldingRange[]>('textDocument/foldingRange', file);
    expect(ranges).toContainEqual({
      startLine: position(TANK, 'asset Tank').line,
      endLine: position(TANK, '}\n\ntwin').line - 1,
    });
  });
  it('has coloured names', async () => {
    const legend = served.capabilities.semanticTokensProvider?.legend.tokenTypes ?? [];
    const { data } = await client.request<SemanticTokens>('textDocument/semanticTokens/full', file);
    const seen: Record<string, string> = {};
    let [line, column] = [0, 0];
    for (let index = 0; index < data.length; index += 5) {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(index, index + 4);
      [line, column] = [line + down, down === 0 ? column + right : right];
      seen[TANK.split('\n')[line]?.slice(column, column + length) ?? ''] = legend[type] ?? '';
    }
    expect(seen).toMatchObject({
      Tank: 'class',
      area: 'parameter',
      level: 'variable',
      'm3/h': 'enumMember',
      der: 'function',
      full: 'event',
      plant: 'namespace',
    });
  });
  it('has lenses to run, debug, preview and test', async () => {
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', file);
    expect(lenses.map(({ command }) => [command?.command, command?.arguments?.[1]])).toEqual([
      ['pollux.preview', 'plant.Tank'],
      ['pollux.run', 'plant.T1'],
      ['pollux.preview', 'plant.T1'],
      ['pollux.run', 'plant.filling'],
      ['pollux.debug', 'plant.filling'],
      ['pollux.preview', 'plant.filling'],
      ['pollux.test', 'does not overflow'],
      ['pollux.debug', 'does not overflow'],
    ]);
  });
  it('is formatted', async () => {
    const edits = await client.request<TextEdit[]>('textDocument/formatting', {
      ...file,
      options: { tabSize: 2, insertSpaces: true },
    });
    const lines = TANK.split('\n');
    for (const { range, newText } of edits.toReversed()) {
      expect(range.start.character).toBe(0);
      lines.splice(range.start.line, range.end.line - range.start.line, ...newText.split('\n').slice(0, -1));
    }
    expect(lines.join('\n')).toContain(
      '  param area   = 2 m2\n  param inflow = 6 m3/h  in 0 m3/h..10 m3/h\n  state level  = 1 m\n',
    );
  });
  it('has what can run', async () => {
    const roots = await client.request<Root[]>('pollux/roots', { uri });
    expect(roots.map(({ kind, name, subject }) => ({ kind, name, subject }))).toEqual([
      { kind: 'asset', name: 'plant.Tank', subject: undefined },
      { kind: 'twin', name: 'plant.T1', subject: undefined },
      { kind: 'scenario', name: 'plant.filling', subject: 'plant.T1' },
      { kind: 'test', name: 'does not overflow', subject: 'plant.T1' },
    ]);
  });
  it('has experiments and calibrations to run, in the outline too', async () => {
    const study = 'file:///nowhere/study.twin';
    const text = `package plant

experiment sizes on filling {
  vary area in 1 m2..4 m2 step 1 m2
  report level
}

calibrate T1 from "day.csv" {
  fit area
  compare gauge
}
`;
    const { diagnostics } = await client.open(study, text);
    expect(diagnostics).toEqual([]);
    const document = { textDocument: { uri: study } };
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', document);
    expect(lenses.map(({ command }) => [command?.command, command?.arguments?.[1]])).toEqual([
      ['pollux.experiment', 'plant.sizes'],
      ['pollux.calibrate', 'plant.T1'],
    ]);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', document);
    expect(symbols.map(({ name }) => name)).toEqual(['sizes', 'calibrate T1']);
    const place = { ...document, position: position(text, 'vary area', 5) };
    const { items } = await client.request<CompletionList>('textDocument/completion', place);
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['area', 'inflow', 'level']));
  });
  it('helps with the arguments of functions', async () => {
    const help = await client.request<SignatureHelp>('textDocument/signatureHelp', at('der(level)', 4));
    expect(help.signatures[0]?.label).toBe('der(variable)');
  });
});

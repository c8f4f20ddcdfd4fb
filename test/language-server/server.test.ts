/** The language server as a client sees it: a process, spoken to over stdio. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { URI } from 'vscode-uri';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionList,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InitializeResult,
  Location,
  SemanticTokens,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver';
import type {
  CompileResult,
  DidCompileParams,
  Root,
  SetValuesResult,
} from '../../language-server/protocol.ts';
import { bundleServer, Client, position } from './client.ts';

const uri = 'file:///nowhere/tank.twin';
const partsUri = 'file:///nowhere/parts.twin';
const PARTS = `package plant.parts

/// Lets water out.
asset Valve {
  param opening = 50 %  in 0 %..100 %
  let share     = opening
}
`;
const TANK = `package plant

use plant.parts: Valve

/// Holds water.
asset Tank {
  param area    = 2 m2
  param inflow  = 6 m3/h  in 0 m3/h..10 m3/h
  state level   = 1 m
  part valve: Valve(opening = 30 %)
  let out       = valve.share * 2 m3/h
  der(level)    = (inflow - out) / area

  sensor gauge measures level every 1 s  noise normal(1 mm)

  alarm full: warning "Close the inlet" {
    raise when level > 3 m for 10 s
  }
}

twin T1: Tank(inflow = 5 m3/h)

scenario filling for T1 {
  run 1 h
}

test "does not overflow" on filling {
  require always level < 6 m
}
`;

let client: Client;
let capabilities: InitializeResult['capabilities'];

beforeAll(async () => {
  client = new Client(await bundleServer());
  ({ capabilities } = await client.start());
  await client.open(partsUri, PARTS);
  await client.open(uri, TANK);
});
afterAll(async () => {
  expect(await client.stop()).toBe(0);
  expect(client.stderr).toBe('');
});

const at = (part: string, move = 0, nth = 0) => ({
  textDocument: { uri },
  position: position(TANK, part, move, nth),
});
const file = { textDocument: { uri } };

/** Labels of a completion in a text of its own, in the order in which an editor shows them. */
async function offered(
  text: string,
  cursor = '|',
): Promise<{ label: string; sortText?: string; detail?: string; list: CompletionList }[]> {
  const own = 'file:///nowhere/typing.twin';
  const clean = text.replace(cursor, '');
  await client.open(own, clean);
  const where = { textDocument: { uri: own }, position: position(text, cursor) };
  const list = await client.request<CompletionList>('textDocument/completion', where);
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: own } });
  return list.items
    .toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
    .map(({ label, sortText, detail }) => ({ label, sortText, detail, list }));
}
const labels = async (text: string): Promise<string[]> => (await offered(text)).map(({ label }) => label);

describe('diagnostics', () => {
  it('are none for a good file', async () => {
    const published = client.published.filter((each) => each.uri === uri);
    expect(published.at(-1)?.diagnostics).toEqual([]);
  });

  it('come with code, page, and version; and go when mended', async () => {
    const broken = TANK.replace('measures level', 'measures lvel');
    const { diagnostics, version } = await client.change(uri, { text: broken });
    expect(diagnostics.map(({ code, severity, source }) => ({ code, severity, source }))).toEqual([
      { code: 'PX2001', severity: 1, source: 'pollux' },
    ]);
    expect(diagnostics[0]?.codeDescription?.href).toMatch(/docs\/diagnostics\/PX2001\.md$/);
    expect(diagnostics[0]?.range.start).toEqual(position(broken, 'lvel'));
    expect(version).toBe(2);

    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      ...file,
      range: diagnostics[0]?.range,
      context: { diagnostics },
    });
    expect(actions[0]).toMatchObject({ title: "Change to 'level'", kind: 'quickfix', isPreferred: true });
    expect(actions[0]?.edit?.changes?.[uri]).toMatchObject([{ newText: 'level' }]);
    expect((await client.change(uri, { text: TANK })).diagnostics).toEqual([]);
  });

  it('follow edits of the text', async () => {
    const start = position(TANK, '2 m2');
    const { diagnostics } = await client.change(uri, {
      range: { start, end: { ...start, character: start.character + 4 } },
      text: '2 m',
    });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect((await client.change(uri, { text: TANK })).diagnostics).toEqual([]);
  });

  it('of open files follow what they depend on', async () => {
    const changed = client.diagnostics(uri, 0);
    await client.change(partsUri, { text: PARTS.replace('let share ', 'let portion ') });
    expect((await changed).diagnostics.map(({ code }) => code)).toContain('PX2002');
    const mended = client.diagnostics(uri, 0);
    await client.change(partsUri, { text: PARTS });
    expect((await mended).diagnostics).toEqual([]);
  });
});

describe('files on disk', () => {
  it('belong to the package of the open file, however their path is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux (ls) '));
    const parts = join(folder, 'parts.twin');
    writeFileSync(parts, 'package disk\nasset Part { param x = 1 m }\n');
    const text = 'package disk\nasset Whole { part p: Part let y = p.x }\n';
    writeFileSync(join(folder, 'whole.twin'), text);
    const other = new Client(await bundleServer());
    try {
      await other.start(pathToFileURL(folder).href);
      const whole = pathToFileURL(join(folder, 'whole.twin')).href;
      expect((await other.open(whole, text)).diagnostics).toEqual([]);
      // The same file as another client would escape it: still one declaration of Part, not two.
      const partsUri = pathToFileURL(parts).href.replaceAll('(', '%28').replaceAll(')', '%29');
      expect(
        (await other.open(partsUri, 'package disk\nasset Part { param x = 1 m }\n')).diagnostics,
      ).toEqual([]);
      writeFileSync(join(folder, 'more.twin'), 'package disk\nasset Part { }\n');
      const again = other.diagnostics(partsUri, 0);
      await other.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: URI.file(join(folder, 'more.twin')).toString(), type: 1 }],
      });
      expect((await again).diagnostics.length).toBeGreaterThan(0);
    } finally {
      await other.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('hover', () => {
  const text = async (part: string, move = 0, nth = 0): Promise<string> => {
    const hover = await client.request<Hover | null>('textDocument/hover', at(part, move, nth));
    return hover !== null && typeof hover.contents === 'object' && 'value' in hover.contents
      ? hover.contents.value
      : '';
  };
  it('tells signature, quantity, unit', async () => {
    const shown = await text('inflow - out', 1);
    expect(shown).toContain('param inflow = 6 m3/h in 0 m3/h..10 m3/h');
    expect(shown).toContain('**VolumeFlow** in m³/h');
  });
  it('shows docs, also of other files', async () =>
    expect(await text('Valve(')).toContain('Lets water out.'));
  it('defines a unit', async () => expect(await text('mm)', 1)).toMatch(/Metre[\s\S]*0\.001 m/));
  it('converts a number', async () => {
    // 6 m³/h = 6/3600 m³/s = 1/600 m³/s
    expect(await text('6 m3/h')).toContain('0.00166667 m³/s');
  });
  it('knows functions', async () => expect(await text('der(')).toContain('derivative'));
  it('shows values while a twin runs', async () => {
    const values = { root: 'plant.T1', values: { level: 2.5, 'gauge.measured': 2.4 } };
    await client.connection.sendNotification('pollux/values', values);
    expect(await text('level   =')).toContain('`level` = **2.5 m**');
    expect(await text('gauge')).toContain('`gauge.measured` = **2.4 m**');
    await client.connection.sendNotification('pollux/values', { root: 'plant.T1', values: {} });
    expect(await text('level   =')).not.toContain('Now');
  });
});

describe('names', () => {
  it('lead to their declarations, in other files and in the library', async () => {
    const [own] = await client.request<Location[]>('textDocument/definition', at('out) /'));
    expect(own).toMatchObject({ uri, range: { start: position(TANK, 'out  ') } });
    const [other] = await client.request<Location[]>('textDocument/definition', at('.share', 2));
    expect(other).toMatchObject({ uri: partsUri, range: { start: position(PARTS, 'share') } });
    const [unit] = await client.request<Location[]>('textDocument/definition', at('1 mm', 3));
    expect(unit?.uri).toBe('pollux-library:/units.twin');
    const { text } = await client.request<{ text: string }>('pollux/libraryText', { uri: unit?.uri });
    expect(text.split('\n')[unit?.range.start.line ?? 0]).toMatch(/^unit m\b/);
  });

  it('are found wherever they are used', async () => {
    const found = await client.request<Location[]>('textDocument/references', {
      textDocument: { uri: partsUri },
      position: position(PARTS, 'Valve'),
      context: { includeDeclaration: true },
    });
    expect(found.map((each) => each.uri)).toEqual([partsUri, uri, uri]);
  });

  it('are renamed in all files', async () => {
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', {
      ...at('.share', 2),
      newName: 'portion',
    });
    expect(Object.keys(edit.changes ?? {}).toSorted()).toEqual([partsUri, uri]);
    const edits = edit.changes?.[uri] ?? [];
    expect(edits).toEqual([
      { range: { start: position(TANK, 'share'), end: position(TANK, 'share', 5) }, newText: 'portion' },
    ]);
  });

  it.each([
    ['of the library', '1 mm', 3, 'x', 'library'],
    ['into a word of the language', 'inflow', 0, 'state', 'word of the language'],
    ['into a name that is taken', 'inflow', 0, 'area', 'already has'],
    ['into no name', 'inflow', 0, '3 x', 'is no name'],
  ])('are not renamed %s, and it is said why', async (_, part, move, newName, reason) => {
    await expect(client.request('textDocument/rename', { ...at(part, move), newName })).rejects.toThrow(
      reason,
    );
  });
});

describe('completion', () => {
  const head =
    'package plant\nuse plant.parts: Valve\nasset A {\n  param speed = 3 m/s\n  param long = 2 m\n  part v: Valve\n';

  it('offers members after a dot, and nothing else', async () =>
    expect(await labels(`${head}  let x = v.|\n}`)).toEqual(['opening', 'share']));
  it('offers what every sensor has', async () =>
    expect(await labels(`${head}  sensor s measures long\n  let x = s.|\n}`)).toEqual(
      expect.arrayContaining(['measured', 'predicted', 'residual', 'stale', 'outOfRange']),
    ));
  it('puts names of the quantity that is due first', async () => {
    const fitting = (await offered(`${head}  let x = long + |\n}`)).filter(({ sortText }) =>
      sortText?.startsWith('0'),
    );
    expect(fitting.map(({ label }) => label)).toEqual(['long']);
  });
  it('puts units of the quantity that is due first', async () => {
    const found = await offered(`${head}  let x = long > 3 |\n}`);
    const lengths = found.filter(({ sortText }) => sortText?.startsWith('0'));
    expect(lengths.map(({ label }) => label)).toEqual(expect.arrayContaining(['m', 'mm', 'km']));
    expect(lengths.map(({ label }) => label)).not.toContain('s');
    expect(found.map(({ label }) => label)).toEqual(expect.arrayContaining(['s', 'kg', 'kW']));
  });
  it('offers distributions where one can be drawn from, and only there', async () => {
    const known = ['normal', 'weibull', 'exponential'];
    expect(await labels(`${head}  param p = draw |\n}`)).toEqual(expect.arrayContaining(known));
    expect(await labels(`${head}  sensor s measures long noise |\n}`)).toEqual(expect.arrayContaining(known));
    expect(await labels(`${head}  every | -> set long = 1 m\n}`)).toEqual(expect.arrayContaining(known));
    expect(await labels(`${head}  let p = |\n}`)).not.toContain('weibull');
    expect(await labels(`${head}  let p = |\n}`)).toContain('sqrt');
  });
  it('offers types where a type stands', async () => {
    const types = await labels(`${head}  part p: |\n}`);
    expect(types).toEqual(expect.arrayContaining(['Valve', 'A']));
    expect(types).not.toContain('speed');
    expect(await labels(`${head}  param p: |\n}`)).toEqual(expect.arrayContaining(['Length', 'Boolean']));
  });
  it('offers ports where ports stand, and the library by its packages', async () => {
    const use = 'package plant\nuse pollux.electrical\nasset B {\n  part r: Resistor\n  part c: Capacitor\n';
    const types = await labels(`${use}  port p: |\n}`);
    expect(types).toContain('Pin');
    expect(types).not.toContain('Resistor');
    expect(await labels(`${use}  part p: |\n}`)).not.toContain('Pin');
    expect(await labels(`${use}  join r.|, c.n\n}`)).toEqual(['p', 'n']);
    expect(await labels(`${use}  join |\n}`)).toEqual(expect.arrayContaining(['r', 'c']));
    const names = await labels('package plant\nuse pollux.thermal: |\nasset B {}');
    expect(names).toEqual(expect.arrayContaining(['HeatCapacitor', 'Convection']));
  });
  it('offers what can be adapted', async () =>
    expect(await labels(`${head}  part p: Valve(|)\n}`)).toEqual(['opening', 'share']));
  it('offers keywords that fit, and only those', async () => {
    const found = await labels(`${head}  |\n}`);
    expect(found).toEqual(expect.arrayContaining(['param', 'sensor', 'rule', 'when']));
    expect(found).not.toEqual(expect.arrayContaining(['scenario']));
    expect(found).not.toContain('scenario');
    expect(await labels('|')).toEqual(expect.arrayContaining(['package', 'use', 'asset', 'twin']));
  });
  it('imports what is in another package', async () => {
    const found = await offered('package plant\n\nasset B {\n  part v: |\n}');
    const item = found[0]?.list.items.find(({ label }) => label === 'Valve');
    expect(item?.additionalTextEdits).toMatchObject([{ newText: '\n\nuse plant.parts: Valve' }]);
  });
  it('offers widgets in a view, and what stands in an asset under the same word only there', async () => {
    const inView = await labels('package plant\nuse plant.parts: Valve\nview Valve { | }');
    expect(inView).toEqual(
      expect.arrayContaining(['phase', 'phase …', 'histogram', 'histogram …', 'modes', 'process']),
    );
    expect(inView).not.toContain('modes …');
    expect(await labels(`${head}  |\n}`)).toContain('modes …');
  });
  it('offers nothing in comments and texts', async () => {
    expect(await labels(`${head}  // |\n}`)).toEqual([]);
    expect(await labels('test "a |" on b { }')).toEqual([]);
  });
});

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
    const legend = capabilities.semanticTokensProvider?.legend.tokenTypes ?? [];
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

describe('compiling', () => {
  it('answers with an artefact that WebAssembly accepts', async () => {
    const result = await client.request<CompileResult>('pollux/compile', { uri, root: 'plant.T1' });
    expect(result.problems).toEqual([]);
    expect(result.ok).toBe(true);
    const bytes = Buffer.from(result.artefact?.wasmBase64 ?? '', 'base64');
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it('finds the root of a scenario and of a test', async () => {
    for (const root of ['plant.filling', 'does not overflow']) {
      expect(await client.request<CompileResult>('pollux/compile', { uri, root })).toMatchObject({
        ok: true,
        root: 'plant.T1',
      });
    }
  });

  it('says how values that were tried out are written where the text gives them', async () => {
    const { changes, left } = await client.request<SetValuesResult>('pollux/setValues', {
      uri,
      root: 'plant.T1',
      values: [
        { id: 'inflow', text: '7 m3/h' },
        { id: 'valve.opening', text: '60 %' },
        { id: 'nothing', text: '1' },
      ],
    });
    expect(left).toEqual([{ id: 'nothing', why: 'it is not in the text' }]);
    const there = position(TANK, '5 m3/h)');
    expect(changes[uri]).toMatchObject([
      { range: { start: there }, newText: '7 m3/h' },
      { newText: ', valve.opening = 60 %' },
    ]);
  });

  it('says why not', async () => {
    const missing = await client.request<CompileResult>('pollux/compile', { uri, root: 'plant.Nothing' });
    expect(missing).toMatchObject({ ok: false });
    expect(missing.problems[0]?.message).toContain('plant.Nothing');
  });

  it('compiles a watched root again after a change, also of another file', async () => {
    await client.request('pollux/watch', { uri, root: 'plant.T1' });
    const heard = (): Promise<DidCompileParams> =>
      new Promise((resolve) => client.connection.onNotification('pollux/didCompile', resolve));
    const broken = heard();
    await client.change(uri, { text: TANK.replace('/ area', '/ aera') });
    expect(await broken).toMatchObject({ uri, ok: false });
    const mended = heard();
    await client.change(uri, { text: TANK.replace('5 m3/h', '4 m3/h') });
    expect(await mended).toMatchObject({ uri, ok: true });
    const elsewhere = heard();
    await client.change(partsUri, { text: PARTS.replace('opening\n', 'opening / 2\n') });
    expect(await elsewhere).toMatchObject({ uri, ok: true });
    await client.request('pollux/unwatch', { uri, root: 'plant.T1' });
    await client.change(partsUri, { text: PARTS });
    await client.change(uri, { text: TANK });
  });
});

describe('bad requests', () => {
  it('are answered as errors, never as results', async () => {
    const nowhere = { textDocument: { uri: 'file:///no/such.twin' }, position: { line: 0, character: 0 } };
    await expect(client.request('textDocument/hover', nowhere)).rejects.toMatchObject({ code: -32602 });
    await expect(client.request('pollux/compile', { uri: 'file:///no/such.twin' })).rejects.toMatchObject({
      code: -32602,
    });
    await expect(client.request('no/such/method', {})).rejects.toMatchObject({ code: -32601 });
    await expect(client.request('textDocument/hover', {})).rejects.toMatchObject({
      code: expect.any(Number),
    });
    expect(client.alive).toBe(true);
  });

  it('leave the server running, whatever the text', async () => {
    const texts = [
      '',
      '\0\0',
      'asset',
      'asset A { part p: ',
      'use ',
      '}'.repeat(50),
      `asset A { let x = ${'('.repeat(5000)}`,
    ];
    for (const [number, text] of texts.entries()) {
      const own = `file:///nowhere/broken${number}.twin`;
      await client.open(own, text);
      for (const method of ['hover', 'completion', 'definition', 'prepareRename', 'signatureHelp']) {
        const line = { line: 0, character: Math.min(text.length, 18) };
        await client
          .request(`textDocument/${method}`, { textDocument: { uri: own }, position: line })
          .catch((error: Error) => {
            expect(error.message).not.toMatch(/TypeError|undefined|stack/);
          });
      }
      for (const method of [
        'documentSymbol',
        'foldingRange',
        'semanticTokens/full',
        'codeLens',
        'formatting',
      ]) {
        await client.request(`textDocument/${method}`, { textDocument: { uri: own }, options: {} });
      }
      await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: own } });
    }
    expect(client.alive).toBe(true);
  });
});

describe('modes and events', () => {
  const MACHINE = `asset Machine {
  input start = false
  state speed = 0 m/s
  event jam(position: Length)
  command go(pace: Velocity)
  on jam(position) when position > 2 m -> set start = false
  when start -> emit jam(position = 3 m)

  /// How it is.
  modes operation {
    initial Idle { when start -> Running }
    /// It turns.
    Running {
      initial Slow { after 1 s -> Fast }
      Fast {}
      when not start -> Idle
    }
  }
  let fast = operation == Running.Fast
}
`;
  const machine = 'file:///nowhere/machine.twin';
  const inside = (part: string, move = 0, nth = 0) => ({
    textDocument: { uri: machine },
    position: position(MACHINE, part, move, nth),
  });

  it('offer modes after an arrow and beside ==, events after on and emit', async () => {
    const begun = (line: string) => `asset A {
  state speed = 0 m/s
  event jam
  modes m {
    initial Idle { ${line} }
    Running { after 1 s -> Idle }
  }
}`;
    expect(await labels(begun('after 2 s -> |'))).toEqual(expect.arrayContaining(['Idle', 'Running']));
    expect(await labels(begun('after 2 s -> R|'))).not.toContain('speed');
    expect((await labels(begun('when m == | -> Running')))[0]).toBe('Idle');
    const events = await labels(begun('on | -> Running'));
    expect(events).toContain('jam');
    expect(events).not.toContain('speed');
    const set = await labels(begun('after 2 s -> Running { set | }'));
    expect(set).toContain('speed');
    expect(set).not.toContain('jam');
  });

  it('offer modes that a scenario may begin in, alarms in modes, and final ones', async () => {
    const whole = (scenario: string, mode: string): string => `asset A {
  modes m {
    initial Idle { after 1 s -> Running }
    ${mode}
    Running { after 1 s -> Idle }
  }
}
scenario s for A {
  ${scenario}
  run 1 h
}`;
    const first = await labels(whole('m = |', ''));
    expect(first.slice(0, 2).toSorted()).toEqual(['Idle', 'Running']);
    expect(await labels(whole('', 'Other { al| }'))).toContain('alarm');
    expect(await labels(whole('', 'fi| '))).toContain('final');
    const uri = 'file:///nowhere/cold.twin';
    await client.open(
      uri,
      `asset A {
  modes m {
    initial Idle {
      alarm cold: warning "Cold" { raise when time > 1 h }
      after 1 s -> Busy
    }
    final Busy {}
  }
}`,
    );
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri },
    });
    expect(JSON.stringify(symbols)).toContain('"cold"');
  });

  it('show modes in the outline, one within the other', async () => {
    await client.open(machine, MACHINE);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: machine },
    });
    const names = (list: readonly DocumentSymbol[] = []): unknown[] =>
      list.map(({ name, children }) => (children === undefined ? name : [name, names(children)]));
    expect(names(symbols)).toEqual([
      [
        'Machine',
        ['start', 'speed', 'jam', 'go', ['operation', ['Idle', ['Running', ['Slow', 'Fast']]]], 'fast'],
      ],
    ]);
  });

  it('explain them, and rename modes and values of events everywhere', async () => {
    const hover = await client.request<Hover>('textDocument/hover', inside('Running.Fast', 1));
    expect(JSON.stringify(hover.contents)).toMatch(/It turns/);
    const changesOf = async (where: ReturnType<typeof inside>, newName: string) => {
      const edit = await client.request<WorkspaceEdit>('textDocument/rename', { ...where, newName });
      return edit.changes?.[machine]?.map(({ range }) => range.start) ?? [];
    };
    expect(await changesOf(inside('Running', 1), 'Turning')).toEqual([
      position(MACHINE, 'Running', 0, 0),
      position(MACHINE, 'Running', 0, 1),
      position(MACHINE, 'Running', 0, 2),
    ]);
    expect(await changesOf(inside('position', 1, 1), 'place')).toEqual([
      position(MACHINE, 'position', 0, 0),
      position(MACHINE, 'position', 0, 1),
      position(MACHINE, 'position', 0, 2),
      position(MACHINE, 'position', 0, 3),
    ]);
  });
});

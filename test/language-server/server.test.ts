/** The language server as a client sees it: a process, spoken to over stdio. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { URI } from 'vscode-uri';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Hover, Location, WorkspaceEdit } from 'vscode-languageserver';
import type { CompileResult, DidCompileParams, SetValuesResult } from '../../language-server/protocol.ts';
import { bundleServer, Client, position } from './client.ts';
import { at, file, PARTS, partsUri, serveTank, TANK, uri, type Served } from './tank.ts';

let served: Served;
let client: Client;
beforeAll(async () => {
  served = await serveTank();
  client = served.client;
});
afterAll(() => served.stop());

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
    expect(version).toBe(client.versionOf(uri));

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

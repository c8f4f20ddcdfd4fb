/** Hints, hierarchies, links, selections, refactorings and evident fixes, on a project in memory. */
import { describe, expect, it } from 'vitest';
import type { CodeAction, TextDocumentEdit, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { codeActions } from '../../language-server/change/code-actions.ts';
import { completion } from '../../language-server/complete/completion.ts';
import { documentLinks } from '../../language-server/navigate/document-links.ts';
import {
  callItem,
  implementations,
  incomingCalls,
  outgoingCalls,
  subtypes,
  supertypes,
  typeItem,
} from '../../language-server/navigate/hierarchies.ts';
import { hover } from '../../language-server/read/hover.ts';
import { inlayHints } from '../../language-server/read/inlay-hints.ts';
import { linkedEditing } from '../../language-server/edit/linked-editing.ts';
import { onTypeFormatting } from '../../language-server/edit/on-type-formatting.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { selectionRanges } from '../../language-server/edit/selection-ranges.ts';
import { workspaceSymbols } from '../../language-server/navigate/workspace-symbols.ts';
import { libraryFiles } from '../../library/embedded.ts';

const HOME = 'file:///plant/plant.twin';
const VALVES = 'file:///plant/valves.twin';
const PARTS = `package plant.parts

unit crate = 12
abstract asset Device { param mass = 3 kg }
asset Valve extends Device {
  param opening = 50 %
}
asset Gate extends Device { param width = 1 m }
`;
const TANK = `package plant

use plant.parts: Valve, Gate

function double(x: Length, times: Number): Length = x * times

/// Holds water.
asset Tank {
  param area = 2 m2
  param inflow = 36 m3/h
  state level = 1 m
  part valve: Valve
  let out = valve.opening * 2 m3/h
  let twice = double(level, 2)
  der(level) = (inflow - out) / area
  alarm full: warning "Close it" {
    raise when level > 3 m
  }
}
`;

function open(text = TANK, others: Record<string, string> = { [VALVES]: PARTS }): [Project, ParsedFile] {
  const project = new Project(libraryFiles);
  for (const [uri, its] of Object.entries(others)) project.disk(uri, its);
  project.edit(TextDocument.create(HOME, 'twin', 1, text));
  return [project, project.file(HOME) ?? expect.fail('no file')];
}

const at = (file: ParsedFile, part: string, move = 0): number => {
  const found = file.text.indexOf(part);
  return found < 0 ? expect.fail(`there is no ${part}`) : found + move;
};

function apply(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create(HOME, 'twin', 1, text), [...edits]);
}

function actions(project: Project, file: ParsedFile, start: number, end = start): CodeAction[] {
  const { textDocument } = file.document;
  const range = { start: textDocument.positionAt(start), end: textDocument.positionAt(end) };
  return codeActions(project, file, range, undefined, undefined);
}

/** The text after the action whose title begins so. */
function after(text: string, part: string, title: string, others?: Record<string, string>): string {
  const [project, file] = open(text, others);
  const start = at(file, part);
  const found = actions(project, file, start, start + part.length);
  const action = found.find((each) => each.title.startsWith(title));
  if (action === undefined)
    return expect.fail(
      `${title} is not among ${found.map((each) => each.title).join(', ')}; ${project
        .findings(file)
        .map(({ code, message }) => `${code} ${message}`)
        .join(', ')}`,
    );
  return apply(text, action.edit?.changes?.[HOME] ?? []);
}

function findings(text: string): string[] {
  const [project, file] = open(text);
  return project.findings(file).map(({ code }) => code);
}

describe('inlay hints', () => {
  const hints = (settings: Parameters<typeof inlayHints>[3]): string[] => {
    const [project, file] = open();
    const all = { start: { line: 0, character: 0 }, end: file.document.textDocument.positionAt(TANK.length) };
    return inlayHints(project, file, all, settings).map(({ label }) => String(label));
  };
  it('say what is inferred, what it is in SI, and what arguments are for; each by itself', () => {
    const none = { types: false, values: false, parameterNames: false };
    expect(hints({ ...none, types: true })).toEqual([': VolumeFlow', ': Length']);
    expect(hints({ ...none, values: true })).toEqual(['= 0.01 m³/s', '= 0.0005556 m³/s']);
    expect(hints({ ...none, parameterNames: true })).toEqual(['times:']);
    expect(hints(none)).toEqual([]);
  });
});

describe('relations', () => {
  it('lead from an asset to what it extends and to what extends it, in files that were not read', () => {
    const [project, file] = open();
    const [valve] = typeItem(project, file, at(file, 'valve: Valve', 8));
    const [device] = supertypes(project, valve ?? expect.fail('no item'));
    expect(device?.name).toBe('Device');
    expect(subtypes(project, device ?? expect.fail('no item')).map(({ name }) => name)).toEqual([
      'Valve',
      'Gate',
    ]);
    const parts = project.file(VALVES) ?? expect.fail('no file');
    expect(implementations(project, parts, at(parts, 'Device'))).toHaveLength(2);
  });
  it('lead from a function to what calls it, and from what calls to what is called', () => {
    const [project, file] = open();
    const [item] = callItem(project, file, at(file, 'double'));
    expect(incomingCalls(project, item ?? expect.fail('no item')).map(({ from }) => from.name)).toEqual([
      'Tank',
    ]);
    const [caller] = incomingCalls(project, item ?? expect.fail('no item'));
    const called = outgoingCalls(project, caller?.from ?? expect.fail('no caller'));
    expect(called.map(({ to }) => to.name)).toEqual(['double']);
  });
  it('lead from a variable to its equation', () => {
    const [project, file] = open();
    const [place] = implementations(project, file, at(file, 'level'));
    expect(place?.range.start.line).toBe(file.document.textDocument.positionAt(at(file, 'der(level)')).line);
  });
  it('lead from a package to its file, and from a data file to the file', () => {
    const text = `${TANK}\ntable pressure(flow: VolumeFlow): Pressure from "curves/pump.csv"\n`;
    const [project, file] = open(text);
    expect(documentLinks(project, file).map(({ target }) => target)).toEqual([
      VALVES,
      'file:///plant/curves/pump.csv',
    ]);
  });
});

describe('editing', () => {
  it('selects from the word to the file', () => {
    const [, file] = open();
    const [selection] = selectionRanges(file, [
      file.document.textDocument.positionAt(at(file, 'inflow - out')),
    ]);
    const texts: string[] = [];
    for (let each = selection; each !== undefined; each = each.parent)
      texts.push(file.document.textDocument.getText(each.range));
    expect(texts.slice(0, 3)).toEqual(['inflow', 'inflow - out', '(inflow - out)']);
    expect(texts.at(-1)).toBe(TANK);
  });
  it('changes a parameter of a function wherever it stands', () => {
    const [project, file] = open();
    expect(linkedEditing(project, file, at(file, 'x: Length'))?.ranges).toHaveLength(2);
    expect(linkedEditing(project, file, at(file, 'Tank'))).toBeUndefined();
  });
  it('lays out the block that a brace closes', () => {
    const text = TANK.replace('  param area = 2 m2', '     param area    =  2 m2');
    const [project, file] = open(text);
    const end = file.document.textDocument.positionAt(text.lastIndexOf('}') + 1);
    expect(apply(text, onTypeFormatting(project, file, end, '}'))).toContain('\n  param area   = 2 m2\n');
  });
  it('offers names of files that were not read, with what they need', () => {
    const [project, file] = open(
      TANK.replace('part valve: Valve\n', 'part valve: Valve\n  part other: Dev\n'),
    );
    const { items } = completion(project, file, at(file, 'other: Dev', 10));
    const device = items.find(({ label }) => label === 'Device');
    expect(device?.additionalTextEdits?.[0]?.newText).toContain('Device');
    expect(workspaceSymbols(new Project(libraryFiles), 'Dvce')).toEqual([]);
    const [fresh] = open('package other\n');
    expect(workspaceSymbols(fresh, 'Dvce').map(({ name, location }) => [name, location.uri])).toEqual([
      ['Device', VALVES],
    ]);
  });
  it('shows the equation of a variable as one writes it', () => {
    const [project, file] = open();
    const shown = hover(project, file, at(file, 'level = 1'))?.contents as { value: string };
    expect(shown.value).toContain('*d level/dt = (inflow − out) / area*');
  });
});

describe('refactorings', () => {
  it('inline a let, and make one of a selection', () => {
    const inlined = after(TANK, 'out = valve', 'Inline out');
    expect(inlined).toContain('der(level) = (inflow - (valve.opening * 2 m3/h)) / area');
    expect(inlined).not.toContain('let out');
    const extracted = after(TANK, '(inflow - out)', 'Extract into a let');
    expect(extracted).toContain('  let value = (inflow - out)\n  der(level) = value / area');
    expect([findings(inlined), findings(extracted)]).toEqual([[], []]);
  });
  it('make an asset of members, with inputs for what they read', () => {
    const text = after(
      TANK,
      '  state level = 1 m\n  part valve: Valve\n  let out = valve.opening * 2 m3/h\n',
      'Extract into an asset',
    );
    expect(text).toContain('asset TankInner {\n  state level = 1 m\n  part valve: Valve');
    expect(text).toContain('  part inner: TankInner\n');
    expect(text).toContain('(inflow - inner.out) / area');
  });
  it('move a declaration to a file of its own, with what it uses', () => {
    const [project, file] = open();
    const move = actions(project, file, at(file, 'Tank {')).find(({ kind }) => kind === 'refactor.move');
    const changes = move?.edit?.documentChanges ?? [];
    const created = changes[1] as TextDocumentEdit;
    const text = (created.edits[0] as TextEdit).newText;
    expect(text.startsWith('package plant\n\nuse plant.parts: Valve\n\n/// Holds water.\nasset Tank {')).toBe(
      true,
    );
    const rest = apply(TANK, (changes[2] as TextDocumentEdit).edits as TextEdit[]);
    expect(rest).not.toContain('asset Tank');
    expect(rest).toContain('function double');
  });
  it('put imports in order, and drop what is not used', () => {
    const messy = TANK.replace(
      'use plant.parts: Valve, Gate',
      'use plant.parts: Valve\nuse plant.parts: Gate',
    );
    expect(after(messy, 'use plant', 'Organise imports')).toContain('\nuse plant.parts: Valve\n\nfunction');
  });
  it('do not read the text of other files for what these use', () => {
    const text = 'package other\nuse plant.parts: Valve\nasset Other { part valve: Valve }\n';
    const [project, file] = open(
      `package plant\nuse plant.parts: Valve, Gate\nasset Tank { part gate: Gate }\n`,
    );
    project.disk('file:///other.twin', text);
    const other = project.file('file:///other.twin') ?? expect.fail('no file');
    project.findings(other);
    const start = { line: 0, character: 0 };
    const titles = codeActions(project, file, { start, end: start }, undefined, undefined).map(
      (each) => each.title,
    );
    expect(titles).toEqual(['Organise imports']);
    // Its concrete syntax is made when somebody asks for a place in it.
    expect(other.tree.elements[0]).not.toHaveProperty('$concrete');
  });
  it('add when an alarm clears', () => {
    expect(after(TANK, 'raise when', 'Add when it clears')).toContain('clear when level < 3 m');
  });
});

describe('evident fixes', () => {
  it.each([
    ['PX2001', 'inflow - out)', 'inflow - lost)', 'lost', 'Create param', '  param lost = 1 m3/h\n'],
    ['PX2002', 'valve.opening', 'valve.share', 'share', 'Create param', undefined],
    ['PX2004', 'part valve: Valve', 'part valve: Nozzle', 'Nozzle', 'Create asset', 'asset Nozzle {\n}'],
    [
      'PX1105',
      '    raise when level > 3 m\n  }\n}\n',
      '    raise when level > 3 m\n  }\n',
      'Tank {',
      'Close the block',
      '}\n}\n',
    ],
    ['PX1002', '"Close it"', '"Close it', '"Close', 'Close the text', '"Close it" {'],
    ['PX4101', 'state level', 'param level', 'der(level)', 'Declare level as state', 'state level = 1 m'],
    [
      'PX4103',
      '  der(level)',
      '  area = 3 m2\n  der(level)',
      'area = 3',
      'Declare area as let',
      'let area: Area',
    ],
    ['PX3108', 'param area = 2 m2', 'param area = 2 m2 in 9 m2..1 m2', '9 m2..1', 'Swap', 'in 1 m2..9 m2'],
  ])('of %s', (code, from, to, part, title, expected) => {
    const text = TANK.replace(from, to);
    expect(text).not.toBe(TANK);
    expect(findings(text)).toContain(code);
    const mended = after(text, part, title);
    if (expected !== undefined) expect(mended).toContain(expected);
    // What belongs into another file leaves this one as it is.
    expect(mended === text).toBe(expected === undefined);
  });
  it('of PX7101', () => {
    const text = `${TANK}\nscenario fill for Tank {\n}\n`;
    expect(findings(text)).toContain('PX7101');
    expect(after(text, 'fill', 'Run for one hour')).toContain('scenario fill for Tank {\n  run 1 h\n}');
  });
});

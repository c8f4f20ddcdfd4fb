/** Declared functions and tables in the editor. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, it } from 'vitest';
import { completion } from '../../language-server/complete/completion.ts';
import { definition } from '../../language-server/navigate/definition.ts';
import { hover } from '../../language-server/read/hover.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { rename } from '../../language-server/change/rename.ts';
import { signatureHelp } from '../../language-server/read/signature-help.ts';
import { libraryFiles } from '../../library/embedded.ts';

const URI = 'file:///plant/a.twin';
const TEXT = `package plant

/// The power law.
function windSpeedAt(v: Velocity, z: Length) = v * (z / 10 m)^0.2

table curve(v: Velocity): Power from "curve.csv"

asset A {
  input wind: Velocity = 7 m/s
  let hub = windSpeedAt(wind, 80 m)
  let p = curve(hub)
}
`;
let data: string | undefined = 'v [m/s],p [kW]\n0,0\n10,5\n';
const project = new Project(libraryFiles, () => data);
project.edit(TextDocument.create(URI, 'twin', 1, TEXT));
const file = project.file(URI)!;
const at = (part: string, move = 0): number => TEXT.indexOf(part) + move;
const call = at('windSpeedAt(wind');

it('a call leads to its declaration, and says what it takes and gives', () => {
  expect(JSON.stringify(definition(project, file, call))).toContain('"line":3');
  expect(JSON.stringify(hover(project, file, call))).toContain(
    'function windSpeedAt(v: Velocity, z: Length): Velocity',
  );
  const help = signatureHelp(project, file, at('80 m)'));
  expect(help?.signatures[0]?.label).toBe('function windSpeedAt(v: Velocity, z: Length): Velocity');
  expect(help?.activeParameter).toBe(1);
  expect(signatureHelp(project, file, at('curve(hub', 6))?.signatures[0]?.label).toBe(
    'table curve(v: Velocity): Power',
  );
});

it('it is renamed with its calls, and offered by completion', () => {
  const edit = rename(project, file, call, 'atHeight');
  expect('changes' in edit && edit.changes?.[URI]?.length).toBe(2);
  const labels = completion(project, file, at('windSpeedAt(wind', 2)).items.map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(['windSpeedAt', 'curve', 'clamp']));
});

it('what a data file says is looked at again when it changes', () => {
  const codes = () => project.findings(project.file(URI)!).map(({ code }) => code);
  expect(codes()).toEqual([]);
  data = undefined;
  expect(codes()).toEqual([]);
  project.dataChanged('file:///plant/curve.csv');
  expect(codes()).toEqual(['PX3205']);
});

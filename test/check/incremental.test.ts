/** A file edited key by key has the findings of the same file read afresh, and so has a file that depends on it. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING, URI } from '../parse/helper.ts';

const OTHER = 'file:///plant/other.twin';
const DEPENDENT = `package other
use water.station
unit barrel = 159 l
asset Works {
  part pump: Pump(ratedFlow = 3 m3/h, bearing.load = 2 kN)
  let power = pump.power + pump.casing.residual
  let wrong = pump.power + 3 m
  param store = 3 barrel
}
scenario long for water.station.S { pump[1].ambient = 3 degC run 3 h }
`;
const edited = new Project(libraryFiles);
const fresh = new Project(libraryFiles);
let version = 0;

function findings(project: Project, uri: string): Diagnostic[] {
  const file = project.file(uri);
  return file === undefined ? [] : project.findings(file);
}

function edit(project: Project, uri: string, text: string): void {
  version += 1;
  project.edit(TextDocument.create(uri, 'twin', version, text));
}

/** Looks at both files after each text. */
function sameAfter(texts: readonly string[], dependent = DEPENDENT): void {
  edit(edited, URI, EVERYTHING);
  edit(edited, OTHER, dependent);
  edited.refresh();
  for (const text of texts) {
    edit(edited, URI, text);
    for (const uri of [URI, OTHER]) fresh.close(uri, undefined);
    fresh.refresh();
    edit(fresh, URI, text);
    // Read only when somebody looks into it.
    fresh.disk(OTHER, dependent);
    for (const uri of [URI, OTHER]) expect(findings(edited, uri)).toEqual(findings(fresh, uri));
  }
}

it('after typing declarations, character by character', () => {
  for (const [before, line] of [
    ['  let power', '  param extra = 3 kW + ratedFlow\n'],
    ['asset ', 'const k = 3 kW\nunit crate = 12 kg\n'],
    ['asset ', 'asset Pump { param x = y }\n'],
  ] as const) {
    const at = EVERYTHING.indexOf(before);
    sameAfter(
      [...line].map((_, index) => EVERYTHING.slice(0, at) + line.slice(0, index + 1) + EVERYTHING.slice(at)),
    );
  }
});

it('after edits of types, units, names and lines', () => {
  const steps: [string, string][] = [
    ['120 m3/h', '120 kg'],
    ['120 kg', '120 m3/h'],
    ['asset Bearing', '\n\nasset Bearing'],
    ['ratedFlow', 'flowRate'],
    ['flowRate', 'ratedFlow'],
    ['fixed n = 3', 'fixed n = 3 }'],
    ['fixed n = 3 }', 'fixed n = 3'],
    ['package water.station', 'package water'],
    ['package water', 'package water.station'],
  ];
  let text = EVERYTHING;
  sameAfter(steps.map(([from, to]) => (text = text.replace(from, to))));
});

it('with files that are read only when needed as with files that are open', () => {
  const [station, sensors] = ['file:///plant/station.twin', 'file:///plant/sensors.twin'];
  const main = `package plant
use water.station: Pump
asset Main { part pump: Pump part probe: Probe let p = pump.power + probe.load
  let q = missing + probe.lod }
`;
  const probe = `package plant
asset Probe { param load = 3 kW  param rate = 3 crate /h }
unit crate = 12
`;
  for (const text of [probe, probe.replace('3 kW', '3 m'), probe.replace('load', 'lod'), 'package other']) {
    const [lazy, eager] = [new Project(libraryFiles), new Project(libraryFiles)];
    for (const project of [lazy, eager]) edit(project, URI, main);
    for (const [uri, its] of [
      [station, EVERYTHING],
      [sensors, text],
    ] as const) {
      lazy.disk(uri, its);
      edit(eager, uri, its);
    }
    expect(findings(lazy, URI)).toEqual(findings(eager, URI));
    expect(findings(lazy, sensors)).toEqual(findings(eager, sensors));
    for (const project of [lazy, eager]) project.disk(sensors, undefined);
    eager.close(sensors, undefined);
    expect(findings(lazy, URI)).toEqual(findings(eager, URI));
  }
});

it('after any edits', () => {
  const piece = fc.constantFrom(
    '', ' ', '\n', 'x', '7', ' kg', 'pump', '{ }', 'param q = 1 m\n', '// note\n', '}', 'let r = q', '"', 'temperature',
    '\nasset Extra { param a = b }\n', '\nunit brl = 3 m\n', '\nconst c = 3 m\n', '/*', '*/', 'abstract ', '= r + 1 m\n',
  ); // prettier-ignore
  const change = fc.tuple(fc.nat({ max: EVERYTHING.length }), fc.nat({ max: 12 }), piece);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let text = EVERYTHING;
      sameAfter(
        changes.map(([at, length, word]) => (text = text.slice(0, at) + word + text.slice(at + length))),
      );
    }),
    { numRuns: Number(process.env.FUZZ ?? 12) },
  );
});

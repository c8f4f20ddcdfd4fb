/** A file edited key by key is the same as the file read afresh: tree, places, names, diagnostics; its dependents, too. */
import { CstUtils, isReference, type AstNode } from 'langium';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTwinServices, sourceOf, Workspace } from '../../compiler/1-parse/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING, URI } from './helper.ts';

const OTHER = 'file:///plant/other.twin';
const DEPENDENT = `package other
use water.station
asset Works {
  part pump: Pump(ratedFlow = 3 m3/h, bearing.load = 2 kN)
  let power = pump.power + pump.casing.residual
}
scenario long for water.station.S { pump[1].ambient = 3 degC run 3 h }
`;

/** Everything that another stage can see of a file. */
function picture(workspace: Workspace, uri: string): string[] {
  workspace.link();
  const file = workspace.file(uri);
  if (file === undefined) return [];
  const lines: string[] = [];
  workspace.visitor.visit(file.tree, (node: AstNode) => {
    const { start, end, line, column, endLine, endColumn } = sourceOf(node);
    lines.push(
      `${node.$type} ${start}-${end} ${line}:${column}-${endLine}:${endColumn} in ${node.$container?.$type} ${node.$containerProperty}`,
    );
    workspace.visitor.references(node, ({ reference, property }) => {
      const target = isReference(reference) ? reference.ref : undefined;
      const place = target === undefined ? 'nowhere' : JSON.stringify(sourceOf(target));
      lines.push(`  ${property} ${reference.$refText} at ${reference.$refNode?.offset} → ${place}`);
    });
  });
  if (file.tree.$cstNode !== undefined) {
    for (const leaf of CstUtils.flattenCst(file.tree.$cstNode)) {
      lines.push(`${leaf.tokenType.name} ${leaf.text} ${leaf.offset} ${JSON.stringify(leaf.range)}`);
    }
  }
  lines.push(...[...file.syntax, ...file.names].map((each) => JSON.stringify(each)));
  lines.push(JSON.stringify(file.document.textDocument.positionAt(file.text.length)));
  return lines;
}

const edited = new Workspace(createTwinServices(), libraryFiles);
const fresh = new Workspace(createTwinServices(), libraryFiles);
const open = (workspace: Workspace, text: string): void => {
  workspace.set(URI, text);
  workspace.set(OTHER, DEPENDENT);
  workspace.link();
};

function sameAfter(texts: readonly string[]): void {
  open(edited, EVERYTHING);
  for (const text of texts) {
    edited.set(URI, text);
    fresh.remove(URI);
    fresh.remove(OTHER);
    open(fresh, text);
    expect(picture(edited, URI)).toEqual(picture(fresh, URI));
    expect(picture(edited, OTHER)).toEqual(picture(fresh, OTHER));
  }
}

it('after typing a line, character by character', () => {
  const at = EVERYTHING.indexOf('  let power');
  const line = '  param extra = 3 kW\n';
  sameAfter(
    [...line].map((_, index) => EVERYTHING.slice(0, at) + line.slice(0, index + 1) + EVERYTHING.slice(at)),
  );
});

it('after edits that change numbers, names, lines and braces', () => {
  const replace =
    (from: string, to: string) =>
    (text: string): string =>
      text.replace(from, to);
  const edits = [
    replace('120 m3/h', '1200 m3/h'),
    replace('1200 m3/h  in', '7 m3/h // note\n in'),
    replace('ratedFlow', 'flowRate'),
    replace('flowRate', 'ratedFlow'),
    replace('param cooling      = 45 W/K', 'param cooling = 45 W/K\n  param second = 1 m'),
    replace('/// A centrifugal', '/// Another centrifugal'),
    replace('asset Bearing', 'asset Bering'),
    replace('asset Bering', 'asset Bearing'),
    replace('pump[1].temperature < 90', 'pump[1].temperatur < 90'),
    replace('temperatur < 90', 'temperature < 90'),
    replace('fixed n = 3', 'fixed n = 3 }'),
    replace('fixed n = 3 }', 'fixed n = 3 /* gone'),
    replace('/* gone', ''),
  ];
  let text = EVERYTHING;
  sameAfter(edits.map((edit) => (text = edit(text))));
});

it('after any edits', () => {
  const piece = fc.constantFrom(
    '',
    ' ',
    '\n',
    'x',
    '7',
    'pump',
    '{ }',
    'param q = 1 m\n',
    '// note\n',
    '}',
    'let r = q',
    '"',
    'temperature',
  );
  const edit = fc.tuple(fc.nat({ max: EVERYTHING.length }), fc.nat({ max: 12 }), piece);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = EVERYTHING;
      sameAfter(
        edits.map(([at, length, word]) => (text = text.slice(0, at) + word + text.slice(at + length))),
      );
    }),
    { numRuns: 30 },
  );
});

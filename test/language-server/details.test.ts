/** What asset arguments take, the names of solvers, and regions. */
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../../language-server/complete/completion.ts';
import { foldingRanges } from '../../language-server/edit/folding.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { signatureHelp } from '../../language-server/read/signature-help.ts';
import { libraryFiles } from '../../library/embedded.ts';

const TEXT = `package plant

// #region assets
/// A pump.
asset Pump {
  /// How much it gives.
  param flow = 10 m3/h
  input speed = 50 %
  state wear = 0
  der(wear) = speed / 1000 h
}
// #endregion

asset Station {
  part pump: Pump(flow = max(1 m3/h, 2 m3/h), speed = 40 %)
}

scenario run1 for Station {
  method rk4 step 10 ms
  run 1 h
}
`;

function open() {
  const project = new Project(libraryFiles);
  project.edit(TextDocument.create('file:///plant/plant.twin', 'twin', 1, TEXT));
  return { project, file: project.file('file:///plant/plant.twin')! };
}

describe('signature help', () => {
  it('shows what an asset can be made with, and marks the argument by its name', () => {
    const { project, file } = open();
    const first = signatureHelp(project, file, TEXT.indexOf('(flow = ') + 8);
    expect(first?.signatures[0]?.label).toBe('asset Pump(flow = 10 m3/h, speed = 50 %)');
    expect(first?.activeParameter).toBe(0);
    const second = signatureHelp(project, file, TEXT.indexOf('speed = 40') + 8);
    expect(second?.activeParameter).toBe(1);
    // Inside a call among the arguments the call counts.
    const inner = signatureHelp(project, file, TEXT.indexOf('max(1') + 4);
    expect(inner?.signatures[0]?.label).toMatch(/^max\(/);
  });
});

describe('after method', () => {
  it('the solvers are offered, each with its setting to fill in', () => {
    const { project, file } = open();
    const { items } = completion(project, file, TEXT.indexOf('rk4'));
    expect(items.map(({ label }) => label)).toEqual([
      'auto',
      'tsit5',
      'rodas5p',
      'bdf',
      'rk4',
      'euler',
      'implicitEuler',
    ]);
    expect(items[4]?.textEdit?.newText).toBe('rk4 step ${1:10 ms}$0');
  });
});

describe('folding', () => {
  it('knows regions', () => {
    const { project, file } = open();
    const regions = foldingRanges(project, file).filter(({ kind }) => kind === 'region');
    expect(regions).toEqual([{ startLine: 2, endLine: 11, kind: 'region' }]);
  });
});

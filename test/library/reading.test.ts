/** Packages of assets are read when a text names them, and only then. */
import { describe, expect, it } from 'vitest';
import { parse } from '../../compiler/1-parse/index.ts';
import { analyse } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';

const read = (text: string) =>
  parse([{ uri: 'file:///a.twin', text }], { library: libraryFiles })
    .workspace.files()
    .flatMap(({ uri, library }) => (library ? [uri.replace(/.*\//, '').replace('.twin', '')] : []));

describe('the library', () => {
  const always = ['constants', 'process', 'quantities', 'sensing', 'units'];

  it('is embedded as it is on disk', () => {
    expect(libraryFiles).toEqual(readLibraryFiles());
  });

  it('is read as far as a text names it', () => {
    expect(read('asset A { param length = 3 m }').toSorted()).toEqual(always);
    expect(read('use pollux.thermal: HeatCapacitor\nasset A { part c: HeatCapacitor }').toSorted()).toEqual(
      [...always, 'thermal'].toSorted(),
    );
    // A motor has pins.
    expect(read('asset A { part m: pollux.rotating.DCMotor }').toSorted()).toEqual(
      [...always, 'electrical', 'rotating'].toSorted(),
    );
  });

  it('is offered where a name of it is used without being imported', () => {
    const { diagnostics } = analyse(
      [{ uri: 'file:///a.twin', text: 'asset A {\n  part r: Resistor\n}\n' }],
      libraryFiles,
    );
    expect(diagnostics.map(({ code, fixes }) => [code, fixes[0]?.title])).toEqual([
      ['PX2004', expect.stringContaining('pollux.electrical')],
    ]);
  });

  it('has assets that are balanced by themselves, and documented', () => {
    for (const [name, text] of Object.entries(libraryFiles)) {
      // Under another name, for the library itself is no root.
      const own = text.replace(/^package pollux\./m, 'package mine.');
      if (['units.twin', 'quantities.twin', 'constants.twin', 'sensing.twin', 'process.twin'].includes(name))
        continue;
      const { diagnostics } = analyse([{ uri: `file:///${name}`, text: own }], libraryFiles);
      expect(diagnostics.map(({ code, message }) => `${name} ${code} ${message}`)).toEqual([]);
      for (const [line] of text.matchAll(/^(?:abstract )?(?:asset|port) \w+/gm))
        expect(text).toMatch(new RegExp(`^/// .*\\n${line}\\b`, 'm'));
    }
  });
});

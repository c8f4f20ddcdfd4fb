/** Values that were tried out → edits of the text, and what cannot be written. */
import { describe, expect, it } from 'vitest';
import { parse } from '../../compiler/1-parse/index.ts';
import { valueEdits } from '../../compiler/set-values.ts';
import { libraryFiles } from '../../library/embedded.ts';

const text = `package plant
asset Pump {
  /// Of the casing.
  param cooling = 45 W/K  in 10..100 W/K
  param speeds[2] = 3 1/s
}
asset Station {
  param area = 2 m2
  part main: Pump
  part spare: Pump(cooling = 30 W/K)
  part many[3]: Pump
}
twin North: Station(area = 3 m2)
`;

const written = (root: string, values: { id: string; text: string }[]) => {
  const { files } = parse([{ uri: 'file:///a.twin', text }], { library: libraryFiles });
  const { edits, left } = valueEdits(files, root, values);
  const after = edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((known, { start, end, text: by }) => known.slice(0, start) + by + known.slice(end), text);
  return { after, left };
};

describe('a value that was tried out', () => {
  it('takes the place of the one in the text, and of nothing else', () => {
    const { after, left } = written('plant.Station', [{ id: 'area', text: '2.5 m2' }]);
    expect(after).toBe(text.replace('area = 2 m2', 'area = 2.5 m2'));
    expect(left).toEqual([]);
  });
  it('of a part adapts that part alone', () => {
    const { after } = written('plant.Station', [
      { id: 'main.cooling', text: '60 W/K' },
      { id: 'spare.cooling', text: '20 W/K' },
    ]);
    expect(after).toContain('part main: Pump(cooling = 60 W/K)');
    expect(after).toContain('part spare: Pump(cooling = 20 W/K)');
    expect(after).toContain('param cooling = 45 W/K');
  });
  it('of a twin adapts the twin', () => {
    const { after } = written('plant.North', [
      { id: 'area', text: '4 m2' },
      { id: 'main.cooling', text: '60 W/K' },
    ]);
    expect(after).toContain('twin North: Station(area = 4 m2, main.cooling = 60 W/K)');
    expect(after).toContain('param area = 2 m2');
  });
  it('is left where it has no place of its own', () => {
    const { after, left } = written('plant.Station', [
      { id: 'many[2].cooling', text: '60 W/K' },
      { id: 'main.colour', text: '1' },
    ]);
    expect(after).toBe(text);
    expect(left).toEqual([
      { id: 'many[2].cooling', why: 'it is one element of an array' },
      { id: 'main.colour', why: 'it is not in the text' },
    ]);
    expect(written('plant.South', [{ id: 'area', text: '1 m2' }]).left[0]!.why).toContain('no plant.South');
  });
});

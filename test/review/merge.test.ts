import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { createTwinServices } from '../../compiler/1-parse/index.ts';
import { merge as mergeWith } from '../../review/merge.ts';

const BASE = `package plant

use plant.parts: Valve

/// Holds water.
asset Tank {
  param area = 2 m2
  param leak = 0.1 m2/s

  state level = 1 m

  // What runs out.
  let outflow = leak * level

  der(level) = -outflow / area

  when level > 4 m -> set area = 3 m2
}

twin T1: Tank

scenario day for Tank {
  run 1 h
}

test "stays { full }" on day {
  require always level > 0.1 m
}
`;
const edit = (text: string, ...edits: [string, string][]): string =>
  edits.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`there is no ${from}`);
    return all.replace(from, to);
  }, text);
const services = createTwinServices().twin;
const merge = (base: string, ours: string, theirs: string) => mergeWith(base, ours, theirs, services);
/** Blank lines and columns are not what is merged. */
const formatted = (text: string): string => format(text, services).text.replaceAll(/\n\n+/g, '\n');

describe('merging by declaration', () => {
  it('takes what each side changed', () => {
    const ours = edit(BASE, ['area = 2 m2', 'area = 5 m2'], ['always level > 0.1 m', 'always level > 0.2 m']);
    const theirs = edit(BASE, ['leak = 0.1 m2/s', 'leak = 0.3 m2/s'], ['run 1 h', 'run 2 h']);
    const both = edit(ours, ['leak = 0.1 m2/s', 'leak = 0.3 m2/s'], ['run 1 h', 'run 2 h']);
    expect(merge(BASE, ours, theirs)).toEqual({ text: both, conflicts: [] });
  });

  it('merges neighbouring lines, which a merge by lines cannot', () => {
    const ours = edit(BASE, ['param area = 2 m2', 'param area = 4 m2']);
    const theirs = edit(BASE, ['param leak = 0.1 m2/s', 'param leak = 0.2 m2/s\n  param spare = 1']);
    const merged = merge(BASE, ours, theirs)!;
    expect(merged.conflicts).toEqual([]);
    expect(formatted(merged.text)).toBe(
      formatted(edit(ours, ['param leak = 0.1 m2/s', 'param leak = 0.2 m2/s\n  param spare = 1'])),
    );
  });

  it('follows a declaration that the other side moved or formatted anew', () => {
    const moved = edit(
      BASE,
      ['\n  state level = 1 m\n', ''],
      ['  param area = 2 m2\n', '  state level = 1 m\n  param area = 2 m2\n'],
    );
    const theirs = edit(BASE, ['state level = 1 m', 'state level = 2 m']);
    expect(formatted(merge(BASE, moved, theirs)!.text)).toBe(
      formatted(edit(moved, ['state level = 1 m', 'state level = 2 m'])),
    );
  });

  it('joins imports', () => {
    const merged = merge(
      BASE,
      edit(BASE, [': Valve', ': Pipe, Valve']),
      edit(BASE, [': Valve', ': Valve, Pump']),
    )!;
    expect(merged.text).toContain('use plant.parts: Pipe, Valve, Pump\n');
    expect(merged.conflicts).toEqual([]);
  });

  it('merges bindings and estimates, in whatever order they stand', () => {
    const bound = `${BASE}
bind T1 {
  level  from mqtt("level")
  estimate level  within 1 cm  drifts 1 mm in 1 h
  estimate volume within 1 m3  drifts 1 l in 1 h
  volume from mqtt("volume")
}
`;
    const ours = edit(bound, ['within 1 cm', 'within 2 cm'], ['mqtt("volume")', 'mqtt("tank/volume")']);
    const theirs = edit(
      bound,
      ['  estimate volume within 1 m3  drifts 1 l in 1 h\n', ''],
      ['mqtt("level")', 'mqtt("tank/level")'],
    );
    const merged = merge(bound, ours, theirs)!;
    expect(merged.conflicts).toEqual([]);
    expect(formatted(merged.text)).toBe(
      formatted(
        edit(
          ours,
          ['  estimate volume within 1 m3  drifts 1 l in 1 h\n', ''],
          ['mqtt("level")', 'mqtt("tank/level")'],
        ),
      ),
    );
  });

  it('removes what one side removed and the other left alone', () => {
    const theirs = edit(BASE, ['  when level > 4 m -> set area = 3 m2\n', '']);
    expect(formatted(merge(BASE, edit(BASE, ['run 1 h', 'run 2 h']), theirs)!.text)).toBe(
      formatted(edit(theirs, ['run 1 h', 'run 2 h'])),
    );
  });

  it('keeps both of a conflict in a file that can be read', () => {
    const merged = merge(
      BASE,
      edit(BASE, ['area = 2 m2', 'area = 3 m2']),
      edit(BASE, ['area = 2 m2', 'area = 4 m2']),
    )!;
    expect(merged.conflicts).toEqual(['asset Tank, param area']);
    expect(merged.text).toContain(
      '  // <<<<<<< ours\n  param area = 3 m2\n  // ======= theirs\n  // param area = 4 m2\n  // >>>>>>>\n',
    );
    expect(format(merged.text).diagnostics).toEqual([]);
    const gone = merge(
      BASE,
      edit(BASE, ['  param leak = 0.1 m2/s\n', '']),
      edit(BASE, ['0.1 m2/s', '0.2 m2/s']),
    )!;
    expect(gone.conflicts).toEqual(['asset Tank, param leak']);
    expect(gone.text).toContain('// <<<<<<< ours removes this\n  param leak = 0.2 m2/s\n');
  });

  it('leaves a text that cannot be read to others', () => {
    expect(merge(BASE, `${BASE}\nasset {`, BASE)).toBeUndefined();
  });

  it('gives the same as making both sets of changes, whatever they are, as long as they do not meet', () => {
    const edits: [string, string][] = [
      ['area = 2 m2', 'area = 7 m2'],
      ['leak = 0.1 m2/s', 'leak = 0.7 m2/s'],
      ['state level = 1 m', 'state level = 7 m'],
      ['// What runs out.', '// What runs away.'],
      ['/// Holds water.', '/// Holds wine.'],
      ['der(level) = -outflow / area', 'der(level) = -2 * outflow / area'],
      ['level > 4 m', 'level > 7 m'],
      ['twin T1: Tank', 'twin T1: Tank(area = 9 m2)'],
      ['run 1 h', 'run 7 h'],
      ['always level > 0.1 m', 'always level > 0.7 m'],
      ['scenario day for Tank {', 'scenario day for Tank {\n  seed 4'],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('ours', 'theirs', 'both', 'none'), {
          minLength: edits.length,
          maxLength: edits.length,
        }),
        (who) => {
          const side = (name: string): string =>
            edit(BASE, ...edits.filter((_, n) => who[n] === name || who[n] === 'both'));
          const all = edit(BASE, ...edits.filter((_, n) => who[n] !== 'none'));
          const merged = merge(BASE, side('ours'), side('theirs'))!;
          expect(merged.conflicts).toEqual([]);
          expect(formatted(merged.text)).toBe(formatted(all));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never writes what cannot be read, whatever the sides do, and loses nothing silently', () => {
    const actions = ['rename', 'remove', 'change', 'double', 'comment'] as const;
    const lines = [1, 4, 5, 6, 8, 11, 13, 15, 18, 20, 21, 24, 25].filter(
      (n) => BASE.split('\n')[n] !== undefined,
    );
    const act = (line: string, what: (typeof actions)[number], token: string): string => {
      if (what === 'remove') return '';
      if (what === 'comment') return `${line}  // ${token}`;
      if (what === 'double') return `${line}\n${line.replace(/\b(area|leak|level|outflow|day|T1)\b/, token)}`;
      return what === 'rename'
        ? line.replaceAll(/\b(area|leak|level|outflow|day|T1)\b/g, (name) => `${name}${token}`)
        : line.replaceAll(/\b\d+(\.\d+)?\b/g, () => String(token.length + 7));
    };
    const side = (token: string) =>
      fc
        .array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom(...actions)), { maxLength: 5 })
        .map((edits) => {
          const text = BASE.split('\n');
          for (const [at, what] of edits) text[at] = act(text[at]!, what, token);
          return text.join('\n');
        })
        .filter((text) => format(text, services).diagnostics.length === 0);
    fc.assert(
      fc.property(side('X'), side('Yy'), (ours, theirs) => {
        const merged = merge(BASE, ours, theirs);
        expect(merged).toBeDefined();
        expect(format(merged!.text, services).diagnostics).toEqual([]);
        expect(merge(BASE, theirs, ours)!.conflicts.length > 0).toBe(merged!.conflicts.length > 0);
        // A side that did nothing decides nothing.
        expect(formatted(merge(BASE, ours, BASE)!.text)).toBe(formatted(ours));
        expect(formatted(merge(BASE, BASE, theirs)!.text)).toBe(formatted(theirs));
        expect(formatted(merge(BASE, ours, ours)!.text)).toBe(formatted(ours));
      }),
      { numRuns: 80 },
    );
  });
});

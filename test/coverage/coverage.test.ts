/** What tests reach: each kind of thing by a model whose course is known; and that looking changes no bit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { cobertura } from '../../cli/coverage/cobertura.ts';
import { coverageJson } from '../../cli/coverage/json.ts';
import { lcov } from '../../cli/coverage/lcov.ts';
import { percentText, shareOf } from '../../cli/coverage/measure.ts';
import type { Coverage } from '../../cli/coverage/measure.ts';
import { coverageText } from '../../cli/coverage/text.ts';
import { textsOf } from '../examples/example.ts';
import { reached, runAll } from './measured.ts';

const one = (text: string) => [{ uri: 'file:///plant/tank.twin', text }];

const TANK = `package trial

function share(level: Length) = if level > 3 m then 1 else level / (3 m)

asset Tank {
  param  inflow = 10 mm/s
  input  open: Boolean = false
  state  level = 1 m
  state  seen  = 0
  let    full  = share(level)
  let    rate  = if open then 0 mm/s else if level > 5 m then 1 mm/s else inflow
  der(level) = rate

  rule high {
    when level > 2 m
    set seen = if level > 4 m then 2 else 1
  }
  rule never {
    when level > 20 m
    set seen = 9
  }
  when level > 1.5 m for 10 min {
    set seen = 7
  }
  alarm tooHigh: warning "Too high" {
    raise when level > 2.5 m
    clear when level < 0.5 m
  }
  modes work {
    initial Filling { when level > 2 m -> Resting }
    Resting         { after 10 s -> Done    when level > 30 m -> Broken }
    Done            { }
    Broken          { }
  }
}

asset Unused {
  state x = 0 m
  rule grow { when x > 1 m  set x = 0 m }
}

scenario fill for Tank { run 300 s }
test "fills" on fill {
  require when level > 2 m: within 10 s level > 1 m
  require always level < 10 m
}
`;

describe('what a test reaches', () => {
  const { coverage } = runAll(one(TANK), true);
  const seen = reached(coverage);

  it('rules: fired, armed only, and never', () => {
    expect(seen['rule Tank.high']).toEqual({ fires: 1 });
    expect(seen['rule Tank.never']).toEqual({ fires: 0 });
    expect(seen['rule Tank.when level > 1.5 m for 10 min']).toEqual({ armed: 1, fires: 0 });
    expect(seen['rule Unused.grow']).toEqual({ fires: 0 });
  });

  it('both sides of each if: in equations, in functions, in actions, one in the other', () => {
    expect(seen['branch Tank: if in line 3:33']).toEqual({
      then: 1,
      else: 1,
    });
    expect(seen['branch Tank: if in line 11:18']).toEqual({ then: 0, else: 1 });
    expect(seen['branch Tank: if in line 11:43']).toEqual({ then: 0, else: 1 });
    // At 2 m it fires: what the level is at other times does not count here.
    expect(seen['branch Tank: if in line 16:16']).toEqual({ then: 0, else: 1 });
  });

  it('modes, transitions, alarms, requirements', () => {
    expect(seen['mode Tank.work.Filling']).toEqual({ entered: 1 });
    expect(seen['mode Tank.work.Done']).toEqual({ entered: 1 });
    expect(seen['mode Tank.work.Broken']).toEqual({ entered: 0 });
    expect(seen['transition Tank.work: Filling -> Resting']).toEqual({ fires: 1 });
    expect(seen['transition Tank.work: Resting -> Done']).toEqual({ armed: 1, fires: 1 });
    expect(seen['transition Tank.work: Resting -> Broken']).toEqual({ fires: 0 });
    expect(seen['alarm Tank.tooHigh']).toEqual({ raised: 1, cleared: 0 });
    expect(
      Object.entries(seen)
        .filter(([name]) => name.startsWith('requirement'))
        .map(([, ways]) => ways),
    ).toEqual([{ asked: 1 }, { asked: 1 }]);
  });

  it('a requirement whose trigger never occurs has nothing to judge', () => {
    const { coverage: vacuous, ran } = runAll(
      one(TANK.replace('require when level > 2 m', 'require when level > 50 m')),
      true,
    );
    expect(ran[0]!.result.holds).toBe(true);
    const asked = Object.entries(reached(vacuous)).filter(([name]) => name.startsWith('requirement'));
    expect(asked.map(([, ways]) => ways)).toEqual([{ asked: 0 }, { asked: 1 }]);
  });

  it('lines: of types that run, of types that do not, of actions', () => {
    const lines = Object.fromEntries(coverage.files[0]!.lines);
    const at = (text: string): number => TANK.split('\n').findIndex((line) => line.includes(text)) + 1;
    expect(lines[at('der(level)')]).toBe(1);
    expect(lines[at('set seen = if')]).toBe(1);
    expect(lines[at('set seen = 9')]).toBe(0);
    expect(lines[at('state x = 0 m')]).toBe(0);
    expect(lines[at('param  inflow')]).toBeUndefined();
  });

  it('steps of a process that items pass, and those that none comes to', () => {
    const { coverage: line } = runAll(
      one(`package trial
asset Line {
  resource press
  process piece {
    arrive every 10 s
    queue waiting[5]
    use press for 2 s
    choose 0 % -> scrap, else -> leave
    exit scrap
  }
}
scenario shift for Line { run 60 s }
test "works" on shift { expect piece.left > 2 }
`),
      true,
    );
    const steps = Object.entries(reached(line)).filter(([name]) => name.startsWith('step'));
    expect(steps.map(([name, { passed }]) => [name.replace('step Line.piece: ', ''), passed])).toEqual([
      ['arrive every 10 s', 1],
      ['queue waiting[5]', 1],
      ['use press for 2 s', 1],
      ['choose 0 % -> scrap, else -> leave', 1],
      ['exit scrap', 0],
    ]);
  });
});

describe('looking changes nothing', () => {
  it('a tank with modes', () => {
    expect(runAll(one(TANK), true).ran).toEqual(runAll(one(TANK), false).ran);
  });

  // The others were tried as well, and take longer.
  it.each(['bottling-line', 'bouncing-ball', 'emergency-department', 'pharmacokinetics', 'pump-station'])(
    '%s: the same results, events, states and layout of states',
    (example) => {
      const watched = runAll(textsOf(example), true);
      const plain = runAll(textsOf(example), false);
      expect(watched.ran).toEqual(plain.ran);
      expect(shareOf(watched.coverage.files.flatMap(({ points }) => points)).covered).toBeGreaterThan(0);
    },
  );
});

const word = fc.string({ unit: 'binary', maxLength: 30 });
const coverages = fc
  .record({
    path: word,
    name: word,
    counts: fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }),
    line: fc.nat(9),
  })
  .map(({ path, name, counts, line }): Coverage => ({
    files: [
      {
        path: path === '' ? 'a' : path,
        uri: 'file:///a.twin',
        lines: [[line + 1, Math.max(...counts)]],
        points: [
          {
            kind: counts.length === 1 ? 'rule' : 'branch',
            name,
            place: { path, line: line + 1, column: 1, endLine: line + 1, endColumn: 2 },
            ways: counts.map((count, n) => ({ what: n === 0 ? 'then' : 'else', count })),
          },
        ],
      },
    ],
  }));

describe('reports', () => {
  const measured = runAll(textsOf('pump-station'), true).coverage;

  it('LCOV: records as geninfo(1) describes them, with sums that agree', () => {
    const RECORDS =
      /^(TN:.*|SF:.+|FN:\d+,.*|FNDA:\d+,.*|FN[FH]:\d+|BRDA:\d+,\d+,\d+,(-|\d+)|BR[FH]:\d+|DA:\d+,\d+|L[FH]:\d+|end_of_record)$/;
    const check = (coverage: Coverage): void => {
      const text = lcov(coverage);
      for (const record of text.trimEnd().split('end_of_record').slice(0, -1)) {
        const lines = record.trim().split('\n');
        for (const line of lines) expect(line).toMatch(RECORDS);
        const rows = (key: string): string[][] =>
          lines
            .filter((line) => line.startsWith(`${key}:`))
            .map((line) => line.slice(key.length + 1).split(','));
        const number = (key: string): number => Number(rows(key)[0]![0]);
        const hit = (key: string, at: number): number =>
          rows(key).filter((row) => row[at] !== '0' && row[at] !== '-').length;
        expect([number('LF'), number('LH')]).toEqual([rows('DA').length, hit('DA', 1)]);
        expect([number('BRF'), number('BRH')]).toEqual([rows('BRDA').length, hit('BRDA', 3)]);
        expect([number('FNF'), number('FNH')]).toEqual([rows('FN').length, hit('FNDA', 0)]);
      }
    };
    check(measured);
    fc.assert(fc.property(coverages, check), { numRuns: 100 });
  });

  it('Cobertura: valid, whatever names there are', async () => {
    const all = [measured, { files: [] }, ...fc.sample(coverages, 15)];
    const { errors } = await validateXML({
      xml: all.map((each, n) => ({
        fileName: `${n}.xml`,
        contents: cobertura(each).replace(/<!DOCTYPE.*\n/, ''),
      })),
      schema: [readFileSync(join(import.meta.dirname, 'cobertura-04.xsd'), 'utf8')],
    });
    expect(errors).toEqual([]);
  });

  it('the same twice, to the byte', () => {
    const again = runAll(textsOf('pump-station'), true).coverage;
    for (const write of [lcov, cobertura, coverageJson]) expect(write(again)).toBe(write(measured));
  });

  it('people read what was not reached, and where', () => {
    const text = coverageText(measured, { style: (_, each) => each });
    expect(text).toContain('branches            100 %  8 of 8');
    expect(text).toMatch(/pump\.twin:\d+ {2}Pump\.tripHot: its condition is never true, never fires/);
    expect(percentText({ covered: 999, of: 1000 })).toBe('99.9 %');
    expect(percentText({ covered: 9999, of: 10_000 })).toBe('99.9 %');
    expect(percentText({ covered: 0, of: 0 })).toBe('100 %');
  });
});

/** Stations that are alike share their code, and do what they did each with its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alikeAsOne } from '../../compiler/4-generate/process/alike.ts';
import { label, ModuleBuilder, type Label, type Statement } from '../../compiler/4-generate/wasm/index.ts';
import { compiled, expectAgreement } from './flows.ts';

interface Line {
  /** Of each station: mean (s), places before it. */
  stations: readonly { mean: number; places: number; servers: number }[];
  breaks: boolean;
  patience: boolean;
  full: 'block' | 'balk';
  scrap: boolean;
}

const textOf = ({ stations, breaks, patience, full, scrap }: Line): string => {
  const life = breaks ? ' { breaks after exponential(30 s) of busy  repair exponential(5 s) }' : '';
  return `
    ${stations.map(({ servers }, at) => `resource s${at}[${servers}]${life}`).join('\n')}
    process piece {
      arrive every exponential(0.8 s)
      ${stations
        .map(
          ({ mean, places }, at) => `
      queue q${at}[${places}] when full: ${at === 0 ? 'balk' : full}${patience ? `  patience ${5 + at} s` : ''}
      use s${at} for exponential(${mean} s)${scrap ? `\n      choose 5 % -> scrap` : ''}`,
        )
        .join('')}
      ${scrap ? 'exit scrap' : ''}
    }`;
};

const line = fc.record({
  stations: fc.array(
    fc.record({
      mean: fc.integer({ min: 500, max: 1500 }).map((value) => value / 1000),
      places: fc.integer({ min: 1, max: 4 }),
      servers: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 5, maxLength: 9 },
  ),
  breaks: fc.boolean(),
  patience: fc.boolean(),
  full: fc.constantFrom('block' as const, 'balk' as const),
  scrap: fc.boolean(),
});

/** Their means and their queues follow no rule. */
const mixed = (count: number): string =>
  textOf({
    stations: Array.from({ length: count }, (_, at) => ({
      mean: [1.1, 0.7, 1.3, 0.9, 1.2, 0.6, 1.4][at % 7]!,
      places: 1 + ((at * at) % 4),
      servers: 1,
    })),
    breaks: true,
    patience: false,
    full: 'block',
    scrap: false,
  });

describe('stations that are alike', () => {
  it('do what the interpreter does, which walks each by itself', () => {
    fc.assert(
      fc.property(line, (drawn) => expectAgreement(textOf(drawn), 'run 100 s')),
      { numRuns: 15 },
    );
  });

  it('differ in numbers that follow no rule', () => expectAgreement(mixed(9), 'run 2000 s'));

  it('leave nothing behind where they turn out to be unlike: a function has room for 50,000 locals', () => {
    const count = 120;
    const each = (text: (at: number) => string): string =>
      Array.from({ length: count }, (_, at) => text(at)).join('\n');
    const { wasm } = compiled(
      `${each((at) => `resource r${at}[2]`)}
       process piece {
         arrive every 1 s
         ${each((at) => `seize r${at}`)}
         wait 1 s
         ${each((at) => `release r${at}`)}
       }`,
      'run 1 s',
    );
    expect(WebAssembly.validate(new Uint8Array(wasm))).toBe(true);
  });

  it('are not tried in rounds of each length where each goes on with the next: that takes as long as they are many', () => {
    /** How often the steps of a chain are looked at. */
    const looks = (count: number): number => {
      let looked = 0;
      const entries = Array.from({ length: count + 1 }, (_, at) => label(`step ${at}`));
      const goOn = (to: Label): Statement => ({
        kind: 'branch',
        get label() {
          looked += 1;
          return to;
        },
      });
      const module = new ModuleBuilder();
      const owner = module.function('steps', {});
      const cases = entries.slice(1).map((next) => [goOn(next)]);
      const table = alikeAsOne({
        module,
        owner,
        code: owner.local('i32'),
        cases,
        entries: entries.slice(0, count),
        listedAt: 0,
      });
      expect(table.targets).toHaveLength(count);
      return looked;
    };
    expect(looks(200)).toBeLessThan(2.2 * looks(100));
  });

  it('take half of the code that they take one by one', () => {
    const bytes = (count: number): number => compiled(mixed(count), 'run 1 s').wasm.length;
    // Their records and their values remain; with code of its own each of them takes some 2,900.
    expect((bytes(48) - bytes(24)) / 24).toBeLessThan(1800);
  });
});

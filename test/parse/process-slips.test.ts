/** One slip in a process or a resource is one diagnostic, on its own line: the steps behind it are read as they stand. */
import { describe, expect, it } from 'vitest';
import { isAssetDecl, isProcessDecl } from '../../grammar/generated/ast.ts';
import { applyFix, read } from './helper.ts';

const LINE = `asset Line {
  param places = 20
  state stock: Number = 30

  resource filler[2] {
    breaks after weibull(1.6, 40 h) of busy
    repair lognormal(20 min, 10 min) by fitter
  }
  resource capper
  resource fitter { shifts weekdays 06:00..22:00 }

  process bottle {
    arrive every exponential(3 s)
    item weight = normal(5 kg, 1 kg)
    queue infeed[50] when full: balk
    use filler for triangular(2 s, 2.5 s, 4 s)
    queue buffer[places] when full: block
    use capper for normal(2 s, 0.2 s)
    wait until stock > 5
    set stock = stock - 1
    seize fitter
    wait 3 s
    release fitter
    choose 2 % -> scrap, weight > 6 kg -> scrap, else -> leave
    exit scrap
  }

  kpi throughput = rate(bottle.left)   as 1/h
  kpi busy       = utilisation(filler) as %
}
`;

const ARRIVE = 'arrive every exponential(3 s)';
const QUEUE = 'queue infeed[50] when full: balk';
const USE = 'use filler for triangular(2 s, 2.5 s, 4 s)';
const UNTIL = 'wait until stock > 5';
const SET = 'set stock = stock - 1';
const ITEM = 'item weight = normal(5 kg, 1 kg)';
const CHOOSE = 'choose 2 % -> scrap, weight > 6 kg -> scrap, else -> leave';
const REPAIR = 'repair lognormal(20 min, 10 min)';

/** What the line is, what is written instead, and what its fix makes of it. */
const SLIPS: readonly [line: string, slip: string, mended?: string][] = [
  [ARRIVE, 'arrive exponential(3 s)', ARRIVE],
  [ARRIVE, 'arrive 3 s', 'arrive every 3 s'],
  [ARRIVE, 'arrives every exponential(3 s)', ARRIVE],
  [ARRIVE, `${ARRIVE} for 8 h`, `${ARRIVE} until 8 h`],
  [ITEM, 'item weight: normal(5 kg, 1 kg)', ITEM],
  [ITEM, 'item weight normal(5 kg, 1 kg)', ITEM],
  [ITEM, 'attribute weight = normal(5 kg, 1 kg)', ITEM],
  [ITEM, 'let weight = normal(5 kg, 1 kg)', ITEM],
  [QUEUE, 'queue infeed 50 when full: balk', QUEUE],
  [QUEUE, 'queue infeed(50) when full: balk', QUEUE],
  [QUEUE, 'queue infeed capacity 50', 'queue infeed[50]'],
  [QUEUE, 'queue infeed[50] when full balk', QUEUE],
  [QUEUE, 'queue infeed[50] when full: -> scrap', 'queue infeed[50] when full -> scrap'],
  [QUEUE, 'queue infeed[50] order fifo when full:->scrap', 'queue infeed[50] order fifo when full -> scrap'],
  [QUEUE, 'queue infeed[50] full: balk', QUEUE],
  [QUEUE, 'queue infeed[50] when full: reject'],
  [USE, 'use filler triangular(2 s, 2.5 s, 4 s)'],
  [USE, 'use filler for triangular(2 s, 2.5 s, 4 s', USE],
  [USE, 'use filler 3 s', 'use filler for 3 s'],
  [USE, 'use 2 filler for 3 s', 'use 2 of filler for 3 s'],
  [USE, 'use filler until 3 s'],
  [USE, 'use filler during triangular(2 s, 2.5 s, 4 s)'],
  [USE, 'use 1 filler for 3 s'],
  [USE, 'use filler for 3 s with capper'],
  [USE, 'use filler and capper for 3 s', 'use filler, capper for 3 s'],
  [USE, 'process filler for 5 s'],
  [USE, 'delay 3 s', 'wait 3 s'],
  [UNTIL, 'wait for stock > 5', UNTIL],
  [UNTIL, 'wait for 3 s', 'wait 3 s'],
  [UNTIL, 'wait until'],
  [UNTIL, 'wait until (stock > 5', 'wait until (stock > 5)'],
  [UNTIL, 'wait while stock <= 5', 'wait until not (stock <= 5)'],
  [SET, 'stock = stock - 1', SET],
  [SET, 'set stock -= 1', SET],
  [SET, 'if stock > 3 { set stock = stock - 1 }'],
  [SET, 'when stock > 3 { set stock = stock - 1 }'],
  [SET, 'emit done'],
  ['seize fitter', 'size fitter', 'seize fitter'],
  ['seize fitter', 'seize fitter for 5 s'],
  ['wait 3 s', 'wait'],
  ['release fitter', 'release 1 fitter'],
  ['release fitter', 'free fitter', 'release fitter'],
  [CHOOSE, 'choose 2 % -> scrap else -> leave', 'choose 2 % -> scrap, else -> leave'],
  [CHOOSE, 'choose 2 % => scrap', 'choose 2 % -> scrap'],
  [CHOOSE, 'choose 2 % scrap, else leave'],
  [CHOOSE, 'choose 2 % -> scrap, else leave', 'choose 2 % -> scrap, else -> leave'],
  [CHOOSE, 'choose 2 % -> scrap, otherwise leave', 'choose 2 % -> scrap, else -> leave'],
  [CHOOSE, 'choose 2 % -> scrap, otherwise -> leave', 'choose 2 % -> scrap, else -> leave'],
  [CHOOSE, 'choose { 2 % -> scrap, else -> leave }'],
  ['exit scrap', 'leave scrap', 'exit scrap'],
  ['exit scrap', 'goto scrap', 'go to scrap'],
  ['exit scrap', 'exit scrap {'],
  ['exit scrap', 'go scrap', 'go to scrap'],
  ['exit scrap', '-> scrap', 'go to scrap'],
  ['resource capper', 'resource capper = 2', 'resource capper[2]'],
  ['resource capper', 'resource capper: 2', 'resource capper[2]'],
  ['resource capper', 'resource capper(2)', 'resource capper[2]'],
  ['resource capper', 'resource capper 2', 'resource capper[2]'],
  ['process bottle {', 'process bottle:'],
  ['process bottle {', 'process bottle on filler {'],
  ['breaks after weibull(1.6, 40 h)', 'breaks every weibull(1.6, 40 h)'],
  ['breaks after weibull(1.6, 40 h)', 'fails after weibull(1.6, 40 h)', 'breaks after weibull(1.6, 40 h)'],
  [REPAIR, 'repair after lognormal(20 min, 10 min)', REPAIR],
  [REPAIR, 'repair = lognormal(20 min, 10 min)', REPAIR],
  ['shifts weekdays 06:00..22:00', 'shifts 06:00..22:00', 'shifts daily 06:00..22:00'],
  ['shifts weekdays 06:00..22:00', 'shift weekdays 06:00..22:00', 'shifts weekdays 06:00..22:00'],
  ['shifts weekdays 06:00..22:00', 'shifts weekdays 06:00-22:00'],
];

describe('a slip in a process', () => {
  it('is the only mistake of the text it is made in', () => {
    expect(read(LINE).diagnostics).toEqual([]);
  });

  it.each(SLIPS)('is told once: %s → %s', (line, slip, mended) => {
    const text = LINE.replace(line, slip);
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ message }) => message)).toHaveLength(1);
    const [told] = diagnostics;
    expect(told!.source.line).toBe(LINE.slice(0, LINE.indexOf(line)).split('\n').length);
    if (mended !== undefined) expect(applyFix(text, told!)).toBe(LINE.replace(line, mended));
  });

  it('says how a full queue sends items elsewhere', () => {
    const slip = 'queue infeed[50] when full: -> scrap';
    const { diagnostics } = read(LINE.replace(QUEUE, slip));
    expect(diagnostics[0]!.help).toContain('follows without a colon: `when full -> elsewhere`');
    expect(diagnostics[0]!.source.column).toBe(5 + slip.indexOf(':'));
  });

  it('hides no other one further down', () => {
    const text = LINE.replace(ARRIVE, 'arrive exponential(3 s)')
      .replace(SET, 'stock = stock - 1')
      .replace('exit scrap', 'exit scrap 3');
    expect(read(text).diagnostics.map(({ source }) => source.line)).toEqual([13, 20, 25]);
  });

  it('a loop among what happens is told where loops stand', () => {
    const text = `asset Group {
  state target[2] = 0 m
  every 10 s {
    for i in 1..2 { set target[i] = 1 m }
  }
}
`;
    const [told, ...others] = read(text).diagnostics;
    expect([told!.code, told!.source.line, others.length]).toEqual(['PX1102', 4, 0]);
    expect(told!.help).toContain('for i in 1..3 { when');
  });

  it('leaves the steps behind it in the tree', () => {
    const [file] = read(LINE.replace(ARRIVE, 'arrive exponential(3 s)')).files;
    const asset = file!.elements[0];
    const steps = isAssetDecl(asset) ? asset.members.find(isProcessDecl)?.steps : undefined;
    expect(steps?.map(({ $type }) => $type.replace(/(Step|Decl|Action)$/, ''))).toEqual(
      'Arrive Item Queue Use Queue Use Wait Set Seize Wait Release Choose Exit'.split(' '),
    );
  });

  it('that leaves a process open is told where something begins that is no step', () => {
    const text = LINE.replace('    exit scrap\n  }\n', '    exit scrap\n');
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ code, source }) => [code, source.line])).toEqual([['PX1102', 27]]);
  });
});

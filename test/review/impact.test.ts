import { describe, expect, it } from 'vitest';
import type { Bump } from '../../review/impact.ts';
import { readWaivers } from '../../review/waivers.ts';
import { reviewOf } from './versions.ts';

const PLANT = `package plant

asset Plant {
  param gain = 2
  input load = 1 kW  in 0 kW..10 kW
  state heat = 0 kJ

  der(heat) = gain * load

  sensor meter measures heat every 1 s

  alarm hot: warning "Too hot" {
    raise when heat > 1 MJ
  }
}

twin P1: Plant

bind P1 {
  load from mqtt("p1/load") as kW
  meter from mqtt("p1/heat") as kJ
  hot to mqtt("p1/hot")
}

scenario hour for Plant {
  run 1 min
}
`;
const to = (...edits: [string | RegExp, string][]) =>
  reviewOf(
    PLANT,
    edits.reduce((text, [from, now]) => text.replaceAll(from, now), PLANT),
  );

describe('what breaks for others', () => {
  it.each([
    ['nothing', [], [], 'none'],
    [
      'a sensor that is renamed',
      [[/\bmeter\b/g, 'counter']],
      ['data saved-state', 'wire sensor-renamed'],
      'major',
    ],
    ['a binding at another address', [['"p1/heat"', '"p1/energy"']], ['wire binding-address'], 'major'],
    ['a binding in another unit', [['as kJ', 'as MJ']], ['wire binding-unit'], 'major'],
    ['a binding that is gone', [['  hot to mqtt("p1/hot")\n', '']], ['wire binding-removed'], 'major'],
    [
      'a binding that is new',
      [['hot to mqtt("p1/hot")', 'hot to mqtt("p1/hot")\n  heat to mqtt("p1/all") as kJ']],
      ['wire binding-added'],
      'minor',
    ],
    [
      'a parameter that is new',
      [['  param gain = 2\n', '  param gain = 2\n  param spare = 3\n']],
      ['data saved-state', 'wire parameter-added'],
      'major',
    ],
    ['an alarm of another severity', [['hot: warning', 'hot: critical']], ['wire alarm-severity'], 'patch'],
    ['a twin that is gone', [[/twin P1[\s\S]*?\n}\n/g, '']], ['deployment root-removed'], 'major'],
    [
      'a twin that is called otherwise',
      [
        ['twin P1:', 'twin Plant1:'],
        ['bind P1', 'bind Plant1'],
      ],
      ['deployment root-renamed'],
      'major',
    ],
    ['a range that is wider', [['in 0 kW..10 kW', 'in 0 kW..20 kW']], [], 'patch'],
  ] as [string, [string | RegExp, string][], string[], Bump][])('%s', (_, edits, rules, bump) => {
    const { findings, verdict } = to(...edits);
    expect([...new Set(findings.map(({ level, rule }) => `${level} ${rule}`))].toSorted()).toEqual(
      rules.toSorted(),
    );
    expect(verdict.bump).toBe(bump);
  });

  it('never says that a requirement holds which fails in both versions', () => {
    const text = (gain: number, limit: number): string =>
      `${PLANT}\ntest "cool" on hour {\n  require always heat < ${limit} kJ\n}\n`.replace(
        'gain = 2',
        `gain = ${gain}`,
      );
    const said = (limit: number): string[] =>
      reviewOf(text(2, limit), text(3, limit)).findings.flatMap(({ rule, text: words }) =>
        rule === 'requirement-margin' ? [words] : [],
      );
    // In a minute it takes up 120 kJ, and with the other gain 180 kJ.
    expect(said(100)).toEqual(['"cool": always heat < 100 kJ failed by 20 kJ and still fails by 80 kJ.']);
    expect(said(200)).toEqual(['"cool": always heat < 200 kJ held by 80 kJ and holds by 20 kJ.']);
  });

  it('tells first what fails, then the margin of which least is left, and nothing of what stays at its bound', () => {
    const text = (gain: number): string =>
      `${PLANT}\ntest "a" on hour {\n  require always heat < 1 GJ\n  require always heat >= 0 kJ\n  require always load - load <= 0 W\n}\n\ntest "b" on hour {\n  require always heat < 200 kJ\n}\n\ntest "c" on hour {\n  require always heat < 150 kJ\n}\n`.replace(
        'gain = 2',
        `gain = ${gain}`,
      );
    const said = reviewOf(text(2), text(3)).findings.map(({ text: words }) => words);
    expect(said.slice(0, 2)).toEqual([
      '"c": always heat < 150 kJ held by 30 kJ and fails by 30 kJ.',
      '"b": always heat < 200 kJ held by 80 kJ and holds by 20 kJ.',
    ]);
    expect(said.join()).not.toContain('heat >= 0');
    expect(said.join()).not.toContain('load - load');
  });

  it('says of a run that stops why, and nothing of what it then lacks', () => {
    const text = (least: number): string =>
      `${PLANT}\nscenario brief for Plant {\n  load = 5 kW\n  run 1 h\n}\n\ntest "warms" on brief {\n  require eventually heat > 2 MJ\n}\n`.replace(
        'der(heat) = gain * load',
        `let share = 1 / (heat / 1 kJ - ${least})\n  der(heat) = gain * load + 0 W * share`,
      );
    const { findings, verdict } = reviewOf(text(-1), text(0));
    const gained = findings.filter(({ breaking }) => breaking).map(({ rule }) => rule);
    expect([...new Set(gained)]).toEqual(['run-stops']);
    expect(findings[0]!.text).toContain('hour and brief stop: share is infinite at t = 0 s.');
    expect(verdict.bump).toBe('major');
  });

  it('says nothing of what holds up to where a run stops', () => {
    const text = (least: string): string =>
      `${PLANT}\nscenario brief for Plant {\n  load = 5 kW\n  run 1 h\n}\n\ntest "stays cool" on brief {\n  expect heat < 100 MJ\n}\n`.replace(
        'der(heat) = gain * load',
        `let root = sqrt(${least} - heat / 1 kJ)\n  der(heat) = gain * load + 0 W * root`,
      );
    const { behaviour, findings } = reviewOf(text('1e9'), text('500'));
    expect(findings.map(({ rule }) => rule)).toContain('run-stops');
    expect(behaviour.tests.filter(({ test }) => test === 'stays cool')).toEqual([]);
    expect(findings.filter(({ text: said }) => said.includes('stays cool'))).toEqual([]);
  });

  it('names all scenarios in the one finding of what stops them', () => {
    // Heat is taken up at 4 and at 10 kW, so that it reaches 5 kJ at other times; in the third scenario it never does.
    const text = (least: string): string =>
      `${PLANT}\nscenario brief for Plant {\n  load = 5 kW\n  run 1 h\n}\n\nscenario idle for Plant {\n  load = 0 kW\n  run 1 h\n}\n`.replace(
        'der(heat) = gain * load',
        `let root = sqrt(${least} - heat / 1 kJ)\n  der(heat) = gain * load + 0 W * root`,
      );
    const stops = (least: string) =>
      reviewOf(text('1e9'), text(least)).findings.filter(({ rule }) => rule === 'run-stops');
    const [one, ...others] = stops('5');
    expect(others).toEqual([]);
    expect(one!.text).toMatch(/^hour and brief stop, each at its own time\. In hour: .* at t = /);
    expect(one!.subject).toMatch(/: \S*hour, .*: \S*brief$/);
    // From the first moment on in all of them: then the time is the same, and is said once.
    expect(stops('-1').map(({ text: said }) => said)).toEqual([
      expect.stringMatching(/^hour, brief and idle stop: .* at t = 0 s/),
    ]);
  });

  it('has a fingerprint that stays the same as long as the finding does', () => {
    const first = to(['as kJ', 'as MJ']).findings[0]!.fingerprint;
    expect(
      to(['as kJ', 'as MJ'], ['param gain = 2', 'param gain = 3']).findings.map((each) => each.fingerprint),
    ).toContain(first);
    expect(to(['as kJ', 'as J']).findings[0]!.fingerprint).not.toBe(first);
  });
});

describe('what happens to a part as a whole', () => {
  const SITE = `package site

asset Bearing {
  param rough = 2
  state wear = 0
  der(wear) = rough * 1 Hz
}

asset Pump {
  param gain = 2
  part bearing: Bearing
  state heat = 0 kJ
  der(heat) = gain * 1 kW
  sensor meter measures heat every 1 s
  alarm hot: warning "Too hot" {
    raise when heat > 1 MJ
  }
}

asset Site {
  param spare = 1
  part pump[2]: Pump
  part other: Pump
}

twin S: Site

scenario hour for S {
  run 10 s
}
`;
  const said = (from: string | RegExp, now: string): [string, string][] =>
    reviewOf(SITE, SITE.replaceAll(from, now))
      .findings.filter(({ rule }) => rule !== 'saved-state')
      .map(({ rule, breaking, text }) => [`${rule}${breaking ? '!' : ''}`, text]);

  it('is one finding, however much there is in it', () => {
    expect(said(/\bpump\b/g, 'machine')).toEqual([
      [
        'part-renamed!',
        'Part pump[] is called machine[] now, and so is all that is in it, 1 sensor, 2 parameters, 2 states and 1 alarm: whoever sets, records or reads one of them by its name finds nothing.',
      ],
    ]);
    expect(said('  part other: Pump\n', '')).toEqual([
      [
        'part-removed!',
        'Part other is gone, with 1 sensor, 2 parameters, 2 states and 1 alarm: whoever sets, records or reads one of them finds nothing.',
      ],
    ]);
    expect(said('other: Pump\n', 'other: Pump\n  part third: Bearing\n')).toEqual([
      ['part-added', 'Part third is new, with 1 parameter and 1 state.'],
    ]);
    expect(said('pump[2]', 'pump[3]')).toEqual([
      [
        'part-count',
        'There are 3 of part pump[], with 1 sensor, 2 parameters, 2 states and 1 alarm each, and were 2.',
      ],
    ]);
    expect(said('pump[2]', 'pump[1]').map(([rule]) => rule)).toEqual(['part-count!']);
  });

  it('within parts, once for each of those', () => {
    expect(said(/\bbearing\b/g, 'race').map(([, text]) => text.slice(0, text.indexOf(':')))).toEqual([
      'Part other.bearing is called other.race now, and so is all that is in it, 1 parameter and 1 state',
      'Part pump[].bearing is called pump[].race now, and so is all that is in it, 1 parameter and 1 state',
    ]);
  });

  it('is told beside what happens in it', () => {
    const findings = reviewOf(
      SITE,
      SITE.replaceAll(/\bpump\b/g, 'machine').replaceAll(/\bmeter\b/g, 'gauge'),
    );
    expect(findings.findings.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'part-renamed S: machine[]',
      'sensor-renamed S: other.meter',
      'sensor-renamed S: pump[].meter',
      'saved-state S: saved state',
    ]);
  });
});

describe('waivers', () => {
  const head = PLANT.replace('as kJ', 'as MJ');
  const { fingerprint } = reviewOf(PLANT, head).findings[0]!;
  const waived = (expires: string, of = fingerprint) =>
    reviewOf(PLANT, head, {
      waivers: [{ fingerprint: of, reason: 'the meter is replaced on the same day', expires }],
    });

  it('accept one finding until a day', () => {
    const review = waived('2026-11-22');
    expect([review.verdict.breaking, review.findings, review.waived.length]).toEqual([false, [], 1]);
  });

  it('end, and say so', () => {
    const review = waived('2026-11-21');
    expect(review.verdict.breaking).toBe(true);
    expect(review.problems).toEqual([
      `the waiver of ${fingerprint} ended on 2026-11-21: "the meter is replaced on the same day"`,
    ]);
  });

  it('that fit nothing are named', () => {
    expect(waived('2027-01-01', '0123456789abcdef').problems).toEqual([
      'the waiver of 0123456789abcdef fits no finding: it can be removed',
    ]);
  });

  it.each([
    ['{', /is no JSON/],
    ['{}', /must hold a list/],
    ['[{}]', /entry 1: "fingerprint" must be one/],
    ['[{"fingerprint":"0123456789abcdef","reason":"ok","expires":"2027-01-01"}]', /"reason" must say why/],
    [
      '[{"fingerprint":"0123456789abcdef","reason":"because of this","expires":"2027-02-30"}]',
      /"expires" must be a day/,
    ],
    ['[null]', /"fingerprint" must be one/],
  ])('%s is no waiver', (text, problem) => {
    const { waivers, problems } = readWaivers(text);
    expect(waivers).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });
});

describe('what is called the same in several packages', () => {
  const tank = (name: string): string => `package ${name}

asset Tank {
  param inflow = 1 m/h
  state level = 1 m
  der(level) = inflow
  kpi rise = level - 1 m
  alarm high: warning "High" {
    raise when level > 4 m
  }
}

scenario fill for Tank {
  run 2 h
}

test "stays below 3.5 m" on fill {
  require always level < 3.5 m
}
`;
  const texts = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [`${name}.twin`, tank(name)]));
  const faster = (all: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).map(([name, text]) => [name, text.replace('1 m/h', '2 m/h')]));
  const alone = reviewOf(texts('north'), faster(texts('north')));
  const both = reviewOf(texts('north', 'south'), faster(texts('north', 'south')));

  it('is told apart, and nothing of it is left out', () => {
    const { scenarios, tests, kpis } = both.behaviour;
    expect(scenarios.map(({ title }) => title)).toEqual(['north.fill', 'south.fill']);
    expect(tests.map(({ test, after }) => [test, after?.holds])).toEqual([
      ['stays below 3.5 m (north.fill)', false],
      ['stays below 3.5 m (south.fill)', false],
    ]);
    expect(kpis.map(({ of, name, after }) => [of, name, after.mean?.toFixed(9)])).toEqual([
      ['north.fill', 'rise', '4.000000000'],
      ['south.fill', 'rise', '4.000000000'],
    ]);
    const alarms = both.findings.filter(({ rule }) => rule === 'alarm-gained');
    expect(alarms.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^In north\.fill, alarm high is raised at 1 h 30 min/),
      expect.stringMatching(/^In south\.fill, alarm high is raised at 1 h 30 min/),
    ]);
  });

  it('does not change what a finding is known by, so that it stays waived', () => {
    const [gained] = alone.findings.filter(({ rule }) => rule === 'alarm-gained');
    expect(gained!.text).toMatch(/^In fill, /);
    expect(both.findings.map(({ fingerprint }) => fingerprint)).toContain(gained!.fingerprint);
  });

  it('is called by its name where it is the only one', () => {
    expect(alone.behaviour.scenarios.map(({ title }) => title)).toEqual(['fill']);
    expect(alone.behaviour.tests.map(({ test }) => test)).toEqual(['stays below 3.5 m']);
  });
});

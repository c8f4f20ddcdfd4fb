/** Texts read what is known of states: in rules, alarms and lets of a live twin; elsewhere it has no value, and conditions with it are false. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';
import { live } from './helper.ts';

const TANK = `asset Tank {
  state level = 1 m
  state leak = 0 m3/h
  state unsure = 0
  state sure = 0
  state found = 0
  state late = 0 s
  state raised = 0
  der(level) = -leak / 4 m2
  der(leak) = 0
  sensor gauge measures level noise normal(1 cm)
  let band = 2 * level.sd
  let off = gauge.surprise
  when level.sd > 3 cm { set unsure = pre(unsure) + 1  set late = time }
  when level.sd < 1 cm -> set sure = pre(sure) + 1
  when leak > 2 * leak.sd -> set found = pre(found) + 1
  alarm drift: warning "Drift" { raise when gauge.surprise > 3 for 5 min }
  when drift -> set raised = pre(raised) + 1
}
`;
const BIND = `twin East: Tank
bind East {
  gauge from mqtt("x") as m
  estimate level within 10 cm drifts 1 cm in 1 h
  estimate leak within 1 m3/h drifts 0 in 1 h
}
`;
const estimating = compiled(TANK + BIND);
const offer = (twin: Twin, time: number, value: number): void => {
  twin.offer(0, 0, time, value);
};

describe.each([false, true])('a text that reads what is known (interpreted: %s)', (interpreted) => {
  const tank = (): Twin => live(estimating, {}, interpreted);

  it('has no value before a sample has come, and no condition with it is true', () => {
    const twin = tank();
    twin.advance(3600);
    for (const name of ['level.sd', 'gauge.surprise', 'band', 'off']) expect(twin.value(name)).toBeNaN();
    for (const name of ['unsure', 'sure', 'found', 'raised']) expect(twin.value(name)).toBe(0);
    expect(twin.trouble()).toBeUndefined();
  });

  it('sees deviations fall by samples', () => {
    const twin = tank();
    offer(twin, 10, 1);
    twin.advance(10);
    // P R / (P + R), of one sample and what is known before it; the leak adds nothing in no time.
    const [before, error] = [0.1 ** 2, 0.01 ** 2];
    expect(twin.value('level.sd')).toBeCloseTo(Math.sqrt((before * error) / (before + error)), 12);
    expect(twin.value('band')).toBe(2 * twin.value('level.sd')!);
    expect(twin.value('sure')).toBe(1);
    expect(twin.value('unsure')).toBe(0);
  });

  it('sees them rise where samples stay away, at the end of a step', () => {
    const twin = tank();
    for (let time = 10; time <= 600; time += 10) offer(twin, time, 1);
    twin.advance(600);
    expect(twin.value('unsure')).toBe(0);
    twin.advance(20_000);
    expect(twin.value('unsure')).toBe(1);
    // Steps are 60 s at most, and here the deviation rises by less than a millimetre in one.
    const late = twin.value('late')!;
    const known = tank();
    for (let time = 10; time <= 600; time += 10) offer(known, time, 1);
    known.advance(late - 60);
    expect(known.value('level.sd')).toBeLessThan(0.03);
    known.advance(late + 60);
    expect(known.value('level.sd')).toBeGreaterThan(0.03);
  });

  it('tells a leak when it is more than may be by chance', () => {
    const leaking = tank();
    for (let time = 60; time <= 4 * 3600; time += 60) offer(leaking, time, 1 - (0.2 / 4 / 3600) * time);
    leaking.advance(4 * 3600);
    expect(leaking.value('found')).toBeGreaterThan(0);
    expect(leaking.value('leak')! * 3600).toBeCloseTo(0.2, 1);
    const tight = tank();
    for (let time = 60; time <= 4 * 3600; time += 60) offer(tight, time, 1);
    tight.advance(4 * 3600);
    expect(tight.value('found')).toBe(0);
  });

  it('raises an alarm by surprises that last', () => {
    const twin = tank();
    for (let time = 60; time <= 3600; time += 60) offer(twin, time, 1);
    for (let time = 3660; time <= 3960; time += 60) offer(twin, time, 1.3);
    twin.advance(3959);
    expect(twin.value('gauge.surprise')).toBeGreaterThan(5);
    expect(twin.value('raised')).toBe(0);
    twin.advance(3960);
    expect(twin.value('raised')).toBe(1);
  });
});

it('changes nothing else: states come out as where nobody reads what is known', () => {
  const plain = compiled(
    (TANK + BIND)
      .split('\n')
      .filter((line) => !/level\.sd|leak\.sd|surprise|when drift/.test(line))
      .join('\n'),
  );
  const twins = [live(estimating), live(plain)];
  for (const twin of twins) {
    for (let time = 7; time < 3000; time += 31) offer(twin, time, 1 + Math.sin(time) / 100);
    twin.advance(3100);
  }
  for (const name of ['level', 'leak', 'level.sd', 'leak.sd', 'gauge.surprise'])
    expect(twins[0]!.value(name), name).toBe(twins[1]!.value(name));
});

it('goes on as before when it is saved, and when a sample comes late', () => {
  const late = live(estimating, { keep: 'recent', limit: 50, interval: 60 });
  const early = live(estimating, { keep: 'recent', limit: 50, interval: 60 });
  for (let time = 60; time <= 1200; time += 60) offer(early, time, 1 - time / 1e5);
  early.advance(8000);
  for (let time = 60; time <= 1200; time += 60) if (time !== 600) offer(late, time, 1 - time / 1e5);
  late.advance(1190.5);
  offer(late, 600, 1 - 600 / 1e5);
  late.advance(4321);
  const saved = live(estimating);
  expect(saved.restore(late.save())).toBeUndefined();
  saved.expect(late.coming());
  for (const twin of [late, saved]) {
    twin.advance(8000);
    expect(twin.hash()).toBe(early.hash());
  }
});

it('is as a twin without estimates where there are none', () => {
  const twin = live(compiled(TANK));
  twin.advance(3600);
  expect(twin.trouble()).toBeUndefined();
  for (const name of ['unsure', 'sure', 'found', 'raised']) expect(twin.value(name)).toBe(0);
});

it('keeps what is private to itself', () => {
  const { system } = compiled(`asset A {
    private state secret = 1
    state x = 1
    der(secret) = 0
    der(x) = 0
    let doubt = secret.sd
    sensor seen measures x noise normal(1)
  }
  twin T: A
  bind T {
    seen from mqtt("x")
    estimate secret within 1 drifts 0 in 1 s
  }\n`);
  const shown = system.variables.filter(({ visible }) => visible).map(({ name }) => name);
  expect(shown).toContain('seen.surprise');
  expect(shown.filter((name) => /secret|doubt/.test(name))).toEqual([]);
});

describe('where nothing estimates what is read', () => {
  const library = readLibraryFiles();
  const said = (twins: string): string[] => {
    const text = `package p\nasset Tank {\n  state level = 1 m\n  der(level) = 0\n  sensor gauge measures level noise normal(1 cm)\n  alarm unsure: info "Unsure" { raise when level.sd > 5 cm }\n}\n${twins}`;
    return analyse([{ uri: 'file:///p.twin', text }], library).diagnostics.map(
      ({ code, severity, message }) => `${code} ${severity} ${message}`,
    );
  };
  const BOUND = 'gauge from mqtt("x") as m';
  const ESTIMATE = 'estimate level within 1 m drifts 0 in 1 h';

  it.each([
    ['', 1],
    ['twin East: Tank\n', 1],
    [`twin East: Tank\nbind East { ${BOUND} }\n`, 1],
    [`twin East: Tank\nbind East { ${BOUND}\n${ESTIMATE} }\n`, 0],
    [`twin East: Tank\nbind East { ${BOUND}\n${ESTIMATE} }\ntwin Simulated: Tank\n`, 0],
    [`twin East: Tank\nbind East { ${BOUND}\n${ESTIMATE} }\ntwin West: Tank\nbind West { ${BOUND} }\n`, 1],
  ])('%#: %s', (twins, count) => {
    const found = said(twins);
    expect(found).toHaveLength(count);
    for (const one of found) expect(one).toMatch(/^PX6125 warning 'level\.sd' never has a value/);
  });

  it('says what a sensor lacks, and of which element', () => {
    const text = (bind: string): string => `package p
asset Cell {
  state x = 1
  der(x) = 0
  sensor seen measures x noise normal(1)
  sensor bare measures x
  alarm one: info "One" { raise when seen.surprise > 3 }
  alarm two: info "Two" { raise when bare.surprise > 3 }
}
asset Row {
  part cell[2]: Cell
  alarm three: info "Three" { raise when cell[2].x.sd > 3 }
}
twin R: Row
bind R {
  cell[1].seen from mqtt("x")
  cell[1].bare from mqtt("y")
  ${bind}
}
`;
    const found = (bind: string): string[] =>
      analyse([{ uri: 'file:///p.twin', text: text(bind) }], library).diagnostics.map(
        ({ message }) => message,
      );
    const bare = /^'cell\[\]\.bare\.surprise' never has a value in R, .*: its samples correct nothing\.$/;
    expect(found('estimate cell[*].x within 1 drifts 0 in 1 s')).toEqual([expect.stringMatching(bare)]);
    expect(found('estimate cell[1].x within 1 drifts 0 in 1 s').toSorted()).toEqual([
      expect.stringMatching(bare),
      expect.stringMatching(/^'cell\[\]\.x\.sd' never .*: bind R does not estimate it\.$/),
    ]);
  });

  it('refuses rates that depend on it, by way of a let too', () => {
    const text = `asset A {\n  state x = 1\n  let pull = x.sd / 1 s\n  der(x) = -pull\n}\n`;
    const { diagnostics } = analyse([{ uri: 'file:///p.twin', text }], library);
    expect(diagnostics.map(({ code, source }) => [code, source.line])).toContainEqual(['PX6127', 3]);
  });

  it('names the twin', () => {
    expect(said(`twin West: Tank\nbind West { ${BOUND} }\n`)[0]).toContain(' in West');
  });
});

import { describe, expect, it } from 'vitest';
import type { AlarmState, FromPreview, TwinEvent } from '../../preview/protocol.ts';
import {
  addEvents,
  cutEvents,
  eventLimit,
  mergeAlarms,
  newlyRaised,
  sortAlarms,
} from '../../preview/session/reduce.ts';
import { SessionStore } from '../../preview/session/store.ts';
import { keptState } from '../../preview/session/kept-state.ts';
import { panesOf } from '../../preview/widgets/traces.ts';
import { epidemic } from './epidemic.ts';
import { FakeSession } from './fake-session.ts';
import { pumpStation } from './pump-station.ts';

/** A store and a session that answer each other, and an animation frame on demand. */
function connected(twin = pumpStation(), mode: 'simulate' | 'live' = 'simulate') {
  const sent: FromPreview[] = [];
  let paint: ((time: number) => void) | undefined;
  let clock = 0;
  const store = new SessionStore(
    (message) => {
      sent.push(message);
      session.receive(message);
    },
    (callback) => (paint = callback),
  );
  const session: FakeSession = new FakeSession(twin, (message) => store.receive(message), mode);
  const frame = () => {
    const callback = paint;
    paint = undefined;
    clock += 100;
    callback?.(clock);
  };
  return { store, session, sent, frame };
}

const settled = () => new Promise<void>((resolve) => queueMicrotask(resolve));

function event(id: number, time = id): TwinEvent {
  return { id, time, microstep: 0, kind: 'rule', name: `e${id}`, text: '', severity: 'info' };
}

function alarm(id: string, change: Partial<AlarmState> = {}): AlarmState {
  return {
    id,
    label: id,
    message: '',
    severity: 'warning',
    active: false,
    since: null,
    acknowledged: false,
    ...change,
  };
}

describe('events', () => {
  it('are added once each, in order, and bounded', () => {
    const known = addEvents([], [event(2), event(1)]);
    expect(known.map(({ id }) => id)).toEqual([1, 2]);
    expect(addEvents(known, [event(1), event(2)])).toBe(known);
    const many = addEvents(
      known,
      Array.from({ length: eventLimit + 10 }, (_, i) => event(i)),
    );
    expect(many).toHaveLength(eventLimit);
    expect(many.at(-1)!.id).toBe(eventLimit + 9);
  });

  it('that come after the time of a rewind are gone', () => {
    expect(cutEvents([event(1), event(2), event(3)], 2).map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe('alarms', () => {
  it('stand with the active first, then the severe, then the latest', () => {
    const sorted = sortAlarms([
      alarm('quiet'),
      alarm('seen', { active: true, severity: 'critical', acknowledged: true }),
      alarm('warning', { active: true, since: 9 }),
      alarm('critical', { active: true, severity: 'critical', since: 1 }),
      alarm('later', { active: true, severity: 'critical', since: 5 }),
    ]);
    expect(sorted.map(({ id }) => id)).toEqual(['later', 'critical', 'warning', 'seen', 'quiet']);
  });

  it('are merged by id, and the raised ones told', () => {
    const before = [alarm('a'), alarm('b', { active: true })];
    const after = mergeAlarms(before, [alarm('a', { active: true })]);
    expect(after.map(({ id, active }) => [id, active])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect(newlyRaised(before, after).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('the store', () => {
  it('subscribes to what is on the screen, once, and asks for its past', async () => {
    const { store, session, sent } = connected();
    session.advance(300);
    store.setConnection('open');
    const stop = [store.watch(['tank.level']), store.watch(['pump[1].flow', 'tank.level'])];
    await settled();
    expect(sent.filter(({ type }) => type === 'subscribe')).toEqual([
      { type: 'subscribe', series: ['pump[1].flow', 'tank.level'] },
    ]);
    expect(store.past.history('tank.level').firstTime).toBe(0);
    expect(store.past.history('tank.level').lastTime).toBe(300);
    stop[0]!();
    await settled();
    expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
    stop[1]!();
    await settled();
    expect(sent.at(-1)).toEqual({ type: 'subscribe', series: [] });
    expect(store.past.history('tank.level').length).toBe(0);
  });

  it('shows the latest values in the next animation frame', async () => {
    const { store, session, frame } = connected();
    store.setConnection('open');
    store.watch(['tank.level']);
    await settled();
    const value = store.value('tank.level');
    const before = value.value;
    session.receive({ type: 'play' });
    session.tick(10);
    session.tick(10);
    expect(value.value).toBe(before);
    frame();
    expect(store.value('tank.level').value).toBe(store.past.history('tank.level').lastValue);
    expect(store.shown.value).toBe(20);
  });

  it('forgets the future when a setting is changed in the past', async () => {
    const { store, session, sent } = connected();
    session.advance(900);
    store.setConnection('open');
    store.watch(['tank.level']);
    await settled();
    expect(store.events.value.some(({ time }) => time > 500)).toBe(true);
    store.seek(500);
    store.set('ambient', 300);
    expect(sent.slice(-2)).toEqual([
      { type: 'seek', time: 500 },
      { type: 'set', id: 'ambient', value: 300 },
    ]);
    expect(store.past.history('tank.level').lastTime).toBeLessThanOrEqual(500);
    expect(store.events.value.every(({ time }) => time <= 500)).toBe(true);
    expect(store.settings.value.get('ambient')).toBe(300);
  });

  it('freezes the display of a live twin without asking the twin to stop', async () => {
    const { store, session, sent, frame } = connected(pumpStation(), 'live');
    session.advance(100);
    store.setConnection('open');
    store.watch(['tank.level']);
    await settled();
    store.seek(50);
    session.tick(10);
    frame();
    expect(sent.some(({ type }) => type === 'seek' || type === 'pause')).toBe(false);
    expect(store.shown.value).toBe(50);
    expect(store.value('tank.level').value).toBe(store.past.history('tank.level').at(50));
    expect(store.past.history('tank.level').lastTime).toBe(110);
    store.seek(Infinity);
    expect(store.frozen.value).toBeNull();
  });

  it('starts over with a new text and keeps the subscription', async () => {
    const { store, session, sent } = connected();
    session.advance(100);
    store.setConnection('open');
    store.watch(['tank.level']);
    await settled();
    const before = sent.length;
    store.receive(pumpStation().hello);
    session.sendStatus();
    expect(store.past.history('tank.level').length).toBe(0);
    await settled();
    expect(sent.slice(before).map(({ type }) => type)).toContain('subscribe');
    expect(store.past.history('tank.level').length).toBeGreaterThan(0);
  });

  it('asks for the past once the session has said how it stands, whenever that comes', async () => {
    const { store, session, sent } = connected();
    const { hello } = pumpStation();
    // A session that goes on speaks before it greets; what it says then is old when the page is ready.
    const early = store.status.peek()!;
    expect(early.computed).toBe(0);
    session.advance(300);
    session.receive({ type: 'seek', time: 300 });
    store.receive({ type: 'status', status: early });
    store.watch(['tank.level']);
    store.receive(hello);
    await settled();
    expect(sent.map(({ type }) => type)).toEqual(['subscribe']);
    session.sendStatus();
    expect(sent.map(({ type }) => type)).toEqual(['subscribe', 'history']);
    const { firstTime, lastTime } = store.past.history('tank.level');
    expect([firstTime, lastTime]).toEqual([0, 300]);
  });

  it('knows what happened while the connection was lost', async () => {
    const { store, session } = connected();
    session.advance(100);
    store.setConnection('open');
    store.watch(['tank.level']);
    await settled();
    store.setConnection('reconnecting');
    // Nobody heard of it.
    const heard = store.receive;
    store.receive = () => {};
    session.advance(500);
    session.receive({ type: 'play' });
    session.tick(1);
    store.receive = heard;
    store.setConnection('open');
    await settled();
    session.tick(1);
    const level = store.past.history('tank.level');
    const times: number[] = [];
    level.visit(-Infinity, Infinity, { add: (time) => times.push(time) });
    expect(times).toEqual(Array.from({ length: 503 }, (_, i) => i));
  });
});

describe('what is kept over a reload', () => {
  it('is restored, and nonsense is not', () => {
    const kept = keptState(
      { view: 1, hidden: ['a', 4], window: 60, zoom: { from: 2, to: 1 }, theme: 'pink', panelTab: 'events' },
      () => {},
    );
    expect(kept.view.value).toBe(1);
    expect([...kept.hidden.value]).toEqual(['a']);
    expect(kept.window.value).toBe(60);
    expect(kept.zoom.value).toBeNull();
    expect(kept.theme.value).toBe('auto');
    expect(kept.panelTab.value).toBe('events');
  });
});

describe('charts', () => {
  it('put a sensor beside its prediction in one colour, and units in panes', () => {
    const { store } = connected();
    store.setConnection('open');
    const lookup = store.lookup.value;
    const panes = panesOf(
      { kind: 'chart', title: '', series: [{ probe: 4 }, { probe: 5 }, { probe: 2 }] },
      lookup,
    );
    expect(panes.map(({ unit, bands }) => [unit, bands])).toEqual([
      ['mm/s', false],
      ['m', false],
      ['', true],
    ]);
    expect(panes[0]!.traces.map(({ id, style, color }) => [id, style, color])).toEqual([
      ['pump[1].vibration.measured', 'points', 0],
      ['pump[1].vibration.predicted', 'line', 0],
      ['pump[2].vibration.measured', 'points', 1],
      ['pump[2].vibration.predicted', 'line', 1],
    ]);
    expect(panes[2]!.traces.map(({ color }) => color)).toEqual([0, 1]);
  });

  it('leave the prediction out where the text names what to compare with', () => {
    const { store } = connected();
    store.setConnection('open');
    const [pane] = panesOf(
      { kind: 'chart', title: '', series: [{ probe: 3 }, { probe: 0 }] },
      store.lookup.value,
    );
    expect(pane!.traces.map(({ id }) => id)).toEqual([
      'pump[1].casing.measured',
      'probe:0[1]',
      'pump[2].casing.measured',
      'probe:0[2]',
    ]);
  });

  it('give lines of one owner a colour each', () => {
    const { store } = connected(epidemic());
    store.setConnection('open');
    const [pane] = panesOf(
      { kind: 'chart', title: '', series: [{ probe: 0 }, { probe: 1 }, { probe: 2 }] },
      store.lookup.value,
    );
    expect(pane!.traces.map(({ color }) => color)).toEqual([0, 1, 2]);
  });
});

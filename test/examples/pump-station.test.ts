/** The pump station against what can be worked out by hand: a heat balance, filling and emptying, and the law of damage. */
import { describe, expect, it } from 'vitest';
import { artefactOf, eventsOf, twinOf, valueOf } from './example.ts';

const station = artefactOf('pump-station', 'Station');
const east = artefactOf('pump-station', 'East');
const hour = 3600;

// A pump: 120 m3/h over 24 m at an efficiency of 0.74; 6 kJ/K, cooled by 75 W/K.
const shaftPower = ((120 / hour) * 24 * 998.2 * 9.80665) / 0.74;
const rise = (shaftPower * (1 - 0.74)) / 75;

describe('casing', () => {
  it('warms by 1 - exp(-t / 80 s) of the losses over the cooling', () => {
    const ambient = 273.15 + 15;
    const twin = twinOf(station, {
      given: { ambient, 'pump[1].running': 1, inflow: 120 / hour },
      duration: 1800,
      method: { name: 'tsit5', tolerance: 1e-9 },
    });
    for (const time of [10, 80, 300, 1800]) {
      twin.advance(time);
      const expected = rise * (1 - Math.exp(-time / 80));
      expect(valueOf(twin, 'pump[1].temperature') - ambient).toBeCloseTo(expected, 5);
      expect(valueOf(twin, 'pump[2].temperature') - ambient).toBeCloseTo(0, 9);
    }
    expect(rise).toBeCloseTo(36.69, 2);
    expect(valueOf(twin, 'pump[1].energy')).toBeCloseTo(shaftPower * 1800, 3);
  });
});

describe('tank', () => {
  /** Time to go from one level to another with a net flow in m3/h, over 12 m2. */
  const filling = (from: number, to: number, net: number): number => (((to - from) * 12) / net) * hour;

  it('switches the pumps when its level reaches the marks', () => {
    const events = eventsOf(twinOf(station, { scenario: 'storm' })).filter(({ kind }) => kind === 'rule');
    const startLead = filling(1.95, 2, 90);
    // From 2 min on 210 m3/h come in, 90 more than one pump lifts; two lift 240.
    const levelAtStorm = 2 - ((120 - 90) * ((120 - startLead) / hour)) / 12;
    const overMarkAgain = 120 + filling(levelAtStorm, 2, 210 - 120);
    const startHelp = 120 + filling(levelAtStorm, 2.4, 210 - 120);
    const levelAtEnd = 2.4 + ((210 - 240) * ((1200 - startHelp) / hour)) / 12;
    const stopHelp = 1200 + filling(levelAtEnd, 1.6, 120 - 240);
    expect(events.map(({ name }) => name)).toEqual(['startLead', 'startLead', 'startHelp', 'stopHelp']);
    [startLead, overMarkAgain, startHelp, stopHelp].forEach((time, i) =>
      expect(events[i]!.time).toBeCloseTo(time, 6),
    );
  });

  it('moves in straight lines between them', () => {
    const twin = twinOf(station, { scenario: 'calm' });
    const period = [filling(1.95, 2, 90), filling(2, 1.2, 90 - 120), filling(1.2, 2, 90)];
    const corners = [0, period[0]!, period[0]! + period[1]!, period[0]! + period[1]! + period[2]!];
    const levels = [1.95, 2, 1.2, 2];
    for (let time = 20; time <= 1800; time += 20) {
      twin.advance(time);
      const k = corners.findIndex((_, i) => time < (corners[i + 1] ?? Infinity));
      const end = corners[k + 1];
      const slope =
        end === undefined ? (90 - 120) / hour / 12 : (levels[k + 1]! - levels[k]!) / (end - corners[k]!);
      const expected = levels[k]! + slope * (time - corners[k]!);
      expect(valueOf(twin, 'tank.level'), `at ${time} s`).toBeCloseTo(expected, 6);
    }
  });
});

describe('a failing bearing', () => {
  // Damage is 1 - exp(-0.8 %/s · t) from the 60th second on, and vibration 1.4 mm/s + 14 mm/s · damage.
  const vibrationAt = (time: number): number =>
    1.4e-3 + 14e-3 * (time < 60 ? 0 : 1 - Math.exp(-0.008 * (time - 60)));
  const reaches = (limit: number): number => 60 - Math.log(1 - (limit - 1.4e-3) / 14e-3) / 0.008;

  it('shakes as the law of damage says', () => {
    const twin = twinOf(east, { scenario: 'bearingFault' });
    for (const time of [40, 60, 70, 100, 200, 600]) {
      twin.advance(time);
      // The wear of a healthy bearing (20,000 h) is in the eighth digit here.
      expect(valueOf(twin, 'pump[1].bearing.vibration')).toBeCloseTo(vibrationAt(time), 7);
    }
  });

  it('raises each alarm five seconds after the sample that passed its limit', () => {
    // Samples without noise, as the plant would send them: every 250 ms.
    const twin = twinOf(east, { scenario: 'bearingFault', offered: 'all' });
    const sensor = twin.manifest.sensors.findIndex(({ name }) => name === 'pump[].vibration');
    const raised = new Map<string, number>();
    twin.listen({
      event: ({ name, time, alarm }) => {
        if (alarm?.active === true && !raised.has(name)) raised.set(name, time);
      },
    });
    for (let k = 0; k <= 4 * 180; k += 1) {
      const time = k / 4;
      // The lead pump starts at 24 s; the other stands still.
      expect(twin.offer(sensor, 0, time, time < 24 ? 0 : vibrationAt(time))).toBe('onTime');
      expect(twin.offer(sensor, 1, time, 0)).toBe('onTime');
      twin.advance(time);
    }
    const due = (limit: number): number => Math.ceil(reaches(limit) * 4) / 4 + 5;
    expect(raised.get('pump[1].roughRunning')).toBeCloseTo(due(4.5e-3), 9);
    expect(raised.get('pump[1].bearingFault')).toBeCloseTo(due(7.1e-3), 9);
    expect(raised.has('pump[2].roughRunning')).toBe(false);
  });

  it('raises them nearly then with noise on the sensor', () => {
    const events = eventsOf(twinOf(east, { scenario: 'bearingFault' }));
    const raisedAt = (name: string): number =>
      events.find((event) => event.name === name && event.alarm?.active === true)!.time;
    // Noise of 0.15 mm/s delays the first five seconds without a sample below the limit by some seconds at most.
    for (const [name, limit] of [
      ['pump[1].roughRunning', 4.5e-3],
      ['pump[1].bearingFault', 7.1e-3],
    ] as const) {
      expect(raisedAt(name)).toBeGreaterThan(reaches(limit) + 5 - 6);
      expect(raisedAt(name)).toBeLessThan(reaches(limit) + 5 + 12);
    }
  });
});

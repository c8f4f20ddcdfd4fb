/** What the thermostat has learned against the weighted least squares of all that it saw, solved at once. */
import { expect, it } from 'vitest';
import { artefactOf, twinOf, valueOf } from './example.ts';

it('has learned what least squares find in all that it saw', () => {
  const twin = twinOf(artefactOf('learning-thermostat', 'House'), { scenario: 'weeks' });
  const memory = 0.999;
  const look = () => ({
    probe: valueOf(twin, 'before'),
    there: [valueOf(twin, 'there[1]'), valueOf(twin, 'there[2]')] as const,
  });
  // What was believed before anything was seen counts like data that are forgotten, too.
  const belief = [0.2 / 3600, 1 / 3600] as const;
  let [a11, a12, a22] = [0.1, 0, 0.1];
  let [b1, b2] = [0.1 * belief[0], 0.1 * belief[1]];
  let before = { probe: 18 + 273.15, there: [0, 0] as readonly [number, number] };
  for (let time = 0; time <= 3 * 86400; time += 300) {
    twin.advance(time);
    const now = look();
    const shown = (now.probe - before.probe) / 300;
    const [x, y] = before.there;
    a11 = memory * a11 + x * x;
    a12 = memory * a12 + x * y;
    a22 = memory * a22 + y * y;
    b1 = memory * b1 + x * shown;
    b2 = memory * b2 + y * shown;
    before = now;
  }
  const size = a11 * a22 - a12 * a12;
  const found = [(a22 * b1 - a12 * b2) / size, (a11 * b2 - a12 * b1) / size];
  found.forEach((value, n) => expect(valueOf(twin, `learned[${n + 1}]`) / value).toBeCloseTo(1, 6));
  expect(valueOf(twin, 'learned[2]') / (9 / 3 / 3600)).toBeCloseTo(1, 0);
});

it('begins at the time that an exponential needs', () => {
  const twin = twinOf(artefactOf('learning-thermostat', 'House'), { scenario: 'weeks' });
  const begun: { at: number; room: number; outside: number }[] = [];
  let was = false;
  for (let time = 300; time <= 28 * 86400; time += 300) {
    twin.advance(time);
    const is = valueOf(twin, 'heating') > 0.5;
    const clock = (time / 3600) % 24;
    if (is && !was && clock < 6)
      begun.push({ at: clock, room: valueOf(twin, 'room'), outside: valueOf(twin, 'outside') });
    was = is;
  }
  // 30 h of time constant, 90 K to the outside at full power: as it would begin if it knew.
  const late = begun.slice(5).map(({ at, room, outside }) => {
    const end = outside + 90;
    return 6 - at - 30 * Math.log((end - room) / (end - 293.15));
  });
  expect(late.length).toBeGreaterThan(20);
  for (const hours of late) expect(Math.abs(hours)).toBeLessThan(0.25);
});

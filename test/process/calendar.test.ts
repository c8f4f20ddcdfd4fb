/** Shifts and calendars, hour by hour against the calendar of the host. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, weekday } from '../../compiler/2-check/calendar.ts';
import { compiled, expectAgreement, finished, started } from './flows.ts';

const HOUR = 3600;

describe('days', () => {
  it('are counted as the host counts them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -140000, max: 2000000 }), (day) => {
        const [year, month, date] = new Date(day * 86400e3).toISOString().split('T')[0]!.split('-');
        const found = dayOf({ year, month, day: date } as never);
        if (Number(year) >= 1583) {
          expect(found).toBe(day);
          expect(weekday(day)).toBe((new Date(day * 86400e3).getUTCDay() + 6) % 7);
        }
      }),
    );
  });

  it.each(['2026-02-29', '2026-13-01', '2026-04-31', '1900-02-29', '2026-00-10'])('%s is none', (text) => {
    const [year, month, day] = text.split('-');
    expect(dayOf({ year, month, day } as never)).toBeUndefined();
  });
});

/** Members of an asset with a calendar beside it. */
const beside = (calendar: string, members: string): string => `${members} } ${calendar} asset Rest {`;

describe('units on duty', () => {
  it('follow days of the week, dates that are otherwise, and numbers that add up', () => {
    const text = beside(
      `calendar ward {
        begins 2026-12-17
        weekdays 07:00..15:00 with 3
        weekdays 13:00..21:00 with 2
        weekend  08:00..20:00 with 2
        except 2026-12-24..2026-12-26 10:00..18:00 with 1
        except 2026-12-31 07:00..12:00
        except 2027-01-01 closed
      }`,
      'resource nurse[4] { shifts ward }',
    );
    const twin = started(compiled(text, 'run 40 d'));
    const start = Date.UTC(2026, 11, 17);
    for (let hour = 0; hour < 40 * 24; hour += 1) {
      twin.advance((hour + 0.5) * HOUR);
      const date = new Date(start + (hour + 0.5) * HOUR * 1000);
      const [day, h] = [date.toISOString().slice(0, 10), date.getUTCHours()];
      const within = (from: number, to: number, units: number): number => (from <= h && h < to ? units : 0);
      const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
      const expected =
        day >= '2026-12-24' && day <= '2026-12-26'
          ? within(10, 18, 1)
          : day === '2026-12-31'
            ? within(7, 12, 4)
            : day === '2027-01-01'
              ? 0
              : weekend
                ? within(8, 20, 2)
                : Math.min(within(7, 15, 3) + within(13, 21, 2), 4);
      expect(twin.value('nurse.onDuty'), date.toISOString()).toBe(expected);
    }
  });

  it('are all that is given out, and what was begun is finished', () => {
    const text = `state last = 0 h
      resource nurse[3] { shifts daily 00:00..08:00 with 2, daily 08:00..24:00 with 1 }
      process job { arrive at 6 h in groups of 6  use nurse for 3 h  set last = time  leave }
      kpi busy = utilisation(nurse)
      kpi there = mean(nurse.onDuty)`;
    // Two from 6 to 9 h, though one of them goes home at 8; then one after the other until 24 h, when there are two again.
    const [last, left, busy, there] = finished(compiled(text, 'run 24 h'), [
      'last',
      'job.left',
      'busy',
      'there',
    ]);
    expect([last! / HOUR, left]).toEqual([21, 6]);
    expect(there).toBeCloseTo((8 * 2 + 16) / 24, 12);
    expect(busy! * there! * 24).toBeCloseTo(18, 9);
    expectAgreement(text, 'run 30 h after warmup 2 h');
  });

  it('one week is like the next, also when it begins on another day', () => {
    const text = beside(
      'calendar plant { begins 2026-11-25  weekdays 06:00..14:00  saturday 06:00..10:00 }',
      `resource crew { shifts plant }
       process job { arrive every 1 h  use crew for 30 min }
       kpi onDuty = mean(crew.onDuty)`,
    );
    const [left, onDuty] = finished(compiled(text, 'run 21 d'), ['job.left', 'onDuty']);
    expect(onDuty).toBeCloseTo(44 / 168, 12);
    // 44 h a week, two an hour; on the first day only those of 1 h to 13 h have come, so three of sixteen are wanting.
    expect(left).toBe(3 * 88 - 3);
  });
});

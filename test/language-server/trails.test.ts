import { describe, expect, it } from 'vitest';
import { Trails } from '../../language-server/run/trails.ts';

describe('the trail of a value', () => {
  it('is drawn from its lowest to its highest, and forgets what a run that went back takes away', () => {
    const trails = new Trails();
    expect(trails.sparkline('Tank', 'level')).toBe('');
    for (let time = 0; time <= 7; time += 1) trails.note('Tank', time, { level: time, full: time > 3 });
    expect(trails.sparkline('Tank', 'level')).toBe('▁▂▃▄▅▆▇█');
    expect(trails.sparkline('Tank', 'full')).toBe('▁▁▁▁████');
    trails.note('Tank', 7, { level: 99, full: true });
    expect(trails.sparkline('Tank', 'level')).toBe('▁▂▃▄▅▆▇█');
    trails.note('Tank', 3, { level: 0, full: null });
    expect(trails.sparkline('Tank', 'level')).toBe('▁▅█▁');
    expect(trails.sparkline('Tank', 'full')).toBe('▁▁▁ ');
    for (let time = 4; time < 200; time += 1) trails.note('Tank', time, { level: 5, full: false });
    expect(trails.sparkline('Tank', 'level')).toBe('▁'.repeat(48));
    trails.forget('Tank');
    expect(trails.sparkline('Tank', 'level')).toBe('');
  });
});

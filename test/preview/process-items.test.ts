import { expect, it } from 'vitest';
import { slotOf } from '../../preview/widgets/process-items.ts';
import { sizes, type PlacedStation } from '../../preview/widgets/process-layout.ts';

// Where the last line of words stands in a station, as `process-station.tsx` draws it.
const LAST_LINE = { queue: 20, belt: 20, other: 34, wait: 34 } as const;
const RADIUS = 4;

it.each(Object.entries(LAST_LINE))(
  'items of a %s stand beneath its words, and within it',
  (kind, baseline) => {
    const [width, height] = sizes[kind as keyof typeof LAST_LINE];
    const station = { kind, x: 100, y: 50, width, height } as PlacedStation;
    for (const rank of [0, 1, 7, 15, 21, 400]) {
      const [x, y] = slotOf(station, rank);
      expect(y - RADIUS).toBeGreaterThan(station.y + baseline + 2);
      expect(y + RADIUS).toBeLessThan(station.y + height);
      expect(x - RADIUS).toBeGreaterThan(station.x);
      expect(x + RADIUS).toBeLessThan(station.x + width);
    }
  },
);

/** What a page shows of states that samples correct: how far off they may be, around their lines. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { openPage } from './opened-page.ts';
import { serveText } from './real-session.ts';

let browser: Chromium;
beforeAll(async () => {
  browser = await launchChromium({ viewport: { width: 900, height: 900 } });
});
afterAll(async () => browser?.close());

const room = `asset Room {
  state T = 20 degC
  input outside = 20 degC
  der(T) = (outside - T) / 1 h
  sensor gauge measures T noise normal(0.5 K)
}
twin R: Room
bind R {
  gauge from mqtt("gauge") as degC
  estimate T within 5 K drifts 0.3 K in 1 min
}
`;

/** A clock that the test moves, and what waits for it. */
class Clock {
  time = 1_000_000;
  private queue: { at: number; run: () => void }[] = [];

  schedule = (run: () => void, ms: number): (() => void) => {
    const item = { at: this.time + Math.max(ms, 1), run };
    this.queue.push(item);
    return () => {
      this.queue = this.queue.filter((other) => other !== item);
    };
  };

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      this.queue.sort((a, b) => a.at - b.at);
      const [next] = this.queue;
      if (next === undefined || next.at > end) break;
      this.queue.shift();
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

it.each([
  ['derived', ''],
  ['written', 'view Room { chart "Temperature" T }'],
])('a %s chart has a band of two standard deviations around an estimate', async (_, view) => {
  const clock = new Clock();
  const server = await serveText(room + view, {
    mode: 'live',
    live: true,
    playing: true,
    now: () => clock.time,
    schedule: clock.schedule,
  });
  const { page, complaints } = await openPage(browser, server.url);
  try {
    const session = server.session();
    clock.pass(10_000);
    // Half a kelvin up and down: the estimate stays near 21 °C.
    for (let n = 0; n < 12; n += 1) {
      session.arrive({ binding: 0, time: clock.time - 100, value: 294.15 + (n % 2 === 0 ? 0.5 : -0.5) });
      clock.pass(5000);
    }
    const { T, 'T.sd': sd } = session.values();
    expect(sd).toBeGreaterThan(0.05);
    expect(sd).toBeLessThan(0.5);

    const drawing = async (): Promise<string> => {
      await page
        .getByRole('button', { name: /^Export/ })
        .first()
        .press('Enter');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'Drawing (SVG)' }).click(),
      ]);
      return readFile(await download.path(), 'utf8');
    };
    /** Where the band ends on the right, in °C by the numbers of the axis. */
    const edge = async (): Promise<number[]> => {
      const svg = await drawing();
      const path = /<path d="([^"]*)" fill="[^"]*" opacity="0.18"\/>/.exec(svg)?.[1];
      if (path === undefined) return [];
      const points = [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]);
      const last = Math.max(...points.map(([x]) => x!));
      const shifted = Number(
        /translate\([\d.]+ (-?[\d.]+)\)/.exec(svg.slice(svg.indexOf('clip-path="url')))![1],
      );
      const ticks = [...svg.matchAll(/y="([\d.]+)" text-anchor="end"[^>]*>(−?[\d.]+)</g)].map(
        ([, y, text]) => [Number(y) - 4, Number(text!.replace('−', '-'))],
      );
      const [[bottom, least], [top, most]] = [ticks[0]!, ticks.at(-1)!] as [
        [number, number],
        [number, number],
      ];
      const value = (y: number): number => least + ((bottom - y) / (bottom - top)) * (most - least);
      return points
        .filter(([x]) => x === last)
        .map(([, y]) => value(y! + shifted))
        .toSorted((a, b) => a - b);
    };
    const close = (found: number | undefined, expected: number): boolean =>
      Math.abs((found ?? NaN) - expected) < 0.1;
    const mean = T! - 273.15;
    // What lies between samples and the line is not filled as well.
    expect(await drawing()).not.toContain('opacity="0.13"');
    await expect
      .poll(async () => {
        const [low, high] = await edge();
        return close(low, mean - 2 * sd!) && close(high, mean + 2 * sd!);
      })
      .toBe(true);
    // The deviation is no line of its own, and the samples stand beside the estimate where the page chose what to draw.
    const names = await page.locator('.chart .legend-label').allTextContents();
    expect(names).toEqual(view === '' ? ['gauge', 'T'] : ['T']);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
});

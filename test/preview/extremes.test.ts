/** Charts of what is very small, very large, very long or very short: every word is written within its picture, and tells its value. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { complaints, page, seek, visit } from './visited-twin.ts';

interface Written {
  text: string;
  left: number;
  right: number;
  top: number;
  /** Of the picture, in the same pixels. */
  width: number;
}

/** Notes what canvases are told to write, by canvas; what was written before the picture was cleared is forgotten. */
async function noting(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const notes = new Map<HTMLCanvasElement, Map<string, Written>>();
    Object.assign(window, { notes });
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      notes.delete(this.canvas);
      clearRect.apply(this, box);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, most) {
      const { a, e, f } = this.getTransform();
      const {
        actualBoundingBoxLeft: before,
        actualBoundingBoxRight: after,
        actualBoundingBoxAscent: up,
      } = this.measureText(text);
      const written = notes.get(this.canvas) ?? new Map<string, Written>();
      notes.set(this.canvas, written);
      const left = e + (x - before) * a;
      const box = { left, right: e + (x + after) * a, top: f + (y - up) * a, width: this.canvas.width };
      written.set(`${text} ${x} ${y}`, { text, ...box });
      fillText.call(this, text, x, y, most);
    };
  });
}

/** What stands in the pictures of a chart now. */
const writtenIn = (chart: string): Promise<Written[]> =>
  page.evaluate((name) => {
    const { notes } = window as unknown as { notes: Map<HTMLCanvasElement, Map<string, Written>> };
    return [...notes]
      .filter(([canvas]) => canvas.closest(`section[aria-label*="${name}"]`) !== null)
      .flatMap(([, written]) => [...written.values()].filter(({ text }) => text !== ''));
  }, chart);

const extremes = `asset Extremes {
  state charge: Charge = 1e-12 C
  state energy: Energy = 1e12 J
  state still: Length = 3 m
  der(charge) = -charge / 1 ms
  der(energy) = energy / 10 ms
  der(still) = 0 m/s
}
scenario moment for Extremes { run 5 ms }
`;

const narrow = async (each: Page): Promise<void> => {
  await noting(each);
  await each.setViewportSize({ width: 350, height: 1400 });
};

describe('a chart', () => {
  afterEach(() => expect(complaints).toEqual([]));

  it('has the power of ten of small and large values beside their unit, and nothing is cut', async () => {
    await visit(extremes, narrow);
    await seek(0.004);
    for (const [chart, unit] of [
      ['Charge', '10⁻¹² C'],
      ['Energy', '10¹² J'],
      ['Length', 'm'],
    ] as const) {
      await expect
        .poll(async () => (await writtenIn(chart)).map(({ text }) => text), { message: chart })
        .toContain(unit);
      const words = await writtenIn(chart);
      for (const { text, left, right, width } of words) {
        expect(left, `${chart}: ${text}`).toBeGreaterThanOrEqual(0);
        expect(right, `${chart}: ${text}`).toBeLessThanOrEqual(width);
      }
      // The unit stands above all else: no trace crosses it.
      const top = words.find(({ text }) => text === unit)!.top;
      expect(words.filter((each) => each.text !== unit && each.top <= top)).toEqual([]);
      const numbers = words.map(({ text }) => text).filter((text) => /^−?[\d.]+$/.test(text));
      expect(numbers.length, chart).toBeGreaterThan(2);
      expect(new Set(numbers).size, chart).toBe(numbers.length);
    }
  });

  it('of a run of milliseconds counts them, and so does the clock', async () => {
    await visit(extremes, narrow);
    await seek(0.004);
    await expect
      .poll(async () => (await writtenIn('Charge')).map(({ text }) => text))
      .toEqual(expect.arrayContaining(['0 ms', '2 ms', '4 ms']));
    expect(await page.locator('.clock-now').textContent()).toBe('4.000 ms');
    expect(await page.locator('.scrubber').getAttribute('aria-valuetext')).toContain('4.000 ms');
  });

  it('of ten years has labels of time that do not overlap', async () => {
    const decade = `asset Pond {
      state depthOfTheWaterBelowTheBridgeThatIsReadEverySpring: Length = 1 m
      der(depthOfTheWaterBelowTheBridgeThatIsReadEverySpring) = 1 cm / 365 d
    }
    scenario decade for Pond { run 3650 d }`;
    await visit(decade, narrow);
    await seek(3_000 * 86_400);
    const times = async (): Promise<Written[]> =>
      (await writtenIn('Length')).filter(({ text }) => text.endsWith(' d')).sort((a, b) => a.left - b.left);
    await expect.poll(async () => (await times()).length).toBeGreaterThan(2);
    const labels = await times();
    labels.slice(1).forEach(({ left, text }, i) => expect(left, text).toBeGreaterThan(labels[i]!.right + 4));
    // A long name gives way to its value, which stays within the card.
    const card = (await page.locator('.card.chart').boundingBox())!;
    const value = (await page.locator('.legend-value').boundingBox())!;
    expect(value.x + value.width).toBeLessThanOrEqual(card.x + card.width);
    expect(await page.locator('.legend-item').getAttribute('title')).toContain('ReadEverySpring');
  });
});

describe('the axes of a chart', () => {
  const tank = (view: string): string => `asset Tank {
    state acids: Concentration = 20 mmol/L
    state other: Concentration = 3 mol/m3
    state depth = 2 m
    state film = 3 µm
    state share = 20 %
    der(acids) = -acids / 1 h
    der(other) = -other / 2 h
    der(depth) = -depth / 1 h
    der(film)  = film / 1 h
    der(share) = share / 1 h
  }
  ${view}
  scenario day for Tank { run 2 h }`;
  const axes = async (chart: string): Promise<string[]> => {
    await expect.poll(async () => (await writtenIn(chart)).length).toBeGreaterThan(4);
    return (await writtenIn(chart)).map(({ text }) => text).filter((text) => /^[a-zµ/³L]+$/i.test(text));
  };

  it('are one for what can be compared, in the unit of the first', async () => {
    const view = 'view Tank { chart "Acids" acids, other, acids + other  chart "Lengths" film, depth }';
    await visit(tank(view), noting);
    await seek(3600);
    expect(await axes('Acids')).toEqual(['mmol/L']);
    // exp(-1/2) of 3 mol/m³ is as many mmol/L.
    const item = page.locator('section[aria-label*="Acids"] .legend-item').nth(1);
    expect(await item.locator('.legend-value').textContent()).toBe((3 * Math.exp(-0.5)).toFixed(2));
    // Micrometres would be nothing beside metres.
    expect(await axes('Lengths')).toEqual(['µm', 'm']);
  });

  it('are one as well where a model has no view', async () => {
    await visit(tank(''), noting);
    await seek(3600);
    expect(await axes('Concentration')).toEqual(['mmol/L']);
  });
});

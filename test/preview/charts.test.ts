/** Charts in Chromium: what they draw, and the stretch of time they show. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pumpStation } from './pump-station.ts';
import {
  complaints,
  open,
  page,
  painted,
  pixelsOf,
  received,
  results,
  session,
  visit,
} from './visited-page.ts';

/** What is shown is what is drawn when nothing is known of the picture before. */
async function expectAsFresh(): Promise<void> {
  // Compared where they are: millions of numbers are slow to send.
  const pictures = await page.evaluateHandle(() => {
    const all = [...document.querySelectorAll<HTMLCanvasElement>('.chart canvas.traces')];
    return () =>
      all.map((canvas) => canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data);
  });
  const kept = await pictures.evaluateHandle((look) => look());
  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: /^Theme/ }).click();
    await painted();
  }
  const differences = await page.evaluate(
    ([before, look]) =>
      look().map((fresh, i) => ({
        drawn: before[i]!.some((each) => each > 0),
        apart: before[i]!.filter((each, at) => Math.abs(each - fresh[at]!) > 40).length / fresh.length,
      })),
    [kept, pictures] as const,
  );
  expect(differences.length).toBeGreaterThan(2);
  differences.forEach(({ drawn, apart }, i) => {
    expect(drawn, `chart ${i}`).toBe(true);
    expect(apart, `chart ${i}`).toBeLessThan(2e-4);
  });
}

describe('a chart', () => {
  it('draws measured points and the predicted line of each pump, and moves with the run', async () => {
    await visit();
    await painted();
    const chart = 'section[aria-label*="Casing temperature"]';
    await expect.poll(() => pixelsOf(chart, '--series-1')).toBeGreaterThan(500);
    expect(await pixelsOf(chart, '--series-2')).toBeGreaterThan(500);
    expect(await pixelsOf(chart, '--series-5')).toBe(0);
    const picture = () =>
      page.locator(`${chart} canvas.traces`).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const before = await picture();
    session.receive({ type: 'play' });
    session.tick(60);
    await painted();
    expect(await picture()).not.toBe(before);
    expect(await page.locator('.clock-now').textContent()).toBe('17:00.0');
    expect(complaints).toEqual([]);
  });

  it('shows values in their units, and the cursor in all charts', async () => {
    await visit();
    await painted();
    const shown = await page.locator('.number', { hasText: 'tank.level' }).locator('.figure').innerText();
    expect(shown.replace(/\s+/g, ' ')).toMatch(/^\d\.\d{3} m$/);
    const over = page.locator('.u-over').first();
    const box = (await over.boundingBox())!;
    const value = page.locator('.legend-item', { hasText: 'tank.level' }).locator('.legend-value');
    const now = await value.innerText();
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2);
    await painted();
    expect(await value.innerText()).not.toBe(now);
    await page.mouse.move(box.x, box.y - 200);
    await painted();
    expect(await value.innerText()).toBe(now);
  });

  it('zooms all charts by dragging over one, and goes back', async () => {
    await visit();
    await painted();
    const pictures = () =>
      page
        .locator('.chart canvas.traces')
        .evaluateAll((canvases) =>
          canvases.slice(0, 2).map((canvas) => (canvas as HTMLCanvasElement).toDataURL()),
        );
    const [first, second] = await pictures();
    const box = (await page.locator('.u-over').first().boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    await painted();
    const zoomed = await pictures();
    expect(zoomed[0]).not.toBe(first);
    expect(zoomed[1]).not.toBe(second);
    await page.keyboard.press('z');
    await page.getByRole('combobox', { name: 'Time window' }).waitFor();
    await painted();
    expect((await pictures())[0]).toBe(first);
  });

  it('draws while it slides what it would draw at once', async () => {
    open(pumpStation(), 'live', 960);
    await visit();
    await page.getByRole('combobox', { name: 'Time window' }).selectOption('60');
    // One sample, many, and some that move the picture by less than a pixel.
    for (const seconds of [0.1, 0.3, 7, 0.05, 3, 0.2]) {
      session.tick(seconds);
      await painted();
    }
    await page.waitForTimeout(150);
    await expectAsFresh();
  });

  it('draws while it is moved to either side what it would draw at once', async () => {
    await visit();
    const box = (await page.locator('.u-over').first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    const wheel = (deltaY: number, key: 'ctrlKey' | 'shiftKey') =>
      page
        .locator('.pane-host')
        .first()
        .evaluate(
          (host, [by, held]) =>
            host.dispatchEvent(new WheelEvent('wheel', { deltaY: by, [held]: true, cancelable: true })),
          [deltaY, key] as const,
        );
    await wheel(-400, 'ctrlKey');
    // Far, by less than a pixel, and back over where it was.
    for (const by of [-60, -7, -0.3, 25, -140, 90, -12]) {
      await wheel(by, 'shiftKey');
      await painted();
    }
    await page.mouse.move(5, 5);
    await page.waitForTimeout(150);
    await expectAsFresh();
  });

  it('shows beside the run the one that it is compared with, and how far they are apart', async () => {
    await visit();
    await page.keyboard.press('c');
    const choice = page.getByRole('combobox', { name: 'Compare' });
    await expect.poll(() => choice.locator('option:checked').innerText()).toBe('vs before');
    expect(await received('compare')).toEqual([{ type: 'compare', with: 'this', scenario: null }]);
    expect((await received('history')).some(({ run }) => run === 'compared')).toBe(true);
    const difference = page
      .locator('.legend-item', { hasText: 'pump[1].temperature' })
      .locator('.difference');
    await expect.poll(() => difference.innerText()).toMatch(/^0/);
    // Half transparent in the colour of the trace: nothing lies between two equal runs.
    const band = () =>
      page.locator('section[aria-label*="Casing temperature"] canvas.traces').evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        let count = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i]! > 25 && data[i]! < 55) count++;
        return count;
      });
    const before = await band();
    await page.getByRole('textbox', { name: 'cooling' }).fill('20');
    await page.getByRole('textbox', { name: 'cooling' }).press('Enter');
    await page.getByRole('button', { name: 'Restart' }).click();
    // A click is there before its message is.
    await expect.poll(async () => (await received('restart')).length).toBe(1);
    session.receive({ type: 'play' });
    session.tick(960);
    await expect.poll(() => difference.innerText()).toMatch(/^\+\d/);
    await expect.poll(band).toBeGreaterThan(before + 1000);
    await page.screenshot({ path: join(results, 'preview-compare.png') });
    expect(
      await page.locator('.number', { hasText: 'pump[1].flow' }).locator('.difference').innerText(),
    ).toMatch(/^[+−]?\d/);
    await page.keyboard.press('c');
    await expect.poll(() => difference.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('plays a stretch that is brushed on the timeline over and over', async () => {
    await visit();
    const line = page.getByRole('slider', { name: 'Position in the run' });
    const box = (await line.boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + box.width * 0.05, box.y + 18);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.1, box.y + 18, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    expect(await received('seek')).toEqual([]);
    await page.getByRole('button', { name: 'Play the selection over and over' }).click();
    // The run of an hour stands at 16 minutes, behind the stretch.
    session.receive({ type: 'play' });
    session.tick(1);
    await expect.poll(async () => (await received('seek')).length).toBe(1);
    const { time } = (await received('seek'))[0]!;
    expect(Math.abs(time - 180)).toBeLessThan(15);
    expect(session.time).toBeLessThan(200);
    await painted();
    session.tick(200);
    await expect.poll(async () => (await received('seek')).length).toBe(2);
    await page.keyboard.press('l');
    await painted();
    session.tick(400);
    await painted();
    expect(await received('seek')).toHaveLength(2);
  });

  it('zooms and moves by keys', async () => {
    await visit();
    await painted();
    const pictures = () =>
      page
        .locator('.chart canvas.traces')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    for (const key of ['+', '+', ',', '.', '-']) {
      const before = await pictures();
      await page.keyboard.press(key);
      await expect.poll(pictures, { message: key }).not.toBe(before);
    }
    await page.keyboard.press('z');
    await page.getByRole('combobox', { name: 'Time window' }).waitFor();
  });

  it('exports a chart as picture, drawing and samples', async () => {
    await visit();
    await painted();
    const files: Record<string, Buffer> = {};
    for (const [kind, name] of [
      ['PNG', 'Picture (PNG)'],
      ['SVG', 'Drawing (SVG)'],
      ['CSV', 'Samples (CSV)'],
    ] as const) {
      await page.getByRole('button', { name: 'Export: Vibration' }).press('Enter');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`vibration.${kind.toLowerCase()}`);
      const path = join(results, `preview-export.${kind.toLowerCase()}`);
      await download.saveAs(path);
      files[kind] = await readFile(path);
    }
    expect(files['PNG']!.subarray(1, 4).toString()).toBe('PNG');
    const svg = String(files['SVG']);
    // Of two pumps what is predicted is a line, and what is measured are points.
    expect(svg.match(/<path [^>]*stroke-linejoin/g)).toHaveLength(2);
    expect(svg.match(/<path d="[^"]*a2\.25 [^"]*" fill/g)).toHaveLength(2);
    expect(
      await page.evaluate(
        (text) =>
          new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent,
        svg,
      ),
    ).toBeUndefined();
    const [head, ...lines] = String(files['CSV']).trim().split('\n');
    expect(head!.split(',')[0]).toBe('time (s)');
    expect(head).toContain('pump[1].vibration (mm/s)');
    expect(new Set(head!.split(',')).size).toBe(head!.split(',').length);
    const times = lines.map((line) => Number(line.split(',')[0]));
    expect(times.length).toBeGreaterThan(300);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(lines.every((line) => line.split(',').length === head!.split(',').length)).toBe(true);
    expect(complaints).toEqual([]);
  });
});

/** The preview in Chromium, against a made-up session. Pictures go to test-results/. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FromPreview } from '../../preview/protocol.ts';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { FakeSession, epidemic, pumpStation } from './fake-session.ts';
import type { FakeTwin } from './fake-session.ts';
import { servePreview } from './preview-page.ts';
import type { PreviewPage } from './preview-page.ts';

const results = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'test-results');

let browser: Chromium;
let server: PreviewPage;
let page: Page;
let session: FakeSession;
let open: { twin: FakeTwin; mode: 'simulate' | 'live'; until: number };
let complaints: string[];

beforeAll(async () => {
  server = await servePreview((emit) => {
    session = new FakeSession(open.twin, emit, open.mode);
    session.advance(open.until);
    return session;
  });
  browser = await launchChromium({ viewport: { width: 1400, height: 900 } });
  await mkdir(results, { recursive: true });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => {
  open = { twin: pumpStation(), mode: 'simulate', until: 960 };
});

/** A fresh page, with nothing kept from the one before. */
async function visit(prepare?: (page: Page) => Promise<void>): Promise<void> {
  await page?.close();
  page = await browser.context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await prepare?.(page);
  await page.goto(server.url);
  await page.locator('.view').waitFor();
}

/** Waits until two animation frames have passed: what was sent is then on the screen. */
async function painted(): Promise<void> {
  await page.waitForTimeout(120);
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

async function received<T extends FromPreview['type']>(
  type: T,
): Promise<Extract<FromPreview, { type: T }>[]> {
  await painted();
  return session.received.filter(
    (message): message is Extract<FromPreview, { type: T }> => message.type === type,
  );
}

/** How many pixels of a chart's canvas have (nearly) the colour of a CSS variable. */
function pixelsOf(chart: string, color: string): Promise<number> {
  return page.evaluate(
    ([selector, name]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${selector} canvas.traces`)!;
      const probe = document.createElement('span');
      probe.style.color = `var(${name})`;
      document.body.append(probe);
      const [r, g, b] = getComputedStyle(probe)
        .color.match(/[\d.]+/g)!
        .map(Number) as [number, number, number];
      probe.remove();
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (
          data[i + 3]! > 200 &&
          Math.abs(data[i]! - r) + Math.abs(data[i + 1]! - g) + Math.abs(data[i + 2]! - b) < 24
        )
          count++;
      }
      return count;
    },
    [chart, color] as const,
  );
}

describe('the preview', () => {
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

  it('says what is done with buttons, sliders, switches and the timeline', async () => {
    await visit();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    expect(await received('play')).toHaveLength(1);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await received('pause')).toHaveLength(1);
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('max');
    expect(await received('speed')).toEqual([{ type: 'speed', speed: null }]);

    const track = (await page.getByRole('slider', { name: 'Position in the run' }).boundingBox())!;
    await page.mouse.click(track.x + track.width * 0.1, track.y + track.height / 2);
    const seeks = await received('seek');
    expect(seeks).toHaveLength(1);
    expect(Math.abs(seeks[0]!.time - 360)).toBeLessThan(5);

    await page.getByRole('slider', { name: 'ambient' }).fill('30');
    const [set] = await received('set');
    expect(set!.id).toBe('ambient');
    expect(set!.value).toBeCloseTo(303.15, 6);
    await page.getByRole('textbox', { name: 'ratedFlow' }).fill('180');
    await page.getByRole('textbox', { name: 'ratedFlow' }).press('Enter');
    expect((await received('set')).at(-1)!.value).toBeCloseTo(0.05, 9);
    await page.getByRole('switch', { name: 'pump[2].enabled' }).click();
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'pump[2].enabled', value: 0 });
    await page.getByRole('button', { name: 'Back to the value in the text: ambient' }).click();
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'ambient', value: null });

    await page.getByRole('button', { name: 'Live', exact: true }).click();
    expect(await received('mode')).toEqual([{ type: 'mode', mode: 'live' }]);
  });

  it('refuses what is no number', async () => {
    await visit();
    const entry = page.getByRole('textbox', { name: 'ratedFlow' });
    await entry.fill('much');
    await entry.press('Enter');
    expect(await received('set')).toEqual([]);
    expect(await entry.getAttribute('aria-invalid')).toBe('true');
  });

  it('works from the keyboard alone', async () => {
    await visit();
    await page.locator('body').click({ position: { x: 700, y: 4 } });
    for (const key of ['Space', '7', '9', 'ArrowRight', 'Shift+ArrowLeft', 'ArrowLeft', 'Home', 'r']) {
      await page.keyboard.press(key);
    }
    await painted();
    const moves = session.received.filter(({ type }) => !['ready', 'subscribe', 'history'].includes(type));
    expect(moves.map((message) => (message.type === 'seek' ? { type: 'seek' } : message))).toEqual([
      { type: 'play' },
      { type: 'speed', speed: 100 },
      { type: 'speed', speed: null },
      { type: 'step', to: 'step' },
      { type: 'step', to: 'previous-event' },
      { type: 'seek' },
      { type: 'seek' },
      { type: 'restart' },
    ]);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    // Every control can be reached, and one sees where one is.
    await page.keyboard.press('Tab');
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        // Behind the last control comes the browser itself.
        if (element === document.body) return null;
        const name = element.getAttribute('aria-label') ?? element.innerText;
        return {
          name: name.replace(/\s+/g, ' '),
          outlined: getComputedStyle(element).outlineStyle !== 'none',
        };
      });
      if (focus === null) break;
      expect(focus, `focus ${i}`).toMatchObject({ outlined: true });
      seen.add(focus.name);
      await page.keyboard.press('Tab');
    }
    for (const name of ['Simulate', 'Scenario', 'Play', 'Position in the run', 'ambient', 'Controls']) {
      expect(
        [...seen].some((each) => each.startsWith(name)),
        name,
      ).toBe(true);
    }
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
    open = { twin: pumpStation(), mode: 'live', until: 960 };
    await visit();
    await page.getByRole('combobox', { name: 'Time window' }).selectOption('60');
    // One sample, many, and some that move the picture by less than a pixel.
    for (const seconds of [0.1, 0.3, 7, 0.05, 3, 0.2]) {
      session.tick(seconds);
      await painted();
    }
    await page.waitForTimeout(150);
    const pictures = () =>
      page.locator('.chart canvas.traces').evaluateAll((canvases) =>
        (canvases as HTMLCanvasElement[]).map((canvas) => {
          const { width, height } = canvas;
          return Array.from(canvas.getContext('2d')!.getImageData(0, 0, width, height).data);
        }),
      );
    const slid = await pictures();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await painted();
    for (let i = 0; i < 2; i++) await page.getByRole('button', { name: /^Theme/ }).click();
    await painted();
    const fresh = await pictures();
    expect(slid.length).toBeGreaterThan(2);
    slid.forEach((picture, i) => {
      expect(picture.some((each) => each > 0)).toBe(true);
      const apart = picture.filter((each, at) => Math.abs(each - fresh[i]![at]!) > 40).length;
      expect(apart / picture.length, `chart ${i}`).toBeLessThan(2e-4);
    });
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

  it('shelves an alarm for a time, and takes it back', async () => {
    await visit();
    await page.getByRole('button', { name: '1 active alarm' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByRole('button', { name: 'Shelve: pump[2].bearingWorn' }).press('Enter');
    await page.getByRole('menuitem', { name: 'for 1 min of the run' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.screenshot({ path: join(results, 'preview-shelve.png') });
    await page.keyboard.press('Enter');
    expect(await received('shelve')).toEqual([
      { type: 'shelve', alarm: 'pump[2].bearingWorn', seconds: 600 },
    ]);
    await panel.getByText('shelved until 26:00').waitFor();
    await page.getByRole('button', { name: 'No active alarms' }).waitFor();
    await panel.getByRole('button', { name: 'Take from the shelf: pump[2].bearingWorn' }).click();
    await page.getByRole('button', { name: '1 active alarm' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('lists alarms and events, acknowledges, and shows where an event is written', async () => {
    await visit();
    await page.getByRole('button', { name: '1 active alarm' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('Vibration above 7.1 mm/s: plan a change of the bearing').waitFor();
    expect(await panel.getByRole('listitem').first().innerText()).toContain('pump[2].bearingWorn');
    await panel.getByRole('button', { name: 'Acknowledge: pump[2].bearingWorn' }).click();
    expect(await received('acknowledge')).toEqual([{ type: 'acknowledge', alarm: 'pump[2].bearingWorn' }]);
    await page.getByRole('tab', { name: 'Events' }).click();
    await panel.getByRole('button').first().click();
    expect(await received('reveal')).toEqual([
      { type: 'reveal', uri: 'file:///twin/station.twin', line: 31, column: 3 },
    ]);
  });

  it('keeps thousands of events in few elements', async () => {
    await visit();
    const events = Array.from({ length: 4000 }, (_, i) => ({
      id: 10_000 + i,
      time: i,
      microstep: 0,
      kind: 'event' as const,
      name: `event ${i}`,
      text: '',
      severity: 'info' as const,
    }));
    session.send({ type: 'events', events });
    await page.getByRole('tab', { name: 'Events' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('event 3999', { exact: true }).waitFor();
    expect(await panel.locator('.event-row').count()).toBeLessThan(80);
    await panel.locator('.events').evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
    await panel
      .getByText(/^event 1[89]\d\d$/)
      .first()
      .waitFor();
  });

  it('says that the text is broken and that the run has stopped, and keeps what it shows', async () => {
    await visit();
    session.send({
      type: 'problems',
      problems: [
        {
          severity: 'error',
          code: 'PX2104',
          message: 'temperature is K, power / cooling is K·s',
          uri: 'file:///station.twin',
          line: 24,
          column: 3,
        },
      ],
    });
    session.sendStatus({ trouble: 'pump[2]: no solution at 12 min 3 s.' });
    await page.getByText('The text has errors: showing the last good run.').waitFor();
    await page.getByText('pump[2]: no solution at 12 min 3 s.').waitFor();
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByText('temperature is K, power / cooling is K·s').click();
    expect(await received('reveal')).toEqual([
      { type: 'reveal', uri: 'file:///station.twin', line: 24, column: 3 },
    ]);
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(2);
    session.send({ type: 'problems', problems: [] });
    await expect.poll(() => page.getByText('The text has errors').count()).toBe(0);
  });

  it('stays as it is while the session is away, and goes on when it is back', async () => {
    await visit();
    const before = await page.locator('.number').count();
    server.goAway();
    await page.getByText('Reconnecting…').waitFor();
    expect(await page.locator('.number').count()).toBe(before);
    await expect.poll(() => page.getByRole('button', { name: 'Play', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('slider', { name: 'ambient' }).fill('30');
    server.comeBack();
    await expect.poll(() => page.getByText('Reconnecting…').count(), { timeout: 10_000 }).toBe(0);
    await expect.poll(async () => (await received('set')).map(({ id }) => id)).toEqual(['ambient']);
    expect(await received('subscribe')).not.toHaveLength(0);
  });

  it('remembers over a reload what was hidden, open and chosen', async () => {
    await visit();
    await page.getByRole('tab', { name: 'Sensors' }).click();
    await page.locator('.legend-item', { hasText: 'pump[2].casing' }).first().click();
    await page.getByRole('combobox', { name: 'Time window' }).selectOption('60');
    await page.waitForTimeout(200);
    await page.reload();
    await page.locator('.view').waitFor();
    expect(await page.getByRole('tab', { name: 'Sensors' }).getAttribute('aria-selected')).toBe('true');
    expect(
      await page.locator('.legend-item', { hasText: 'pump[2].casing' }).first().getAttribute('aria-pressed'),
    ).toBe('false');
    expect(await page.getByRole('combobox', { name: 'Time window' }).inputValue()).toBe('60');
  });

  it('freezes and follows a live twin', async () => {
    open = { twin: pumpStation(), mode: 'live', until: 300 };
    await visit();
    await page.getByText('Following live').waitFor();
    await page.keyboard.press('Space');
    session.tick(20);
    await painted();
    expect(await page.locator('.clock-now').textContent()).toBe('5:00.0');
    await page.getByRole('button', { name: 'Follow live' }).last().click();
    await painted();
    expect(await page.locator('.clock-now').textContent()).toBe('5:20.0');
    expect(session.received.some(({ type }) => type === 'pause' || type === 'seek')).toBe(false);
  });

  it('draws the parts, and shows all values of the one that is chosen', async () => {
    await visit();
    const pump = page.locator('.part', { hasText: 'pump[2]' }).last();
    await pump.click();
    const details = page.getByRole('group', { name: 'pump[2]', exact: true });
    await details.getByText('A centrifugal pump driven by a fixed-speed motor.').waitFor();
    expect(await details.locator('.number').count()).toBe(6);
    const boxes = await page
      .locator('.part:not(.part-holds)')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().toJSON() as DOMRect));
    const apart = boxes.every((a, i) =>
      boxes.every(
        (b, j) => i === j || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top,
      ),
    );
    expect(boxes).toHaveLength(3);
    expect(apart).toBe(true);
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
    // Measured and predicted of two pumps, and two lanes, are drawn.
    expect(svg.match(/<path [^>]*stroke-linejoin/g)!.length).toBeGreaterThanOrEqual(4);
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

  it('copies a link to the moment, and goes there from it', async () => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit();
    await page.getByRole('textbox', { name: 'cooling' }).fill('30');
    await page.getByRole('textbox', { name: 'cooling' }).press('Enter');
    await page.getByRole('button', { name: 'Copy a link to this moment' }).click();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    expect(address).toContain('#t=960&scenario=heatWave&set.cooling=30');
    await visit((page) =>
      page
        .addInitScript((hash) => history.replaceState(null, '', hash), new URL(address).hash)
        .then(() => {}),
    );
    await expect.poll(async () => (await received('seek')).at(-1)?.time).toBe(960);
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'cooling', value: 30 });
    expect(await received('scenario')).toEqual([]);
  });

  it('draws what is joined as lines between the parts', async () => {
    const twin = pumpStation();
    const { structure } = twin.hello;
    const meet = ['tank', 'pump[1]', 'pump[2]'].map((part) => ({ part, port: 'water' }));
    const links = [
      meet,
      [
        { part: 'pump[1]', port: 'shaft' },
        { part: 'pump[2]', port: 'shaft' },
      ],
      [
        { part: '', port: 'grid' },
        { part: 'pump[1]', port: 'supply' },
      ],
    ];
    const hello = { ...twin.hello, structure: { ...structure, ports: ['grid'], links } };
    open = { twin: { ...twin, hello }, mode: 'simulate', until: 100 };
    await visit();
    const drawing = page.locator('.links');
    await drawing.waitFor();
    expect(await drawing.getAttribute('aria-label')).toBe(
      'Joined: tank.water – pump[1].water – pump[2].water; pump[1].shaft – pump[2].shaft; grid – pump[1].supply',
    );
    await page.locator('.part', { hasText: 'pump[1]' }).last().click();
    await drawing.scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(results, 'preview-joins.png') });
    // Every line ends at the edge of a part, at a dot or at a terminal.
    const loose = await page.evaluate(() => {
      const places = [...document.querySelectorAll('.part:not(.part-holds), .link-dot, .link-terminal')].map(
        (each) => each.getBoundingClientRect(),
      );
      const svg = document.querySelector('.links')!.getBoundingClientRect();
      const ends = [...document.querySelectorAll<SVGPolylineElement>('.link-line')].flatMap((line) => {
        const points = [...line.points];
        return [points[0]!, points.at(-1)!].map(({ x, y }) => ({ x: x + svg.x, y: y + svg.y }));
      });
      return {
        ends: ends.length,
        loose: ends.filter(
          ({ x, y }) =>
            !places.some(
              ({ left, right, top, bottom }) =>
                x > left - 2 && x < right + 2 && y > top - 2 && y < bottom + 2,
            ),
        ).length,
      };
    });
    expect(loose).toEqual({ ends: 10, loose: 0 });
    expect(await page.locator('.link-line.touching').count()).toBe(5);
    expect(complaints).toEqual([]);
  });

  it('runs as a webview: talks to the host, keeps its state there', async () => {
    const twin = pumpStation();
    await visit(async (page) => {
      // A host answers when it is asked.
      await page.addInitScript((hello) => {
        const host = {
          sent: [] as unknown[],
          state: { preview: { panelTab: 'events', panelOpen: true } } as unknown,
        };
        Object.assign(globalThis, {
          host,
          acquireVsCodeApi: () => ({
            postMessage(message: { type: string }) {
              host.sent.push(message);
              if (message.type === 'ready') window.postMessage(hello, '*');
            },
            getState: () => host.state,
            setState: (state: unknown) => (host.state = state),
          }),
        });
      }, twin.hello);
    });
    await page.getByRole('tab', { name: 'Events', selected: true }).waitFor();
    await painted();
    const host = () =>
      page.evaluate(() => (globalThis as unknown as { host: { sent: FromPreview[]; state: object } }).host);
    expect((await host()).sent.map(({ type }) => type).slice(0, 2)).toEqual(['ready', 'subscribe']);
    await page.getByRole('tab', { name: 'Alarms' }).click();
    await expect.poll(async () => (await host()).state).toMatchObject({ preview: { panelTab: 'alarms' } });
    // The editor has the theme; a toggle would only fight it.
    expect(await page.getByRole('button', { name: /^Theme/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('has nothing to hide from people who use other means', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const scheme of ['light', 'dark'] as const) {
      await visit((page) => page.emulateMedia({ colorScheme: scheme }));
      await page.keyboard.press('c');
      await page.keyboard.press('+');
      for (const tab of ['Controls', 'Alarms', 'Events', 'Sensors']) {
        await page.getByRole('tab', { name: tab }).click();
        await painted();
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const runner = (
            globalThis as unknown as {
              axe: {
                run(): Promise<{
                  violations: {
                    id: string;
                    impact: string;
                    nodes: { html: string; failureSummary: string }[];
                  }[];
                }>;
              };
            }
          ).axe;
          const { violations } = await runner.run();
          return violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
          );
        });
        expect(found, `${scheme}, ${tab}`).toEqual([]);
      }
    }
  });

  it('announces an alarm', async () => {
    open = { twin: pumpStation({ fault: 1e9 }), mode: 'simulate', until: 100 };
    await visit();
    session.send({
      type: 'alarms',
      alarms: [
        {
          id: 'pump[1].overheating',
          label: 'pump[1].overheating',
          message: 'Casing too hot',
          severity: 'critical',
          active: true,
          since: 100,
          acknowledged: false,
        },
      ],
    });
    await expect
      .poll(() => page.locator('[aria-live="assertive"]').textContent())
      .toBe('Alarm: pump[1].overheating. Casing too hot');
  });
});

describe('pictures', () => {
  const looks = [480, 900, 1400].flatMap((width) =>
    (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
  );

  it.each(looks)('are taken at $width px, $scheme', async ({ width, scheme }) => {
    await visit(async (page) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 1000 });
    });
    await painted();
    await page.screenshot({ path: join(results, `preview-${width}-${scheme}.png`) });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(
      await page.locator('.main').evaluate((main) => main.scrollWidth - main.clientWidth),
    ).toBeLessThanOrEqual(0);
  });

  it('are taken of the epidemic and in high contrast', async () => {
    open = { twin: epidemic(), mode: 'simulate', until: 60 * 86_400 };
    await visit((page) => page.setViewportSize({ width: 900, height: 900 }));
    await painted();
    await page.screenshot({ path: join(results, 'preview-epidemic.png') });
    await expect.poll(() => pixelsOf('section[aria-label*="Population"]', '--series-3')).toBeGreaterThan(200);
    open = { twin: pumpStation(), mode: 'live', until: 960 };
    await visit();
    await page.evaluate(() => {
      document.body.classList.add('vscode-high-contrast');
      const variables = {
        'editor-background': '#000000',
        'editor-foreground': '#ffffff',
        contrastBorder: '#6fc3df',
        focusBorder: '#f38518',
        descriptionForeground: '#ffffff',
      };
      for (const [name, value] of Object.entries(variables))
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
    });
    await painted();
    await page.screenshot({ path: join(results, 'preview-high-contrast.png') });
    const border = await page
      .locator('.card')
      .first()
      .evaluate((card) => getComputedStyle(card).borderTopColor);
    expect(border).toBe('rgb(111, 195, 223)');
  });
});

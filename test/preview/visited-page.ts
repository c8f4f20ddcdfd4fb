/** The preview in Chromium against a made-up session: a page that is opened anew, and what it and the session say. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { FromPreview } from '../../preview/protocol.ts';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { FakeSession } from './fake-session.ts';
import type { FakeTwin } from './fake-twin.ts';
import { openPage } from './opened-page.ts';
import { servePreview } from './preview-page.ts';
import type { PreviewPage } from './preview-page.ts';
import { pumpStation } from './pump-station.ts';

export const results = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'test-results');

export let browser: Chromium;
export let server: PreviewPage;
export let page: Page;
/** That of the page that was opened last. */
export let session: FakeSession;
/** What the page complained of. */
export let complaints: string[];
/** What the next page shows: which twin, and how far it has run. */
let opened: { twin: FakeTwin; mode: 'simulate' | 'live'; until: number };

export function open(twin: FakeTwin, mode: 'simulate' | 'live', until: number): void {
  opened = { twin, mode, until };
}

beforeAll(async () => {
  server = await servePreview(
    (emit) => {
      session = new FakeSession(opened.twin, emit, opened.mode);
      session.advance(opened.until);
      return session;
    },
    { bundled: inject('preview') },
  );
  browser = await launchChromium({ viewport: { width: 1400, height: 900 } });
  await mkdir(results, { recursive: true });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => {
  // A test that failed while it was away leaves it so.
  server.comeBack();
  open(pumpStation(), 'simulate', 960);
});

/** A fresh page, with nothing kept from the one before. */
export async function visit(prepare?: (page: Page) => Promise<void>): Promise<void> {
  await page?.close();
  ({ page, complaints } = await openPage(browser, server.url, prepare));
}

/** Waits until some animation frames have passed: what was sent is then on the screen. */
export async function painted(): Promise<void> {
  await page.waitForTimeout(120);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        // Where there is much to draw, charts take turns.
        const wait = (frames: number): void => {
          if (frames === 0) resolve();
          else requestAnimationFrame(() => wait(frames - 1));
        };
        wait(6);
      }),
  );
}

export async function received<T extends FromPreview['type']>(
  type: T,
): Promise<Extract<FromPreview, { type: T }>[]> {
  await painted();
  return session.received.filter(
    (message): message is Extract<FromPreview, { type: T }> => message.type === type,
  );
}

/** How many pixels of a chart's canvas have (nearly) the colour of a CSS variable. */
export function pixelsOf(chart: string, color: string): Promise<number> {
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

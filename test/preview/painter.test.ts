/** Charts that a worker draws: the same pictures as those that the page draws itself. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { FakeSession } from './fake-session.ts';
import { servePreview } from './preview-page.ts';
import type { PreviewPage } from './preview-page.ts';
import { pumpStation } from './pump-station.ts';

let browser: Chromium;
let server: PreviewPage;
/** Of the pages that are open, in their order. */
let sessions: FakeSession[] = [];
const pages: Page[] = [];

beforeAll(async () => {
  server = await servePreview(
    (emit) => {
      const session = new FakeSession(pumpStation(), emit);
      session.advance(960);
      sessions.push(session);
      return session;
    },
    { worker: true, bundled: inject('preview') },
  );
  browser = await launchChromium({ viewport: { width: 1000, height: 800 } });
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
  sessions = [];
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function visit(hasWorker: boolean): Promise<Page> {
  const page = await browser.context.newPage();
  pages.push(page);
  if (!hasWorker) await page.route('**/paint.worker.js', (route) => route.abort());
  await page.goto(server.url);
  await page.locator('.chart canvas.traces').first().waitFor();
  return page;
}

/** What is seen of the first chart: bytes of its pixels. A canvas that was handed over can only be looked at by drawing it. */
const picture = (page: Page): Promise<string> =>
  page
    .locator('.chart canvas.traces')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const copy = new OffscreenCanvas(canvas.clientWidth, canvas.clientHeight).getContext('2d')!;
      copy.drawImage(canvas, 0, 0, canvas.clientWidth, canvas.clientHeight);
      const { data } = copy.getImageData(0, 0, canvas.clientWidth, canvas.clientHeight);
      let drawn = '';
      for (let i = 3; i < data.length; i += 4) drawn += data[i]! > 90 ? 'X' : ' ';
      return drawn;
    });

/** Share of the pixels that are drawn in one and not in the other. */
function apart(one: string, other: string): number {
  let count = 0;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) count++;
  return one.length === other.length ? count / one.length : 1;
}

/** Whether somebody else draws: such a canvas has no context here. */
const isHandedOver = (page: Page): Promise<boolean> =>
  page
    .locator('.chart canvas.traces')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      try {
        return canvas.getContext('2d') === null;
      } catch {
        return true;
      }
    });

describe('a chart that a worker draws', () => {
  it('is as the page draws it, at first and as time goes on', async () => {
    const far = await visit(true);
    await expect.poll(() => isHandedOver(far)).toBe(true);
    const near = await visit(false);
    expect(await isHandedOver(near)).toBe(false);
    const same = async () => {
      await expect
        .poll(async () => {
          const [one, other] = [await picture(far), await picture(near)];
          expect(other.split('X').length).toBeGreaterThan(500);
          return apart(one, other);
        })
        .toBeLessThan(0.004);
    };
    await same();
    const before = await picture(near);
    for (const session of sessions) session.receive({ type: 'play' });
    for (const seconds of [30, 5, 40]) for (const session of sessions) session.tick(seconds);
    await expect.poll(async () => apart(await picture(near), before)).toBeGreaterThan(0.004);
    await same();
    // Somewhere else, and in other colours.
    for (const page of [far, near]) {
      await page.getByRole('button', { name: /^Theme/ }).click();
      await page.keyboard.press('+');
      await page.keyboard.press(',');
    }
    await same();
  });

  it('is saved with its traces', async () => {
    const page = await visit(true);
    await expect.poll(() => isHandedOver(page)).toBe(true);
    await expect.poll(async () => (await picture(page)).split('X').length).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Export: Vibration' }).press('Enter');
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Picture (PNG)' }).click();
    const png = await readFile((await (await download).path())!);
    const coloured = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i]! - data[i + 2]!) > 60) count++;
      return count;
    }, png.toString('base64'));
    expect(coloured).toBeGreaterThan(300);
  });
});

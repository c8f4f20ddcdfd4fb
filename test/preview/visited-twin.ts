/** The preview in Chromium with a twin that really runs behind it, from a text. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { formatRunning } from '../../preview/format/time.ts';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { openPage } from './opened-page.ts';
import { serveText } from './real-session.ts';
import type { RealPage } from './real-session.ts';

export const results = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'test-results');

let browser: Chromium;
export let server: RealPage | undefined;
export let page: Page;
/** What the page complained of. */
export let complaints: string[];

beforeAll(async () => {
  browser = await launchChromium({ viewport: { width: 1200, height: 1000 } });
  await mkdir(results, { recursive: true });
});
afterEach(async () => {
  await page?.close();
  await server?.close();
  server = undefined;
});
afterAll(async () => browser?.close());

export async function visit(text: string, prepare?: (page: Page) => Promise<void>): Promise<RealPage> {
  server = await serveText(text);
  ({ page, complaints } = await openPage(browser, server.url, prepare));
  return server;
}

/** Takes the run to a time, and waits until the page shows it. */
export async function seek(time: number): Promise<void> {
  server!.session().receive({ type: 'seek', time });
  await expect.poll(() => server!.session().status()!.time).toBe(time);
  const clock = page.locator('.clock-now');
  await expect
    .poll(() => clock.textContent())
    .toBe(formatRunning(time, server!.session().status()!.end, true));
  await page.waitForTimeout(300);
}

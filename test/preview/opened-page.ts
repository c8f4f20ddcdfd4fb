/** A page of the preview in Chromium, opened anew, and what it complains of. */
import type { Page } from 'playwright-core';
import type { Chromium } from '../harness/chromium.ts';

export interface OpenedPage {
  page: Page;
  /** Errors on its console, and those that nobody caught. */
  complaints: string[];
}

/** With nothing kept from any page before; `prepare`d before it is loaded, and shown once there is a view. */
export async function openPage(
  { context }: Chromium,
  url: string,
  prepare?: (page: Page) => Promise<void>,
): Promise<OpenedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await prepare?.(page);
  await page.goto(url);
  await page.locator('.view').waitFor();
  return { page, complaints };
}

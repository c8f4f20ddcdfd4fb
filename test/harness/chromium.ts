/** The system's Chromium through playwright-core, with a profile of its own that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { ensureChromium } from '../../tools/setup/chromium.mjs';

export interface ChromiumOptions {
  /** CSS pixels; 1280 × 800 when left out. */
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  /** Further command-line flags. */
  flags?: readonly string[];
}

export interface Chromium {
  context: BrowserContext;
  close(): Promise<void>;
}

/** No sandbox, because tests run as root in containers; no traffic of its own. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Starts a headless Chromium. The caller closes it; `withChromium` does so by itself. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'pollux-chromium-'));
  const remove = () => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: await ensureChromium(),
      headless: true,
      args: [...flags, ...(options.flags ?? [])],
      viewport: options.viewport ?? { width: 1280, height: 800 },
      ...(options.colorScheme ? { colorScheme: options.colorScheme } : {}),
    });
    return {
      context,
      async close() {
        await context.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs `use` with a headless Chromium and closes it, whatever happens. */
export async function withChromium<T>(
  options: ChromiumOptions,
  use: (context: BrowserContext) => Promise<T>,
): Promise<T> {
  const browser = await launchChromium(options);
  try {
    return await use(browser.context);
  } finally {
    await browser.close();
  }
}

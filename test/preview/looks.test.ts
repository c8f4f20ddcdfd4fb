/** How the page looks, and what it is to those who do not see it. Pictures go to test-results/. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings } from './axe.ts';
import { epidemic } from './epidemic.ts';
import { pumpStation } from './pump-station.ts';
import { highContrast } from './high-contrast.ts';
import { open, page, painted, pixelsOf, results, visit } from './visited-page.ts';

describe('the page', () => {
  it('has nothing to hide from people who use other means', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await visit((page) => page.emulateMedia({ colorScheme: scheme }));
      await page.keyboard.press('c');
      await page.keyboard.press('+');
      for (const tab of ['Controls', 'Alarms', 'Events', 'Sensors']) {
        await page.getByRole('tab', { name: tab }).click();
        await painted();
        expect(await findings(page), `${scheme}, ${tab}`).toEqual([]);
      }
    }
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
    open(epidemic(), 'simulate', 60 * 86_400);
    await visit((page) => page.setViewportSize({ width: 900, height: 900 }));
    await painted();
    await page.screenshot({ path: join(results, 'preview-epidemic.png') });
    await expect.poll(() => pixelsOf('section[aria-label*="Population"]', '--series-3')).toBeGreaterThan(200);
    open(pumpStation(), 'live', 960);
    await visit();
    await page.evaluate(highContrast);
    await painted();
    await page.screenshot({ path: join(results, 'preview-high-contrast.png') });
    const border = await page
      .locator('.card')
      .first()
      .evaluate((card) => getComputedStyle(card).borderTopColor);
    expect(border).toBe('rgb(111, 195, 223)');
  });
});

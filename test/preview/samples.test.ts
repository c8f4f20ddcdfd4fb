/** Samples and the model's line in one chart: they can be told apart however close the samples stand. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { complaints, page, seek, visit } from './visited-twin.ts';

it('draws samples that stand close as points around the line of the model', async () => {
  await visit(
    `asset Pond {
      state level = 2 m
      der(level) = -level / 100 h
      sensor gauge measures level every 10 min noise normal(2 cm)
    }
    scenario days for Pond { output every 10 min  run 72 h }`,
    (each) => each.setViewportSize({ width: 900, height: 800 }),
  );
  await seek(72 * 3600);
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
  // Two arcs are a circle.
  const circles = async (): Promise<number> =>
    [...(await drawing()).matchAll(/a2\.25 2\.25 0 1 0/g)].length / 2;
  await expect.poll(circles).toBeGreaterThan(400);
  // One for each sample, and the first.
  expect(await circles()).toBeLessThanOrEqual(433);
  // No line but the model's: one through the samples would lie under it.
  const lines = [...(await drawing()).matchAll(/stroke-width="([\d.]+)" stroke-linejoin/g)].map(
    ([, width]) => width,
  );
  expect(lines).toEqual(['1.75']);
  expect(complaints).toEqual([]);
});

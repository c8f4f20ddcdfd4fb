/** Reading values off charts: the time under the pointer, and differences to a time that was marked, against closed forms. */
import { describe, expect, it } from 'vitest';
import { complaints, page, seek, visit } from './visited-twin.ts';

// level = 10 m - 9 m·exp(-t / 10 s)
const pond = `asset Pond {
  param inflow = 1 m/s
  state level = 1 m  in 0..20 m
  der(level) = inflow - level / 10 s
  let rising = level < 5 m
}
scenario filling for Pond { method tsit5 tolerance 1e-9  output every 100 ms  run 100 s }
view Pond { chart level, rising }
`;
const level = (t: number): number => 10 - 9 * Math.exp(-t / 10);

const number = (text: string | null): number => Number(text!.replace(/[^\d.−-]/g, '').replace('−', '-'));
const apart = async (): Promise<number> => number(await page.locator('.since-mark').innerText());

describe('a mark', () => {
  it('gives differences of values and times, by keys alone', async () => {
    await visit(pond);
    await seek(80);
    await seek(5);
    await page.keyboard.press('m');
    await seek(40);
    await expect.poll(apart).toBeCloseTo(level(40) - level(5), 3);
    await expect.poll(() => page.locator('.mark-apart').textContent()).toBe('Δt 35.0 s');
    await seek(2);
    await expect.poll(apart).toBeCloseTo(level(2) - level(5), 3);
    await expect.poll(() => page.locator('.mark-apart').textContent()).toBe('Δt −3.0 s');
    // What is true or false has no difference.
    expect(await page.locator('.since-mark').count()).toBe(1);
    const button = page.getByRole('button', { name: 'Marked 5.0 s; take the mark away' });
    await expect.poll(() => page.locator('.mark-line:visible').count()).toBe(2);
    await button.press('Enter');
    await page.locator('.since-mark').waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('.mark-line:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'Mark this time, to read differences from it' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('is set at the pointer, and read there; the axis says the time', async () => {
    await visit(pond);
    await seek(100);
    const box = (await page.locator('.u-over').first().boundingBox())!;
    const shown = page.locator('.pointer-line span');
    const move = async (part: number): Promise<number> => {
      await page.mouse.move(box.x + part * box.width, box.y + 40);
      await expect.poll(async () => number(await shown.last().textContent())).toBeCloseTo(100 * part, 0);
      return number(await shown.last().textContent());
    };
    const from = await move(0.1);
    await page.keyboard.press('m');
    const to = await move(0.3);
    // A pixel is a tenth of a second or so, in which the level moves by some mm.
    await expect.poll(async () => Math.abs((await apart()) - (level(to) - level(from)))).toBeLessThan(0.1);
    expect(number(await page.locator('.mark-apart').textContent())).toBeCloseTo(to - from, 0);
    // Only the lowest pane has an axis of time to write on; the label is within the chart up to its end.
    await expect.poll(() => page.locator('.pointer-line span:visible').count()).toBe(1);
    await page.mouse.move(box.x + box.width - 1, box.y + 40);
    await expect.poll(async () => number(await shown.last().textContent())).toBeGreaterThan(99);
    const label = (await shown.last().boundingBox())!;
    const host = (await page.locator('.pane-host').boundingBox())!;
    expect(label.x + label.width).toBeLessThanOrEqual(host.x + host.width);
    expect(label.y + label.height).toBeLessThanOrEqual(host.y + host.height);
    await page.mouse.move(box.x, box.y - 100);
    await expect.poll(() => page.locator('.pointer-line span:visible').count()).toBe(0);
    // It is there again after a reload.
    await page.waitForTimeout(200);
    await page.reload();
    await page.locator('.mark-apart').waitFor();
    expect(complaints).toEqual([]);
  });
});

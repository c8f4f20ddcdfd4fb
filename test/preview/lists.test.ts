/** Alarms, events and parts in Chromium. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pumpStation } from './pump-station.ts';
import { complaints, open, page, received, results, session, visit } from './visited-page.ts';

describe('alarms, events and parts', () => {
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
    open({ ...twin, hello }, 'simulate', 100);
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
});

/** The page of an experiment in a browser: what it draws, what the keyboard reaches, and what it asks for. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExperimentPlan, SearchCandidate, ToStudy } from '../../preview/study/protocol.ts';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { findings } from './axe.ts';
import { highContrast } from './high-contrast.ts';
import { events, openStudy, rectangles, subject } from './study-page.ts';
import type { StudyUnderTest } from './study-page.ts';
import { results } from './visited-twin.ts';

let chromium: Chromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium?.close());

const { plan, rows, runs } = rectangles(7);

async function shown(options?: Parameters<typeof openStudy>[1]): Promise<StudyUnderTest> {
  const study = await openStudy(chromium, options);
  await study.tell(
    subject,
    events(
      { type: 'plan', plan },
      { type: 'progress', finished: 84, failed: 0, kept: 0, seconds: 2 },
      { type: 'rows', rows },
      { type: 'runs', runs },
      { type: 'end', how: 'done', seconds: 2 },
    ),
  );
  await study.page.locator('.results tbody tr').last().waitFor();
  return study;
}

describe('while it runs', () => {
  it('says how far it is, shows what has come, and asks to stop once', async () => {
    const { page, tell, said, complaints } = await openStudy(chromium);
    expect(await said()).toEqual([{ type: 'ready' }]);
    await tell(subject);
    await page.getByText('The text is being compiled.').waitFor();
    await tell(
      events(
        { type: 'plan', plan },
        { type: 'progress', finished: 21, failed: 0, kept: 0, seconds: 3 },
        { type: 'rows', rows: rows.slice(0, 3) },
      ),
    );
    await page.getByText('21 of 84 runs').waitFor();
    // Three seconds for a quarter: nine are left.
    await page.getByText('9.0 s left').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.25');
    expect(await page.locator('.results tbody tr').count()).toBe(3);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await page.getByRole('button', { name: 'Stopping…' }).isDisabled()).toBe(true);
    expect((await said()).slice(1)).toEqual([{ type: 'stop' }]);
    await tell(events({ type: 'end', how: 'stopped', seconds: 4 }));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Run again' }).click();
    expect((await said()).slice(2)).toEqual([
      { type: 'run', resume: true },
      { type: 'run', resume: false },
    ]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says in words why it could not run', async () => {
    const { page, tell } = await openStudy(chromium);
    await tell(
      subject,
      events({ type: 'end', how: 'failed', seconds: 0, text: 'error PX2001: no such unit' }),
    );
    await page.getByText('error PX2001: no such unit').waitFor();
    expect(await page.getByRole('button', { name: 'Run again' }).isVisible()).toBe(true);
    await page.close();
  });
});

describe('results of two factors', () => {
  it('are lines, or shades, over either of them', async () => {
    const { page, complaints } = await shown();
    expect(await page.locator('.plot path.line').count()).toBe(3);
    expect(await page.locator('.legend').first().innerText()).toMatch(
      /height 10 m\s+height 20 m\s+height 30 m/,
    );
    await page.getByRole('combobox', { name: 'Over' }).selectOption('height');
    await expect
      .poll(() => page.locator('.legend').first().innerText())
      .toMatch(/width 1 cm\s+.*width 4 cm/s);
    await page.getByRole('combobox', { name: 'As' }).selectOption('heat map');
    await page.locator('.cell').last().waitFor();
    expect((await page.locator('.cell').allTextContents()).map(Number).sort((a, b) => a - b)).toEqual(
      rows.map(({ values }) => values[0]! * values[1]!).sort((a, b) => a - b),
    );
    await page.getByRole('combobox', { name: 'As' }).selectOption('lines');
    await page.getByRole('combobox', { name: 'Lines by' }).selectOption('none');
    await page.getByRole('combobox', { name: 'width' }).selectOption('3 cm');
    await page
      .locator('.plot-frame')
      .first()
      .hover({ position: { x: 300, y: 100 } });
    expect(await page.locator('.plot path.line').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('stand in a table that is sorted by a click on its head', async () => {
    const { page } = await shown();
    const areas = async (): Promise<number[]> =>
      (await page.locator('.results tbody tr td:nth-child(3)').allInnerTexts()).map((text) =>
        parseInt(text, 10),
      );
    const known = rows.map(({ values }) => values[0]! * values[1]!);
    expect(await areas()).toEqual(known);
    const head = page.getByRole('columnheader', { name: 'area' });
    await head.getByRole('button').click();
    expect(await areas()).toEqual([...known].sort((a, b) => a - b));
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await head.getByRole('button').click();
    expect(await areas()).toEqual([...known].sort((a, b) => b - a));
    await head.getByRole('button').click();
    expect(await areas()).toEqual(known);
    await page.close();
  });

  it('are gone through by keyboard: a row is marked in the charts, its runs are shown, Enter opens it', async () => {
    const { page, said } = await shown();
    await page.locator('.results tbody tr').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'Runs of width 1 cm, height 30 m' }).waitFor();
    expect(await page.locator('.plot .chosen').count()).toBe(1);
    // Seven runs around 30: each is in a bar.
    const bars = await page.locator('.bar').evaluateAll((all) => all.length);
    expect(bars).toBeGreaterThan(2);
    await page.keyboard.press('Enter');
    expect((await said()).at(-1)).toEqual({
      type: 'preview',
      root: 't.Rectangle',
      scenario: null,
      time: 90,
      settings: [
        ['colour', 7],
        ['width', 0.01],
        ['height', 30],
      ],
    });
    await page.close();
  });

  it('are copied and saved as CSV', async () => {
    const { page, said } = await shown();
    await page.getByRole('button', { name: 'Copy as CSV' }).click();
    await page.getByRole('button', { name: 'Save as CSV…' }).click();
    const [copy, save] = (await said()).slice(1);
    const text = copy?.type === 'copy' ? copy.text : '';
    expect(text.split('\n')[0]).toBe(
      'width [cm],height [m],area [m2],area deviation [m2],area low [m2],area high [m2],runs,stopped early',
    );
    expect(save).toMatchObject({ type: 'save', name: 'grid.csv' });
    expect(Buffer.from(save?.type === 'save' ? save.base64 : '', 'base64').toString()).toBe(text);
    await page.close();
  });
});

describe('after a reload of the window', () => {
  const asLoaded: ToStudy = { ...subject, running: false };

  it('shows what was there, says from when it is, and begins anew when it is run', async () => {
    const { page: first, kept } = await shown();
    const table = await first.locator('.results').innerText();
    const state = await kept();
    await first.close();
    const { page, tell, complaints } = await openStudy(chromium, { state });
    await tell(asLoaded);
    await page.getByText('From before this window was opened').waitFor();
    expect(await page.locator('.results').innerText()).toBe(table);
    expect(await page.locator('.bar').count()).toBeGreaterThan(2);
    expect(await page.getByRole('button', { name: 'Run again' }).isVisible()).toBe(true);
    await tell(subject);
    await page.getByText('The text is being compiled.').waitFor();
    expect(await page.getByText('From before this window was opened').count()).toBe(0);
    expect(await page.locator('.results').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says of what still ran that it was stopped, and can be gone on with', async () => {
    const { page: first, kept, tell: tellFirst } = await openStudy(chromium);
    await tellFirst(
      subject,
      events(
        { type: 'plan', plan },
        { type: 'progress', finished: 21, failed: 0, kept: 0, seconds: 3 },
        { type: 'rows', rows: rows.slice(0, 3) },
      ),
    );
    await expect.poll(async () => JSON.stringify(await kept())).toContain('"rows"');
    const state = await kept();
    await first.close();
    const { page, tell, said } = await openStudy(chromium, { state });
    await tell(asLoaded);
    await page.getByText('Stopped. What has been done is shown').waitFor();
    expect(await page.locator('.results tbody tr').count()).toBe(3);
    await page.getByRole('button', { name: 'Go on' }).click();
    expect((await said()).at(-1)).toEqual({ type: 'run', resume: true });
    await page.close();
  });

  it.each([[{ subject: {}, form: 0, told: [{}] }], [{ subject: {} }], ['nonsense']])(
    'has nothing of what was kept in another form: %j',
    async (state) => {
      const { page, tell, complaints } = await openStudy(chromium, { state });
      await tell(asLoaded);
      await page.getByText('Nothing has run since this window was opened.').waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

it('shows the course of a search, and what is best', async () => {
  const { page, tell, complaints } = await openStudy(chromium);
  const search: ExperimentPlan = {
    ...plan,
    kind: 'search',
    name: 't.deep',
    repeat: 1,
    factors: plan.factors.map((factor) => ({ ...factor, range: [0, 40] })),
    reports: [plan.reports[0]!, { ...plan.reports[0]!, name: 'width > 1 cm' }],
    search: { goal: 'minimise', method: 'cmaes' },
  };
  const candidate = (n: number): SearchCandidate => ({
    values: [20 - n, n],
    objective: 400 - 20 * n,
    half: null,
    margins: [10 - n],
    feasible: n <= 10,
    best: 400 - 20 * Math.min(n, 10),
  });
  await tell(
    subject,
    events(
      { type: 'plan', plan: search },
      { type: 'candidates', candidates: Array.from({ length: 15 }, (_, n) => candidate(n)) },
      { type: 'progress', finished: 15, failed: 0, kept: 0, seconds: 1 },
      { type: 'end', how: 'done', seconds: 1 },
    ),
  );
  const found = page.locator('.best');
  await found.waitFor();
  expect(await found.locator('.total td').allInnerTexts()).toEqual(['200', '400', '']);
  expect(await found.locator('tbody tr').first().locator('td').first().innerText()).toBe('10');
  expect(await page.locator('.results tbody tr', { hasText: 'Best' }).locator('td').first().innerText()).toBe(
    '11',
  );
  expect(await page.locator('.results .bad').allInnerTexts()).toEqual(['−1', '−2', '−3', '−4']);
  expect(complaints).toEqual([]);
  await page.close();
});

it('shows a fit: what was measured, the model, and the values, which go into the text', async () => {
  const { page, tell, said, complaints } = await openStudy(chromium);
  const unit = { text: 'W/K', label: 'W/K', factor: 1, offset: 0 };
  const times = Array.from({ length: 40 }, (_, n) => 60 * n);
  await tell(
    {
      type: 'study',
      subject: { uri: 'file:///t.twin', kind: 'calibration', name: 't.East' },
      running: true,
    },
    events(
      {
        type: 'plan',
        plan: {
          kind: 'calibration',
          name: 't.East',
          doc: '',
          root: 't.East',
          scenario: null,
          data: '/data/day.csv',
          parameters: [
            { name: 'loss', unit, ids: ['loss'], low: 0, high: 100 },
            { name: 'gain', unit, ids: ['gain'], low: null, high: null },
          ],
        },
      },
      { type: 'fitting', simulations: 7, seconds: 0.5 },
    ),
  );
  await page.getByText('7 runs').waitFor();
  const parameter = { value: 11.03, error: 0.02, low: 10.9, high: 11.0734, written: 9, atBound: null };
  await tell(
    events(
      {
        type: 'fit',
        fit: {
          converged: true,
          iterations: 5,
          simulations: 12,
          slopes: 'slopes exact',
          notes: ['gain is at its bound.'],
          parameters: [
            { ...parameter, private: false, text: '11.03 W/K' },
            {
              ...parameter,
              value: null,
              error: null,
              low: null,
              high: null,
              written: null,
              private: true,
              text: '',
            },
          ],
          correlations: [
            [1, -0.95],
            [-0.95, 1],
          ],
          compared: [
            {
              name: 'probe',
              unit: { text: 'degC', label: '°C', factor: 1, offset: 273.15 },
              points: 40,
              rms: 0.05,
              bias: 0.001,
              tested: { points: 10, rms: 0.06, bias: 0 },
              course: {
                times,
                measured: times.map((time) => 20 + time / 100),
                fitted: times.map((time) => 20 + time / 100),
                written: times.map((time) => 20 + time / 120),
              },
            },
          ],
          heldOut: { from: 1800, to: null },
        },
      },
      { type: 'end', how: 'done', seconds: 1 },
    ),
  );
  await page.getByText('settled after 5 iterations, 12 runs').waitFor();
  await page.getByText('gain is at its bound.').waitFor();
  const rows5 = page.locator('.parameters tbody tr');
  expect(await rows5.first().locator('td').allInnerTexts()).toEqual([
    '11.03',
    '± 0.02',
    // Both ends with the same decimals.
    '10.9000 … 11.0734',
    '9',
    '',
  ]);
  expect(await rows5.nth(1).innerText()).toContain('private');
  // Said as long as it is so.
  const changed = page.getByText('The text has been changed since');
  await tell({ type: 'stale', stale: true });
  await changed.waitFor();
  await tell({ type: 'stale', stale: false });
  await changed.waitFor({ state: 'detached' });
  // Held out from 30 of 39 minutes on.
  const [held, frame] = await Promise.all([
    page.locator('.held').boundingBox(),
    page.locator('.plot .axis').first().boundingBox(),
  ]);
  expect((held!.x - frame!.x) / frame!.width).toBeCloseTo(30 / 39, 1);
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Write to the text' }).click();
  expect((await said()).at(-1)).toEqual({
    type: 'write',
    root: 't.East',
    values: [{ id: 'loss', text: '11.03 W/K' }],
  });
  expect(complaints).toEqual([]);
  await page.close();
});

describe('everyone', () => {
  it.each(['light', 'dark', 'high-contrast'] as const)(
    'can read it: axe finds nothing, %s',
    async (scheme) => {
      const { page } = await shown({ scheme: scheme === 'light' ? 'light' : 'dark' });
      if (scheme === 'high-contrast') await page.evaluate(highContrast);
      await page.locator('.results tbody tr').nth(4).click();
      await page.screenshot({ path: join(results, `study-${scheme}.png`), fullPage: true });
      expect(await findings(page)).toEqual([]);
      await page.getByRole('combobox', { name: 'As' }).selectOption('heat map');
      await page.locator('.cell').last().waitFor();
      expect(await findings(page)).toEqual([]);
      await page.close();
    },
  );

  it.each([320, 420, 700])('has all of it in %d px', async (width) => {
    const { page } = await shown({ width });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const button of await page.locator('.actions button').all()) {
      const box = (await button.boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
    await page.close();
  });
});

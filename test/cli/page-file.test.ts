/** `--html`: a page of an experiment or a calibration that stands alone, opened from a file in Chromium, without any network. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { launchChromium } from '../harness/chromium.ts';
import type { Chromium } from '../harness/chromium.ts';
import { example, pollux, temporaryFolder } from './pollux.ts';
import type { Ended } from './pollux.ts';

const folder = temporaryFolder();
const tank = join(folder, 'tank.twin');
/** Text that would end the script it stands in, or become an element. */
const DOC = '</script><script>document.title = "taken"</script><b>bold</b> & "quoted" <!-- é';
writeFileSync(
  tank,
  `package t

asset Tank {
  param area  = 2 m2
  param drain = 0.01 m2/s
  input inflow = 0.02 m3/s
  state level = 1 m
  der(level) = (inflow - drain * level) / area
  sensor gauge measures level every 1 s noise normal(0.1 m)
}
/// ${DOC}
experiment sizes on Tank {
  vary area in 1 m2..4 m2 step 1 m2
  repeat 8
  run 1 min
  report level, max of gauge as cm
}
experiment best on Tank {
  inflow = 0
  choose area in 0.1 m2..4 m2
  subject to level > 0.5 m
  minimise area
  search by gradient with 60 runs
  run 1 min
}
`,
);
const run = (...words: string[]): Ended => pollux(words, { cwd: folder });
const file = (name: string): string => join(folder, name);

let chromium: Chromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium?.close());

/** Of the page, which complains of nothing and asks for nothing. */
async function look(name: string, use: (page: Page) => Promise<void>): Promise<void> {
  const page = await chromium.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const address = request.url();
    if (address !== pathToFileURL(file(name)).href && !address.startsWith('data:')) complaints.push(address);
  });
  try {
    await page.goto(pathToFileURL(file(name)).href);
    await page.locator('.study h1').waitFor();
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

describe('the page of an experiment', () => {
  it('has its charts and the table that is printed, and texts as they were written', async () => {
    const { code, out, err } = run('experiment', tank, 'sizes', '--csv', '--html', file('sizes.html'));
    expect({ code, err }).toEqual({ code: 0, err: `Wrote ${file('sizes.html')}\n` });
    await look('sizes.html', async (page) => {
      expect(await page.title()).toBe('t.sizes');
      expect(await page.locator('header > p').first().innerText()).toBe(DOC);
      expect(await page.locator('header b').count()).toBe(0);
      expect(await page.locator('.plot path.line').count()).toBeGreaterThanOrEqual(2);
      const cells = await page.locator('.results tbody tr td:nth-child(2)').allInnerTexts();
      const printed = out
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[1]));
      expect(cells.map(Number)).toEqual(printed.map((level) => Number(level.toPrecision(5))));
      // Nobody is there who could run it anew.
      expect(await page.getByRole('button').filter({ hasText: 'Run' }).count()).toBe(0);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save as CSV…' }).click();
      const saved = await (await download).path();
      expect(readFileSync(saved, 'utf8').split('\n')[0]).toBe(out.split('\n')[0]);
    });
  });

  it('has the same bytes for any number of threads, and no path of this machine', () => {
    for (const [workers, name] of [
      ['1', 'one.html'],
      ['3', 'three.html'],
    ])
      run('experiment', tank, 'sizes', '--workers', workers!, '--html', file(name!));
    const one = readFileSync(file('one.html'), 'utf8');
    expect(readFileSync(file('three.html'), 'utf8')).toBe(one);
    expect(one).not.toContain(folder);
  });

  it('of a search shows its course and the best', async () => {
    const { code, out } = run('experiment', tank, 'best', '--json', '--html', file('best.html'));
    expect(code).toBe(0);
    const { best } = JSON.parse(out) as { best: { values: number[] } };
    await look('best.html', async (page) => {
      await page.getByRole('heading', { name: 'Best', exact: true }).waitFor();
      const found = await page.locator('.best tbody tr').first().locator('td').first().innerText();
      expect(Number(found)).toBeCloseTo(best.values[0]!, 5);
    });
  });

  it('is refused before the runs where it cannot be written', () => {
    expect(run('experiment', tank, 'sizes', '--html', file('no/where.html')).err).toContain(
      'there is no folder',
    );
    expect(run('experiment', tank, 'sizes', '--html', file('table.csv')).err).toContain('ends in .html');
    expect(run('calibrate', tank, '--html', folder).err).toContain('ends in .html');
  });
});

describe('the page of a calibration', () => {
  it('has what was measured, the fit and its parameters, and nothing of this machine', async () => {
    const text = example('pharmacokinetics/patient.twin');
    for (const name of ['fit.html', 'again.html'])
      expect(run('calibrate', text, 'Patient', '--html', file(name)).code).toBe(0);
    const html = readFileSync(file('fit.html'), 'utf8');
    expect(readFileSync(file('again.html'), 'utf8')).toBe(html);
    expect(html).not.toContain(example(''));
    await look('fit.html', async (page) => {
      await page.getByText('to levels.csv').waitFor();
      const clearance = page.locator('.parameters tbody tr').nth(1);
      expect(Number(await clearance.locator('strong').innerText())).toBeCloseTo(4.559, 2);
      expect(await page.locator('.plot path.dots').count()).toBe(1);
      expect(await page.getByRole('button').count()).toBe(0);
    });
  });
});

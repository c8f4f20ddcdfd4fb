/** The page of an experiment in Chromium, as a webview holds it: under its policy, told by messages, and what it asks for. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import type { ExperimentPlan, FromStudy, Row, StudyEvent, ToStudy } from '../../preview/study/protocol.ts';
import type { Chromium } from '../harness/chromium.ts';

const ADDRESS = 'http://study.test/';
const policy = [
  "default-src 'none'",
  "script-src 'nonce-test'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
].join('; ');
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface StudyUnderTest {
  page: Page;
  complaints: string[];
  tell(...messages: ToStudy[]): Promise<void>;
  said(): Promise<FromStudy[]>;
  /** What the editor would give it after a reload. */
  kept(): Promise<unknown>;
}

export async function openStudy(
  { context }: Chromium,
  { width = 1100, scheme = 'light' as 'light' | 'dark', state = undefined as unknown } = {},
): Promise<StudyUnderTest> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 900 });
  await page.addInitScript((before: unknown) => {
    const said: unknown[] = [];
    const kept = { state: before };
    Object.assign(globalThis, {
      said,
      kept,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => said.push(message),
        getState: () => kept.state,
        setState: (wanted: unknown) => (kept.state = wanted),
      }),
    });
  }, state);
  await page.route(`${ADDRESS}**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/')
      await route.fulfill({
        headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
        body: `<!doctype html><html lang="en" data-language="en"><head><title>Experiment</title><link rel="stylesheet" href="study.css"></head>
          <body data-subject="{}"><div id="app"></div><script type="module" nonce="test" src="study.js"></script></body></html>`,
      });
    else
      await route.fulfill({
        headers: { 'content-type': types[extname(pathname)] ?? 'application/octet-stream' },
        body: await readFile(join(inject('preview'), pathname)),
      });
  });
  await page.goto(ADDRESS);
  await page.locator('.study').waitFor();
  return {
    page,
    complaints,
    tell: async (...messages) => {
      await page.evaluate((all) => all.forEach((message) => window.postMessage(message, '*')), messages);
    },
    said: () => page.evaluate(() => (globalThis as unknown as { said: FromStudy[] }).said),
    kept: () => page.evaluate(() => (globalThis as unknown as { kept: { state: unknown } }).kept.state),
  };
}

export const subject: Extract<ToStudy, { type: 'study' }> = {
  type: 'study',
  subject: { uri: 'file:///t.twin', kind: 'experiment', name: 't.grid' },
  running: true,
};
export const events = (...all: StudyEvent[]): ToStudy => ({ type: 'events', events: all });

const unit = (text: string, factor = 1) => ({ text, label: text, factor, offset: 0 });

/** Areas of rectangles: two factors, and `area` their product, in `repeat` runs that are off by −1, 0, 1, … around it. */
export function rectangles(repeat = 3): { plan: ExperimentPlan; rows: Row[]; runs: number[][] } {
  const [widths, heights] = [
    [1, 2, 3, 4],
    [10, 20, 30],
  ];
  const variants = widths!.flatMap((width) => heights!.map((height) => [width, height]));
  const offs = Array.from({ length: repeat }, (_, n) => n - (repeat - 1) / 2);
  const deviation = Math.sqrt(offs.reduce((sum, off) => sum + off * off, 0) / (repeat - 1));
  return {
    plan: {
      kind: 'variants',
      name: 't.grid',
      doc: 'Areas of rectangles.',
      root: 't.Rectangle',
      scenario: null,
      seed: 1,
      repeat,
      duration: 90,
      warmup: 0,
      count: variants.length,
      total: variants.length * repeat,
      factors: [
        { name: 'width', unit: unit('cm', 0.01), base: 'number', ids: ['width'], written: 2 },
        { name: 'height', unit: unit('m'), base: 'number', ids: ['height'], written: 20 },
      ],
      reports: [{ name: 'area', unit: unit('m2'), base: 'number', statistic: 'end', confidence: 0.95 }],
      base: 4,
      baseIsModel: true,
      settings: [['colour', 7]],
      tellsRuns: true,
      tellsRows: true,
    },
    rows: variants.map((values, variant) => ({
      variant,
      values,
      failed: 0,
      reports: [{ count: repeat, mean: values[0]! * values[1]!, deviation, half: 2 }],
    })),
    runs: variants.flatMap((values, variant) =>
      offs.map((off, n) => [variant * repeat + n, values[0]! * values[1]! + off]),
    ),
  };
}

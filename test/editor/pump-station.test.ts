/**
 * The main job in a real VS Code, as a modelling engineer does it: open the example, see a mistake and mend it, open the
 * preview, watch it move with live MQTT data, see the alarm.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

const example = fileURLToPath(new URL('../../examples/pump-station', import.meta.url));

describe('the pump station in VS Code', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pollux-editor-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('shows a mistake with its code, and mends it by a quick fix', async () => {
    const work = join(folder, 'mend');
    await cp(example, work, { recursive: true });
    const file = join(work, 'pump.twin');
    const text = await readFile(file, 'utf8');
    expect(text).toContain('6 kJ/K');
    await writeFile(file, text.replace('6 kJ/K', '6 kj/K'));
    await withVscode(
      'mend',
      { folder: work, theme: 'light', viewport: { width: 1400, height: 850 } },
      async (code) => {
        const line = text.slice(0, text.indexOf('6 kJ/K')).split('\n').length;
        await code.openFile('pump.twin', line);
        await code.page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
        await code.runCommand('View: Toggle Problems');
        await code.waitForText(/PX3\d\d\d/);
        await code.screenshot('editor-problem-light');
        await code.runCommand('View: Toggle Problems');
        await code.openFile('pump.twin', line);
        const column = text.split('\n')[line - 1]!.indexOf('kJ/K');
        await code.page.keyboard.press('Home');
        await code.page.keyboard.press('Home');
        for (let n = 0; n <= column; n++) await code.page.keyboard.press('ArrowRight');
        await code.page.keyboard.press('Control+.');
        await code.page.locator('.action-widget').first().waitFor({ timeout: 30_000 });
        await code.screenshot('editor-quick-fix-light');
        await code.page.keyboard.press('Enter');
        await code.page.locator('.squiggly-error').first().waitFor({ state: 'detached', timeout: 30_000 });
        await code.page.keyboard.press('Control+S');
        await expectSoon(async () => expect(await readFile(file, 'utf8')).toContain('6 kJ/K'));
        // The quantity of a let stands behind its name, as a hint.
        const first = text.split('\n').findIndex((each) => /^ {2}let \w+ +=/.test(each)) + 1;
        expect(first).toBeGreaterThan(0);
        await code.openFile('pump.twin', first);
        await code.page
          .locator('.view-line', { hasText: /let.\w+:.[A-Z]\w+/ })
          .first()
          .waitFor({ timeout: 60_000 });
      },
    );
  });

  it('follows live data in the preview, and trips the alarm', async () => {
    const work = join(folder, 'live');
    await cp(example, work, { recursive: true });
    const plant = await startPlant();
    const settings = { 'pollux.mqtt.url': plant.url };
    const viewport = { width: 1600, height: 950 };
    try {
      await withVscode('live', { folder: work, theme: 'dark', viewport, settings }, async (code) => {
        await code.openFile('station.twin');
        const preview = await openPreview(code, 'East');
        await preview.getByText('Pumping station').first().waitFor();
        await legendShows(preview, 'pump[1].vibration', /^1\.5/);
        await code.screenshot('preview-live-dark');
        plant.vibration = 8.5;
        await legendShows(preview, 'pump[1].vibration', /^8\.5/);
        // Raised after five seconds above the limit of zone C/D.
        await preview
          .getByText('Bearing is failing: change over to the other pump')
          .first()
          .waitFor({ timeout: 60_000 });
        await code.screenshot('preview-alarm-dark');
        expect(plant.alarms).toContainEqual(expect.objectContaining({ active: true, severity: 'critical' }));
      });
    } finally {
      await plant.stop();
    }
  });

  it('keeps the last good run while the text is broken, and takes up the mended text', async () => {
    const work = join(folder, 'broken');
    await cp(example, work, { recursive: true });
    const viewport = { width: 1600, height: 950 };
    await withVscode('broken', { folder: work, theme: 'light', viewport }, async (code) => {
      await code.openFile('station.twin');
      const preview = await openPreview(code, 'East');
      await preview.locator('.chart canvas').first().waitFor();
      await code.screenshot('preview-simulated-light');
      const text = await readFile(join(work, 'station.twin'), 'utf8');
      const line = text.slice(0, text.indexOf('der(level)')).split('\n').length;
      await code.openFile('station.twin', line);
      await code.page.keyboard.press('End');
      await code.page.keyboard.type(' + 5 kg');
      const banner = preview.getByText('showing the last good run').first();
      await banner.waitFor({ timeout: 30_000 });
      expect(await preview.locator('.chart canvas').count()).toBeGreaterThan(0);
      await code.screenshot('preview-broken-light');
      for (let n = 0; n < ' + 5 kg'.length; n++) await code.page.keyboard.press('Backspace');
      await banner.waitFor({ state: 'detached', timeout: 30_000 });
    });
  });
});

async function openPreview(code: Vscode, root: string): Promise<Frame> {
  await code.page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
  await code.runCommand('Pollux: Open Preview to the Side');
  await code.entry(root).click();
  return code.webview('.chart', 60_000);
}

/** Waits until the value beside a name in a chart's legend looks as given. */
async function legendShows(preview: Frame, label: string, value: RegExp): Promise<void> {
  const shown = preview
    .locator('.legend-item')
    .filter({ has: preview.getByText(label, { exact: true }) })
    .locator('.legend-value')
    .filter({ hasText: value });
  await shown.first().waitFor({ timeout: 60_000 });
}

async function expectSoon(check: () => Promise<void>, limit = 20_000): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}

/** A broker, and a plant that publishes to it what the station is bound to, four times a second. */
async function startPlant() {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const plant = {
    url: `mqtt://127.0.0.1:${port}`,
    /** mm/s */
    vibration: 1.5,
    alarms: [] as unknown[],
    async stop() {
      clearInterval(timer);
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const publish = (topic: string, payload: string): void =>
    broker.publish(
      { cmd: 'publish', topic: `waterworks/east/${topic}`, payload, qos: 0, retain: false, dup: false },
      () => undefined,
    );
  const timer = setInterval(() => {
    publish('tank/level', '1.9');
    publish('pump1/casing', JSON.stringify({ value: 41.5 }));
    publish('pump2/casing', JSON.stringify({ value: 20.5 }));
    publish('pump1/vibration', String(plant.vibration));
    publish('pump2/vibration', '0.05');
    publish('inflow', '90');
  }, 250);
  broker.on('publish', ({ topic, payload }) => {
    if (topic.startsWith('waterworks/east/alarms/')) plant.alarms.push(JSON.parse(payload.toString()));
  });
  return plant;
}

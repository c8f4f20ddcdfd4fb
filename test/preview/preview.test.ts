/** The page in Chromium: what one does there is said to the session, and what the session says is shown. */
import { describe, expect, inject, it } from 'vitest';
import type { FromPreview } from '../../preview/protocol.ts';
import { FakeSession } from './fake-session.ts';
import { servePreview } from './preview-page.ts';
import { pumpStation } from './pump-station.ts';
import {
  browser,
  complaints,
  open,
  page,
  painted,
  received,
  server,
  session,
  visit,
} from './visited-page.ts';

describe('the preview', () => {
  it('says what is done with buttons, sliders, switches and the timeline', async () => {
    await visit();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    expect(await received('play')).toHaveLength(1);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await received('pause')).toHaveLength(1);
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('max');
    expect(await received('speed')).toEqual([{ type: 'speed', speed: null }]);

    const track = (await page.getByRole('slider', { name: 'Position in the run' }).boundingBox())!;
    await page.mouse.click(track.x + track.width * 0.1, track.y + track.height / 2);
    const seeks = await received('seek');
    expect(seeks).toHaveLength(1);
    expect(Math.abs(seeks[0]!.time - 360)).toBeLessThan(5);

    await page.getByRole('slider', { name: 'ambient' }).fill('30');
    const [set] = await received('set');
    expect(set!.id).toBe('ambient');
    expect(set!.value).toBeCloseTo(303.15, 6);
    await page.getByRole('textbox', { name: 'ratedFlow' }).fill('180');
    await page.getByRole('textbox', { name: 'ratedFlow' }).press('Enter');
    expect((await received('set')).at(-1)!.value).toBeCloseTo(0.05, 9);
    await page.getByRole('switch', { name: 'pump[2].enabled' }).click();
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'pump[2].enabled', value: 0 });
    await page.getByRole('button', { name: 'Back to the value in the text: ambient' }).click();
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'ambient', value: null });

    await page.getByRole('button', { name: 'Live', exact: true }).click();
    expect(await received('mode')).toEqual([{ type: 'mode', mode: 'live' }]);
  });

  it('refuses what is no number', async () => {
    await visit();
    const entry = page.getByRole('textbox', { name: 'ratedFlow' });
    await entry.fill('much');
    await entry.press('Enter');
    expect(await received('set')).toEqual([]);
    expect(await entry.getAttribute('aria-invalid')).toBe('true');
  });

  it('works from the keyboard alone', async () => {
    await visit();
    await page.locator('body').click({ position: { x: 700, y: 4 } });
    for (const key of ['Space', '7', '9', 'ArrowRight', 'Shift+ArrowLeft', 'ArrowLeft', 'Home', 'r']) {
      await page.keyboard.press(key);
    }
    await painted();
    const moves = session.received.filter(({ type }) => !['ready', 'subscribe', 'history'].includes(type));
    expect(moves.map((message) => (message.type === 'seek' ? { type: 'seek' } : message))).toEqual([
      { type: 'play' },
      { type: 'speed', speed: 100 },
      { type: 'speed', speed: null },
      { type: 'step', to: 'step' },
      { type: 'step', to: 'previous-event' },
      { type: 'seek' },
      { type: 'seek' },
      { type: 'restart' },
    ]);
    // Where it is at the latest time already, the end of the run is meant, as far as that is away.
    await page.keyboard.press('End');
    const seeks = async () => (await received('seek')).map(({ time }) => time);
    await expect.poll(seeks).toContain(3600);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    // Every control can be reached, and one sees where one is.
    await page.keyboard.press('Tab');
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        // Behind the last control comes the browser itself.
        if (element === document.body) return null;
        const name = element.getAttribute('aria-label') ?? element.innerText;
        return {
          name: name.replace(/\s+/g, ' '),
          outlined: getComputedStyle(element).outlineStyle !== 'none',
        };
      });
      if (focus === null) break;
      expect(focus, `focus ${i}`).toMatchObject({ outlined: true });
      seen.add(focus.name);
      await page.keyboard.press('Tab');
    }
    for (const name of ['Simulate', 'Scenario', 'Play', 'Position in the run', 'ambient', 'Controls']) {
      expect(
        [...seen].some((each) => each.startsWith(name)),
        name,
      ).toBe(true);
    }
  });

  it('freezes and follows a live twin', async () => {
    open(pumpStation(), 'live', 300);
    await visit();
    await page.getByText('Following live').waitFor();
    await page.keyboard.press('Space');
    session.tick(20);
    await painted();
    expect(await page.locator('.clock-now').textContent()).toBe('5:00.0');
    await page.getByRole('button', { name: 'Follow live' }).last().click();
    await painted();
    expect(await page.locator('.clock-now').textContent()).toBe('5:20.0');
    expect(session.received.some(({ type }) => type === 'pause' || type === 'seek')).toBe(false);
  });

  it('copies a link to the moment, and goes there from it', async () => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit();
    await page.getByRole('textbox', { name: 'cooling' }).fill('30');
    await page.getByRole('textbox', { name: 'cooling' }).press('Enter');
    await page.getByRole('button', { name: 'Copy a link to this moment' }).click();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    expect(address).toContain('#t=960&scenario=heatWave&set.cooling=30');
    await visit((page) =>
      page
        .addInitScript((hash) => history.replaceState(null, '', hash), new URL(address).hash)
        .then(() => {}),
    );
    await expect.poll(async () => (await received('seek')).at(-1)?.time).toBe(960);
    expect((await received('set')).at(-1)).toEqual({ type: 'set', id: 'cooling', value: 30 });
    expect(await received('scenario')).toEqual([]);
  });

  it('runs as a webview: talks to the host, keeps its state there', async () => {
    const twin = pumpStation();
    await visit(async (page) => {
      // A host answers when it is asked.
      await page.addInitScript((hello) => {
        const host = {
          sent: [] as unknown[],
          state: { preview: { panelTab: 'events', panelOpen: true } } as unknown,
        };
        Object.assign(globalThis, {
          host,
          acquireVsCodeApi: () => ({
            postMessage(message: { type: string }) {
              host.sent.push(message);
              if (message.type === 'ready') window.postMessage(hello, '*');
            },
            getState: () => host.state,
            setState: (state: unknown) => (host.state = state),
          }),
        });
      }, twin.hello);
    });
    await page.getByRole('tab', { name: 'Events', selected: true }).waitFor();
    await painted();
    const host = () =>
      page.evaluate(() => (globalThis as unknown as { host: { sent: FromPreview[]; state: object } }).host);
    expect((await host()).sent.map(({ type }) => type).slice(0, 2)).toEqual(['ready', 'subscribe']);
    await page.getByRole('tab', { name: 'Alarms' }).click();
    await expect.poll(async () => (await host()).state).toMatchObject({ preview: { panelTab: 'alarms' } });
    // The editor has the theme; a toggle would only fight it.
    expect(await page.getByRole('button', { name: /^Theme/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('remembers over a reload what was hidden, open and chosen', async () => {
    await visit();
    await page.getByRole('tab', { name: 'Sensors' }).click();
    await page.locator('.legend-item', { hasText: 'pump[2].casing' }).first().click();
    await page.getByRole('combobox', { name: 'Time window' }).selectOption('60');
    await page.waitForTimeout(200);
    await page.reload();
    await page.locator('.view').waitFor();
    expect(await page.getByRole('tab', { name: 'Sensors' }).getAttribute('aria-selected')).toBe('true');
    expect(
      await page.locator('.legend-item', { hasText: 'pump[2].casing' }).first().getAttribute('aria-pressed'),
    ).toBe('false');
    expect(await page.getByRole('combobox', { name: 'Time window' }).inputValue()).toBe('60');
  });

  it('stays as it is while the session is away, and goes on when it is back', async () => {
    await visit();
    const numbers = page.locator('.number');
    await expect.poll(() => numbers.count()).toBe(3);
    server.goAway();
    await page.getByText('Reconnecting…').waitFor();
    expect(await numbers.count()).toBe(3);
    await expect.poll(() => page.getByRole('button', { name: 'Play', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('slider', { name: 'ambient' }).fill('30');
    server.comeBack();
    await expect.poll(() => page.getByText('Reconnecting…').count(), { timeout: 10_000 }).toBe(0);
    await expect.poll(async () => (await received('set')).map(({ id }) => id)).toEqual(['ambient']);
    expect(await received('subscribe')).not.toHaveLength(0);
  });

  it('says that the text is broken and that the run has stopped, and keeps what it shows', async () => {
    await visit();
    session.send({
      type: 'problems',
      problems: [
        {
          severity: 'error',
          code: 'PX2104',
          message: 'temperature is K, power / cooling is K·s',
          uri: 'file:///station.twin',
          line: 24,
          column: 3,
        },
      ],
    });
    session.sendStatus({ trouble: 'pump[2]: no solution at 12 min 3 s.' });
    await page.getByText('The text has errors: showing the last good run.').waitFor();
    await page.getByText('pump[2]: no solution at 12 min 3 s.').waitFor();
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByText('temperature is K, power / cooling is K·s').click();
    expect(await received('reveal')).toEqual([
      { type: 'reveal', uri: 'file:///station.twin', line: 24, column: 3 },
    ]);
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(2);
    session.send({ type: 'problems', problems: [] });
    await expect.poll(() => page.getByText('The text has errors').count()).toBe(0);
  });

  it('says that what runs the twin is gone, and starts it again', async () => {
    await visit();
    const gone = page.getByText('The process that runs the twin has ended.');
    session.send({ type: 'ended', reason: 'code 1' });
    await gone.waitFor();
    await page.getByRole('button', { name: 'Start again' }).click();
    expect(await received('restart')).toEqual([{ type: 'restart' }]);
    session.receive({ type: 'ready' });
    await gone.waitFor({ state: 'detached' });
  });

  it('waits for nothing where what should run the twin ended before it said anything', async () => {
    let made: FakeSession | undefined;
    let isThere = false;
    const silent = await servePreview(
      (emit) =>
        (made = new FakeSession(
          pumpStation(),
          (message) => {
            if (isThere || message.type === 'ended') emit(message);
          },
          'simulate',
        )),
      { bundled: inject('preview') },
    );
    const own = await browser.context.newPage();
    try {
      await own.goto(silent.url);
      await own.getByText('Waiting for the twin').waitFor();
      await expect.poll(() => made?.received.some(({ type }) => type === 'ready')).toBe(true);
      made!.send({ type: 'ended', reason: 'SIGKILL' });
      await own.getByText('Nothing runs').waitFor();
      expect(await own.getByText('Waiting for the twin').count()).toBe(0);
      isThere = true;
      made!.receive({ type: 'ready' });
      await own.locator('.chart canvas').first().waitFor();
      expect(await own.getByText('Nothing runs').count()).toBe(0);
    } finally {
      await own.close();
      await silent.close();
    }
  });

  it('speaks of no last run where there was none: it waits until the text has no errors', async () => {
    let made: FakeSession | undefined;
    let isMended = false;
    const broken = await servePreview(
      (emit) =>
        (made = new FakeSession(
          pumpStation(),
          (message) => {
            if (isMended || message.type === 'problems') emit(message);
          },
          'simulate',
        )),
      { bundled: inject('preview') },
    );
    const own = await browser.context.newPage();
    try {
      await own.goto(broken.url);
      await expect.poll(() => made?.received.some(({ type }) => type === 'ready')).toBe(true);
      const problem = {
        severity: 'error' as const,
        code: 'PX2004',
        uri: 'file:///a.twin',
        line: 1,
        column: 1,
      };
      made!.send({ type: 'problems', problems: [{ ...problem, message: 'There is no Pump.' }] });
      await own.getByText('Nothing has run yet').waitFor();
      await own.getByText('1 error in the text.').waitFor();
      expect(await own.getByText(/last good run|Waiting for the twin/).count()).toBe(0);
      isMended = true;
      made!.send({ type: 'problems', problems: [] });
      made!.receive({ type: 'ready' });
      await own.locator('.chart canvas').first().waitFor();
      expect(await own.getByText('Nothing has run yet').count()).toBe(0);
    } finally {
      await own.close();
      await broken.close();
    }
  });

  it('announces an alarm', async () => {
    open(pumpStation({ fault: 1e9 }), 'simulate', 100);
    await visit();
    session.send({
      type: 'alarms',
      alarms: [
        {
          id: 'pump[1].overheating',
          label: 'pump[1].overheating',
          message: 'Casing too hot',
          severity: 'critical',
          active: true,
          since: 100,
          acknowledged: false,
        },
      ],
    });
    await expect
      .poll(() => page.locator('[aria-live="assertive"]').textContent())
      .toBe('Alarm: pump[1].overheating. Casing too hot');
  });
});

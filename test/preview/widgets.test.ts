/** Diagrams, phase plots and histograms in Chromium, of twins that really run: what is drawn is what the run says. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings } from './axe.ts';
import { complaints, page, results, seek, server, visit } from './visited-twin.ts';

const oscillator = `
asset Oscillator {
  param rate = 1 rad/s in 0.5..2 rad/s
  state x = 1 m
  state y = 0 m
  der(x) = -rate * y / 1 rad
  der(y) = rate * x / 1 rad
}
scenario run for Oscillator { method tsit5 tolerance 1e-9  output every 50 ms  run 10 s }
view Oscillator { phase "Orbit" y as cm against x as cm  slider rate }
`;

const machine = `
asset Machine {
  input go = false
  state heats = 0
  modes operation {
    /// Nothing moves.
    initial Idle { when go -> Running }
    Running {
      modes heater {
        initial Cold { after 5 s -> Warm { set heats = heats + 1 } }
        Warm {}
      }
      modes lamp { initial Bright { after 2 s -> Dark }  Dark {} }
      when not go -> Idle
    }
  }
}
scenario day for Machine { at 3 s: set go = true  at 20 s: set go = false  output every 1 s  run 30 s }
view Machine { modes operation }
`;

const line = `
asset Line {
  param pace = 3 s in 1..10 s
  resource filler[2]
  process bottle {
    arrive every exponential(2.5 s)
    queue infeed[20] when full: balk
    use filler for exponential(6 s)
    choose 10 % -> scrap, else -> leave
    exit scrap
  }
  kpi throughput = rate(bottle.left)
  kpi waiting    = mean(infeed.wait)
}
scenario shift for Line { seed 7  output every 10 s  run 20 min }
view Line {
  process bottle
  histogram "Throughput" throughput over 40 runs as 1/h
  histogram "Waiting" waiting over 40 runs as s
}
`;

describe('a phase plot', () => {
  it('of an oscillator is a circle, with the twin where it is', async () => {
    await visit(oscillator);
    await seek(10);
    const text = await page.locator('.phase-host canvas').getAttribute('data-at0');
    const [headX, headY] = text!.split(' ').map(Number) as [number, number];
    const drawn = await page.locator('.phase-host canvas').evaluate((canvas: HTMLCanvasElement) => {
      const ratio = devicePixelRatio;
      const { data, width } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const found: [number, number][] = [];
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3]! > 200 && data[i + 2]! > data[i]! + 80)
          found.push([((i / 4) % width) / ratio, Math.floor(i / 4 / width) / ratio]);
      return found;
    });
    expect(drawn.length).toBeGreaterThan(500);
    // What is drawn of the head is larger than the line.
    const line = drawn.filter(([x, y]) => Math.hypot(x - headX, y - headY) > 9);
    const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const radius = (right - left) / 2;
    const centre = [(left + right) / 2, (top + bottom) / 2] as const;
    expect(radius).toBeGreaterThan(80);
    // In one unit, both axes have one scale.
    expect(Math.abs((bottom - top) / 2 / radius - 1)).toBeLessThan(0.02);
    for (const [x, y] of line)
      expect(Math.abs(Math.hypot(x - centre[0], y - centre[1]) / radius - 1)).toBeLessThan(0.04);
    expect(Math.abs(headX - centre[0] - radius * Math.cos(10))).toBeLessThan(3);
    expect(Math.abs(centre[1] - headY - radius * Math.sin(10))).toBeLessThan(3);
    expect(complaints).toEqual([]);
  });

  it('is exported with its points, and its pointer is that of all charts', async () => {
    await visit(oscillator);
    await seek(6);
    const text = await page.locator('.phase-host canvas').getAttribute('data-at0');
    const [x, y] = text!.split(' ').map(Number) as [number, number];
    const box = (await page.locator('.phase-host canvas').boundingBox())!;
    await page.mouse.move(box.x + x, box.y + y);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export: Orbit' }).click();
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const rows = (await readFile((await (await download).path())!, 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('time (s),x (cm),y (cm)');
    for (const row of rows.slice(1)) {
      const [, px, py] = row.split(',').map(Number) as [number, number, number];
      expect(Math.hypot(px, py)).toBeCloseTo(100, 3);
    }
    const drawing = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export: Orbit' }).click();
    await page.getByRole('menuitem', { name: /SVG/ }).click();
    expect(await readFile((await (await drawing).path())!, 'utf8')).toMatch(/^<svg .*<path d="M/s);
  });
});

describe('a diagram of modes', () => {
  const active = () =>
    page
      .locator('.mode.is-active')
      .evaluateAll((all) =>
        all.map((each) => each.getAttribute('data-mode') ?? '').toSorted((a, b) => a.localeCompare(b)),
      );
  it('shows the modes that are active, and no other', async () => {
    const { manifest } = await visit(machine);
    expect(manifest.modes![0]!.transitions.map(({ text }) => text)).toEqual([
      'when go',
      'after 5 s',
      'after 2 s',
      'when not go',
    ]);
    await page.locator('.mode').first().waitFor();
    await seek(1);
    expect(await active()).toEqual(['Idle']);
    await seek(4);
    expect(await active()).toEqual(['Bright', 'Cold', 'Running']);
    await seek(6);
    expect(await active()).toEqual(['Cold', 'Dark', 'Running']);
    await seek(9);
    expect(await active()).toEqual(['Dark', 'Running', 'Warm']);
    expect(await page.locator('.mode-now').innerText()).toBe('Running.Warm, Running.Dark');
    await page.screenshot({ path: join(results, 'preview-modes.png') });
    await seek(25);
    expect(await active()).toEqual(['Idle']);
    expect(await page.locator('.mode[aria-current]').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('lights up the transition that was taken, and stands still otherwise', async () => {
    await visit(machine);
    await page.locator('.mode').first().waitFor();
    await seek(2);
    const places = () =>
      page.locator('.mode rect').evaluateAll((all) => all.map((each) => each.getAttribute('x')));
    const before = await places();
    server!.session().receive({ type: 'seek', time: 4 });
    await page.locator('.mode-arrow.is-taken[data-transition="Idle Running"]').waitFor();
    expect(await places()).toEqual(before);
    await page.locator('.mode-arrow.is-taken').waitFor({ state: 'detached' });
  });

  it('leads to the text by mouse and keyboard, and hides nothing from axe', async () => {
    await visit(machine);
    const idle = page.locator('[data-mode="Idle"]');
    await idle.waitFor();
    expect(await idle.getAttribute('aria-label')).toBe('Idle, active');
    await idle.focus();
    expect(await idle.evaluate((each) => each === document.activeElement)).toBe(true);
    expect(await findings(page)).toEqual([]);
  });
});

describe('a process', () => {
  it('shows as many items in a queue as its statistic says, and as many units busy', async () => {
    const { session } = await visit(line);
    await page.locator('.station').first().waitFor();
    for (const time of [60, 400, 800]) {
      await seek(time);
      await page.waitForTimeout(700);
      const values = session().values();
      const station = (kind: string) => page.locator(`.station-${kind}`).first();
      expect(Number(await station('queue').getAttribute('data-count'))).toBe(values['infeed.length']);
      expect(Number(await station('arrive').getAttribute('data-count'))).toBe(values['bottle.arrived']);
      expect(await page.locator('.station-use .unit.is-busy').count()).toBe(values['filler.busy']);
      // Dots lie in their stations.
      const queue = Number(await station('queue').getAttribute('data-station'));
      expect(await page.locator(`.item[data-station="${queue}"]`).count()).toBe(values['infeed.length']);
      expect(await page.locator('.item').count()).toBe(values['bottle.inside']);
    }
    await page.screenshot({ path: join(results, 'preview-process.png') });
    expect(await findings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('moves its items, unless one wants less motion', async () => {
    await visit(line, (each) => each.emulateMedia({ reducedMotion: 'reduce' }));
    await page.locator('.station').first().waitFor();
    await seek(300);
    const places = () =>
      page.locator('.item').evaluateAll((all) => all.map((each) => each.getAttribute('transform')).join());
    server!.session().receive({ type: 'seek', time: 320 });
    await expect.poll(() => server!.session().status()!.time).toBe(320);
    await page.waitForTimeout(150);
    const there = await places();
    await page.waitForTimeout(400);
    expect(await places()).toBe(there);
  });
});

describe('a histogram', () => {
  it('counts every run once, and has the run that is shown at the values it has', async () => {
    const { session, manifest } = await visit(line);
    const card = page.locator('.histogram-card').first();
    await expect.poll(() => card.locator('.histogram-runs').innerText()).toBe('40 runs');
    const counts = await card
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('data-count'))));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(40);
    // The first of the runs is the one that is shown: its seed is the scenario's.
    const download = page.waitForEvent('download');
    await card.hover();
    await page.getByRole('button', { name: 'Export: Throughput' }).click();
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const rows = (await readFile((await (await download).path())!, 'utf8')).trim().split('\n').slice(1);
    expect(rows).toHaveLength(40);
    await seek(1200);
    const shown = session().values()['probe:0']! * 3600;
    expect(Number(rows[0]!.split(',')[1])).toBeCloseTo(shown, 6);
    expect(new Set(rows.map((row) => row.split(',')[1])).size).toBeGreaterThan(20);
    const median = Number(await card.locator('.quantile-middle').getAttribute('data-value'));
    const sorted = rows.map((row) => Number(row.split(',')[1])).toSorted((a, b) => a - b);
    expect(median).toBeCloseTo((sorted[19]! + sorted[20]!) / 2, 6);
    expect(manifest.views[0]!.widgets[1]).toMatchObject({ kind: 'histogram', runs: 40 });
    expect(await findings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('begins anew when a parameter is set', async () => {
    const { session } = await visit(line);
    const runs = page.locator('.histogram-runs').first();
    await expect.poll(() => runs.innerText()).toBe('40 runs');
    session().receive({ type: 'set', id: 'pace', value: 4 });
    await expect.poll(() => runs.innerText()).toBe('40 runs');
    const drawn = await page
      .locator('.histogram')
      .first()
      .locator('.bar')
      .evaluateAll((bars) => bars.reduce((sum, bar) => sum + Number(bar.getAttribute('data-count')), 0));
    expect(drawn).toBe(40);
  });
});

describe('another language', () => {
  it('is that of the browser, and leaves no word of English', async () => {
    await visit(line, async (each) => {
      await each.addInitScript(() => Object.defineProperty(navigator, 'language', { get: () => 'de-DE' }));
    });
    await page.locator('.station').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.keyboard.press('?');
    const shown = await page.evaluate(() => {
      const all = [document.body.innerText];
      for (const element of document.querySelectorAll('[title], [aria-label], [placeholder]'))
        for (const name of ['title', 'aria-label', 'placeholder']) all.push(element.getAttribute(name) ?? '');
      return all.join('\n');
    });
    expect(shown).toContain('Zeitleiste');
    expect(shown).toContain('Läufe');
    expect(shown).not.toMatch(
      /\b(Play|Pause|Restart|Alarms|Events|Controls|Keyboard|Speed|Compare|Show|Export:|runs)\b/,
    );
    await page.screenshot({ path: join(results, 'preview-german.png') });
    expect(complaints).toEqual([]);
  });
});

describe('what is set', () => {
  it('is shown as lines for the text, and taken back at once', async () => {
    const { session } = await visit(line);
    const slider = page.locator('.panel').getByRole('slider', { name: 'pace' });
    await slider.fill('5');
    await page.getByRole('button', { name: 'Write to the text' }).click();
    expect((await page.locator('.write-lines').innerText()).trim()).toBe('pace = 5 s');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Reset all' }).click();
    await expect.poll(() => session().values()['pace']).toBe(3);
    expect(await page.locator('.changed-bar').count()).toBe(0);
  });

  it('is greyed for whom may only look', async () => {
    await visit(line);
    await page.locator('.station').first().waitFor();
    server!.say({ type: 'role', name: 'ann', role: 'view' });
    await page.getByRole('button', { name: 'Sign out (ann, may look)' }).waitFor();
    for (const name of ['Play', 'Restart', 'Next event'])
      expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true);
    expect(await page.locator('.panel').getByRole('slider', { name: 'pace' }).isDisabled()).toBe(true);
    await page.keyboard.press(' ');
    expect(session().status()!.playing).toBe(false);
    server!.say({ type: 'role', name: 'ann', role: 'operate' });
    await expect.poll(() => page.getByRole('button', { name: 'Play', exact: true }).isDisabled()).toBe(false);
    expect(await page.getByRole('button', { name: 'Restart', exact: true }).isDisabled()).toBe(true);
    expect(await findings(page)).toEqual([]);

    function session() {
      return server!.session();
    }
  });
});

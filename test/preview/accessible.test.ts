/** Every widget in every scheme: what axe finds, and what the keyboard reaches. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings } from './axe.ts';
import { highContrast } from './high-contrast.ts';
import { complaints, page, results, seek, server, visit } from './visited-twin.ts';

const everything = `
asset Works {
  /// How fast bottles come. The shop sets it.
  param pace = 3 s in 1..10 s
  input running = true
  state x = 1 m
  state y = 0 m
  der(x) = -y / 1 s
  der(y) = x / 1 s
  resource filler[2]
  process bottle {
    arrive every exponential(2.5 s)
    queue infeed[20] when full: balk
    use filler for exponential(6 s)
    choose 10 % -> scrap, else -> leave
    exit scrap
  }
  modes operation {
    initial Idle { when running -> Working }
    Working { after 20 s -> Idle }
  }
  /// Bottles that leave, by the hour. Scrap is not among them.
  kpi throughput = rate(bottle.left)
  /// How long a bottle waits.
  kpi waiting = mean(infeed.wait)
  alarm crowded: warning "Bottles pile up before the fillers" { raise when infeed.length > 3 }
}
scenario shift for Works { seed 7  output every 1 s  run 5 min }
test "nobody waits" on shift { require always (waiting < 1 s) }
view Works {
  row { number throughput as 1/h  number waiting }
  row { phase "Orbit" y against x  histogram "Waiting" waiting over 20 runs as s }
  modes operation
  process bottle
  alarms
  chart "Waves" x, y
}
`;

const schemes = ['light', 'dark', 'high-contrast'] as const;

async function opened(scheme: (typeof schemes)[number], language = 'en'): Promise<void> {
  await visit(everything, async (each) => {
    await each.emulateMedia({ colorScheme: scheme === 'light' ? 'light' : 'dark' });
    await each.setViewportSize({ width: 1300, height: 1400 });
    if (language !== 'en')
      await each.addInitScript((value) => {
        Object.defineProperty(navigator, 'language', { get: () => value });
      }, language);
  });
  if (scheme === 'high-contrast') await page.evaluate(highContrast);
  await page.locator('.station').first().waitFor();
  await page.locator('.mode').first().waitFor();
  await seek(120);
}

describe('every widget', () => {
  it.each(schemes)('hides nothing from axe, %s', async (scheme) => {
    await opened(scheme);
    await page.getByRole('tab').last().click();
    await page.getByRole('tabpanel').getByRole('button').first().click();
    await page.locator('.judgement').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.screenshot({ path: join(results, `preview-everything-${scheme}.png`) });
    expect(complaints).toEqual([]);
  });

  it('is reached by keyboard, and seen to be', async () => {
    await opened('high-contrast');
    await page.locator('.main').focus();
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const style = getComputedStyle(element);
        const shape = element.matches('.mode, .station')
          ? element.querySelector('rect, .station-shape')
          : null;
        const focusColor = 'rgb(243, 133, 24)';
        return {
          inMain: element.closest('.main') !== null,
          kind: element.closest('section, article, .histogram-card')?.getAttribute('aria-label') ?? '',
          name: element.getAttribute('aria-label') ?? element.textContent ?? '',
          // In a drawing the shape itself is outlined.
          outlined: shape
            ? getComputedStyle(shape).stroke === focusColor
            : style.outlineStyle !== 'none' && style.outlineWidth !== '0px',
        };
      });
      if (!focus.inMain) break;
      expect(focus.outlined, JSON.stringify(focus)).toBe(true);
      reached.add(`${focus.kind}: ${focus.name}`);
    }
    const all = [...reached].join('\n');
    for (const part of [
      'Export: Orbit',
      'Export: Waiting',
      'Idle',
      'Working',
      'Export: operation',
      'queue infeed',
    ])
      expect(all).toContain(part);
  });

  it('speaks German where the browser does, what the session says and tests find included', async () => {
    await opened('light', 'de-DE');
    const { session, say } = server!;
    session().receive({ type: 'set', id: 'running', value: 0 });
    session().receive({ type: 'set', id: 'nothing', value: 1 });
    session().receive({ type: 'set', id: 'pace', value: 4 });
    await page.getByRole('tab', { name: 'Ereignisse' }).click();
    await page
      .getByText('der Lauf ist von vorn gerechnet')
      .or(page.getByText('gilt ab t ='))
      .first()
      .waitFor();
    say({ type: 'refused', text: 'x', said: { key: 'needsRole', args: ['administer', 'ann', 'view'] } });
    await page.getByText('Dafür braucht es die Rolle administer; ann hat view.').waitFor();
    const english =
      /\b(set to|run again|restart|cleared|fails|holds|passed|failed|runs|needs|Show|Trace|Hide)\b/;
    const shown = () =>
      page.evaluate(() => {
        const named = [...document.querySelectorAll('[title], [aria-label]')].flatMap((each) => [
          each.getAttribute('title') ?? '',
          each.getAttribute('aria-label') ?? '',
        ]);
        // Requirements are text of the model.
        for (const each of document.querySelectorAll('code, .judgement-source')) each.textContent = '';
        return [document.body.innerText, ...named].join('\n');
      });
    expect(await shown()).not.toMatch(english);
    await page.getByRole('tab', { name: 'Tests' }).click();
    await page.getByRole('button', { name: 'Alle Tests ausführen' }).click();
    await page.getByRole('button', { name: 'Verlauf bis zum Verstoß zeigen' }).click();
    await page.locator('.banner', { hasText: /verletzt um [\d.,]+ s bei \d/ }).waitFor();
    await page.screenshot({ path: join(results, 'preview-german-trace.png') });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await shown()).not.toMatch(english);
  });

  it('shows a card for each kpi: value, unit and what it says', async () => {
    await opened('light');
    const card = page.locator('.number.kpi', { hasText: 'throughput' });
    await expect.poll(() => card.locator('.figure-value').innerText()).toMatch(/^\d/);
    expect(await card.locator('.unit').innerText()).toBe('1/h');
    expect(await card.locator('.summary').innerText()).toBe('Bottles that leave, by the hour.');
    expect(await page.locator('.number.kpi').count()).toBe(2);
    // Where there is no view, each has one too.
    server!.change(everything.slice(0, everything.indexOf('view Works')));
    await expect
      .poll(() => page.locator('.view .number.kpi .summary').allInnerTexts())
      .toEqual(['Bottles that leave, by the hour.', 'How long a bottle waits.']);
  });
});

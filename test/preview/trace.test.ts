/** Tests of a twin in its preview: how they stand, and the trace of one that fails. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings } from './axe.ts';
import { complaints, page, results, server, visit } from './visited-twin.ts';

const kettle = `
asset Kettle {
  param power = 2 kW in 0..3 kW
  input heating = false
  state temperature = 20 degC
  der(temperature) = (if heating then power else 0 W) / 4 kJ/K - (temperature - 20 degC) / 400 s
}
scenario boil for Kettle { at 10 s: set heating = true  at 190 s: set heating = false  output every 1 s  run 10 min }
scenario idle for Kettle { output every 1 s  run 10 min }
test "it gets warm" on boil {
  require eventually (temperature > 60 degC)
}
test "it stays below 80 °C" on boil {
  require always (temperature > 10 degC)
  require always (temperature < 80 degC)
}
view Kettle { chart "Water" temperature  slider power }
`;

/** By the formula: heated from 10 s to 190 s. */
const hottest = 20 + 200 * (1 - Math.exp(-180 / 400));

describe('the tests of a twin', () => {
  it('are run beside what is shown, and the trace of one that fails is a click away', async () => {
    await visit(kettle, (each) => each.emulateMedia({ colorScheme: 'light' }));
    const { session } = server!;
    session().receive({ type: 'scenario', scenario: 'idle' });
    session().receive({ type: 'set', id: 'power', value: 1000 });
    session().receive({ type: 'seek', time: 300 });
    await page.getByRole('tab', { name: 'Tests' }).click();
    await page.getByRole('button', { name: 'Run all tests' }).click();
    await page.getByText('1 passed, 1 failed').waitFor();
    // What is shown has not moved.
    expect(session().status()).toMatchObject({ scenario: 'idle', time: 300 });
    const row = page.locator('.test', { hasText: 'it stays below' });
    const margin = `fails by ${(hottest - 80).toPrecision(3)} K at 3:10.0`;
    await row.getByText(margin).waitFor();
    expect(await row.getByRole('button', { name: 'Show failing trace' }).count()).toBe(1);

    await row.getByRole('button', { name: 'Show failing trace' }).click();
    await expect
      .poll(() => session().status())
      .toMatchObject({ scenario: 'boil', time: 190, computed: 600, playing: false });
    expect(session().values()['power']).toBe(2000);
    expect(session().values()['temperature']! - 273.15).toBeCloseTo(hottest, 3);
    await expect.poll(() => page.locator('.clock-now').textContent()).toBe('3:10.0');
    const banner = page.locator('.banner', { hasText: 'Trace of “it stays below 80 °C”' });
    await banner.getByText(margin).waitFor();
    await expect
      .poll(async () => {
        const legend = page.locator('.legend-item', { hasText: 'temperature' }).locator('.legend-value');
        return Number(await legend.innerText());
      })
      .toBeCloseTo(hottest, 1);
    // The mark stands above the hottest moment, in the chart and on the timeline.
    // Charts are drawn with the next frame after what they show has come.
    await expect
      .poll(async () => {
        const chart = (await page.locator('.u-over').first().boundingBox())!;
        const mark = (await page.locator('.trace-mark').first().boundingBox())!;
        return (mark.x - chart.x) / chart.width;
      })
      .toBeCloseTo(190 / 600, 2);
    const line = (await page.locator('.scrubber').boundingBox())!;
    const flag = (await page.locator('.scrub-failure').boundingBox())!;
    expect(Math.abs((flag.x - line.x) / line.width - 190 / 600)).toBeLessThan(0.02);
    expect(await findings(page)).toEqual([]);
    await page.screenshot({ path: join(results, 'preview-trace-light.png') });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await findings(page)).toEqual([]);
    await page.screenshot({ path: join(results, 'preview-trace-dark.png') });
    await banner.getByRole('button', { name: 'Hide' }).click();
    await expect.poll(() => page.locator('.trace-mark:visible').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('stand as the text says after a change of it', async () => {
    await visit(kettle);
    await page.getByRole('tab', { name: 'Tests' }).click();
    await page.getByRole('button', { name: 'Run: it stays below 80 °C' }).click();
    await page.getByRole('button', { name: 'Show failing trace' }).click();
    await page.locator('.banner-error', { hasText: 'Trace of' }).waitFor();
    server!.change(kettle.replace('2 kW in', '1 kW in'));
    await page.locator('.banner-fine', { hasText: 'holds by' }).waitFor();
  });

  it('lead to where one fails when an editor asks for it', async () => {
    await visit(kettle);
    server!.say({ type: 'go', test: 'it stays below 80 °C' });
    await expect.poll(() => server!.session().status()).toMatchObject({ scenario: 'boil', time: 190 });
    await page.getByRole('tab', { name: 'Tests', selected: true }).waitFor();
    await page.locator('.banner', { hasText: 'fails by' }).waitFor();
    await expect.poll(() => server!.session().status()).toMatchObject({ computed: 600 });
    // And to a moment, with what was set.
    server!.say({ type: 'go', moment: '#t=50&scenario=boil&set.power=1500' });
    await expect.poll(() => server!.session().status()).toMatchObject({ scenario: 'boil', time: 50 });
    expect(server!.session().values()['power']).toBe(1500);
  });
});

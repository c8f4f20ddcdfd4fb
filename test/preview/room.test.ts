/** What is said of values has the room that it needs: large numbers in gauges, long names of alarms beside a text. */
import { expect, it } from 'vitest';
import { complaints, page, seek, visit } from './visited-twin.ts';

const plant = `asset Plant {
  input rise = 1 W/s
  state power = 0 W
  der(power) = rise
  modes operation {
    initial Low  { when power > 5 W -> High }
    High {}
  }
  sensor probe measures cold every 1 s noise normal(1 mK)
  let cold: Temperature = 20 degC
  alarm runsRoughlyFarTooLong: warning "Runs rough: plan its replacement" { raise when power > 2 W }
}
scenario day for Plant { output every 1 s  run 20 s }
view Plant {
  gauge power in 0 W..100 W
  gauge power * 1e6 in 0 W..18 MW
  chart "Operation" operation
  alarms
}
`;

it('the number of a gauge stands between the ends of its arc', async () => {
  await visit(plant);
  await seek(18);
  const gauges = await page.locator('.gauge').evaluateAll((all) =>
    all.map((gauge) => {
      const [arc, number] = ['.gauge-track', '.gauge-number'].map((part) =>
        gauge.querySelector(part)!.getBoundingClientRect(),
      );
      return { text: gauge.querySelector('.gauge-number')!.textContent, share: number!.width / arc!.width };
    }),
  );
  expect(gauges.map(({ text }) => text)).toEqual(['18.0', '1.800·10⁷']);
  for (const { share } of gauges) expect(share).toBeLessThan(0.86);
  expect(complaints).toEqual([]);
});

it('modes differ from those of another run by no number', async () => {
  await visit(plant);
  await seek(18);
  await page.keyboard.press('c');
  const legend = page.locator('.legend-item', { hasText: 'operation' });
  await expect.poll(() => page.getByText(/^vs /).count()).toBeGreaterThan(0);
  await expect.poll(() => legend.innerText()).toMatch(/High/);
  expect(await legend.locator('.difference').count()).toBe(0);
});

it('an active alarm breaks no word in a narrow panel', async () => {
  await visit(plant, (each) => each.setViewportSize({ width: 350, height: 900 }));
  await seek(18);
  const label = page.locator('.alarm.active .alarm-label').first();
  const lines = await label.evaluate((each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  });
  expect(await label.innerText()).toBe('runsRoughlyFarTooLong');
  expect(lines).toBe(1);
});

it('how far samples in °C are off is said in K', async () => {
  const server = await visit(plant);
  const { sessionSeries } = await import('../../live/session/series.ts');
  const residual = sessionSeries(server.manifest).find(({ id }) => id === 'probe.residual')!;
  expect(residual.info.unit).toEqual({ text: 'K', label: 'K', factor: 1, offset: 0 });
});

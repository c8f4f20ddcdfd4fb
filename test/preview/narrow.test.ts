/** The preview in little room: beside a text, on a telephone, at 200 % zoom. Nothing is cut, covered or out of reach. */
import { expect, it } from 'vitest';
import { page, seek, server, visit } from './visited-twin.ts';

const pond = `asset Pond {
  param inflow = 1 m/d  in 0..2 m/d
  state level = 1 m  in 0..20 m
  der(level) = inflow - level / 10 d
}
scenario season for Pond { output every 1 d  run 150 d }
view Pond { chart level  slider inflow }
`;

// 640: a window of 1280 px at 200 %.
it.each([400, 520, 640, 725, 900, 1110, 1200])(
  '%d px wide, the time of a long run stands beside its controls',
  async (width) => {
    await visit(pond, (each) => each.setViewportSize({ width, height: 800 }));
    // 72 d 20:47:42
    await seek(6_295_662);
    server!.session().receive({ type: 'speed', speed: 604_800 });
    await page.getByRole('option', { name: '604\u202f800×' }).waitFor({ state: 'attached' });
    // What is read from a mark takes room as well.
    await page.keyboard.press('m');
    await page.locator('.mark-apart').waitFor();
    const found = await page.evaluate(() => {
      const shown = [
        ...document.querySelectorAll(
          '.timeline .clock-now, .timeline .clock-end, .timeline button, .timeline .choice, .timeline .scrubber',
        ),
      ]
        .map((element) => ({ element, rect: element.getBoundingClientRect() }))
        .filter(({ rect }) => rect.width > 0);
      const nameOf = (element: Element): string =>
        element.getAttribute('aria-label') ?? element.textContent ?? element.className;
      const outside = shown
        .filter(({ rect }) => rect.left < 0 || rect.right > innerWidth || rect.bottom > innerHeight)
        .map(({ element }) => nameOf(element));
      const covered = shown.flatMap((one, at) =>
        shown
          .slice(at + 1)
          .filter(
            ({ rect }) =>
              rect.left < one.rect.right - 1 &&
              one.rect.left < rect.right - 1 &&
              rect.top < one.rect.bottom - 1 &&
              one.rect.top < rect.bottom - 1,
          )
          .map((other) => `${nameOf(one.element)} by ${nameOf(other.element)}`),
      );
      // A part that is cut is wider than what is shown of it.
      const clock = document.querySelector('.clock')!;
      const cut = clock.scrollWidth > clock.clientWidth;
      return {
        count: shown.length,
        outside,
        covered,
        cut,
        wide: document.documentElement.scrollWidth > innerWidth,
      };
    });
    expect(found).toMatchObject({ outside: [], covered: [], cut: false, wide: false });
    expect(found.count).toBeGreaterThan(5);
  },
);

/** How a run is integrated, and why, beside its clock. */
import { expect, it } from 'vitest';
import { complaints, page, seek, visit } from './visited-twin.ts';

const reaction = `package t
asset Reaction {
  state fuel = 1
  state radical = 0
  state ash = 0
  let slow = fuel * 0.04 1/s
  let back = radical * ash * 1e4 1/s
  let fast = radical * radical * 3e7 1/s
  der(fuel) = back - slow
  der(radical) = slow - back - fast
  der(ash) = fast
}
scenario hour for Reaction { run 1 h }
`;

it('is said of the clock, and by its name once the run has changed over to another method', async () => {
  await visit(reaction);
  const clock = page.getByRole('timer');
  await expect
    .poll(() => clock.getAttribute('title'))
    .toContain('Method tsit5: the system has not shown to be stiff');
  expect(await page.locator('.method').count()).toBe(0);
  await seek(60);
  const method = page.locator('.method');
  await method.waitFor();
  expect(await method.innerText()).toBe('rodas5p');
  const reason =
    /^Method rodas5p since [\d.]+ ms: the system is stiff: rates up to [\d.]+ 1\/s held steps of [\d.]+ ms$/;
  expect(await method.getAttribute('title')).toMatch(reason);
  expect(await method.getAttribute('aria-label')).toMatch(reason);
  await page.screenshot({ path: 'test-results/preview-method.png' });
  expect(complaints).toEqual([]);
});

/** What takes long to find in the equations as a whole is said after what is at hand, and it is said. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleServer, Client, position } from './client.ts';

const uri = 'file:///plant/wide.twin';
const text = `package plant
asset Wide {
${Array.from({ length: 1_500 }, (_, at) => `  state x${at} = 1 m\n  der(x${at}) = -x${at} / 1 s`).join('\n')}
  let loose = 1 m
}
`;
let client: Client;
beforeAll(async () => {
  client = new Client(await bundleServer());
  await client.start();
});
afterAll(() => client.stop());

const said = (): (string | number | undefined)[] =>
  client.published
    .filter(({ version }) => version === client.versionOf(uri))
    .flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));

it('after as many looks as tell how long they take', async () => {
  await client.open(uri, text);
  const start = position(text, 'loose = 1 m', 'loose = '.length);
  const range = { start, end: { ...start, character: start.character + 1 } };
  for (const digit of '2345') {
    await client.change(uri, { range, text: digit });
    expect(said()).toEqual([]);
  }
  // Without its value it is determined by nothing.
  const value = position(text, 'loose = 1 m', 'loose'.length);
  const end = { ...value, character: value.character + ' = 1 m'.length };
  await client.change(uri, { range: { start: value, end }, text: ': Length' });
  await expect.poll(said, { timeout: 60_000 }).toContain('PX4001');
});

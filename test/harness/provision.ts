/** Before end-to-end suites, however vitest was started: a fresh build, Chromium and the VS Code under test. */
import { testTools } from '../../tools/setup.mjs';
import { buildFresh } from './built.ts';

export default async function provision(): Promise<void> {
  await testTools(await buildFresh());
}

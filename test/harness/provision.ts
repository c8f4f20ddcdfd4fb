/** Before end-to-end suites, however vitest was started: a fresh build, Chromium and the VS Code under test. */
import { setup } from '../../tools/setup.mjs';

export default async function provision(): Promise<void> {
  await setup('test');
}

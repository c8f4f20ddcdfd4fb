/** Before end-to-end suites, however vitest was started: a fresh build, Chromium and the VS Code under test. */
import { build, setup, testTools } from '../../tools/setup.mjs';
import { SetupError } from '../../tools/setup/step.mjs';

export default async function provision(): Promise<void> {
  const { node } = await setup('generate');
  try {
    await build(node);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // What does not need the broken part can still be tested; `npm test` counts the build by itself.
    process.stderr.write(`${error.message}\n`);
  }
  await testTools(node);
}

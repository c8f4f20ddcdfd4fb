/** Before suites that run what is shipped, however vitest was started: dist/ as the sources are now. */
import { build, setup } from '../../tools/setup.mjs';
import { SetupError } from '../../tools/setup/step.mjs';

export default async function built(): Promise<void> {
  const { node } = await setup('generate');
  try {
    await build(node);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // `npm test` counts the build by itself.
    process.stderr.write(`${error.message}\n`);
  }
}

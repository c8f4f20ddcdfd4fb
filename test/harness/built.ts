/** Before suites that run what is shipped, however vitest was started: dist/ as the sources are now. */
import { build, setup } from '../../tools/setup.mjs';
import { SetupError } from '../../tools/setup/step.mjs';

export default async function built(): Promise<void> {
  await buildFresh();
}

/** Returns the Node that everything runs on. What does not need a broken part can still be tested; `npm test` counts the build by itself. */
export async function buildFresh(): Promise<string> {
  const { node } = await setup('generate');
  try {
    await build(node);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
  }
  return node;
}

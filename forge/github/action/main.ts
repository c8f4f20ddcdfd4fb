/** The action's entry point: the command line that lies beside it, with the inputs as its arguments. */
import { argumentsOf } from '../inputs.ts';

const token = process.env['INPUT_TOKEN'] ?? '';
if (token !== '') process.env['GITHUB_TOKEN'] = token;
try {
  process.argv.splice(2, Infinity, ...argumentsOf(process.env));
  const command = new URL('./dist/cli/pollux.mjs', import.meta.url).href;
  await import(command);
} catch (error) {
  process.stdout.write(`::error title=Pollux::${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

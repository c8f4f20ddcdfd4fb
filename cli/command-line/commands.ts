/** What may be written behind `pollux`: the commands and their options, in the order of the help. */
import { Command, Option } from 'commander';
import { bundleCommands } from './bundles.ts';
import { liveCommands } from './live.ts';
import { reviewCommands } from './review.ts';
import type { Run } from './run.ts';
import { runCommands } from './runs.ts';
import { textCommands } from './texts.ts';
import { toolCommands } from './tools.ts';
import packageJson from '../../package.json' with { type: 'json' };

export function commands(run: Run): Command {
  const program = new Command('pollux')
    .description('Digital twins as text: checked, built, run, tested and shown.')
    .version(packageJson.version, '-V, --version')
    .addOption(
      new Option('--color <when>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .exitOverride();
  for (const add of [textCommands, bundleCommands, runCommands, reviewCommands, liveCommands, toolCommands])
    add(program, run);
  hintAtHelp(program, program.name());
  return program;
}

/** After a mistake, the help of the command that it was made in. */
function hintAtHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(try: ${words} --help)`);
  for (const each of command.commands) hintAtHelp(each, `${words} ${each.name()}`);
}

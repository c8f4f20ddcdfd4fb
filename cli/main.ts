/** `pollux`: carries out a command, and says in a sentence what went wrong. What commands there are is said in `command-line/`. */
import nodeModule from 'node:module';
import { CommanderError } from 'commander';
import { commands } from './command-line/commands.ts';
import { systemReason, systemSentence } from './terminal/system-error.ts';
import { Exit, processTerminal, Refusal } from './terminal/terminal.ts';
import type { ColorChoice } from './terminal/terminal.ts';

async function main(): Promise<void> {
  const program = commands(async (action) => {
    const terminal = processTerminal(program.opts<{ color: ColorChoice }>().color);
    try {
      process.exitCode = await action(terminal);
    } catch (error) {
      process.exitCode = Exit.failure;
      const sentence = error instanceof Refusal ? error.message : systemSentence(error);
      if (sentence !== undefined) terminal.err(`pollux: ${sentence}\n`);
      else {
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        terminal.err(`pollux: this is a fault of Pollux itself, please report it:\n${detail}\n`);
      }
    }
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? Exit.fine : Exit.failure;
  }
}

// Compiled code is kept between calls, in the folder for temporary files: half of a short command is compiling otherwise.
nodeModule.enableCompileCache?.();
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `pollux run … | head`: the reader has seen enough.
  if (error.code === 'EPIPE') {
    process.exitCode = Exit.fine;
    return;
  }
  // `pollux run … > file` on a full disk: half a result is none.
  process.stderr.write(`pollux: the result cannot be written to standard output: ${systemReason(error)}\n`);
  process.exit(Exit.failure);
});
// Where nothing can be said any more, the exit code still can.
process.stderr.on('error', () => undefined);
await main();

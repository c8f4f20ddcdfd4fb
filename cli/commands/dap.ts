/** `pollux dap`: a twin under a debugger, by the Debug Adapter Protocol on standard input and output. */
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createAdapter } from '../../debug-adapter/adapter.ts';
import { CannotDebug } from '../../debug-adapter/program.ts';
import type { ProgramTexts } from '../../debug-adapter/program.ts';
import { createReader, NotAMessage, written } from '../../debug-adapter/wire.ts';
import { readData } from '../data-read.ts';
import { readProject } from '../project.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Ends with its input, or when the session is over. */
export async function dap(terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = Exit.fine;
  await new Promise<void>((resolve) => {
    const receive = createReader(
      createAdapter({
        send: (message) => process.stdout.write(written(message)),
        load,
        uriOf: (path) => pathToFileURL(existsSync(path) ? realpathSync(path) : path).href,
        pathOf: (uri) => (uri.startsWith('file:') ? fileURLToPath(uri) : undefined),
        soon: (callback) => setImmediate(callback),
        end: () => setImmediate(resolve),
      }),
    );
    process.stdin.on('data', (bytes: Buffer) => {
      try {
        receive(bytes);
      } catch (error) {
        if (!(error instanceof NotAMessage)) throw error;
        terminal.err(
          `pollux dap: ${error.message} A debugger speaks to this command; there is nothing to type here.\n`,
        );
        code = Exit.failure;
        resolve();
      }
    });
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  process.stdin.destroy();
  return code;
}

function load(path: string): ProgramTexts {
  try {
    const { texts, absentPackages } = readProject([path]);
    return { texts, absentPackages, readData };
  } catch (error) {
    if (error instanceof Refusal) throw new CannotDebug(error.message);
    throw error;
  }
}

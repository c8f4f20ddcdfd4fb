/** `node run.mjs`: runs the twin that lies beside this file. See README.md. */
import process from 'node:process';
import { readArguments, USAGE } from './arguments.ts';
import { readArtefact } from './artefact.ts';
import { listText, runScenario } from './run.ts';
import { Complaint } from './complaint.ts';

/** 0 fine, 1 could not be run, 3 the run was stopped by trouble. */
function main(): number {
  try {
    const options = readArguments(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const artefact = readArtefact(new URL('.', import.meta.url));
    if (options.list) {
      process.stdout.write(listText(artefact.manifest));
      return 0;
    }
    return runScenario(artefact, options);
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    process.stderr.write(`run.mjs: ${error.message}\n`);
    return 1;
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `node run.mjs --csv - | head`: the reader has seen enough.
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = main();

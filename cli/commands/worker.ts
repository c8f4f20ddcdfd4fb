import { availableParallelism } from 'node:os';
import { addressOf } from '../experiments/remote/connection.ts';
import { ENGINE, engineText } from '../experiments/remote/engine.ts';
import { serveRuns } from '../experiments/remote/serve-runs.ts';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { untilStopped } from '../until-stopped.ts';

export interface WorkerOptions {
  redis?: string | true;
  threads?: number;
  /** s */
  lock?: number;
  quiet?: boolean;
}

/** Runs what experiments put into the queue, until it is stopped. */
export async function worker(options: WorkerOptions, terminal: Terminal): Promise<ExitCode> {
  const address = addressOf(options.redis ?? true, process.env);
  const threads = options.threads ?? availableParallelism();
  const serving = await serveRuns({
    address,
    threads,
    lock: 1000 * (options.lock ?? 10),
    tell: options.quiet === true ? () => {} : (text) => terminal.err(`${text}\n`),
  });
  terminal.err(
    `worker ${serving.name}: ${threads} ${threads === 1 ? 'thread' : 'threads'} for ${address.shown}, Pollux ${engineText(ENGINE)}\n`,
  );
  await untilStopped([serving.stop]);
  return Exit.fine;
}

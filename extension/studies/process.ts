/** `pollux experiment --events` or `pollux calibrate --events` in a process of its own, which ends when its channel to here does. */
import { fork } from 'node:child_process';
import type { StudyEvent } from '../../preview/study/protocol.ts';
import { commandLine } from '../tasks.ts';

/** ms in which a process that was asked to stop may end what it is at and write down what is done. */
const GRACE = 5000;

export interface StudyProcess {
  /** `now`: it keeps nothing that would have to be written down. */
  stop(now: boolean): void;
}

export interface StudyHeard {
  /** Never none. The last one is an `end`. */
  events: (events: StudyEvent[]) => void;
  /** What it said besides. */
  log: (text: string) => void;
}

export function startStudy(words: readonly string[], cwd: string, on: StudyHeard): StudyProcess {
  const started = performance.now();
  const child = fork(commandLine(), words, {
    cwd,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
    // The editor's own debugging flags are not the command's.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let part = '';
  let said = '';
  let isStopped = false;
  let hasEnded = false;
  const end = (text: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    const seconds = (performance.now() - started) / 1000;
    on.events([
      isStopped ? { type: 'end', how: 'stopped', seconds } : { type: 'end', how: 'failed', seconds, text },
    ]);
  };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const lines = (part + text).split('\n');
    part = lines.pop()!;
    if (lines.length === 0 || hasEnded) return;
    const events = lines.map((line) => JSON.parse(line) as StudyEvent);
    hasEnded = events.some(({ type }) => type === 'end');
    on.events(events);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    on.log(text);
  });
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(said.trim() || `pollux ended with ${signal ?? code}`));
  return {
    stop: (now) => {
      isStopped = true;
      if (now || !child.connected) child.kill('SIGKILL');
      else child.send('stop');
      const late = setTimeout(() => child.kill('SIGKILL'), GRACE);
      late.unref();
      child.once('exit', () => clearTimeout(late));
    },
  };
}

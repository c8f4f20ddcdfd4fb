import { styleText } from 'node:util';

/** Where a command writes, and how: handed to every command. Results go to `out`, everything about them to `err`. */
export interface Terminal {
  out(text: string): void;
  /** When what was written to `out` has been taken, so that what is long does not pile up where a reader is slow. */
  drained?(): Promise<void>;
  err(text: string): void;
  /** Colours text when colours are on. */
  style(format: Style | Style[], text: string): string;
  /** Columns to fill; 80 when it is no terminal. */
  width: number;
  /** Whether a person watches: progress is shown only then. */
  interactive: boolean;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta' | 'underline';

export type ColorChoice = 'auto' | 'always' | 'never';

/** `--color` first, then NO_COLOR and FORCE_COLOR, then whether it is a terminal (no-color.org). */
function wantsColor(choice: ColorChoice, environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0';
  return isTerminal && environment['TERM'] !== 'dumb';
}

export function processTerminal(choice: ColorChoice): Terminal {
  const color = wantsColor(choice, process.env, process.stdout.isTTY === true);
  return {
    out: (text) => process.stdout.write(text),
    drained: async () => {
      const { stdout } = process;
      if (!stdout.writableNeedDrain || stdout.destroyed) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stdout.off('drain', done).off('close', done).off('error', done);
          resolve();
        };
        stdout.on('drain', done).on('close', done).on('error', done);
      });
    },
    err: (text) => process.stderr.write(text),
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
    width: process.stdout.columns ?? 80,
    interactive: process.stderr.isTTY === true,
  };
}

/** Thrown for what the user asked for and cannot be had: shown as one sentence, without a stack. */
export class Refusal extends Error {
  override name = 'Refusal';
}

export const Exit = {
  fine: 0,
  failure: 1,
  differences: 2,
  findings: 3,
  budget: 4,
  /** What shells say of what SIGINT and SIGTERM have ended. */
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Carries out what a command does. The code of each is loaded only when it is called: `pollux --help` needs none of it. */
export type Run = (action: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>;

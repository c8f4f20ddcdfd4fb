import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { FromHost, ToHost } from '../live/host/protocol.ts';
import type { TwinHost, TwinHostEvents } from './twin-host.ts';

/** The process in which a previewed twin runs: a busy twin slows neither the editor nor the language server. */
export class TwinProcess implements TwinHost {
  private readonly child: ChildProcess;
  private ended = false;

  constructor(module: string, environment: NodeJS.ProcessEnv, on: TwinHostEvents) {
    this.child = fork(module, [], {
      env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: '1' },
      // The editor's own debugging flags are not the twin's.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.on('message', (message) => on.message(message as FromHost));
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => on.log(text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => on.log(text));
    this.child.on('error', (error) => this.finish(on.end, error.message));
    this.child.on('exit', (code, signal) => this.finish(on.end, signal ?? `code ${code}`));
  }

  send(message: ToHost): void {
    if (!this.ended && this.child.connected) this.child.send(message);
  }

  dispose(): void {
    this.ended = true;
    if (this.child.connected) this.child.disconnect();
    // It ends by itself when the channel closes; this is for one that does not.
    const late = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    late.unref();
    this.child.once('exit', () => clearTimeout(late));
  }

  private finish(end: (reason: string) => void, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    end(reason);
  }
}

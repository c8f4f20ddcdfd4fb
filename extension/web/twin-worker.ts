import type { ToHost } from '../../live/host/protocol.ts';
import type { TwinHost, TwinHostEvents } from '../twin-host.ts';

/** The worker in which a previewed twin runs, so that a busy twin slows nothing else. */
export class TwinWorker implements TwinHost {
  private readonly worker: Worker;

  constructor(script: string, on: TwinHostEvents) {
    this.worker = new Worker(script);
    this.worker.addEventListener('message', ({ data }: MessageEvent) => on.message(data));
    this.worker.addEventListener('error', ({ message }) => {
      this.worker.terminate();
      on.end(message);
    });
  }

  send(message: ToHost): void {
    this.worker.postMessage(message);
  }

  dispose(): void {
    this.worker.terminate();
  }
}

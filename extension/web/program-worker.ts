/** A twin under the debugger, or the tests of a file, in a worker that reads files through VS Code. */
import * as vscode from 'vscode';
import type { FromWorker, TestOutcome, ToWorker } from '../../debug-adapter/protocol.ts';
import { programUri } from '../debug/program-path.ts';
import type { TestRunner } from '../test-explorer.ts';
import { readFolder, readText } from './files.ts';

class ProgramWorker {
  private readonly worker: Worker;

  constructor(
    script: string,
    uri: vscode.Uri,
    hear: (message: FromWorker) => void,
    fail: (why: string) => void,
  ) {
    this.worker = new Worker(script);
    this.worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'read') void this.read(data.uris);
      else hear(data);
    });
    this.worker.addEventListener('error', ({ message }) => fail(message));
    void this.begin(uri);
  }

  send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  dispose(): void {
    this.worker.terminate();
  }

  /** All sources of the folder go along: those of its package and of packages that it uses lie somewhere in it. */
  private async begin(uri: vscode.Uri): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, '..');
    const [own, ...others] = await Promise.all([
      readText(uri.toString()),
      readFolder(folder.toString(), true),
    ]);
    const files = [own, ...others.flat().filter((each) => each.uri !== own.uri)];
    this.send({
      type: 'program',
      uri: own.uri,
      files: files.flatMap((each) => (each.text === null ? [] : [{ uri: each.uri, text: each.text }])),
    });
  }

  private async read(uris: readonly string[]): Promise<void> {
    this.send({ type: 'data', files: await Promise.all(uris.map(readText)) });
  }
}

/** A debug adapter for one session. */
export function workerAdapter(
  script: string,
): (session: vscode.DebugSession) => vscode.DebugAdapterDescriptor {
  return ({ configuration }) => {
    const sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
    const uri = programUri(String(configuration['program']));
    const worker = new ProgramWorker(
      script,
      uri,
      (message) => {
        if (message.type === 'protocol') sent.fire(message.message as vscode.DebugProtocolMessage);
      },
      (why) => {
        void vscode.window.showErrorMessage(`The debugger has stopped: ${why}`);
        sent.fire({ type: 'event', event: 'terminated', seq: 0 } as vscode.DebugProtocolMessage);
      },
    );
    return new vscode.DebugAdapterInlineImplementation({
      onDidSendMessage: sent.event,
      handleMessage: (message) => worker.send({ type: 'protocol', message }),
      dispose: () => worker.dispose(),
    });
  };
}

/** Runs tests, a worker each time. */
export const testWorker = (script: string): TestRunner => ({
  covers: false,
  reads: () => true,
  run: (uri, names, _coverage, cancellation) =>
    new Promise<TestOutcome[]>((resolve, reject) => {
      const end = (settle: () => void): void => {
        worker.dispose();
        settle();
      };
      const worker = new ProgramWorker(
        script,
        uri,
        (message) => {
          if (message.type === 'outcomes') end(() => resolve(message.outcomes));
          if (message.type === 'refused') end(() => reject(new Error(message.message)));
        },
        (why) => end(() => reject(new Error(why))),
      );
      cancellation.onCancellationRequested(() => end(() => resolve([])));
      worker.send({ type: 'tests', names });
    }),
});

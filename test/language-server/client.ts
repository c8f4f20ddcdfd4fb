/** A small client of its own: a server process over stdio, spoken to by JSON-RPC. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  InitializeResult,
  Position,
  PublishDiagnosticsParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver';
import { bundle } from '../harness/bundle.ts';

/** Bundles the server as it is in the sources now. */
export const bundleServer = (): Promise<string> =>
  bundle({ file: 'language-server/main.ts' }, 'language-server.mjs');

export class Client {
  readonly connection: MessageConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  stderr = '';
  private readonly child;
  private readonly waiting: {
    uri: string;
    version: number;
    done: (params: PublishDiagnosticsParams) => void;
  }[] = [];
  private readonly versions = new Map<string, number>();

  /** @param cache a folder for what is kept from one start to the next; nothing is kept when left out */
  constructor(server: string, cache = join(server, 'none')) {
    this.child = spawn(process.execPath, [server, '--stdio'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, XDG_CACHE_HOME: cache },
    });
    this.child.stderr.on('data', (chunk) => (this.stderr += String(chunk)));
    this.connection = createMessageConnection(
      new StreamMessageReader(this.child.stdout),
      new StreamMessageWriter(this.child.stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const waiter of this.waiting.filter(
        (each) => each.uri === params.uri && (params.version ?? 0) >= each.version,
      )) {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        waiter.done(params);
      }
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  async start(folder?: string): Promise<InitializeResult> {
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: folder ?? null,
      workspaceFolders: folder === undefined ? null : [{ uri: folder, name: 'folder' }],
      capabilities: {},
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  request<Result>(method: string, params: object): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  /** Opens a file, and resolves with its first diagnostics. */
  open(uri: string, text: string): Promise<PublishDiagnosticsParams> {
    this.versions.set(uri, 1);
    const published = this.diagnostics(uri, 1);
    void this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'twin', version: 1, text },
    });
    return published;
  }

  /** Changes a file, and resolves with the diagnostics of that version. */
  change(
    uri: string,
    ...contentChanges: TextDocumentContentChangeEvent[]
  ): Promise<PublishDiagnosticsParams> {
    const version = (this.versions.get(uri) ?? 1) + 1;
    this.versions.set(uri, version);
    const published = this.diagnostics(uri, version);
    void this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
    return published;
  }

  /** The version of an open file that the server was told last. */
  versionOf(uri: string): number | undefined {
    return this.versions.get(uri);
  }

  diagnostics(uri: string, version: number): Promise<PublishDiagnosticsParams> {
    return new Promise((done) => this.waiting.push({ uri, version, done }));
  }

  /** CPU time of the process so far, ms; undefined where /proc does not tell. In steps of 10 ms. */
  cpu(): number | undefined {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  /** Resident memory of the process now and at its most, MiB; undefined where /proc does not tell. */
  memory(): { now: number; most: number } | undefined {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      const of = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
      return { now: of('VmRSS'), most: of('VmHWM') };
    } catch {
      return undefined;
    }
  }

  /** Whether the process still runs. */
  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.on('exit', resolve));
    if (this.alive) {
      await this.connection.sendRequest('shutdown');
      await this.connection.sendNotification('exit');
    }
    const code = this.alive ? await ended : this.child.exitCode;
    this.connection.dispose();
    return code;
  }
}

/** Where the `nth` occurrence of a text begins, moved on by `move` characters. */
export function position(text: string, part: string, move = 0, nth = 0): Position {
  let at = -1;
  for (let count = 0; count <= nth; count += 1) at = text.indexOf(part, at + 1);
  if (at < 0) throw new Error(`there is no ${part}`);
  const before = text.slice(0, at + move).split('\n');
  return { line: before.length - 1, character: before[before.length - 1]?.length ?? 0 };
}

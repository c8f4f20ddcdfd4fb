/** Roots that are compiled again after each change, and told of when something else comes of it. */
import type { Connection } from 'vscode-languageserver';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { compileRoot } from './compile.ts';
import type { Project } from '../workspace/project.ts';
import * as protocol from '../protocol.ts';

/** The texts that roots are compiled from. */
export interface Texts {
  project(): Project;
  /** The file; throws where it is not known. */
  file(uri: string): ParsedFile;
  /** Whether files on disk are being read: what a text lacks may be in them. */
  isReading(): boolean;
  /** Resolves when all are read, and this one and what lies beside it, too, wherever it lies. */
  read(uri: string): Promise<void>;
}

export class WatchedRoots {
  private readonly connection: Connection;
  private readonly texts: Texts;
  private readonly watched = new Map<string, protocol.WatchParams>();
  private readonly compiled = new Map<string, string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, texts: Texts) {
    this.connection = connection;
    this.texts = texts;
  }

  listen(): void {
    const { connection, texts } = this;
    connection.onRequest(protocol.COMPILE, ({ uri, root }: protocol.CompileParams) =>
      compileRoot(texts.project(), texts.file(uri), root),
    );
    connection.onRequest(protocol.WATCH, async (params: protocol.WatchParams) => {
      const key = keyOf(params);
      // From the start, so that whatever goes wrong now is made good by a later change.
      this.watched.set(key, params);
      let result = this.result(params);
      if (!result.ok) {
        await texts.read(params.uri);
        result = this.result(params);
      }
      if (this.watched.has(key)) this.compiled.set(key, JSON.stringify(result));
      return result;
    });
    connection.onRequest(protocol.UNWATCH, (params: protocol.WatchParams) => {
      this.watched.delete(keyOf(params));
      this.compiled.delete(keyOf(params));
      return null;
    });
  }

  /** @param wait ms; called again meanwhile, it begins anew */
  compileSoon(wait: number): void {
    if (this.watched.size === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.compile(), wait);
  }

  compile(): void {
    for (const params of this.watched.values()) {
      const result = this.result(params);
      // It will be compiled again when all is read.
      if (!result.ok && this.texts.isReading()) continue;
      const text = JSON.stringify(result);
      const key = keyOf(params);
      // A change elsewhere, or of a comment: the same artefact.
      if (this.compiled.get(key) === text) continue;
      this.compiled.set(key, text);
      const { uri, root: wanted } = params;
      const told: protocol.DidCompileParams = { uri, ...(wanted === undefined ? {} : { wanted }), ...result };
      void this.connection.sendNotification(protocol.DID_COMPILE, told);
    }
  }

  private result({ uri, root }: protocol.WatchParams): protocol.CompileResult {
    const file = this.texts.project().file(uri);
    return file === undefined ? gone(uri, root) : compileRoot(this.texts.project(), file, root);
  }
}

/** It was deleted, or has another name: what runs shall not look as if its text were there. */
function gone(uri: string, root: string | undefined): protocol.CompileResult {
  const start = { line: 0, character: 0 };
  const name = decodeURIComponent(uri.split('/').at(-1) ?? uri);
  const message = `${name} is not there any more: it was deleted, moved or renamed. Close this preview, or put the file back.`;
  const problem = { code: '', severity: 'error' as const, message, uri, range: { start, end: start } };
  return { ok: false, root: root ?? '', problems: [problem] };
}

function keyOf({ uri, root }: protocol.WatchParams): string {
  return `${uri} ${root ?? ''}`;
}

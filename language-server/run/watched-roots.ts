/** Roots that are compiled again after each change, and told of when something else comes of it. */
import type { Connection } from 'vscode-languageserver';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { compileRoot } from './compile.ts';
import type { Project } from '../workspace/project.ts';
import * as protocol from '../protocol.ts';

export class WatchedRoots {
  private readonly connection: Connection;
  private readonly project: () => Project;
  private readonly watched = new Map<string, protocol.WatchParams>();
  private readonly compiled = new Map<string, string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, project: () => Project) {
    this.connection = connection;
    this.project = project;
  }

  listen(file: (uri: string) => ParsedFile): void {
    const { connection } = this;
    connection.onRequest(protocol.COMPILE, ({ uri, root }: protocol.CompileParams) =>
      compileRoot(this.project(), file(uri), root),
    );
    connection.onRequest(protocol.WATCH, (params: protocol.WatchParams) => {
      const result = compileRoot(this.project(), file(params.uri), params.root);
      this.watched.set(keyOf(params), params);
      this.compiled.set(keyOf(params), JSON.stringify({ uri: params.uri, ...result }));
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
    for (const { uri, root } of this.watched.values()) {
      const file = this.project().file(uri);
      const result: protocol.DidCompileParams = {
        uri,
        ...(file === undefined ? gone(uri, root) : compileRoot(this.project(), file, root)),
      };
      const text = JSON.stringify(result);
      const key = keyOf({ uri, root });
      // A change elsewhere, or of a comment: the same artefact.
      if (this.compiled.get(key) === text) continue;
      this.compiled.set(key, text);
      void this.connection.sendNotification(protocol.DID_COMPILE, result);
    }
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

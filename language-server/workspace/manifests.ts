/** What is wrong with `pollux.json`, where it is wrong: while it is edited, and as it lies on the disk. */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver-types';
import { MANIFEST_FILE, PackageProblem, readManifest } from '../../packages/manifest.ts';
import { placeIn } from '../../packages/place.ts';

export const isManifest = (uri: string): boolean => uri.endsWith(`/${MANIFEST_FILE}`);

export class Manifests {
  private readonly open = new Map<string, TextDocument>();
  private readonly said = new Set<string>();
  private readonly read: (uri: string) => string | undefined;
  private readonly say: (uri: string, version: number | undefined, found: Diagnostic[]) => void;

  constructor(
    read: (uri: string) => string | undefined,
    say: (uri: string, version: number | undefined, found: Diagnostic[]) => void,
  ) {
    this.read = read;
    this.say = say;
  }

  opened(uri: string, version: number, text: string): void {
    this.take(TextDocument.create(uri, 'json', version, text));
  }

  edited(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const document = this.open.get(uri);
    if (document !== undefined) this.take(TextDocument.update(document, changes, version));
  }

  /** What is on the disk counts again. */
  closed(uri: string): void {
    this.open.delete(uri);
    this.onDisk(uri);
  }

  /** It was found, has changed or is gone. */
  onDisk(uri: string): void {
    if (this.open.has(uri)) return;
    const text = this.read(uri);
    const found = text === undefined ? [] : findingsIn(TextDocument.create(uri, 'json', 0, text));
    // Of one that was never wrong nothing has to be taken back.
    if (found.length > 0 || this.said.has(uri)) this.tell(uri, undefined, found);
  }

  /** Those in a folder that is no longer of the workspace. */
  left(isIn: (uri: string) => boolean): void {
    for (const uri of this.said) if (isIn(uri) && !this.open.has(uri)) this.tell(uri, undefined, []);
  }

  private take(document: TextDocument): void {
    this.open.set(document.uri, document);
    this.tell(document.uri, document.version, findingsIn(document));
  }

  private tell(uri: string, version: number | undefined, found: Diagnostic[]): void {
    this.said.add(uri);
    this.say(uri, version, found);
  }
}

/** The first thing that is wrong. That a text is no JSON at all is said by editors themselves. */
function findingsIn(document: TextDocument): Diagnostic[] {
  const text = document.getText();
  try {
    readManifest(text, MANIFEST_FILE);
    return [];
  } catch (error) {
    if (!(error instanceof PackageProblem)) throw error;
    if (error.way === undefined) return [];
    const { start, end } = placeIn(text, error.way);
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    const message = error.message.replace(`${MANIFEST_FILE}: `, '');
    return [{ source: 'pollux', severity: DiagnosticSeverity.Error, message, range }];
  }
}

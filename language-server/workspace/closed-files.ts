/**
 * What is wrong in files of the workspace that are not open. They are looked at one by one while nobody types, and put
 * away again; what was found is kept by a hash of the file and of all that it can see, also from one start to the next.
 */
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver-types';
import { isLibraryUri } from '../../compiler/library-files.ts';
import { lspDiagnostic } from './diagnostics.ts';
import type { Project } from './project.ts';

/** What is kept from one start to the next: one text for all. */
export interface FindingsCache {
  read(): string | undefined;
  write(text: string): void;
}

interface Kept {
  hash: string;
  found: LspDiagnostic[];
}

/** Of more files than that only the open ones are looked at. */
const MOST = 2_000;
/** ms without a change before the first. */
const QUIET = 400;
/** ms of work between two answers to requests. */
const SLICE = 12;
/** ms without work after which all that was found is written. */
const WRITE = 2_000;
/** Changes when other findings could come of the same texts. */
const VERSION = 1;

export class ClosedFiles {
  private readonly project: Project;
  private readonly tell: (uri: string, found: LspDiagnostic[]) => void;
  private readonly cache: FindingsCache | undefined;
  private readonly hashes = new Map<string, { text: string; hash: string }>();
  private kept: Map<string, Kept> | undefined;
  private queue: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: ReturnType<typeof setTimeout> | undefined;

  /** @param tell is told of each file once, and again when something else is found */
  constructor(
    project: Project,
    tell: (uri: string, found: LspDiagnostic[]) => void,
    cache: FindingsCache | undefined,
  ) {
    this.project = project;
    this.tell = tell;
    this.cache = cache;
  }

  /** To be called after each change: looks again, once it is quiet, at files that may be affected. */
  wake(pages: string | undefined): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.queue = this.affected();
      this.step(pages);
    }, QUIET);
  }

  private step(pages: string | undefined): void {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const uri = this.queue.pop();
      if (uri === undefined) return this.writeSoon();
      this.look(uri, pages);
    }
    this.timer = setTimeout(() => this.step(pages), 0);
  }

  private look(uri: string, pages: string | undefined): void {
    const file = this.project.isOpen(uri) ? undefined : this.project.file(uri);
    if (file === undefined) return;
    const findings = this.project.findings(file).map((each) => lspDiagnostic(each, pages));
    this.keep(uri, findings);
    this.project.putAway(uri);
  }

  private keep(uri: string, found: LspDiagnostic[]): void {
    const known = this.known.get(uri);
    this.known.set(uri, { hash: this.wanted.get(uri) ?? '', found });
    if (found.length > 0 || (known?.found.length ?? 0) > 0) this.tell(uri, found);
  }

  private wanted = new Map<string, string>();

  /** What is known, and what was kept of an earlier start. */
  private get known(): Map<string, Kept> {
    if (this.kept !== undefined) return this.kept;
    this.kept = new Map();
    try {
      const text = this.cache?.read();
      const all =
        text === undefined ? undefined : (JSON.parse(text) as { version?: number; files?: [string, Kept][] });
      if (all?.version === VERSION) this.kept = new Map(all.files ?? []);
    } catch {
      // Half written, or of another program: it is made anew.
    }
    for (const [uri, { found }] of this.kept) if (found.length > 0) this.shown.add(uri);
    return this.kept;
  }

  /** Files of an earlier start whose findings nobody has been told of yet. */
  private readonly shown = new Set<string>();

  /** Files whose text, or something that they can see, is not as it was when they were last looked at. */
  private affected(): string[] {
    const { project } = this;
    if (project.count() > MOST) return [];
    const texts = project.texts().filter(({ uri }) => !isLibraryUri(uri) && !uri.startsWith('untitled:'));
    const packages = new Map<string, string[]>();
    const seen = new Map<string, Set<string>>();
    for (const { uri, text, package: name, uses } of texts) {
      const own = name === '' ? uri : name;
      packages.set(own, [...(packages.get(own) ?? []), this.hashOf(uri, text)]);
      for (const each of uses) seen.set(own, (seen.get(own) ?? new Set()).add(each));
    }
    const sums = new Map([...packages].map(([name, hashes]) => [name, hashOf(hashes.sort().join())]));
    const wholes = new Map<string, string>();
    const whole = (name: string): string => {
      let sum = wholes.get(name);
      if (sum === undefined) {
        const reached = new Set([name]);
        // A set is walked in the order of insertion, including what is added on the way.
        for (const each of reached) for (const next of seen.get(each) ?? []) reached.add(next);
        sum = hashOf(
          [...reached]
            .sort()
            .map((each) => `${each} ${sums.get(each) ?? ''}`)
            .join(),
        );
        wholes.set(name, sum);
      }
      return sum;
    };
    const affected: string[] = [];
    this.wanted = new Map();
    for (const { uri, text, package: name } of texts) {
      const hash = `${this.hashOf(uri, text)} ${whole(name === '' ? uri : name)}`;
      this.wanted.set(uri, hash);
      const known = this.known.get(uri);
      if (known?.hash !== hash) affected.push(uri);
      else if (this.shown.delete(uri) && !project.isOpen(uri)) this.tell(uri, known.found);
    }
    for (const [uri, { found }] of this.known) {
      if (this.wanted.has(uri)) continue;
      this.known.delete(uri);
      if (found.length > 0) this.tell(uri, []);
    }
    return affected.filter((uri) => !project.isOpen(uri)).reverse();
  }

  private hashOf(uri: string, text: string): string {
    const known = this.hashes.get(uri);
    if (known?.text === text) return known.hash;
    // What is read from data files is not in the text.
    const more = /\bfrom\s+"/.test(text) ? `${Date.now()} ${Math.random()}` : '';
    const hash = hashOf(text + more);
    this.hashes.set(uri, { text, hash });
    return hash;
  }

  private writeSoon(): void {
    if (this.cache === undefined) return;
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const files = [...this.known].filter(([, { hash }]) => hash !== '');
      this.cache?.write(JSON.stringify({ version: VERSION, files }));
    }, WRITE);
  }
}

/** 64 bits, twice FNV-1a with different beginnings: for texts that nobody makes to collide. */
function hashOf(text: string): string {
  let [low, high] = [0x811c9dc5, 0xcbf29ce4];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x9e37), 0x01000193);
  }
  return `${(low >>> 0).toString(36)}${(high >>> 0).toString(36)}${text.length.toString(36)}`;
}

/**
 * What is wrong in files of the workspace that are not open. They are looked at one by one while nobody types, and put
 * away again; what was found is kept as long as what it hangs on stays the same (`sight.ts`), also from one start to the next.
 */
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver-types';
import { lspDiagnostic } from './diagnostics.ts';
import type { Project } from './project.ts';
import { Sight, type Basis } from './sight.ts';

/** What is kept from one start to the next: one text for all. */
export interface FindingsCache {
  read(): string | undefined;
  write(text: string): void;
}

interface Kept {
  basis: Basis;
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
const VERSION = 2;

export class ClosedFiles {
  private readonly project: Project;
  private readonly tell: (uri: string, found: LspDiagnostic[]) => void;
  private readonly cache: FindingsCache | undefined;
  private readonly sight: Sight;
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
    this.sight = new Sight(project);
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
    const findings = this.project.findings(file);
    this.keep(uri, {
      basis: this.sight.basisOf(file, findings),
      found: findings.map((each) => lspDiagnostic(each, pages)),
    });
    this.project.putAway(uri);
  }

  private keep(uri: string, kept: Kept): void {
    const { found } = kept;
    const known = this.known.get(uri);
    this.known.set(uri, kept);
    if (found.length > 0 || (known?.found.length ?? 0) > 0) this.tell(uri, found);
  }

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
    const { project, sight } = this;
    if (project.count() > MOST) return [];
    const affected: string[] = [];
    const uris = sight.renew();
    for (const uri of uris) {
      const known = this.known.get(uri);
      if (known === undefined || !sight.holds(uri, known.basis)) affected.push(uri);
      else if (this.shown.delete(uri) && !project.isOpen(uri)) this.tell(uri, known.found);
    }
    const present = new Set(uris);
    for (const [uri, { found }] of this.known) {
      if (present.has(uri)) continue;
      this.known.delete(uri);
      if (found.length > 0) this.tell(uri, []);
    }
    return affected.filter((uri) => !project.isOpen(uri)).reverse();
  }

  private writeSoon(): void {
    if (this.cache === undefined) return;
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const files = [...this.known].filter(([, { basis }]) => basis.own !== '');
      this.cache?.write(JSON.stringify({ version: VERSION, files }));
    }, WRITE);
  }
}

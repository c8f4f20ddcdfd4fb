/**
 * What the findings of a file hang on: its text, the names that are declared where it can see them, and the texts of the
 * declarations that were looked into for it, directly or through others. So what is written in a declaration is of no
 * concern to files that have nothing to do with it.
 */
import type { AstNode } from 'langium';
import { sourceOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { headerOf } from '../../compiler/1-parse/read/headers.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { isLibraryUri } from '../../compiler/library-files.ts';
import type { Project } from './project.ts';

/** All of these are hashes. */
export interface Basis {
  own: string;
  /** Of the names in its package and in those that it mentions, and so on; of their texts, where `uses` is absent. */
  around: string;
  /** Of other files, by uri: the text, and of it the declarations that were looked into, by name. */
  uses?: Record<string, Used>;
}

interface Used {
  text: string;
  declarations: Record<string, string>;
}

/** Of one text. */
interface Hashes {
  of: string;
  text: string;
  /** Of what others know of it before they look into it. */
  names: string;
}

export class Sight {
  private readonly project: Project;
  private readonly hashes = new Map<string, Hashes>();
  private readonly declared = new WeakMap<readonly AstNode[], Map<string, string>>();
  /** By uri, as of the last `renew`. */
  private texts = new Map<string, { hashes: Hashes; around: (by: 'text' | 'names') => string }>();

  constructor(project: Project) {
    this.project = project;
  }

  /** Takes stock of all texts. Returns the uris of those that may have findings. */
  renew(): string[] {
    this.texts = new Map();
    const packages = new Map<string, Hashes[]>();
    const seen = new Map<string, Set<string>>();
    const around = {
      text: surroundings(packages, seen, 'text'),
      names: surroundings(packages, seen, 'names'),
    };
    for (const { uri, text, package: name, uses } of this.project.texts()) {
      if (isLibraryUri(uri) || uri.startsWith('untitled:')) continue;
      const own = name === '' ? uri : name;
      const hashes = this.hashesOf(uri, text);
      packages.set(own, [...(packages.get(own) ?? []), hashes]);
      for (const each of uses) seen.set(own, (seen.get(own) ?? new Set()).add(each));
      this.texts.set(uri, { hashes, around: (by) => around[by](own) });
    }
    return [...this.texts.keys()];
  }

  /** Whether nothing has changed since that the findings of a file hang on. */
  holds(uri: string, { own, around, uses }: Basis): boolean {
    const now = this.texts.get(uri);
    if (now?.hashes.text !== own || now.around(uses === undefined ? 'text' : 'names') !== around)
      return false;
    return Object.entries(uses ?? {}).every(
      ([other, { text, declarations }]) =>
        this.texts.get(other)?.hashes.text === text ||
        Object.entries(declarations).every(([name, hash]) => this.declaredIn(other).get(name) === hash),
    );
  }

  /** What the findings hang on that were just made. */
  basisOf(file: ParsedFile, findings: readonly Diagnostic[]): Basis {
    const now = this.texts.get(file.uri);
    const own = now?.hashes.text ?? '';
    // A name without meaning may be declared by what was not looked into, and places elsewhere move with the text there.
    const isOpen =
      file.syntax.length > 0 ||
      file.names.length > 0 ||
      findings.some(({ related }) => related.some(({ source }) => source.uri !== file.uri));
    if (isOpen) return { own, around: now?.around('text') ?? '' };
    return { own, around: now?.around('names') ?? '', uses: this.usesOf(file) };
  }

  private usesOf(file: ParsedFile): Record<string, Used> {
    const { workspace } = this.project;
    const reached = new Set<AstNode>([...file.tree.uses, ...file.tree.elements]);
    // A set is walked in the order of insertion, including what is added on the way.
    for (const element of reached)
      for (const target of workspace.services.twin.Links.targetsOf(element))
        if (!isLibraryUri(uriOf(target))) reached.add(target);
    const uses: Record<string, Used> = {};
    for (const element of reached) {
      const uri = uriOf(element);
      const name = nameOf(element);
      const other = uri === file.uri ? undefined : workspace.file(uri);
      if (other === undefined || name === undefined) continue;
      uses[uri] ??= { text: this.hashesOf(uri, other.text).text, declarations: {} };
      uses[uri].declarations[name] = this.declaredIn(uri).get(name) ?? '';
    }
    return uses;
  }

  /** Hashes of a file's declarations; of those that share a name all count. */
  private declaredIn(uri: string): ReadonlyMap<string, string> {
    const file = this.project.file(uri);
    if (file === undefined) return new Map();
    // A file that is read anew has another list.
    const { elements } = file.tree;
    let declared = this.declared.get(elements);
    if (declared !== undefined) return declared;
    this.declared.set(elements, (declared = new Map()));
    for (const element of elements) {
      const name = nameOf(element);
      if (name === undefined) continue;
      const { start, end } = sourceOf(element);
      declared.set(name, `${declared.get(name) ?? ''}${hashOf(file.text.slice(start, end))}`);
    }
    return declared;
  }

  private hashesOf(uri: string, text: string): Hashes {
    let known = this.hashes.get(uri);
    if (known?.of === text) return known;
    // What is read from data files is not in the text.
    const more = /\bfrom\s+"/.test(text) ? `${Date.now()} ${Math.random()}` : '';
    const { names, units } = headerOf(uri, text);
    const seen = units ? text : JSON.stringify([headOf(text), [...names]]);
    known = { of: text, text: hashOf(text + more), names: hashOf(seen) };
    this.hashes.set(uri, known);
    return known;
  }
}

/** What can be seen from a package: its own files, those of packages that it mentions, and what these mention. */
function surroundings(
  packages: ReadonlyMap<string, readonly Hashes[]>,
  seen: ReadonlyMap<string, ReadonlySet<string>>,
  by: 'text' | 'names',
): (name: string) => string {
  const sums = new Map<string, string>();
  const wholes = new Map<string, string>();
  const sum = (name: string): string => {
    const known =
      sums.get(name) ??
      hashOf(
        (packages.get(name) ?? [])
          .map((each) => each[by])
          .sort()
          .join(),
      );
    sums.set(name, known);
    return known;
  };
  return (name) => {
    let whole = wholes.get(name);
    if (whole === undefined) {
      const reached = new Set([name]);
      for (const each of reached) for (const next of seen.get(each) ?? []) reached.add(next);
      whole = hashOf(
        [...reached]
          .sort()
          .map((each) => `${each} ${sum(each)}`)
          .join(),
      );
      wholes.set(name, whole);
    }
    return whole;
  };
}

const nameOf = (element: AstNode): string | undefined =>
  'name' in element && typeof element.name === 'string' && element.name !== '' ? element.name : undefined;

/** The package, what is used, and the beginning of the first declaration. */
const headOf = (text: string): string =>
  text.replace(/\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g, '').replace(/[{="][^]*/, '');

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

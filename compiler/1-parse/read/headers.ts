/**
 * What a file declares, found by looking for words and without reading it. A file that nobody looks into is never parsed,
 * so a workspace costs what is open and what that needs. Too many names found do no harm: whoever asks for one has the
 * file read, and then sees.
 */
import { packageOf } from '../names/package-index.ts';
import type { TwinFile } from '../../../grammar/generated/ast.ts';

export interface Header {
  readonly uri: string;
  readonly text: string;
  readonly package: string;
  /** Types of the grammar by the names they are declared with. */
  readonly names: ReadonlyMap<string, string>;
  /** Declares units or quantities, which all files of its package see. */
  readonly units: boolean;
}

const PACKAGE = /^(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*package\s+(\w+(?:\s*\.\s*\w+)*)/;
const DECLARED =
  /\b(?:(asset|twin|scenario|experiment|calibrate|const|function|table|quantity)\s+([A-Za-z_]\w*)|(port)\s+([A-Za-z_]\w*)(?!\w*\s*[:[])|(test)\s+("(?:[^"\\\r\n]|\\.)*")|(unit)\s)/g;
const TYPES: Readonly<Record<string, string>> = {
  asset: 'AssetDecl',
  port: 'AssetDecl',
  twin: 'TwinDecl',
  scenario: 'ScenarioDecl',
  experiment: 'ExperimentDecl',
  calibrate: 'CalibrateDecl',
  const: 'ConstDecl',
  function: 'FunctionDecl',
  table: 'TableDecl',
  quantity: 'QuantityDecl',
  test: 'TestDecl',
};

export function headerOf(uri: string, text: string): Header {
  const names = new Map<string, string>();
  let units = false;
  for (const [, word, name, port, ofPort, test, title, unit] of text.matchAll(DECLARED)) {
    if (unit !== undefined || word === 'quantity') units = true;
    const kind = word ?? port ?? test;
    const found = name ?? ofPort ?? title?.slice(1, -1);
    if (kind !== undefined && found !== undefined) names.set(found, TYPES[kind] ?? '');
  }
  return { uri, text, package: PACKAGE.exec(text)?.[1]?.replace(/\s/g, '') ?? '', names, units };
}

/** Files that are known by their headers alone, by package and name. */
export class UnreadFiles {
  private readonly files = new Map<string, Header>();
  private readonly packages = new Map<string, Set<Header>>();
  private readonly byName = new Map<string, Set<Header>>();
  /** Names by the letter that they begin with, in lower case. */
  private readonly byInitial = new Map<string, Set<string>>();

  get(uri: string): Header | undefined {
    return this.files.get(uri);
  }

  get count(): number {
    return this.files.size;
  }

  all(): Iterable<Header> {
    return this.files.values();
  }

  add(header: Header): void {
    this.files.set(header.uri, header);
    put(this.packages, header.package, header);
    for (const name of header.names.keys()) {
      put(this.byName, name, header);
      put(this.byInitial, initialOf(name), name);
    }
  }

  remove(header: Header): void {
    this.files.delete(header.uri);
    take(this.packages, header.package, header);
    for (const name of header.names.keys()) {
      take(this.byName, name, header);
      if (!this.byName.has(name)) take(this.byInitial, initialOf(name), name);
    }
  }

  ofPackage(name: string): Header[] {
    return [...(this.packages.get(name) ?? [])];
  }

  hasPackage(name: string): boolean {
    return this.packages.has(name);
  }

  packageNames(): Iterable<string> {
    return this.packages.keys();
  }

  /** Names that begin so, in capitals or not, and the files that seem to declare them; never of all names at once. */
  *startingWith(prefix: string): Iterable<[name: string, header: Header]> {
    const wanted = prefix.toLowerCase();
    for (const name of this.byInitial.get(initialOf(wanted)) ?? []) {
      if (!name.toLowerCase().startsWith(wanted)) continue;
      for (const header of this.byName.get(name) ?? []) yield [name, header];
    }
  }

  /** Those of a package that seem to declare a name, by uri. */
  declaringIn(packageName: string, name: string): Header[] {
    const [inPackage, named] = [this.packages.get(packageName), this.byName.get(name)];
    if (inPackage === undefined || named === undefined) return [];
    const found =
      inPackage.size < named.size
        ? [...inPackage].filter((each) => named.has(each))
        : [...named].filter((each) => inPackage.has(each));
    return found.toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  /** Those that seem to declare a name. */
  declaring(name: string): Header[] {
    return [...(this.byName.get(name) ?? [])].toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  }
}

function initialOf(name: string): string {
  return name.slice(0, 1).toLowerCase();
}

function put<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

function take<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}

/** Whether a file has what its header says: it is then no news to those who have asked. */
export function agrees({ names, package: name }: Header, tree: TwinFile): boolean {
  return (
    packageOf(tree) === name &&
    tree.elements.every((each) => !('name' in each) || !each.name || names.has(each.name))
  );
}

/** Which file declares which name in which package. Changes with each file, never rebuilt as a whole. */
import type { AstReflection } from 'langium';
import { isTestDecl, type Element, type TwinFile } from '../../../grammar/generated/ast.ts';
import type { Absence } from './absent.ts';
import { UnreadFiles } from '../read/headers.ts';
import { uriOf } from '../source.ts';
import { Shelf } from './shelf.ts';

/** A declaration that others can name. */
export type NamedElement = Element & { name: string };

export class PackageIndex {
  /** Packages that are used and not here, or not the project's own → why. Given by who reads the disk. */
  absent: ReadonlyMap<string, Absence> = new Map();
  /** Packages of the library that are not read yet. */
  readonly shelf = new Shelf();
  /** Files that are known by what they seem to declare. */
  readonly unread = new UnreadFiles();
  /** Reads such a file. Given by who holds the files. */
  read: (uri: string) => void = () => undefined;
  private readonly reflection: AstReflection;
  private readonly packages = new Map<string, Map<string, NamedElement[]>>();
  private readonly declared = new Map<
    string,
    { file: TwinFile; package: string; elements: NamedElement[] }
  >();
  /** How many files a package has here. */
  private readonly counts = new Map<string, number>();
  /** The trees whose declarations are here. */
  private readonly trees = new WeakSet<TwinFile>();

  constructor(reflection: AstReflection) {
    this.reflection = reflection;
  }

  add(uri: string, file: TwinFile): void {
    this.remove(uri);
    const elements = namedElements(file);
    const name = packageOf(file);
    this.declared.set(uri, { file, package: name, elements });
    this.trees.add(file);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    let names = this.packages.get(name);
    if (names === undefined) this.packages.set(name, (names = new Map()));
    for (const element of elements) {
      const same = names.get(element.name);
      if (same === undefined) names.set(element.name, [element]);
      else insert(element, same);
    }
  }

  remove(uri: string): void {
    const entry = this.declared.get(uri);
    if (entry === undefined) return;
    this.declared.delete(uri);
    this.trees.delete(entry.file);
    const names = this.packages.get(entry.package);
    for (const element of entry.elements) {
      const rest = names?.get(element.name)?.filter((other) => other !== element) ?? [];
      if (rest.length === 0) names?.delete(element.name);
      else names?.set(element.name, rest);
    }
    const others = (this.counts.get(entry.package) ?? 1) - 1;
    this.counts.set(entry.package, others);
    if (others === 0) this.packages.delete(entry.package);
  }

  /** The first declaration of the name that is of the type (a type of the grammar), by uri: which files were edited does not matter. */
  find(packageName: string, name: string, type: string): NamedElement | undefined {
    for (const header of this.unread.declaringIn(packageName, name))
      if (this.reflection.isSubtype(header.names.get(name) ?? '', type)) this.read(header.uri);
    const found = this.packages.get(packageName)?.get(name);
    return found?.find((element) => this.reflection.isSubtype(element.$type, type));
  }

  /** What a file itself declares: its first declaration of the name that is of the type. */
  own(file: TwinFile, name: string, type: string): NamedElement | undefined {
    const candidates = this.trees.has(file)
      ? (this.packages.get(packageOf(file))?.get(name) ?? []).filter((each) => each.$container === file)
      : namedElements(file).filter((each) => each.name === name);
    return candidates.find((element) => this.reflection.isSubtype(element.$type, type));
  }

  /** All declarations of a name in a package: more than one is a mistake, which the checker reports. */
  all(packageName: string, name: string): readonly NamedElement[] {
    return this.packages.get(packageName)?.get(name) ?? [];
  }

  /** Names and types of what files that are not read seem to declare. */
  *unreadNames(packageName: string): Iterable<[name: string, type: string]> {
    for (const { names } of this.unread.ofPackage(packageName))
      for (const [name, type] of names) if (type !== 'TestDecl') yield [name, type];
  }

  /** What is declared by the files that are read. */
  *elements(packageName: string): Iterable<NamedElement> {
    for (const elements of this.packages.get(packageName)?.values() ?? []) yield* elements;
  }

  has(packageName: string): boolean {
    return this.packages.has(packageName) || this.unread.hasPackage(packageName);
  }

  /** Packages of which files are read. */
  readPackages(): Iterable<string> {
    return this.packages.keys();
  }

  packageNames(): Iterable<string> {
    return new Set([...this.packages.keys(), ...this.unread.packageNames(), ...this.shelf.packageNames()]);
  }

  /** Packages that declare a name of a type: candidates for an import. */
  packagesWith(name: string, type: string): string[] {
    const unread = this.unread
      .declaring(name)
      .filter(({ names }) => this.reflection.isSubtype(names.get(name) ?? '', type));
    const candidates = new Set([...this.packages.keys(), ...unread.map((each) => each.package)]);
    const read = [...candidates].filter((each) => this.find(each, name, type) !== undefined);
    return [...read, ...(type === 'AssetDecl' ? this.shelf.packagesWith(name) : [])].toSorted();
  }
}

/** Among declarations of one name, which stand by uri, and those of a file in the order of its text. */
function insert(element: NamedElement, same: NamedElement[]): void {
  const uri = uriOf(element);
  // Most are of the same file, or the last.
  const isLast = uriOf(same.at(-1)!) <= uri;
  same.splice(isLast ? same.length : same.findIndex((other) => uriOf(other) > uri), 0, element);
}

/** Empty where a file says none. */
export function packageOf(file: TwinFile): string {
  return file.package?.name ?? '';
}

/** Tests have a text for a name, binds and views none: nobody refers to them. */
export function namedElements(file: TwinFile): NamedElement[] {
  return file.elements.filter(
    (element): element is NamedElement =>
      element !== undefined &&
      'name' in element &&
      typeof element.name === 'string' &&
      element.name !== '' &&
      !isTestDecl(element),
  );
}

/** Packages → the units and quantities that each file sees. */
import { AstUtils, type AstNode } from 'langium';
import {
  isQuantityDecl,
  isTwinFile,
  isUnitDecl,
  type Element,
  type QuantityDecl,
  type TwinFile,
  type UnitDecl,
} from '../../grammar/generated/ast.ts';
import { uriOf } from '../1-parse/source.ts';
import type { ReadData } from './tables/files.ts';
import {
  LIBRARY_PACKAGE,
  UnitTable,
  type QuantityDeclaration,
  type UnitDeclaration,
  type UnitImport,
} from './units/index.ts';
import { packageOf } from '../1-parse/names/package-index.ts';

/** What the checker must be told about the world. */
export interface Environment {
  /** The files of a package that declare units, and others; those of the standard library, too. */
  filesOfPackage(name: string): readonly TwinFile[];
  /** Those that declare one of these names, and others; all of the package when left out. */
  filesDeclaring?(name: string, names: ReadonlySet<string>): readonly TwinFile[];
  /** Data files of tables; without it there are none. */
  readData?: ReadData;
}

/** What a package is made of, and what it declares. */
interface Package {
  files: ReadonlySet<TwinFile>;
  units: readonly string[];
  table: UnitTable;
}

/** A table and what it was made of: it is used again while that is the same. */
interface Cached {
  signature: string;
  parts: readonly (UnitTable | undefined)[];
  table: UnitTable;
}

/**
 * Unit tables by package. A table is kept as long as the declarations it is made of have the same text, so that an
 * edit elsewhere does not cost the standard library's units again.
 */
export class UnitTables {
  private readonly environment: Environment;
  private readonly cache = new Map<string, Cached>();
  private seenBy = new WeakMap<TwinFile, UnitTable>();
  /** Packages by name: each of their files asks for the same. */
  private packages = new Map<string, Package>();
  /** Of packages: which files declare a name. */
  private declaredIn = new Map<string, { seen: Set<TwinFile>; by: Map<string, TwinFile[]> }>();
  /** The last table of each package; a file without one is its own. */
  private readonly owned = new Map<string, { table: UnitTable; file: TwinFile | undefined }>();
  private library: UnitTable | undefined;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Asks anew what each file sees. */
  renew(): void {
    this.seenBy = new WeakMap();
    this.packages = new Map();
    this.declaredIn = new Map();
    this.library = undefined;
  }

  /** Asks anew what each file sees, and whether all packages declare what they did. */
  staySame(): boolean {
    this.renew();
    return [...this.owned].every(([name, { table, file }]) => {
      const files = file === undefined ? this.environment.filesOfPackage(name) : [file];
      return this.own(name, files, name === LIBRARY_PACKAGE ? undefined : this.ofLibrary()) === table;
    });
  }

  /** What the file that a node stands in sees: its package's units, those of packages it uses, the library's. */
  of(node: AstNode): UnitTable {
    const file = AstUtils.findRootNode(node);
    if (file.$type !== 'TwinFile' || !isTwinFile(file)) return this.ofLibrary();
    let table = this.seenBy.get(file);
    if (table === undefined) {
      table = this.build(file);
      this.seenBy.set(file, table);
    }
    return table;
  }

  /** The table made of the declarations of this file's package: it knows what is wrong with them. */
  declaring(file: TwinFile): UnitTable {
    const name = packageOf(file);
    if (name === LIBRARY_PACKAGE) return this.ofLibrary();
    if (name === '') return this.own(uriOf(file), [file], this.ofLibrary());
    const { files, table } = this.packageNamed(name);
    return files.has(file) ? table : this.own(name, [...files, file], this.ofLibrary());
  }

  private packageNamed(name: string): Package {
    let known = this.packages.get(name);
    if (known === undefined) {
      const files = this.environment.filesOfPackage(name);
      known = {
        files: new Set(files),
        units: unitNames(files),
        table: this.own(name, files, this.ofLibrary()),
      };
      this.packages.set(name, known);
    }
    return known;
  }

  /** Files of a package, those among them that declare one of these names. */
  filesOf(packageName: string, names: ReadonlySet<string>): readonly TwinFile[] {
    return (
      this.environment.filesDeclaring?.(packageName, names) ?? this.environment.filesOfPackage(packageName)
    );
  }

  /** Of a package: the files that declare a name, in their order; those at least that declare one of these. */
  whoDeclares(packageName: string, names: ReadonlySet<string>): ReadonlyMap<string, readonly TwinFile[]> {
    let known = this.declaredIn.get(packageName);
    if (known === undefined) this.declaredIn.set(packageName, (known = { seen: new Set(), by: new Map() }));
    const { seen, by } = known;
    for (const file of this.filesOf(packageName, names)) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const name of new Set((file.elements as (Element | undefined)[]).map(nameOf))) {
        if (name === undefined) continue;
        const files = by.get(name);
        if (files === undefined) by.set(name, [file]);
        else files.push(file);
      }
    }
    return by;
  }

  /** A file was put away: it is read anew where somebody looks into it. */
  release(file: TwinFile): void {
    this.packages.delete(packageOf(file));
    this.declaredIn.delete(packageOf(file));
  }

  ofLibrary(): UnitTable {
    this.library ??= this.own(LIBRARY_PACKAGE, this.environment.filesOfPackage(LIBRARY_PACKAGE), undefined);
    return this.library;
  }

  private build(file: TwinFile): UnitTable {
    const own = this.declaring(file);
    const imports: UnitImport[] = [];
    for (const use of file.uses) {
      const name = use?.package as string | undefined;
      if (name === undefined || name === LIBRARY_PACKAGE || name === packageOf(file)) continue;
      const { files, units, table: from } = this.packageNamed(name);
      if (files.size === 0 || from === this.library) continue;
      const names = use.imports.flatMap(
        (imported) => (imported?.target as { $refText?: string } | undefined)?.$refText ?? [],
      );
      // A unit's symbol cannot be named in a use clause, so all units of a package that is used are seen.
      imports.push(names.length === 0 ? { from } : { from, names: [...names, ...units] });
    }
    if (imports.length === 0) return own;
    const parts = [own, ...imports.map((entry) => entry.from)];
    const names = imports.map((entry) => entry.names ?? []);
    return this.remember(`${uriOf(file)} imports`, JSON.stringify(names), parts, () =>
      own.extend({}, imports),
    );
  }

  private own(name: string, files: readonly TwinFile[], parent: UnitTable | undefined): UnitTable {
    const table = this.declared(name, files, parent);
    const [file] = files;
    this.owned.set(name, { table, file: file !== undefined && packageOf(file) === '' ? file : undefined });
    return table;
  }

  private declared(name: string, files: readonly TwinFile[], parent: UnitTable | undefined): UnitTable {
    const units: UnitDeclaration[] = [];
    const quantities: QuantityDeclaration[] = [];
    for (const file of files) {
      for (const element of file.elements) {
        if (isUnitDecl(element) && (element.name as string | undefined) !== undefined) {
          units.push(unitDeclaration(element, packageOf(file)));
        }
        if (isQuantityDecl(element) && (element.name as string | undefined) !== undefined) {
          quantities.push(quantityDeclaration(element, packageOf(file)));
        }
      }
    }
    if (units.length + quantities.length === 0 && parent !== undefined) return parent;
    const declarations = { units, quantities };
    return this.remember(name, JSON.stringify(declarations), [parent], () =>
      parent === undefined ? UnitTable.from(declarations) : parent.extend(declarations),
    );
  }

  private remember(
    key: string,
    signature: string,
    parts: readonly (UnitTable | undefined)[],
    make: () => UnitTable,
  ): UnitTable {
    const cached = this.cache.get(key);
    if (cached?.signature === signature && cached.parts.every((part, index) => part === parts[index])) {
      return cached.table;
    }
    const table = make();
    this.cache.set(key, { signature, parts, table });
    return table;
  }
}

function nameOf(element: Element | undefined): string | undefined {
  return (element as { name?: string } | undefined)?.name;
}

function unitNames(files: readonly TwinFile[]): string[] {
  return files.flatMap((file) =>
    file.elements.flatMap((element) => (isUnitDecl(element) ? [element.name] : [])),
  );
}

function unitDeclaration(unit: UnitDecl, owner: string): UnitDeclaration {
  const { numerator, denominator } = unit.factor ?? {};
  const factor =
    numerator === undefined
      ? undefined
      : plain(denominator === undefined ? numerator : `${numerator}/${denominator}`);
  const defined = factor !== undefined || unit.definition !== undefined;
  return {
    name: unit.name,
    package: owner,
    ...(defined ? { definition: { factor, unit: unit.definition } } : {}),
    ...(unit.offset === undefined ? {} : { offset: plain(unit.offset) }),
    ...(unit.prefixes ? { prefixes: unit.binary ? 'binary' : 'si' } : {}),
  };
}

function quantityDeclaration(quantity: QuantityDecl, owner: string): QuantityDeclaration {
  return {
    name: quantity.name,
    package: owner,
    unit: quantity.definition ?? '1',
    ...(quantity.absolute ? { absolute: true } : {}),
  };
}

/** A number as the units know it: without the separators of digits. */
export function plain(digits: string): string {
  return digits.includes('_') ? digits.replaceAll('_', '') : digits;
}

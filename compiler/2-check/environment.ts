/** Packages → the units and quantities that each file sees. */
import { AstUtils, type AstNode } from 'langium';
import {
  isQuantityDecl,
  isTwinFile,
  isUnitDecl,
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
import { packageOf } from '../1-parse/package-index.ts';

/** What the checker must be told about the world. */
export interface Environment {
  /** The files of a package that declare units, and others; those of the standard library, too. */
  filesOfPackage(name: string): readonly TwinFile[];
  /** Those that declare one of these names, and others; all of the package when left out. */
  filesDeclaring?(name: string, names: ReadonlySet<string>): readonly TwinFile[];
  /** Data files of tables; without it there are none. */
  readData?: ReadData;
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
  /** The last table of each package; a file without one is its own. */
  private readonly owned = new Map<string, { table: UnitTable; file: TwinFile | undefined }>();
  private library: UnitTable | undefined;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Asks anew what each file sees. */
  renew(): void {
    this.seenBy = new WeakMap();
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
    const files = name === '' ? [] : this.environment.filesOfPackage(name);
    const complete = files.includes(file) ? files : [...files, file];
    return this.own(name === '' ? uriOf(file) : name, complete, this.ofLibrary());
  }

  /** Files of a package, those among them that declare one of these names. */
  filesOf(packageName: string, names: ReadonlySet<string>): readonly TwinFile[] {
    return (
      this.environment.filesDeclaring?.(packageName, names) ?? this.environment.filesOfPackage(packageName)
    );
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
      const files = this.environment.filesOfPackage(name);
      if (files.length === 0) continue;
      const from = this.own(name, files, this.ofLibrary());
      if (from === this.library) continue;
      const names = use.imports.flatMap(
        (imported) => (imported?.target as { $refText?: string } | undefined)?.$refText ?? [],
      );
      // A unit's symbol cannot be named in a use clause, so all units of a package that is used are seen.
      imports.push(names.length === 0 ? { from } : { from, names: [...names, ...unitNames(files)] });
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

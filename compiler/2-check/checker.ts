/** The checker: files → diagnostics, types for the editor, and the model. */
import type { AstNode } from 'langium';
import { reflection, type Element, type Expression, type TwinFile } from '../../grammar/generated/ast.ts';
import { TreeVisitor } from '../1-parse/visit.ts';
import type { Diagnostic, Fix, Outcome } from '../diagnostics/diagnostic.ts';
import type { DisplayUnit } from '../model/asset.ts';
import type { CheckedModel } from '../model/checked-model.ts';
import { Analysis, type Declaration } from './analysis.ts';
import { FileChecks } from './file-checks.ts';
import { conversionsOf } from './conversions.ts';
import { displayUnit, quantityOf } from './display.ts';
import { UnitTables, type Environment } from './environment.ts';
import { lowerDeclarations, lowerModel } from './lower/model.ts';
import { shapeWords } from './shape.ts';
import type { Type } from './type.ts';
import type { UnitTable } from './units/index.ts';

/** What a hover or a completion shows of a value. */
export interface DeclaredType {
  type: Type;
  /** For people: `VolumeFlow`, `Boolean`, `Integer`, `Number`; '' when unknown. */
  quantity: string;
  unit: DisplayUnit;
  /** `a vector of 3`; absent for one value. */
  shape?: string;
  /** How many elements along each direction, as far as that is known. */
  sizes: (number | undefined)[];
}

export interface Checker {
  /** What is wrong in a file, in the order of the text. Sees through references into other files. */
  checkFile(file: TwinFile): Diagnostic[];
  /** The type of an expression; base `unknown` when it has none. */
  typeOf(expression: Expression): Type;
  declaredType(declaration: Declaration): DeclaredType;
  /** Units and quantities that a file sees. */
  unitsOf(file: TwinFile): UnitTable;
  /** The same value in other units, for a number written at this node: refactorings, not mistakes. */
  conversionsOf(literal: Expression): Fix[];
  /** What is wrong in a declaration by itself. */
  checkDeclaration(element: Element): readonly Diagnostic[];
  /** The model of some declarations and what they need; `used` holds the declarations that it took. */
  modelOf(elements: readonly Element[]): { used: Element[]; value: () => CheckedModel | undefined };
  /** The model of these files and what they use. Its value is absent when any of them has an error. */
  model(files: readonly TwinFile[]): Outcome<CheckedModel>;
  /**
   * To be called when any file has changed. `declarations` are those that are new, mean something else, or look into such;
   * `names` says that declarations came or went, or that units may have changed.
   */
  change(changes: { declarations: Iterable<AstNode>; names: boolean }): void;
  /** Forgets a file that is put away. */
  release(file: TwinFile): void;
  /** Forgets all but the units of packages that stayed the same. */
  forget(): void;
}

/** Keeps types and findings of declarations from one look to the next; `environment` says which files there are now. */
export function createChecker(environment: Environment): Checker {
  const tables = new UnitTables(environment);
  const visitor = new TreeVisitor(reflection);
  let analysis = new Analysis(tables, environment.readData);
  let checks = new FileChecks(analysis, visitor);
  const checkFile = (file: TwinFile): Diagnostic[] => checks.of(file);

  return {
    checkFile,
    typeOf: (expression) => analysis.typeOf(expression),
    declaredType(declaration) {
      const type = analysis.declaredType(declaration);
      const table = analysis.tableOf(declaration);
      const dims = analysis.shapeOf(declaration);
      const shape = dims.length === 0 ? {} : { shape: shapeWords(dims) };
      const sizes = dims.map(({ size }) => size);
      return { type, quantity: quantityOf(type, table), unit: displayUnit(type, table), ...shape, sizes };
    },
    checkDeclaration: (element) => checks.ofDeclaration(element),
    modelOf: (elements) => lowerDeclarations(elements, analysis),
    unitsOf: (file) => tables.of(file),
    conversionsOf: (literal) => conversionsOf(literal, tables.of(literal)),
    model(files) {
      const diagnostics = files.flatMap(checkFile);
      if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return { diagnostics };
      const { value, used } = lowerModel(files, analysis);
      // Files that are only used (a package of parts, the library) are judged as far as the model needs them.
      const others = used.filter((file) => !files.includes(file)).flatMap(checkFile);
      diagnostics.push(...others.filter((diagnostic) => diagnostic.severity === 'error'));
      return value === undefined || others.some((each) => each.severity === 'error')
        ? { diagnostics }
        : { value, diagnostics };
    },
    change({ declarations, names }) {
      if (names && !tables.staySame()) return this.forget();
      checks.change(declarations, names);
    },
    release(file) {
      tables.release(file);
      checks.release(file);
    },
    forget() {
      tables.renew();
      analysis = new Analysis(tables, environment.readData);
      checks = new FileChecks(analysis, visitor);
    },
  };
}

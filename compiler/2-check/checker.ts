/** The checker: files → diagnostics, types for the editor, and the model. */
import type { AstNode } from 'langium';
import { reflection, type Expression, type TwinFile } from '../../grammar/generated/ast.ts';
import { sourceOf } from '../1-parse/source.ts';
import { TreeVisitor } from '../1-parse/visit.ts';
import type { Diagnostic, Fix, Outcome } from '../diagnostics/diagnostic.ts';
import type { DisplayUnit } from '../model/asset.ts';
import type { CheckedModel } from '../model/checked-model.ts';
import { Analysis, type Declaration } from './analysis.ts';
import { conversionsOf } from './conversions.ts';
import { displayUnit, quantityOf } from './display.ts';
import { UnitTables, type Environment } from './environment.ts';
import { lowerModel } from './lower/model.ts';
import { RULES } from './rules/registry.ts';
import type { Type } from './type.ts';
import type { UnitTable } from './units/index.ts';

/** What a hover or a completion shows of a value. */
export interface DeclaredType {
  type: Type;
  /** For people: `VolumeFlow`, `Boolean`, `Integer`, `Number`; '' when unknown. */
  quantity: string;
  unit: DisplayUnit;
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
  /** The model of these files and what they use. Its value is absent when any of them has an error. */
  model(files: readonly TwinFile[]): Outcome<CheckedModel>;
  /** To be called when any file has changed: forgets all but the units of packages that stayed the same. */
  forget(): void;
}

export function createChecker(environment: Environment): Checker {
  const tables = new UnitTables(environment);
  const visitor = new TreeVisitor(reflection);
  let analysis = new Analysis(tables, environment.readData);
  let checked = new WeakMap<TwinFile, Diagnostic[]>();

  const checkFile = (file: TwinFile): Diagnostic[] => {
    let diagnostics = checked.get(file);
    if (diagnostics === undefined) {
      diagnostics = check(file, analysis, visitor);
      checked.set(file, diagnostics);
    }
    return diagnostics;
  };

  return {
    checkFile,
    typeOf: (expression) => analysis.typeOf(expression),
    declaredType(declaration) {
      const type = analysis.declaredType(declaration);
      const table = analysis.tableOf(declaration);
      return { type, quantity: quantityOf(type, table), unit: displayUnit(type, table) };
    },
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
    forget() {
      tables.renew();
      analysis = new Analysis(tables, environment.readData);
      checked = new WeakMap();
    },
  };
}

const EXPRESSIONS: ReadonlySet<string> = new Set([
  'BinaryExpr',
  'BooleanLiteral',
  'ConditionalExpr',
  'DrawExpr',
  'FunctionCall',
  'IndexExpr',
  'ListLiteral',
  'MemberAccess',
  'NameRef',
  'NumberLiteral',
  'ParenExpr',
  'PowerExpr',
  'StringLiteral',
  'TimeExpr',
  'UnaryExpr',
]);

/** Whether a node is a declaration that has a type. */
export function isTyped(node: AstNode): node is Declaration {
  return DECLARATIONS.has(node.$type);
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  'VariableDecl',
  'ConstDecl',
  'SensorDecl',
  'FunctionDecl',
  'EventParameter',
  'FunctionParameter',
  'FunctionLocal',
  'TableDecl',
]);

function check(file: TwinFile, analysis: Analysis, visitor: TreeVisitor): Diagnostic[] {
  const nodes: AstNode[] = [];
  visitor.visit(file, (node) => nodes.push(node));
  for (const node of nodes) {
    if (EXPRESSIONS.has(node.$type)) {
      // Noise is written as a call, but its name is no function.
      if (node.$containerProperty !== 'noise') analysis.typeOf(node as Expression);
    } else if (isTyped(node)) {
      analysis.declaredType(node);
    }
    for (const rule of RULES.get(node.$type) ?? []) rule(node, analysis);
  }
  const broken = brokenPlaces(file, nodes);
  return nodes
    .flatMap((node) => analysis.findingsAt(node))
    .filter(({ source }) => !broken.some(({ start, end }) => source.start >= start && source.start < end))
    .sort((a, b) => a.source.start - b.source.start || a.source.end - b.source.end);
}

/**
 * What stands in a statement that the parser stumbled over, or beside it, was read as something else than was meant:
 * what the checker would say of it helps nobody.
 */
function brokenPlaces(file: TwinFile, nodes: readonly AstNode[]): { start: number; end: number }[] {
  const errors = file.$document?.parseResult?.parserErrors ?? [];
  if (errors.length === 0) return [];
  const statements = nodes.filter((node) => STATEMENT_LISTS.has(node.$containerProperty ?? '')).map(sourceOf);
  return errors.flatMap(
    ({ token, previousToken }: (typeof errors)[number] & { previousToken?: typeof token }) => {
      const at = Number.isNaN(token.startOffset) ? (previousToken?.startOffset ?? 0) : token.startOffset;
      const inside = statements.filter(({ start, end }) => start <= at && at <= end).at(-1);
      const before = statements.filter(({ end }) => end <= at).at(-1);
      const after = statements.find(({ start }) => start >= at);
      return [inside, before, after].filter((place) => place !== undefined);
    },
  );
}

const STATEMENT_LISTS: ReadonlySet<string> = new Set([
  'members',
  'steps',
  'statements',
  'bindings',
  'widgets',
  'actions',
]);

/** What was found out about each node, remembered until something changes. */
import type { AstNode } from 'langium';
import type {
  AssetDecl,
  ConstDecl,
  Expression,
  Feature,
  FunctionDecl,
  EventParameter,
  FunctionLocal,
  FunctionParameter,
  TableDecl,
  Member,
  RecordedStep,
  VariableDecl,
  SensorDecl,
} from '../../grammar/generated/ast.ts';
import { sourceOf, textAround, uriOf } from '../1-parse/source.ts';
import {
  report,
  type Definition,
  type Diagnostic,
  type Fix,
  type Related,
} from '../diagnostics/diagnostic.ts';
import type { SourceRange } from '../model/source.ts';
import { declaredShape } from './declared-shape.ts';
import { declaredType } from './declared.ts';
import type { UnitTables } from './environment.ts';
import { elementType } from './infer-shape.ts';
import { inferType } from './infer.ts';
import { membersOf } from './members.ts';
import type { Shape } from './shape.ts';
import { recordedInputs, type Recording } from './tables/recorded.ts';
import { tableData, type TableData } from './tables/data.ts';
import type { ReadData } from './tables/files.ts';
import { UNKNOWN, type Type } from './type.ts';
import type { UnitTable } from './units/index.ts';

export type Declaration =
  | VariableDecl
  | ConstDecl
  | SensorDecl
  /** What it returns. */
  | FunctionDecl
  | TableDecl
  | FunctionParameter
  | EventParameter
  | FunctionLocal;

/** The memory of a checker, and the way its parts ask each other. */
export class Analysis {
  readonly tables: UnitTables;
  private readonly types = new WeakMap<Expression, Type>();
  private readonly declarations = new WeakMap<Declaration, Type>();
  private readonly shapes = new WeakMap<Feature | Declaration, Shape>();
  private readonly members = new WeakMap<AssetDecl, Member[]>();
  private readonly findings = new WeakMap<AstNode, Diagnostic[]>();
  private collected: Diagnostic[] | undefined;
  /** Declarations whose type is being found, outermost first: one that occurs again is part of a cycle. */
  readonly inProgress: Declaration[] = [];

  /** Declarations whose sizes are being found: those of its value, which may lead back to it. */
  readonly shapesInProgress = new Map<Feature | FunctionDecl, { again: boolean }>();

  private readonly data = new WeakMap<TableDecl, { points: TableData | undefined }>();
  private readonly recordings = new WeakMap<RecordedStep, { data: Recording | undefined }>();
  readonly readData: ReadData;

  constructor(tables: UnitTables, readData: ReadData = () => undefined) {
    this.tables = tables;
    this.readData = readData;
  }

  /** The type of an expression; the unknown type when there is none. */
  typeOf(expression: Expression | undefined): Type {
    if (expression === undefined) return UNKNOWN;
    let type = this.types.get(expression);
    if (type === undefined) {
      type = inferType(expression, this);
      this.types.set(expression, type);
    }
    return type;
  }

  declaredType(declaration: Declaration): Type {
    let type = this.declarations.get(declaration);
    if (type === undefined) {
      type = elementType(declaredType(declaration, this));
      this.declarations.set(declaration, type);
    }
    return type;
  }

  /** The sizes of what a name stands for; none for one value. */
  shapeOf(feature: Feature | Declaration): Shape {
    let shape = this.shapes.get(feature);
    if (shape === undefined) {
      shape = declaredShape(feature, this);
      this.shapes.set(feature, shape);
    }
    return shape;
  }

  /** The points of a table; undefined when something is wrong with them. */
  pointsOf(table: TableDecl): TableData | undefined {
    let known = this.data.get(table);
    if (known === undefined) {
      known = { points: tableData(table, this) };
      this.data.set(table, known);
    }
    return known.points;
  }

  /** What a recording says of inputs; undefined when something is wrong with it. */
  recordingOf(step: RecordedStep): Recording | undefined {
    let known = this.recordings.get(step);
    if (known === undefined) {
      known = { data: recordedInputs(step, this) };
      this.recordings.set(step, known);
    }
    return known.data;
  }

  membersOf(asset: AssetDecl): Member[] {
    let members = this.members.get(asset);
    if (members === undefined) {
      members = membersOf(asset);
      this.members.set(asset, members);
    }
    return members;
  }

  tableOf(node: AstNode): UnitTable {
    return this.tables.of(node);
  }

  /** Records a finding at the node that it is about; `place` is a part of it, the node itself when absent. */
  report<Holes>(
    definition: Definition<Holes>,
    holes: Holes,
    node: AstNode,
    more: { related?: Related[]; fixes?: Fix[]; place?: SourceRange } = {},
  ): void {
    const diagnostic = report(definition, holes, more.place ?? sourceOf(node), more);
    if (this.collected !== undefined) {
      this.collected.push(diagnostic);
      return;
    }
    const known = this.findings.get(node);
    if (known === undefined) this.findings.set(node, [diagnostic]);
    else known.push(diagnostic);
  }

  /** What is reported meanwhile, of whatever node. */
  apart(work: () => void): Diagnostic[] {
    const found: Diagnostic[] = [];
    this.collected = found;
    try {
      work();
    } finally {
      this.collected = undefined;
    }
    return found;
  }

  /** Forgets what was found out about a node, as what it depends on has changed. */
  forget(node: AstNode): void {
    this.types.delete(node as Expression);
    this.declarations.delete(node as Declaration);
    this.shapes.delete(node as Feature);
    this.members.delete(node as AssetDecl);
    this.findings.delete(node);
    this.data.delete(node as TableDecl);
    this.recordings.delete(node as RecordedStep);
  }

  findingsAt(node: AstNode): readonly Diagnostic[] {
    return this.findings.get(node) ?? [];
  }
}

/** The text of a node as written, on one line, shortened where it is long. */
export function textOf(node: AstNode | undefined, most = 60): string {
  if (node === undefined) return '';
  const { start, end } = sourceOf(node);
  const whole = textAround(node).slice(start, end).replace(/\s+/g, ' ');
  return whole.length <= most ? whole : `${whole.slice(0, most - 1)}…`;
}

/** A fix that replaces a node's text, or puts text at its end. */
export function replace(node: AstNode, text: string, title: string): Fix {
  const { start, end } = sourceOf(node);
  return { title, edits: [{ uri: uriOf(node), start, end, text }] };
}
export function insertAfter(node: AstNode, text: string, title: string): Fix {
  const { end } = sourceOf(node);
  return { title, edits: [{ uri: uriOf(node), start: end, end, text }] };
}

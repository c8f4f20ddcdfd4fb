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
import { PlacedNode } from '../1-parse/read/placed.ts';
import { sourceOf, textAround, uriOf } from '../1-parse/source.ts';
import {
  report,
  type Definition,
  type Diagnostic,
  type Fix,
  type Related,
} from '../diagnostics/diagnostic.ts';
import type { SourceRange } from '../model/source.ts';
import { declaredShape } from './infer/declared-shape.ts';
import { declaredType, reportCycle } from './infer/declared.ts';
import type { UnitTables } from './environment.ts';
import { elementType } from './infer/shape.ts';
import { inferType } from './infer/infer.ts';
import { InTurn } from './infer/in-turn.ts';
import { membersOf } from './members.ts';
import { endsSomewhere, formulaOf, type Formula, type Needing, type Unfolded } from './settled.ts';
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

/** What was found out about the nodes of one declaration of a file. */
class Known {
  readonly of: Analysis;
  /** Whether it counts no more. */
  forgotten = false;
  /** Of expressions and declarations that cannot remember it themselves. */
  readonly types = new Map<Expression | Declaration, Type>();
  readonly shapes = new Map<Feature | Declaration, Shape>();
  readonly findings = new Map<AstNode, Diagnostic[]>();
  readonly recordings = new Map<RecordedStep, { data: Recording | undefined }>();
  members: Member[] | undefined;
  settled: boolean | undefined;
  formula: Formula | undefined;
  unfolded: Unfolded | undefined;
  table: { points: TableData | undefined } | undefined;
  constant: { value: number | boolean | undefined } | undefined;

  constructor(of: Analysis) {
    this.of = of;
  }
}

/** Most trees have places, and their nodes room for what is found. */
const isPlaced = (node: AstNode): node is PlacedNode & AstNode => node instanceof PlacedNode;

/** The memory of a checker, and the way its parts ask each other. */
export class Analysis {
  readonly tables: UnitTables;
  /**
   * By declaration: it is forgotten as a whole, and goes with its tree. A weak table of all nodes would cost a tenth of
   * the checking.
   */
  private readonly known = new WeakMap<AstNode, Known>();
  private latest: { element: AstNode; known: Known } | undefined;
  private collected: Diagnostic[] | undefined;
  /** Declarations whose type is being found, outermost first: one that occurs again is part of a cycle. */
  readonly inProgress: Declaration[] = [];

  /** Declarations whose sizes are being found: those of its value, which may lead back to it. */
  readonly shapesInProgress = new Map<Feature | FunctionDecl, { again: boolean }>();

  private readonly inTurn = new InTurn<Declaration>(() => [...this.inProgress]);

  readonly readData: ReadData;

  constructor(tables: UnitTables, readData: ReadData = () => undefined) {
    this.tables = tables;
    this.readData = readData;
  }

  private of(node: AstNode): Known {
    let element = node;
    for (let next = element.$container; next?.$container !== undefined; next = element.$container)
      element = next;
    if (this.latest?.element === element) return this.latest.known;
    let known = this.known.get(element);
    if (known === undefined) this.known.set(element, (known = new Known(this)));
    this.latest = { element, known };
    return known;
  }

  /** The type of an expression; the unknown type when there is none. */
  typeOf(expression: Expression | undefined): Type {
    if (expression === undefined) return UNKNOWN;
    let type = this.remembered(expression);
    if (type === undefined) {
      type = inferType(expression, this);
      this.remember(expression, type);
    }
    return type;
  }

  declaredType(declaration: Declaration): Type {
    let type = this.remembered(declaration);
    if (type === undefined) {
      const find = (): Type => {
        const found = elementType(declaredType(declaration, this));
        this.remember(declaration, found);
        return found;
      };
      type = this.inTurn.ask(declaration, 'type', find, (circle) => {
        reportCycle(circle.length > 0 ? circle : [declaration], this);
        this.remember(declaration, UNKNOWN);
      });
    }
    return type;
  }

  private remembered(node: Expression | Declaration): Type | undefined {
    if (!isPlaced(node)) return this.of(node).types.get(node);
    const memory = node.$memory as Known | undefined;
    return memory === undefined || memory.forgotten || memory.of !== this ? undefined : (node.$found as Type);
  }

  private remember(node: Expression | Declaration, type: Type): void {
    const known = this.of(node);
    if (!isPlaced(node)) {
      known.types.set(node, type);
      return;
    }
    node.$memory = known;
    node.$found = type;
  }

  /** The sizes of what a name stands for; none for one value. */
  shapeOf(feature: Feature | Declaration): Shape {
    const { shapes } = this.of(feature);
    let shape = shapes.get(feature);
    if (shape === undefined) {
      const find = (): Shape => {
        const found = declaredShape(feature, this);
        shapes.set(feature, found);
        return found;
      };
      shape = this.inTurn.ask(feature, 'shape', find, () => shapes.set(feature, []));
    }
    return shape;
  }

  /** The points of a table; undefined when something is wrong with them. */
  pointsOf(table: TableDecl): TableData | undefined {
    const known = this.of(table);
    known.table ??= { points: tableData(table, this) };
    return known.table.points;
  }

  /** The value of a constant, which others may name many times; none where it leads back to itself. */
  constantOf(constant: ConstDecl, find: () => number | boolean | undefined): number | boolean | undefined {
    const known = this.of(constant);
    if (known.constant === undefined) {
      const keep = (value: number | boolean | undefined): void => {
        known.constant = { value };
      };
      this.inTurn.ask(
        constant,
        'value',
        () => keep(find()),
        () => keep(undefined),
      );
    }
    return known.constant?.value;
  }

  /** What a recording says of inputs; undefined when something is wrong with it. */
  recordingOf(step: RecordedStep): Recording | undefined {
    const { recordings } = this.of(step);
    let known = recordings.get(step);
    if (known === undefined) {
      known = { data: recordedInputs(step, this) };
      recordings.set(step, known);
    }
    return known.data;
  }

  membersOf(asset: AssetDecl): Member[] {
    const known = this.of(asset);
    known.members ??= membersOf(asset);
    return known.members;
  }

  formulaOf(declared: FunctionDecl): Formula {
    const known = this.of(declared);
    known.formula ??= formulaOf(declared);
    return known.formula;
  }

  /** Whether nothing that a declaration needs, directly or through others, needs itself. */
  isSettled(declared: Needing): boolean {
    const known = this.of(declared);
    known.settled ??= endsSomewhere(declared, this);
    return known.settled;
  }

  /** That it is settled is known. */
  settle(declared: Needing): void {
    this.of(declared).settled = true;
  }

  knowsSettled(declared: Needing): boolean {
    return this.of(declared).settled === true;
  }

  /** Undefined while it was not found out. */
  unfoldedOf(declared: FunctionDecl): Unfolded | undefined {
    return this.of(declared).unfolded;
  }

  keepUnfolded(declared: FunctionDecl, unfolded: Unfolded): void {
    this.of(declared).unfolded = unfolded;
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
    const { findings } = this.of(node);
    const known = findings.get(node);
    if (known === undefined) findings.set(node, [diagnostic]);
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

  /** Forgets what was found out about a declaration of a file, as what it depends on has changed. */
  forget(element: AstNode): void {
    const known = this.known.get(element);
    if (known !== undefined) known.forgotten = true;
    this.known.delete(element);
    this.latest = undefined;
  }

  /** Whether anything was found at the nodes of a declaration. */
  hasFindings(element: AstNode): boolean {
    return this.of(element).findings.size > 0;
  }

  findingsAt(node: AstNode): readonly Diagnostic[] {
    return this.of(node).findings.get(node) ?? [];
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

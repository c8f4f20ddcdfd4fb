/**
 * What is wrong in files, found declaration by declaration: an edit costs the declarations that it touches, and those
 * that look into them. A test holds it against a checker that has seen nothing before.
 */
import type { AstNode } from 'langium';
import type { Element, Expression, TwinFile } from '../../grammar/generated/ast.ts';
import { sourceOf } from '../1-parse/source.ts';
import type { TreeVisitor } from '../1-parse/visit.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import * as shapes from '../diagnostics/shapes.ts';
import * as types from '../diagnostics/types.ts';
import type { Analysis, Declaration } from './analysis.ts';
import { RULES, type Rule } from './rules/registry.ts';

/** What was found in a declaration, while it stood there. */
interface Checked {
  offset: number;
  line: number;
  findings: readonly Diagnostic[];
}

export class FileChecks {
  private readonly analysis: Analysis;
  private readonly visitor: TreeVisitor;
  private readonly checked = new Map<TwinFile, WeakMap<AstNode, Checked>>();
  /** Of files as a whole: names that are there twice, units that do not hold. */
  private whole = new WeakMap<TwinFile, readonly Diagnostic[]>();
  private results = new WeakMap<TwinFile, Diagnostic[]>();

  constructor(analysis: Analysis, visitor: TreeVisitor) {
    this.analysis = analysis;
    this.visitor = visitor;
  }

  of(file: TwinFile): Diagnostic[] {
    let found = this.results.get(file);
    if (found === undefined) {
      found = this.check(file);
      this.results.set(file, found);
    }
    return found;
  }

  /** @param names also of what is said about names: declarations came or went */
  change(declarations: Iterable<AstNode>, names: boolean): void {
    this.results = new WeakMap();
    if (names) this.whole = new WeakMap();
    for (const element of declarations) this.forget(element);
    if (!names) return;
    // What was said of a name may be another advice now.
    for (const [file, checked] of this.checked)
      for (const element of file.elements)
        if ((checked.get(element)?.findings.length ?? 0) > 0) this.forget(element);
  }

  release(file: TwinFile): void {
    this.checked.delete(file);
    for (const element of file.elements) this.forget(element);
  }

  private forget(element: AstNode): void {
    const file = element.$container as TwinFile | undefined;
    if (file !== undefined) this.checked.get(file)?.delete(element);
    this.analysis.forget(element);
  }

  /** What was found in a declaration; its places hold until something before it changes. */
  ofDeclaration(element: Element): readonly Diagnostic[] {
    let checked = this.checked.get(element.$container);
    if (checked === undefined) this.checked.set(element.$container, (checked = new WeakMap()));
    let known = checked.get(element);
    if (known === undefined) {
      const { start: offset, line } = sourceOf(element);
      known = { offset, line, findings: this.checkElement(element) };
      checked.set(element, known);
    }
    return known.findings;
  }

  private check(file: TwinFile): Diagnostic[] {
    this.forgetMoved(file);
    const found = file.elements.flatMap((element) => this.ofDeclaration(element));
    let whole = this.whole.get(file);
    if (whole === undefined || whole.length > 0) {
      whole = this.analysis.apart(() => {
        for (const rule of RULES.get(file.$type) ?? []) rule(file, this.analysis);
      });
      this.whole.set(file, whole);
    }
    found.push(...whole);
    const broken = brokenPlaces(file, this.visitor);
    return found
      .filter(({ source }) => !broken.some(({ start, end }) => source.start >= start && source.start < end))
      .sort((a, b) => a.source.start - b.source.start || a.source.end - b.source.end);
  }

  /** What is said of a declaration has places, in it and elsewhere: it is said again when they may have moved. */
  private forgetMoved(file: TwinFile): void {
    const checked = this.checked.get(file);
    for (const element of file.elements) {
      const known = checked?.get(element);
      if (known === undefined || known.findings.length === 0) continue;
      const { start: offset, end, line } = sourceOf(element);
      if (
        known.offset === offset &&
        known.line === line &&
        known.findings.every((each) => liesWithin(each, offset, end))
      )
        continue;
      // Who is told of a circle depends on who asked first.
      const circular = known.findings.some(
        ({ code }) => code === types.typeCycle.code || code === shapes.shapeUnknown.code,
      );
      for (const each of circular ? file.elements : [element]) this.forget(each);
    }
  }

  private checkElement(element: Element): Diagnostic[] {
    const { analysis } = this;
    this.visitor.visit(element, (node) => checkNode(node, analysis));
    const findings: Diagnostic[] = [];
    if (analysis.hasFindings(element))
      this.visitor.visit(element, (node) => findings.push(...analysis.findingsAt(node)));
    return findings;
  }
}

function checkNode(node: AstNode, analysis: Analysis): void {
  const { isExpression, rules } = plannedFor(node.$type);
  if (isExpression) {
    // Noise is written as a call, but its name is no function.
    if (node.$containerProperty !== 'noise') analysis.typeOf(node as Expression);
  } else if (isTyped(node)) {
    analysis.declaredType(node);
  }
  for (let n = 0; n < rules.length; n += 1) rules[n]!(node, analysis);
}

function liesWithin({ related, fixes }: Diagnostic, start: number, end: number): boolean {
  return (
    related.every(({ source }) => source.start >= start && source.end <= end) &&
    fixes.every(({ edits }) => edits.every((edit) => edit.start >= start && edit.end <= end))
  );
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

/** What is done with each node of a type. */
interface Plan {
  isExpression: boolean;
  rules: readonly Rule<AstNode>[];
}

const PLANS = new Map<string, Plan>();

function plannedFor(type: string): Plan {
  let plan = PLANS.get(type);
  if (plan === undefined)
    PLANS.set(type, (plan = { isExpression: EXPRESSIONS.has(type), rules: RULES.get(type) ?? [] }));
  return plan;
}

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

/**
 * What stands in a statement that the parser stumbled over, or beside it, was read as something else than was meant:
 * what the checker would say of it helps nobody.
 */
function brokenPlaces(file: TwinFile, visitor: TreeVisitor): { start: number; end: number }[] {
  const { parserErrors = [], lexerErrors = [] } = file.$document?.parseResult ?? {};
  const places = parserErrors.map(
    ({ token, previousToken }: (typeof parserErrors)[number] & { previousToken?: typeof token }) =>
      Number.isNaN(token.startOffset) ? (previousToken?.startOffset ?? 0) : token.startOffset,
  );
  // What a character that was passed over stood for is not known; a word that was read as another is understood.
  const passedOver = lexerErrors.filter(({ message }) => message === '').map(({ offset }) => offset);
  const statementsOf = (element: Element): { start: number; end: number }[] => {
    const found: { start: number; end: number }[] = [];
    visitor.visit(element, (node) => {
      if (STATEMENT_LISTS.has(node.$containerProperty ?? '')) found.push(sourceOf(node));
    });
    return found;
  };
  const starts: number[] = [];
  const known = new Map<Element, { start: number; end: number }[]>();
  if (places.length + passedOver.length > 0)
    for (const element of file.elements) starts.push(sourceOf(element).start);
  return [...places, ...passedOver].flatMap((at) => {
    const next = starts.findIndex((start) => start > at);
    const index = next < 0 ? file.elements.length : next;
    const near = file.elements.slice(Math.max(0, index - 2), index + 1);
    const statements = near.map((element) => {
      let own = known.get(element);
      if (own === undefined) known.set(element, (own = statementsOf(element)));
      return own;
    });
    const last = (is: (place: { start: number; end: number }) => boolean) =>
      statements.findLast((own) => own.some(is))?.findLast(is);
    const inside = last(({ start, end }) => start <= at && at <= end);
    const before = last(({ end }) => end <= at);
    const isAfter = ({ start }: { start: number }): boolean => start >= at;
    const after = statements.find((own) => own.some(isAfter))?.find(isAfter);
    return [inside, before, after].filter((place) => place !== undefined);
  });
}

const STATEMENT_LISTS: ReadonlySet<string> = new Set([
  'members',
  'steps',
  'statements',
  'bindings',
  'estimates',
  'widgets',
  'actions',
]);

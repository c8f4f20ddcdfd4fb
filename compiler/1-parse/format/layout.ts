/** Pieces → lines: where a line begins, how far it is indented, and the columns it can be aligned in. */
import { GrammarAST, isAstNode, isCompositeCstNode, type AstNode, type CstNode } from 'langium';
import { isAssetDecl, type TwinFile } from '../../../grammar/generated/ast.ts';
import type { TwinServices } from '../services.ts';
import { TreeVisitor } from '../visit.ts';
import type { Piece } from './pieces.ts';
import { blankBetween } from './spacing.ts';

export interface Line {
  indent: number;
  /** The text in pieces that may be aligned with those of neighbours: `param x`, `= 3 m`, `in 0 m..4 m`. */
  cells: string[];
  /** Neighbours of the same kind are aligned; '' is never. */
  kind: string;
  /** A comment behind the code. */
  comment: string;
  /** A blank line stands before. */
  spaced: boolean;
}

/** Parts of a tree that stand on lines of their own, by the property that holds them. */
const ITEMS: Record<string, readonly string[]> = {
  TwinFile: ['package', 'uses', 'elements'],
  AssetDecl: ['members'],
  FunctionDecl: ['locals'],
  TableDecl: ['entries'],
  CalendarDecl: ['entries'],
  RuleDecl: ['actions'],
  WhenStatement: ['actions'],
  AtStatement: ['actions'],
  EveryStatement: ['actions'],
  ForStatement: ['members'],
  ModesDecl: ['modes'],
  ModeDecl: ['members'],
  EntryActions: ['actions'],
  ExitActions: ['actions'],
  AfterStatement: ['actions'],
  OnStatement: ['actions'],
  Transition: ['actions'],
  IfStatement: ['then', 'otherwise'],
  InitialStatement: ['equations'],
  ResourceDecl: ['clauses'],
  ProcessDecl: ['steps'],
  BindDecl: ['bindings', 'estimates'],
  ScenarioDecl: ['steps'],
  AtStep: ['actions'],
  ProfileStep: ['lines'],
  RecordedStep: ['columns'],
  TestDecl: ['statements'],
  ViewDecl: ['widgets'],
  ExperimentDecl: ['steps'],
  CalibrateDecl: ['steps'],
  RowWidget: ['widgets'],
  ColumnWidget: ['widgets'],
};
/** Keywords that begin a line inside a block of which they are no item. */
const LEADING: Record<string, readonly string[]> = {
  WhenStatement: ['else'],

  RuleDecl: ['when'],
  AlarmDecl: ['raise', 'clear'],
  FunctionDecl: ['return'],
};
/** Blocks that may stay on one line when they were written on one. */
const ONE_LINERS = new Set([
  'ResourceDecl',
  'WhenStatement',
  'AtStatement',
  'EveryStatement',
  'ForStatement',
  'ModeDecl',
  'EntryActions',
  'ExitActions',
  'AfterStatement',
  'OnStatement',
  'Transition',
  'InitialStatement',
  'AtStep',
  'ProfileStep',
  'RecordedStep',
  'CorrelatedDecl',
  'RowWidget',
  'ColumnWidget',
]);
/** Several widgets beside each other read well; several actions or equations do not. */
const MANY = new Set(['RowWidget', 'ColumnWidget']);
/** Where the columns of an item begin, by keyword. */
const COLUMNS: Record<string, readonly string[]> = {
  VariableDecl: ['=', 'guess', 'in', 'as'],
  FunctionLocal: ['='],
  Equation: ['='],
  Override: ['='],
  ItemDecl: ['='],
  SensorDecl: ['measures', 'every', 'noise', 'range'],
  Binding: ['from', 'to', 'as', 'late', 'stale'],
  Estimate: ['within', 'drifts', 'in'],
};
/** Declarations with a block of their own stand apart. */
const BLOCKS = new Set([
  'AssetDecl',
  'BindDecl',
  'CalendarDecl',
  'ScenarioDecl',
  'TestDecl',
  'ViewDecl',
  'ExperimentDecl',
  'CalibrateDecl',
]);
/** Blocks in which settings stand on lines of their own. */
const SETTING_BLOCKS = new Set(['ScenarioDecl', 'ExperimentDecl', 'CalibrateDecl']);

/** `port Fluid { across … through … }` reads well on one line. */
const isPortType = (node: AstNode) => isAssetDecl(node) && node.port;
const staysOnOneLine = (node: AstNode) => ONE_LINERS.has(node.$type) || isPortType(node);

interface Start {
  kind: string;
  /** A blank line stands before it, and after it. */
  before: boolean;
  after: boolean;
}

interface Plan {
  /** Offsets of pieces that begin a line. */
  starts: Map<number, Start>;
  /** Offsets of braces of blocks that stay on one line. */
  inline: Set<number>;
  /** Offsets of items that are not the first of a block on one line. */
  beside: Set<number>;
  /** Offsets where a column begins. */
  columns: Set<number>;
}

export function layOut(pieces: readonly Piece[], tree: TwinFile, services: TwinServices): Line[] {
  const plan = planOf(tree, pieces, services);
  const lines: Line[] = [];
  let depth = 0;
  let line: Line | undefined;
  let previous: Piece | undefined;
  let apart = false;

  const begin = (indent: number, kind: string, spaced: boolean): Line => {
    line = { indent, cells: [''], kind, comment: '', spaced: spaced && lines.length > 0 };
    lines.push(line);
    return line;
  };

  for (const [at, piece] of pieces.entries()) {
    const inline = plan.inline.has(piece.start);
    const closes = piece.type === '}' && !inline;
    if (closes) depth -= 1;
    const start = plan.starts.get(piece.start);
    const broken = previous === undefined || piece.line > previous.endLine;
    const opened = previous?.type === '{' && !plan.inline.has(previous.start);
    const gap = previous !== undefined && piece.line > previous.endLine + 1 && !opened && !closes;
    const empty = closes && opened;

    if (piece.comment && !broken && line !== undefined && behindCode(pieces, at, plan)) {
      line.comment = line.comment === '' ? piece.text : `${line.comment} ${piece.text}`;
    } else if (
      line === undefined ||
      start !== undefined ||
      (closes && !empty) ||
      (opened && !empty) ||
      (piece.comment && broken)
    ) {
      const first =
        previous?.comment === true && previous.line === piece.line && !broken && start !== undefined;
      if (first && line !== undefined && line.comment === '') {
        // `/* … */ param x = 1`: the comment begins the line.
        line.kind = '';
        append(line, piece, ' ');
      } else {
        const wants = nextStart(pieces, at, plan);
        const force: boolean =
          previous !== undefined && !opened && (apart || wants?.before === true) && depth === 0 && !closes;
        const lead = previous?.comment === true && previous.line < piece.line && !gap;
        begin(depth, start?.kind ?? '', gap || (force && !lead));
        append(line as unknown as Line, piece, '');
        if (!piece.comment && depth === 0 && start !== undefined) apart = start.after;
      }
    } else if (broken && !inline && !empty) {
      // A break inside an item is the writer's.
      const closing = piece.type === ')' || piece.type === ']';
      line.kind = '';
      begin(closing ? depth : depth + 2, '', false);
      append(line, piece, '');
    } else {
      const column = plan.columns.has(piece.start);
      if (column) line.cells.push('');
      const blank = previous === undefined || column ? '' : blankBetween(previous, piece) ? ' ' : '';
      append(line, piece, plan.beside.has(piece.start) ? '    ' : blank);
    }
    if (piece.type === '{' && !inline) depth += 1;
    previous = piece;
  }
  return lines;
}

function append(line: Line, piece: Piece, blank: string): void {
  const last = line.cells.length - 1;
  line.cells[last] += blank + piece.text;
}

/** Whether a comment is the last thing on its line as it will be, so that it can stand behind the code. */
function behindCode(pieces: readonly Piece[], at: number, plan: Plan): boolean {
  const [piece, next] = [pieces[at], pieces[at + 1]];
  if (piece === undefined || piece.type === 'SL_COMMENT' || next === undefined || next.line > piece.endLine)
    return true;
  if (next.comment) return behindCode(pieces, at + 1, plan);
  return plan.starts.has(next.start) || (next.type === '}' && !plan.inline.has(next.start));
}

/** What the comments before an item belong to. */
function nextStart(pieces: readonly Piece[], at: number, plan: Plan): Start | undefined {
  for (let index = at; ; index += 1) {
    const piece = pieces[index];
    if (piece === undefined) return undefined;
    if (!piece.comment) return plan.starts.get(piece.start);
  }
}

function planOf(tree: TwinFile, pieces: readonly Piece[], services: TwinServices): Plan {
  const plan: Plan = { starts: new Map(), inline: new Set(), beside: new Set(), columns: new Set() };
  const commented = pieces.filter((piece) => piece.comment);
  // A comment between a block's head and its brace would be pushed behind the block.
  const afterComment = new Set(
    pieces.flatMap(({ start }, at) => (pieces[at - 1]?.comment === true ? [start] : [])),
  );
  // Parents come first, so that a block inside a block on one line knows.
  new TreeVisitor(services.shared.AstReflection).visit(tree, (node) => {
    // Most nodes are in expressions, which nothing of this is about.
    if (ITEMS[node.$type] === undefined && LEADING[node.$type] === undefined && !ONE_LINERS.has(node.$type))
      return;
    const items = itemsOf(node);
    const open = keyword(node, '{');
    const close = open && keyword(node, '}');
    const stays =
      open !== undefined &&
      close !== undefined &&
      staysOnOneLine(node) &&
      open.range.start.line === close.range.start.line &&
      !afterComment.has(open.offset) &&
      (items.length <= 1 || MANY.has(node.$type) || isPortType(node)) &&
      !items.some((item) => 'otherwise' in item && item.otherwise !== undefined) &&
      !commented.some((piece) => piece.start > open.offset && piece.end <= close.end);
    const within = open === undefined && ONE_LINERS.has(node.$type);
    if (stays) {
      plan.inline.add(open.offset);
      plan.inline.add(close.offset);
    }
    for (const [index, item] of items.entries()) {
      const cst = item.$cstNode;
      if (cst === undefined || within) continue;
      if (stays) {
        if (index > 0) plan.beside.add(cst.offset);
        continue;
      }
      const columns = columnsOf(item);
      for (const column of columns) plan.columns.add(column);
      plan.starts.set(cst.offset, {
        kind: columns.length > 0 ? item.$type : '',
        ...apartness(item, items[index + 1]),
      });
    }
    for (const word of LEADING[node.$type] ?? []) {
      const cst = keyword(node, word);
      if (cst !== undefined) plan.starts.set(cst.offset, { kind: '', before: false, after: false });
    }
  });
  return plan;
}

function apartness(item: AstNode, next: AstNode | undefined): { before: boolean; after: boolean } {
  const block =
    (BLOCKS.has(item.$type) && !isPortType(item)) ||
    ((item.$type === 'FunctionDecl' || item.$type === 'TableDecl') && keyword(item, '{') !== undefined);
  const ends = item.$type === 'PackageDecl' || (item.$type === 'UseDecl' && next?.$type !== 'UseDecl');
  return { before: block, after: block || ends };
}

function itemsOf(node: AstNode): AstNode[] {
  const properties = ITEMS[node.$type] ?? [];
  return properties.flatMap((property) => {
    const value = (node as unknown as Record<string, unknown>)[property];
    if (Array.isArray(value)) return value.filter(isAstNode);
    return isAstNode(value) ? [value] : [];
  });
}

function columnsOf(item: AstNode): number[] {
  // `input ambient: Temperature = 20 degC` stays as it is: the names of types would tear the columns apart.
  if (item.$type === 'VariableDecl' && 'type' in item && item.type !== undefined) return [];
  if (item.$type === 'Override' && !SETTING_BLOCKS.has(item.$container?.$type ?? '')) return [];
  return (COLUMNS[item.$type] ?? []).flatMap((word) => keyword(item, word)?.offset ?? []);
}

/** The first word of the language of a node itself. Langium's search makes streams, and lists all that it finds. */
function keyword(node: AstNode, word: string): CstNode | undefined {
  const cst = node.$cstNode;
  return cst?.astNode === node ? wordIn(cst, word, node) : undefined;
}

function wordIn(cst: CstNode, word: string, node: AstNode): CstNode | undefined {
  const { grammarSource } = cst;
  if (GrammarAST.isKeyword(grammarSource) && grammarSource.value === word) return cst;
  if (!isCompositeCstNode(cst)) return undefined;
  for (const child of cst.content) {
    const found = child.astNode === node ? wordIn(child, word, node) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Three texts → one, declaration by declaration: what one side changed is taken, wherever the other side moved or
 * reformatted it. What both changed stays as ours, with theirs beside it as a comment, so that the file can be read, checked and
 * run while the conflict waits.
 */
import type { AstNode } from 'langium';
import { createTwinServices, format } from '../compiler/1-parse/index.ts';
import type { TwinFile } from '../grammar/generated/ast.ts';

export interface Merged {
  text: string;
  /** What both sides changed in different ways, as people call it. */
  conflicts: string[];
}

/** A declaration with the comments before it; `members` when its inside can be merged by itself. */
interface Piece {
  key: string;
  /** For people: `asset Pump`, `param cooling`. */
  name: string;
  lead: string;
  text: string;
  inside?: { head: string; members: Piece[]; tail: string };
}

type Services = ReturnType<typeof createTwinServices>['twin'];

/** @returns nothing where one of the three cannot be read: then lines are all there is to go by */
export function merge(
  base: string,
  ours: string,
  theirs: string,
  services: Services = createTwinServices().twin,
): Merged | undefined {
  const [b, o, t] = [base, ours, theirs].map((text) => piecesOf(text, services));
  if (b === undefined || o === undefined || t === undefined) return undefined;
  const conflicts: string[] = [];
  const pieces = mergeLists(b.members, o.members, t.members, conflicts, '');
  const text =
    pieces.map(({ lead, text: own }) => lead + own).join('') + threeWay(b.tail, o.tail, t.tail, o.tail);
  const wasFormatted = [ours, theirs].every((each) => format(each, services).text === each);
  const merged = wasFormatted ? format(text, services).text : text;
  return piecesOf(merged, services) === undefined ? undefined : { text: merged, conflicts };
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────

/** Where the parts of a declaration are that are merged one by one. */
const INSIDE: Record<string, readonly string[]> = {
  AssetDecl: ['members'],
  BindDecl: ['bindings', 'estimates'],
  ScenarioDecl: ['steps'],
  TestDecl: ['statements'],
};

/** The parts of a declaration, as they are written; undefined where it is merged as a whole. */
const partsOf = (node: AstNode): AstNode[] | undefined =>
  INSIDE[node.$type]
    ?.flatMap((list) => (node as unknown as Record<string, AstNode[]>)[list] ?? [])
    .toSorted((a, b) => (a.$cstNode?.offset ?? 0) - (b.$cstNode?.offset ?? 0));

function piecesOf(text: string, services: Services): { members: Piece[]; tail: string } | undefined {
  const parsed = services.parser.LangiumParser.parse<TwinFile>(text);
  if (parsed.lexerErrors.length > 0 || parsed.parserErrors.length > 0) return undefined;
  const { package: name, uses, elements } = parsed.value;
  const nodes: AstNode[] = [...(name === undefined ? [] : [name]), ...uses, ...elements];
  return listOf(text, nodes, 0, text.length);
}

function listOf(
  text: string,
  nodes: readonly AstNode[],
  from: number,
  to: number,
): { members: Piece[]; tail: string } | undefined {
  const members: Piece[] = [];
  const counts = new Map<string, number>();
  let at = from;
  for (const node of nodes) {
    const cst = node.$cstNode;
    if (cst === undefined) return undefined;
    // A comment behind a declaration, on its line, belongs to it.
    const end = behind(text, cst.end, to);
    const kind = node.$type.replace(/(Decl|Statement|Step)$/, '');
    const own = nameOf(node);
    const ordinal = counts.get(own ?? kind) ?? 0;
    counts.set(own ?? kind, ordinal + 1);
    const piece: Piece = {
      key: own === undefined ? `${kind}#${ordinal}` : `${kind} ${own}${ordinal === 0 ? '' : `#${ordinal}`}`,
      name: `${wordOf(node, kind)} ${own ?? cst.text.split('\n')[0]!.slice(0, 60)}`.trim(),
      lead: text.slice(at, cst.offset),
      text: text.slice(cst.offset, end),
    };
    const parts = partsOf(node);
    const open = text.indexOf('{', headEnd(node, parts) ?? cst.offset);
    if (parts !== undefined && open >= 0 && open < cst.end) {
      const inner = listOf(text, parts, open + 1, cst.end - 1);
      if (inner === undefined) return undefined;
      piece.inside = {
        head: text.slice(cst.offset, open + 1),
        members: inner.members,
        tail: inner.tail + text.slice(cst.end - 1, end),
      };
    }
    members.push(piece);
    at = end;
  }
  return { members, tail: text.slice(at, to) };
}

/** Before the brace that opens a list there may be texts in quotation marks with braces in them: a test's name. */
function headEnd(node: AstNode, parts: readonly AstNode[] | undefined): number | undefined {
  if (parts === undefined) return undefined;
  const [first] = parts;
  const cst = node.$cstNode!;
  const upTo = first?.$cstNode?.offset ?? cst.end - 1;
  const brace = cst.text.slice(0, upTo - cst.offset + (first === undefined ? 1 : 0)).lastIndexOf('{');
  return brace < 0 ? undefined : cst.offset + brace;
}

function behind(text: string, end: number, to: number): number {
  const rest = /^[ \t]*(\/\/[^\n]*)?/.exec(text.slice(end, to))?.[0] ?? '';
  return end + (rest.includes('//') ? rest.length : 0);
}

function nameOf(node: AstNode): string | undefined {
  if ('name' in node && typeof node.name === 'string') return node.name;
  if ('package' in node && typeof node.package === 'string') return node.package;
  const side =
    'left' in node ? node.left : 'target' in node ? node.target : 'twin' in node ? node.twin : undefined;
  if (typeof side !== 'object' || side === null) return undefined;
  const text = '$refText' in side ? String(side.$refText) : (side as AstNode).$cstNode?.text;
  if (text === undefined) return undefined;
  return plain('direction' in node ? `${text} ${String(node.direction)}` : text);
}

const wordOf = (node: AstNode, kind: string): string =>
  'role' in node ? String(node.role) : kind.toLowerCase();

// ── merging ──────────────────────────────────────────────────────────────────────────────────────

/** Blanks are the formatter's business. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const whole = (piece: Piece | undefined): string | undefined =>
  piece === undefined ? undefined : plain(piece.lead + piece.text);

function threeWay(base: string, ours: string, theirs: string, otherwise: string): string {
  if (plain(ours) === plain(theirs) || plain(base) === plain(theirs)) return ours;
  return plain(base) === plain(ours) ? theirs : otherwise;
}

function mergeLists(
  base: readonly Piece[],
  ours: readonly Piece[],
  theirs: readonly Piece[],
  conflicts: string[],
  owner: string,
): Piece[] {
  const find = (list: readonly Piece[], key: string): Piece | undefined =>
    list.find((each) => each.key === key);
  const order = ours.map(({ key }) => key);
  theirs.forEach(({ key }, n) => {
    if (order.includes(key)) return;
    // What theirs has anew stands behind what it stands behind there.
    const before = theirs.slice(0, n).findLast((each) => order.includes(each.key));
    order.splice(before === undefined ? 0 : order.indexOf(before.key) + 1, 0, key);
  });
  return order.flatMap((key) => {
    const [b, o, t] = [find(base, key), find(ours, key), find(theirs, key)];
    if (whole(o) === whole(t) || whole(b) === whole(t)) return o ?? [];
    if (whole(b) === whole(o))
      return t === undefined
        ? []
        : o === undefined || plain(o.lead) !== plain(t.lead)
          ? t
          : { ...t, lead: o.lead };
    return mergePiece(b, o, t, conflicts, owner);
  });
}

/** Both sides changed it, in different ways. */
function mergePiece(
  b: Piece | undefined,
  o: Piece | undefined,
  t: Piece | undefined,
  conflicts: string[],
  owner: string,
): Piece {
  const kept = (o ?? t)!;
  const name = owner === '' ? kept.name : `${owner}, ${kept.name}`;
  if (o !== undefined && t !== undefined) {
    if (o.key.startsWith('Use ')) return { ...o, text: unionOfImports(o.text, t.text) };
    if (o.inside !== undefined && t.inside !== undefined) {
      const inside = b?.inside ?? { head: o.inside.head, members: [], tail: o.inside.tail };
      const heads = [inside.head, o.inside.head, t.inside.head].map(plain);
      const headAgrees = heads[1] === heads[2] || heads[0] === heads[1] || heads[0] === heads[2];
      if (headAgrees) {
        const members = mergeLists(inside.members, o.inside.members, t.inside.members, conflicts, name);
        const head = threeWay(inside.head, o.inside.head, t.inside.head, o.inside.head);
        const tail = threeWay(inside.tail, o.inside.tail, t.inside.tail, o.inside.tail);
        const lead = threeWay(b?.lead ?? o.lead, o.lead, t.lead, o.lead);
        return { ...o, lead, text: head + members.map((each) => each.lead + each.text).join('') + tail };
      }
    }
    // Only a comment above it, on one side.
    if (b !== undefined && plain(o.text) === plain(t.text))
      return { ...o, lead: threeWay(b.lead, o.lead, t.lead, o.lead) };
    if (b !== undefined && plain(b.text) === plain(o.text))
      return { ...t, lead: threeWay(b.lead, o.lead, t.lead, t.lead) };
    if (b !== undefined && plain(b.text) === plain(t.text))
      return { ...o, lead: threeWay(b.lead, o.lead, t.lead, o.lead) };
  }
  conflicts.push(name);
  const indent = /[^\n]*$/.exec(kept.lead)![0].replaceAll(/\S/g, ' ');
  const comment = (text: string): string =>
    text
      .split('\n')
      .map((line) => `${indent}// ${line.trim()}`.trimEnd())
      .join('\n');
  const [first, second] =
    o === undefined
      ? ['ours removes this', 'theirs keeps it']
      : ['ours', t === undefined ? 'theirs removes this' : 'theirs'];
  const other = o !== undefined && t !== undefined ? `\n${comment(t.text)}` : '';
  return {
    ...kept,
    text: `// <<<<<<< ${first}\n${indent}${kept.text}\n${indent}// ======= ${second}${other}\n${indent}// >>>>>>>`,
  };
}

/** `use p: A, B` and `use p: A, C` → `use p: A, B, C`; `use p` is all of it. */
function unionOfImports(ours: string, theirs: string): string {
  const names = (text: string): string[] =>
    /:(.*)$/s
      .exec(text)?.[1]
      ?.split(',')
      .map((each) => each.trim()) ?? [];
  if (names(ours).length === 0 || names(theirs).length === 0) return names(ours).length === 0 ? ours : theirs;
  return `${ours.slice(0, ours.indexOf(':') + 1)} ${[...new Set([...names(ours), ...names(theirs)])].join(', ')}`;
}

/** Ways out of findings that the editor can see and the checker does not say: what is missing is created, what is open closed. */
import type { AstNode } from 'langium';
import {
  isAlarmDecl,
  isAssetDecl,
  isBinaryExpr,
  isFunctionCall,
  isMemberAccess,
  isNameRef,
  isRange,
  isScenarioDecl,
  isSetAction,
  isVariableDecl,
  type AssetDecl,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import {
  featureOf,
  sourceOf,
  sourceOfProperty,
  uriOf,
  type ParsedFile,
} from '../../../compiler/1-parse/index.ts';
import type { Diagnostic, Fix, TextEdit } from '../../../compiler/diagnostics/diagnostic.ts';
import { isLibraryUri } from '../../../compiler/library-files.ts';
import { dueType } from '../../complete/due-quantity.ts';
import { leafAt, propertyCst, upwards } from '../../workspace/places.ts';
import type { Project } from '../../workspace/project.ts';
import { valueOf, type Mend } from './at.ts';

type Make = (project: Project, file: ParsedFile, finding: Diagnostic, node: AstNode | undefined) => Fix[];

const MAKERS: Readonly<Record<string, Make>> = {
  PX1002: (_, file, { source }) => [
    fix(
      'Close the text',
      insert(
        file.uri,
        // A brace at the end of the line opens the block behind the text.
        source.start + trimmedLine(file, source.start).replace(/\s*\{$/, '').length,
        '"',
      ),
    ),
  ],
  PX1003: (_, file) => [
    fix('Close the comment at the end of the file', insert(file.uri, file.text.length, ' */\n')),
  ],
  PX1105: (_, file, { related }) => {
    const next = related[0]?.source;
    if (next === undefined) return [];
    const isEnd = next.end >= file.text.trimEnd().length;
    const at = isEnd ? file.text.length : next.start;
    const before = isEnd && !file.text.endsWith('\n') ? '\n' : '';
    return [fix("Close the block with '}'", insert(file.uri, at, `${before}}\n${isEnd ? '' : '\n'}`))];
  },
  PX2001: (project, file, _, node) => createName(project, file, node),
  PX2002(project, _, __, node) {
    const access = [...upwards(node)].find(isMemberAccess);
    const name = access?.member?.$refText;
    const owner = access && project.workspace.services.twin.Members.ofExpression(access.receiver);
    if (name === undefined || owner === undefined || isLibraryUri(uriOf(owner))) return [];
    const due =
      access && dueType(project, { container: access, property: 'member', reference: access.member });
    return [create(owner, `param ${name} = ${valueOf(project, owner, due)}`, name)];
  },
  PX2004(_, file, { message }, node) {
    const name = file.text.slice(...wordAt(file, node));
    const [, kind] = /^(?:There is no )?(?:.*\b)?(asset|quantity|scenario|twin)\b/.exec(message) ?? [];
    const element = [...upwards(node)].find((each) => each.$container === file.tree);
    if (element === undefined || !/^\w+$/.test(name) || (kind !== 'asset' && kind !== 'quantity')) return [];
    const text = kind === 'asset' ? `asset ${name} {\n}` : `quantity ${name} = 1`;
    return [fix(`Create ${kind} ${name}`, insert(file.uri, sourceOf(element).end, `\n\n${text}`))];
  },
  PX3108(_, file, __, node) {
    const range = [...upwards(node)].find(isRange);
    const [low, high] = [range?.low.$cstNode?.text, range?.high.$cstNode?.text];
    if (range === undefined || low === undefined || high === undefined) return [];
    return [fix('Swap the ends of the range', edit(file.uri, range, `${high}..${low}`))];
  },
  PX4014(project, _, __, node) {
    const variable = [...upwards(node)].find(isVariableDecl);
    if (variable === undefined || variable.value !== undefined) return [];
    const due = project.checker.declaredType(variable).type;
    const place = propertyCst(variable, 'type') ?? propertyCst(variable, 'name');
    const zero = valueOf(project, variable, due, 0);
    return place === undefined
      ? []
      : [fix(`Write = ${zero}`, insert(uriOf(variable), place.end, ` = ${zero}`))];
  },
  PX4016: (project, _, __, node) => equationFor(project, node),
  PX4101: (_, __, ___, node) => becomeState(node),
  PX5101: (_, __, ___, node) => becomeState(node),
  PX4103(project, _, __, node) {
    const variable = featureOf([...upwards(node)].find(isNameRef));
    if (!isVariableDecl(variable) || isLibraryUri(uriOf(variable))) return [];
    const { quantity } = project.checker.declaredType(variable);
    const size = variable.size?.$cstNode === undefined ? '' : `[${variable.size.$cstNode.text}]`;
    return quantity === ''
      ? []
      : [
          fix(
            `Declare ${variable.name} as let`,
            edit(uriOf(variable), variable, `let ${variable.name}${size}: ${quantity}`),
          ),
        ];
  },
  PX7101(_, file, __, node) {
    const scenario = [...upwards(node)].find(isScenarioDecl);
    return scenario === undefined
      ? []
      : [fix('Run for one hour', insert(file.uri, sourceOf(scenario).end - 1, '  run 1 h\n'))];
  },
};

export const CREATED: readonly Mend[] = Object.entries(MAKERS).map(([code, make]) => [
  code,
  ({ project, file, finding }) => make(project, file, finding, leafAt(file, finding.source.start)?.astNode),
]);

/** An alarm without a `clear` clears where its condition ends; often it should do so a little below. */
export function clearFor(file: ParsedFile, offset: number): Fix | undefined {
  const alarm = [...upwards(leafAt(file, offset)?.astNode)].find(isAlarmDecl);
  const condition = alarm?.raise?.condition;
  if (alarm === undefined || alarm.clear !== undefined || !isBinaryExpr(condition)) return undefined;
  const opposite = OPPOSITE[condition.operator];
  const [left, right] = [condition.left.$cstNode?.text, condition.right.$cstNode?.text];
  if (opposite === undefined || left === undefined || right === undefined) return undefined;
  const end = sourceOf(alarm.raise).end;
  const [leftText, rightText] = [rangeText(file, condition.left), rangeText(file, condition.right)];
  return fix(
    'Add when it clears',
    insert(file.uri, end, `\n    clear when ${leftText} ${opposite} ${rightText}`),
  );
}

const OPPOSITE: Readonly<Record<string, string>> = { '>': '<', '>=': '<', '<': '>', '<=': '>' };

/** A name that is declared nowhere becomes a parameter or an input of the asset around it. */
function createName(project: Project, file: ParsedFile, node: AstNode | undefined): Fix[] {
  const name = isNameRef(node) ? node.target?.$refText : undefined;
  const asset = node && [...upwards(node)].find(isAssetDecl);
  if (!isNameRef(node) || name === undefined || !/^\w+$/.test(name) || asset === undefined) return [];
  const due = dueType(project, { container: node, property: 'target', reference: node.target });
  const value = valueOf(project, file.tree, due);
  const fixes = [create(asset, `param ${name} = ${value}`, name)];
  const holder = [...upwards(node)].find(isSetAction);
  const role = holder !== undefined && featureOf(holder.target) === undefined ? 'state' : 'input';
  fixes.push(create(asset, `${role} ${name} = ${value}`, name));
  return fixes;
}

function create(asset: AssetDecl, text: string, name: string): Fix {
  const after = asset.members.findLast((each) => isVariableDecl(each) && each.role !== 'let');
  const brace = asset.$cstNode?.text.indexOf('{') ?? 0;
  const at = after === undefined ? sourceOf(asset).start + brace + 1 : sourceOf(after).end;
  return fix(`Create ${text.slice(0, text.indexOf(' '))} ${name}`, insert(uriOf(asset), at, `\n  ${text}`));
}

/** `der(level) = 0 m/s`, behind the last equation of the state's asset. */
function equationFor(project: Project, node: AstNode | undefined): Fix[] {
  const name = isNameRef(node) ? node : [...upwards(node)].find(isFunctionCall)?.arguments[0];
  const declared = [...upwards(node)].find(isVariableDecl);
  const state = declared?.role === 'state' ? declared : featureOf(name);
  if (!isVariableDecl(state) || !isAssetDecl(state.$container)) return [];
  const asset = state.$container;
  const { unit } = project.checker.declaredType(state);
  const zero = unit.text === '' ? '0 1/s' : `0 ${unit.text.replace(/^deg[CF]$/, 'K')}/s`;
  const last = asset.members.at(-1);
  return last === undefined || isLibraryUri(uriOf(asset))
    ? []
    : [
        fix(
          `Add the equation of der(${state.name})`,
          insert(uriOf(asset), sourceOf(last).end, `\n  der(${state.name}) = ${zero}`),
        ),
      ];
}

/** What is set, or has a derivative, is a state. */
function becomeState(node: AstNode | undefined): Fix[] {
  const set = [...upwards(node)].find(isSetAction);
  const call = [...upwards(node)].find(isFunctionCall);
  const variable: VariableDecl | undefined = [call?.arguments[0], set?.target]
    .map((each) => featureOf(each))
    .find(isVariableDecl);
  if (variable === undefined || variable.role === 'state' || variable.role === 'fixed') return [];
  if (isLibraryUri(uriOf(variable))) return [];
  const { start, end } = sourceOfProperty(variable, 'role');
  return [fix(`Declare ${variable.name} as state`, { uri: uriOf(variable), start, end, text: 'state' })];
}

function rangeText(file: ParsedFile, node: AstNode): string {
  const { start, end } = sourceOf(node);
  return file.text.slice(start, end);
}

function wordAt(file: ParsedFile, node: AstNode | undefined): [number, number] {
  const at = node === undefined ? 0 : sourceOf(node).start;
  for (const each of unresolvedIn(node)) {
    const cst = each.$refNode;
    if (cst !== undefined) return [cst.offset, cst.end];
  }
  return [at, at + (/^\w+/.exec(file.text.slice(at))?.[0].length ?? 0)];
}

/** References that a node holds and that lead nowhere. */
function unresolvedIn(node: AstNode | undefined): { $refNode?: { offset: number; end: number } }[] {
  return Object.values(node ?? {}).filter(
    (value): value is { $refNode?: { offset: number; end: number } } =>
      typeof value === 'object' &&
      value !== null &&
      '$refText' in value &&
      'ref' in value &&
      value.ref === undefined,
  );
}

function trimmedLine(file: ParsedFile, offset: number): string {
  return /^[^\r\n]*/.exec(file.text.slice(offset))?.[0].trimEnd() ?? '';
}

const fix = (title: string, ...edits: TextEdit[]): Fix => ({ title, edits });

const insert = (uri: string, at: number, text: string): TextEdit => ({ uri, start: at, end: at, text });

function edit(uri: string, node: AstNode, text: string): TextEdit {
  const { start, end } = sourceOf(node);
  return { uri, start, end, text };
}

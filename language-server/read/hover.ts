/** What a thing is, in Markdown: signature, quantity, unit, docs, and its value in a running twin. */
import type { AstNode } from 'langium';
import type { Hover } from 'vscode-languageserver-types';
import {
  isAssetDecl,
  isModeDecl,
  isModesDecl,
  isFunctionDecl,
  isMethodStep,
  isPartDecl,
  isQuantityDecl,
  isScenarioDecl,
  isSensorDecl,
  isTableDecl,
  isTwinDecl,
  isUnitDecl,
  isVariableDecl,
  type NumberLiteral,
  type QuantityDecl,
  type UnitDecl,
} from '../../grammar/generated/ast.ts';
import {
  documentationOf,
  lineage,
  packageOf,
  sourceOfCst,
  uriOf,
  type ParsedFile,
} from '../../compiler/1-parse/index.ts';
import { isTyped } from '../../compiler/2-check/index.ts';
import {
  coherentUnitText,
  convertExactly,
  describe,
  prettyUnit,
  toSI,
  type Unit,
  type UnitTable,
} from '../../compiler/2-check/units/index.ts';
import { callable, signatureOf } from './callables.ts';
import { cursorAt, type Cursor } from '../workspace/cursor.ts';
import { equationsOf } from './equations-of.ts';
import { aboutName, aboutWord } from './keywords.ts';
import { leafAt, nameOf, rangeOf } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import { signatureOfDeclared } from './signature-help.ts';
import { currentValues } from '../run/values.ts';

export function hover(project: Project, file: ParsedFile, offset: number): Hover | undefined {
  const cursor = cursorAt(project, file, offset);
  if (cursor === undefined) return aboutWordAt(project, file, offset);
  const paragraphs = contentOf(project, file, cursor).filter((each) => each !== '');
  if (paragraphs.length === 0) return undefined;
  return { contents: { kind: 'markdown', value: paragraphs.join('\n\n') }, range: rangeOf(cursor.source) };
}

/** A word of the language, where it is one, or chooses something by its name. */
function aboutWordAt(project: Project, file: ParsedFile, offset: number): Hover | undefined {
  const leaf = leafAt(file, offset);
  if (leaf === undefined || leaf.hidden) return undefined;
  const isWord = leaf.tokenType.name === leaf.text && /^[a-z]/i.test(leaf.text);
  const about = isWord ? aboutWord(leaf.astNode, leaf.text) : aboutName(leaf.astNode, leaf.text);
  if (about === undefined) return undefined;
  return {
    contents: {
      kind: 'markdown',
      value: [`**${leaf.text}**: ${about}`, ...methodOf(project, leaf.astNode)].join('\n\n'),
    },
    range: rangeOf(sourceOfCst(leaf, file.uri)),
  };
}

/** How a scenario that runs now is integrated: at its name, and where its method stands. */
function methodOf(project: Project, node: AstNode): string[] {
  const scenario = isMethodStep(node) ? node.$container : node;
  if (!isScenarioDecl(scenario)) return [];
  const file = project.workspace.file(uriOf(scenario));
  const text = file && project.methods.get([packageOf(file.tree), scenario.name].filter(Boolean).join('.'));
  return text === undefined ? [] : [`Now: ${text}`];
}

function contentOf(project: Project, file: ParsedFile, cursor: Cursor): string[] {
  switch (cursor.kind) {
    case 'name':
      return describeNode(project, cursor.target);
    case 'unit':
      return aboutUnit(project, file, cursor.symbol, cursor.text);
    case 'number':
      return aboutNumber(project, file, cursor.literal);
    case 'function': {
      const info = callable(cursor.name);
      if (info === undefined) return [];
      const noise = NOISE[cursor.name];
      return [code(signatureOf(info)), info.doc, ...(noise === undefined ? [] : [noise])];
    }
    case 'package': {
      const files = project.workspace.filesOfPackage(cursor.name);
      const docs = files.map(({ tree }) => (tree.package === undefined ? '' : documentationOf(tree.package)));
      return [code(`package ${cursor.name}`), ...docs];
    }
  }
}

/** What is shorter as the noise of a sensor. */
const NOISE: Readonly<Record<string, string>> = {
  normal: 'As noise, `normal(sd)` has a mean of 0.',
  uniform: 'As noise, `uniform(halfWidth)` lies around 0.',
};

/** Also what completion shows beside an item. */
export function describeNode(project: Project, node: AstNode): string[] {
  const docs = documentationOf(node);
  if (isUnitDecl(node)) return aboutUnitDeclaration(project, node);
  if (isTyped(node)) {
    const first =
      isFunctionDecl(node) || isTableDecl(node) ? signatureOfDeclared(project, node) : firstLine(node);
    return [code(first), equationsOf(node), quantityLine(project, node), docs, ...valuesOf(project, node)];
  }
  if (isAssetDecl(node)) {
    const members = node.members.length;
    const base = lineage(node)
      .slice(1)
      .map((each) => each.name);
    const of = base.length === 0 ? '' : `, inherits from ${base.join(', ')}`;
    return [
      code(signatureOfBlock(node)),
      `${node.port ? 'Port' : 'Asset'} with ${members} ${members === 1 ? 'member' : 'members'}${of}.`,
      docs,
    ];
  }
  if (isPartDecl(node) || isTwinDecl(node)) {
    const asset = node.type?.ref;
    return [code(firstLine(node)), docs || (asset === undefined ? '' : documentationOf(asset))];
  }
  if (isQuantityDecl(node)) return [code(firstLine(node)), aboutQuantity(project, node), docs];
  return [
    code(signatureOfBlock(node)),
    docs,
    ...valuesOf(project, node),
    ...(isScenarioDecl(node) ? methodOf(project, node) : []),
  ];
}

function quantityLine(
  project: Project,
  declaration: Parameters<Project['checker']['declaredType']>[0],
): string {
  const { quantity, unit, type, shape } = project.checker.declaredType(declaration);
  if (quantity === '') return '';
  const shown = unit.label === '' ? '' : ` in ${unit.label}`;
  const si =
    type.base === 'number' && unit.text !== '' ? siText(project, declaration, type.quantity.dimension) : '';
  const sized = shape === undefined ? '' : ` · ${shape}`;
  return `**${quantity}**${shown}${sized}${si === '' || si === unit.label ? '' : ` · SI: ${si}`}`;
}

function siText(project: Project, node: AstNode, dimension: Unit['dimension']): string {
  const file = project.workspace.file(uriOf(node));
  return file === undefined ? '' : describe(project.checker.unitsOf(file.tree), dimension);
}

function aboutUnit(project: Project, file: ParsedFile, symbol: string, whole: string): string[] {
  const table = project.checker.unitsOf(file.tree);
  const found = table.declarationOf(symbol);
  const resolved = table.resolve(symbol);
  if (found === undefined || !resolved.ok) return [];
  const doc = documentationFor(project, file, found.declaration.name, found.declaration.package);
  const lines = [
    `**${prettyUnit(symbol)}**${found.prefix === '' ? '' : ` = ${found.prefix} + ${found.declaration.name}`}`,
    doc,
  ];
  lines.push(definitionLine(table, resolved.unit));
  if (whole !== symbol) {
    const all = table.resolve(whole);
    if (all.ok) lines.push(definitionLine(table, all.unit));
  }
  return lines;
}

function aboutUnitDeclaration(project: Project, node: UnitDecl): string[] {
  const file = project.workspace.file(uriOf(node));
  const resolved = file && project.checker.unitsOf(file.tree).resolve(node.name);
  const line =
    file !== undefined && resolved?.ok
      ? definitionLine(project.checker.unitsOf(file.tree), resolved.unit)
      : '';
  return [code(firstLine(node)), documentationOf(node), line];
}

function documentationFor(project: Project, file: ParsedFile, name: string, packageName: string): string {
  for (const { tree } of [file, ...project.workspace.filesOfPackage(packageName)]) {
    const unit = tree.elements.find((each) => isUnitDecl(each) && each.name === name);
    if (unit !== undefined) return documentationOf(unit);
  }
  return '';
}

/** `1 kW = 1000 W`, with the offset of a scale. */
function definitionLine(table: UnitTable, unit: Unit): string {
  const name = prettyUnit(unit.text);
  const si = coherentUnitText(table, unit.dimension);
  const factor = short(unit.factor.toNumber());
  const label = si === '1' ? '' : ` ${prettyUnit(si)}`;
  if (unit.offset !== undefined) {
    return `x ${name} = (x + ${short(unit.offset.toNumber())}) · ${factor}${label}, a point on a scale`;
  }
  if (unit.dimension.isNone) return `1 ${name} = ${factor}`;
  if (unit.factor.isOne && prettyUnit(si) === name) return `A coherent unit of the SI, or a base of its own.`;
  return `1 ${name} = ${factor}${label}`;
}

function aboutQuantity(project: Project, node: QuantityDecl): string {
  const file = project.workspace.file(uriOf(node));
  const info = file && project.checker.unitsOf(file.tree).quantity(node.name);
  if (file === undefined || info === undefined) return '';
  const si = describe(project.checker.unitsOf(file.tree), info.dimension);
  const scale = info.kind === 'absolute' ? ', a point on a scale' : '';
  return si === '1' ? 'A plain number' : `In ${si}${scale}.`;
}

const MOST_CONVERSIONS = 5;

function aboutNumber(project: Project, file: ParsedFile, literal: NumberLiteral): string[] {
  const { unit: unitText, value } = literal;
  if (unitText === undefined || value === undefined) return [];
  const table = project.checker.unitsOf(file.tree);
  const resolved = table.resolve(unitText);
  if (!resolved.ok) return [];
  const digits = value.replaceAll('_', '');
  const { unit } = resolved;
  const si = coherentUnitText(table, unit.dimension);
  const lines = [
    `\`${value} ${prettyUnit(unitText)}\` = \`${short(toSI(digits, unit))}${si === '1' ? '' : ` ${prettyUnit(si)}`}\``,
  ];
  const others: string[] = [];
  for (const candidate of new Set(
    project.checker.conversionsOf(literal).map((fix) => fix.title.replace(/^Write /, '')),
  )) {
    const [number = '', other = ''] = candidate.split(' ');
    const target = table.resolve(other);
    if (other === si || !target.ok || convertExactly(digits, unit, target.unit) === undefined) continue;
    others.push(`\`${number} ${prettyUnit(other)}\``);
  }
  if (others.length > 0) lines.push(`Also ${others.slice(0, MOST_CONVERSIONS).join(', ')}`);
  return lines;
}

function valuesOf(project: Project, node: AstNode): string[] {
  const declaration =
    isVariableDecl(node) || isSensorDecl(node) ? project.checker.declaredType(node) : undefined;
  if (declaration === undefined && !isModesDecl(node) && !isModeDecl(node)) return [];
  const { factor, offset, label } = declaration?.unit ?? { factor: 1, offset: 0, label: '' };
  const shown = currentValues(project, node).map(({ id, value, trail }) => {
    if (value === null) return `\`${id}\` has no value`;
    const text =
      typeof value === 'number' ? `${short(value / factor - offset)} ${label}`.trim() : String(value);
    return `\`${id}\` = **${text}**${trail === '' ? '' : ` ${trail}`}`;
  });
  return shown.length === 0
    ? []
    : [shown.some((one) => one.includes('▁')) ? `Now:  \n${shown.join('  \n')}` : `Now: ${shown.join(', ')}`];
}

function firstLine(node: AstNode): string {
  return (
    (node.$cstNode?.text ?? nameOf(node))
      .split('\n')[0]
      ?.replace(/\s*\/\/.*$/, '')
      .replace(/\s+/g, ' ')
      .trim() ?? ''
  );
}

function signatureOfBlock(node: AstNode): string {
  return firstLine(node).replace(/\s*\{.*$/, '');
}

function code(text: string): string {
  return text === '' ? '' : `\`\`\`twin\n${text}\n\`\`\``;
}

/** Six digits, enough to recognise a value. */
function short(value: number): string {
  const text = value.toPrecision(6);
  return String(Number(text));
}

/** Fixes of syntax and names: what is missing is written, what cannot be is left out, what is taken gets another name. */
import {
  isAssetDecl,
  isFunctionCall,
  isIndexExpr,
  isNameRef,
  isNumberLiteral,
  isOverride,
  isPartDecl,
  isTwinDecl,
  isVariableDecl,
  type AssetDecl,
} from '../../../grammar/generated/ast.ts';
import { closestNames, featureOf, namedElements, sourceOf } from '../../../compiler/1-parse/index.ts';
import * as names from '../../../compiler/diagnostics/names.ts';
import * as structure from '../../../compiler/diagnostics/structure.ts';
import * as syntax from '../../../compiler/diagnostics/syntax.ts';
import { nameOf, nameSource, propertyCst } from '../../workspace/places.ts';
import { freeName, mend, type At, type Mend } from './at.ts';

export const NAMES: readonly Mend[] = [
  mend(syntax.missing, (at) => {
    const [, token] = /^'([^' ]+)'$/.exec(at.holes.expected) ?? [];
    // What stands in its place is replaced by a fix of the message: `:=`, `==`, `+=`.
    if (token === undefined || /^'\S*=='?$|^'\S+='$/.test(at.holes.found)) return [];
    const before = at.file.text.slice(0, at.span.start);
    const title = `Insert ${token}`;
    if (!/^[:,;)\]]$/.test(token)) return at.write(`${token} ${at.text()}`, at.span, title);
    const end = before.trimEnd().length;
    return at.add(token, { start: end, end }, title);
  }),
  mend(syntax.notADeclaration, (at) => (at.text() === '}' ? at.leaveOut(at.span, 'Leave out }') : [])),
  mend(syntax.wordOfTheLanguage, (at) =>
    at.write(`${at.holes.word}Value`, at.span, `Change to '${at.holes.word}Value'`),
  ),
  mend(names.noMembers, (at) => {
    const { start, end } = at.span;
    const dot = /\s*\.\s*$/.exec(at.file.text.slice(0, start));
    return dot === null ? [] : at.leaveOut({ start: start - dot[0].length, end });
  }),
  mend(names.unknownPackage, (at) => {
    const known = [...at.project.workspace.services.twin.PackageIndex.packageNames()];
    const close = closestNames(at.holes.package, known);
    if (close.length > 0) return close.flatMap((each) => at.write(each, at.span, `Change to '${each}'`));
    const use = at.file.tree.uses.find((each) => each?.package === at.holes.package);
    return at.leaveOut(use);
  }),

  mend(structure.duplicateName, (at) => [
    ...renamed(at, at.holes.name, at.around(isAssetDecl)),
    ...at.leaveOut(at.node, 'Leave this one out'),
  ]),
  mend(structure.inheritanceCycle, (at) => {
    const asset = at.around(isAssetDecl);
    const name = asset && propertyCst(asset, 'name');
    const brace = asset && at.file.text.indexOf('{', at.span.end);
    if (name === undefined || brace === undefined) return [];
    return at.write(' ', { start: name.end, end: brace }, `Leave out extends ${at.text()}`);
  }),
  mend(structure.abstractInstantiated, (at) => [
    ...concrete(at).flatMap((each) => at.write(each, at.span, `Change to '${each}'`)),
    ...declaredOtherwise(at, at.holes.name, 'abstract'),
  ]),
  mend(structure.overrideOfFinal, (at) => at.leaveOut(at.around(isOverride))),
  mend(structure.overrideOfComputed, (at) => at.leaveOut(at.around(isOverride))),
  mend(structure.overrideTwice, (at) => at.leaveOut(at.around(isOverride))),
  mend(structure.notOverridable, (at) => at.leaveOut(at.around(isOverride))),
  mend(structure.partRecursion, (at) => {
    const part = at.around(isPartDecl);
    return part === undefined || at.project.workspace.services.twin.Links.namesOf(part).length > 0
      ? []
      : at.leaveOut(part);
  }),
  mend(structure.inheritedNameTaken, (at) => {
    const variable = at.around(isVariableDecl);
    const asset = at.around(isAssetDecl);
    const renaming = renamed(at, at.holes.name, asset);
    const base = asset && propertyCst(asset, 'base');
    if (variable?.value === undefined || base === undefined) return renaming;
    const given = `${variable.name} = ${at.text(variable.value)}`;
    const [out] = at.leaveOut(variable).flatMap(({ edits }) => edits);
    if (out === undefined || asset === undefined) return renaming;
    const last = asset.overrides.at(-1);
    const place = last === undefined ? base.end : sourceOf(last).end;
    const text = last === undefined ? `(${given})` : `, ${given}`;
    return [
      ...at.change(`Give the inherited one this value`, at.edit({ start: place, end: place }, text), out),
      ...renaming,
    ];
  }),
  mend(structure.elementOverrideInExtends, (at) => {
    const element = at.around(isOverride)?.target;
    return isIndexExpr(element) ? at.write(at.text(element.base), element, 'Give it to all elements') : [];
  }),
  mend(structure.sizeNotConstant, (at) => at.allFixed()),
  mend(structure.indexNotConstant, (at) => {
    const [index] = at.within(isIndexExpr);
    return index?.index === undefined ? [] : at.allFixed(sourceOf(index.index));
  }),
  mend(structure.indexOfScalar, (at) => {
    const [index] = at.within(isIndexExpr);
    return index === undefined ? [] : at.write(at.text(index.base));
  }),
  mend(structure.indexOutOfBounds, (at) => {
    const [index] = at.within(isIndexExpr);
    const asked = index?.index;
    return isNumberLiteral(asked) ? at.write(String(asked.value === '0' ? 1 : at.holes.size), asked) : [];
  }),
  mend(structure.allOutsideReduction, (at) => {
    const boolean = isBoolean(at);
    return (boolean ? ['any', 'all'] : ['sum', 'max', 'mean']).flatMap((each) =>
      at.write(`${each}(${at.text()})`),
    );
  }),
  mend(structure.listShape, (at) => lengthened(at, at.holes.size ?? 0)),
  mend(structure.fixedNotConstant, (at) => at.allFixed()),
  mend(structure.notAValue, (at) => {
    const part = featureOf(at.expression);
    const type = isPartDecl(part) ? part.type?.ref : isTwinDecl(part) ? part.type?.ref : undefined;
    const values = type?.members.filter(isVariableDecl).filter(({ role }) => role !== 'fixed') ?? [];
    return values.slice(0, 4).flatMap(({ name }) => at.write(`${at.text()}.${name}`));
  }),
  mend(structure.argumentCount, (at) => {
    const call = at.around(isFunctionCall);
    const most = Number(/^\d+/.exec(at.holes.expected)?.[0] ?? NaN);
    const first = call?.arguments[most - 1];
    const last = call?.arguments.at(-1);
    if (first === undefined || last === undefined || at.holes.given <= most) return [];
    const [start, end] = [sourceOf(first).end, sourceOf(last).end];
    return at.write('', { start, end }, `Leave out ${at.text({ start, end }).replace(/^,\s*/, '')}`);
  }),
  mend(structure.valueMissing, (at) => valueGiven(at)),
  mend(structure.parameterNotGiven, (at) => {
    const user = at.around(isPartDecl) ?? at.around(isTwinDecl);
    const wanted = user?.type?.ref?.members.find((each) => nameOf(each) === at.holes.name);
    if (user === undefined || !isVariableDecl(wanted)) return [];
    return given(at, user, `${at.holes.name} = ${at.valueFor(wanted, 1)}`);
  }),
  mend(structure.inputHasOwner, (at) => at.write(at.holes.owner, at.around(isOverride)?.target ?? at.span)),
  mend(structure.reductionOfOne, (at) => {
    const [call] = at.within(isFunctionCall);
    const [argument] = call?.arguments ?? [];
    if (argument === undefined) return [];
    const all = isIndexExpr(argument)
      ? at.write(`${at.text(argument.base)}[*]`, argument)
      : at.write(`${at.text(argument)}[*]`, argument);
    return isIndexExpr(argument) ? [...all, ...at.write(at.text(argument))] : at.write(at.text(argument));
  }),
];

/** `param load: Force` → `param load: Force = 0 N`. */
export function valueGiven(at: At<unknown>): ReturnType<At<unknown>['add']> {
  const variable = at.around(isVariableDecl);
  if (variable === undefined || variable.value !== undefined) return [];
  const place = ['type', 'columns', 'size', 'name'].map((each) => propertyCst(variable, each)).find(Boolean);
  const bracket = variable.type === undefined && variable.size !== undefined ? 1 : 0;
  if (place === undefined) return [];
  return at.add(` = ${at.valueFor(variable)}`, { start: place.offset, end: place.end + bracket });
}

/** One more value for a part or a twin. */
export function given(
  at: At<unknown>,
  user: { overrides: { $type: string }[] } & Parameters<typeof nameSource>[0],
  text: string,
) {
  const last = user.overrides.at(-1);
  if (last !== undefined)
    return at.add(`, ${text}`, last as Parameters<typeof nameSource>[0], `Give ${text}`);
  const type = propertyCst(user, 'type');
  if (type === undefined) return [];
  const brackets = /^\s*\(\s*\)/.exec(at.file.text.slice(type.end))?.[0].length ?? 0;
  return at.write(`(${text})`, { start: type.end, end: type.end + brackets }, `Give ${text}`);
}

/** Only this declaration: what is read goes on leading to the other one. */
export function renamed(at: At<unknown>, name: string, asset: AssetDecl | undefined, place = at.node) {
  if (place === undefined || !/^\w+$/.test(name)) return [];
  const taken = new Set(namedElements(at.file.tree).map((each) => each.name));
  let free = asset === undefined ? `${name}2` : freeName(asset, `${name}2`);
  while (taken.has(free)) free += '_';
  const { start, end } = 'name' in place && nameOf(place) === name ? nameSource(place) : at.span;
  return at.write(free, { start, end }, `Rename it ${free}`);
}

/** A list gets as many values as its array has elements. */
export function lengthened(at: At<unknown>, size: number) {
  const [list] = at.within(
    (node): node is typeof node & { items: Parameters<typeof sourceOf>[0][] } => node.$type === 'ListLiteral',
  );
  const last = list?.items.at(-1);
  const kept = list?.items[size - 1];
  if (list === undefined || last === undefined || !(size > 0 && size <= 20)) return [];
  if (kept !== undefined)
    return at.write('', { start: sourceOf(kept).end, end: sourceOf(last).end }, `Keep the first ${size}`);
  const more = `, ${at.text(last)}`.repeat(size - list.items.length);
  return at.add(more, last, `Fill it up with ${at.text(last)}`);
}

function isBoolean(at: At<unknown>): boolean {
  const [name] = at.within(isNameRef);
  const variable = featureOf(name);
  return isVariableDecl(variable) && at.project.checker.declaredType(variable).type.base === 'boolean';
}

/** Assets that extend an abstract one and can be used. */
function concrete(at: At<{ name: string }>): string[] {
  const all = at.project.workspace.files().flatMap(({ tree }) => tree.elements);
  return all
    .filter((each): each is AssetDecl => isAssetDecl(each) && !each.abstract)
    .filter((each) => each.base?.$refText.split('.').at(-1) === at.holes.name)
    .map((each) => each.name)
    .slice(0, 5);
}

/** Without a word before `asset`. */
function declaredOtherwise(at: At<unknown>, name: string, word: string) {
  const asset = at.file.tree.elements.find((each) => isAssetDecl(each) && each.name === name);
  if (asset === undefined) return [];
  const { start } = sourceOf(asset);
  if (!at.file.text.startsWith(`${word} `, start)) return [];
  return at.write('', { start, end: start + word.length + 1 }, `Declare ${name} without ${word}`);
}

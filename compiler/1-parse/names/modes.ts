/**
 * Modes as a tree. A region is what one mode at a time is active in: a `modes` block, or a mode with modes within it.
 * Also which modes a name can mean: after `->`, and on the right of `operation == …`.
 */
import type { AstNode } from 'langium';
import {
  isBinaryExpr,
  isMemberAccess,
  isModeDecl,
  isModesDecl,
  isOverride,
  isResponseStatement,
  isTransition,
  type Expression,
  type Feature,
  type ModeDecl,
  type ModeMember,
  type ModesDecl,
} from '../../../grammar/generated/ast.ts';
import { featureOf } from './members.ts';

export type Region = ModesDecl | ModeDecl;

export function modesIn(region: Region): ModeDecl[] {
  const members: readonly (ModeDecl | ModeMember | undefined)[] = isModesDecl(region)
    ? region.modes
    : region.members;
  return members.filter(isModeDecl);
}

/** The regions that are active while the mode is, those of its own modes first. */
export function regionsIn(mode: ModeDecl): Region[] {
  const own: Region[] = modesIn(mode).length > 0 ? [mode] : [];
  return [...own, ...mode.members.filter(isModesDecl)];
}

/** The mode while which a region is active; none for a `modes` block of an asset. */
export function modeAround(region: Region): ModeDecl | undefined {
  if (isModeDecl(region)) return region;
  return isModeDecl(region.$container) ? region.$container : undefined;
}

/** All regions below and with one, outer ones first. */
export function regionsBelow(region: Region): Region[] {
  return [region, ...modesIn(region).flatMap((mode) => regionsIn(mode).flatMap(regionsBelow))];
}

/** All modes of a region, those within a mode after it. */
export function modesBelow(region: Region): ModeDecl[] {
  return modesIn(region).flatMap((mode) => [mode, ...regionsIn(mode).flatMap(modesBelow)]);
}

/** Whether a mode is in a region at any depth. */
export function isWithin(mode: ModeDecl, region: Region): boolean {
  for (let own: Region | undefined = mode.$container; own !== undefined;) {
    if (own === region) return true;
    own = modeAround(own)?.$container;
  }
  return false;
}

/** Whether a mode is within another one at any depth. */
export function isInside(mode: ModeDecl, outer: ModeDecl): boolean {
  for (let around = modeAround(mode.$container); around !== undefined; around = modeAround(around.$container))
    if (around === outer) return true;
  return false;
}

/** `operation`, `operation.Running`, `operation.Running.heating`. */
export function regionName(region: Region): string {
  const above = region.$container;
  return isModesDecl(above) || isModeDecl(above) ? `${regionName(above)}.${region.name}` : region.name;
}

function rootOf(region: Region): Region {
  const above = region.$container;
  return isModesDecl(above) || isModeDecl(above) ? rootOf(above) : region;
}

/** `Running.Fast`: a mode from its outermost one on. */
export function modeName(mode: ModeDecl): string {
  return regionName(mode).slice(regionName(rootOf(mode)).length + 1);
}

/** `valve == Open`: how one asks for the mode of such a name among the members of an asset. */
export function comparisonWith(name: string, members: Iterable<Feature>): string | undefined {
  for (const member of members) {
    const mode = isModesDecl(member) ? modesBelow(member).find((each) => each.name === name) : undefined;
    if (mode !== undefined) return `${member.name} == ${modeName(mode)}`;
  }
  return undefined;
}

export interface ModeNames {
  names: ReadonlyMap<string, ModeDecl>;
  /** Nothing else can stand here. */
  only: boolean;
}

/** The modes that a name at a place can mean; undefined where none can stand. */
export function modeNamesAt(place: AstNode): ModeNames | undefined {
  let child = place;
  while (isMemberAccess(child.$container) && child.$containerProperty === 'receiver')
    child = child.$container;
  const { $container: container, $containerProperty: property } = child;
  if (isTransition(container) && property === 'target') return { names: reachable(container), only: true };
  const compared = comparedWith(container, property);
  const feature = featureOf(compared);
  return isModesDecl(feature) || isModeDecl(feature)
    ? { names: named(modesIn(feature)), only: false }
    : undefined;
}

/** Only the right side looks at the left one, so that no name waits for itself. */
function comparedWith(container: AstNode | undefined, property: string | undefined): Expression | undefined {
  if (isBinaryExpr(container) && property === 'right')
    return container.operator === '==' || container.operator === '!=' ? container.left : undefined;
  if (isOverride(container) && property === 'value') return container.target;
  return isResponseStatement(container) && property === 'value' ? container.trigger : undefined;
}

/** Those of the mode around, then beside it, then beside what is around that. */
function reachable(place: AstNode): ReadonlyMap<string, ModeDecl> {
  const found = new Map<string, ModeDecl>();
  const add = (modes: readonly ModeDecl[]): void => {
    for (const mode of modes) if (mode.name && !found.has(mode.name)) found.set(mode.name, mode);
  };
  for (let node: AstNode | undefined = place; node !== undefined; node = node.$container)
    if (isModeDecl(node) || isModesDecl(node)) add(modesIn(node));
  return found;
}

/** What can follow a dot after a mode. */
export function namesInMode(mode: Region): ReadonlyMap<string, ModeDecl | ModesDecl> {
  return isModesDecl(mode)
    ? named(mode.modes)
    : named([...modesIn(mode), ...mode.members.filter(isModesDecl)]);
}

function named<T extends ModeDecl | ModesDecl>(nodes: readonly T[]): ReadonlyMap<string, T> {
  return new Map(nodes.filter((each) => each?.name).map((each) => [each.name, each] as const));
}

/** Variables that hold which mode is active, and expressions on them. */
import type { ModeDecl } from '../../../grammar/generated/ast.ts';
import { modeAround, modesIn, regionName, type Region } from '../../1-parse/names/modes.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { NO_UNIT } from '../../model/asset.ts';
import type { Action, Variable } from '../../model/asset.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { MODE, numberOfMode } from './mode-tests.ts';

export type Field = 'mode' | 'last';

const NOWHERE: SourceRange = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Stands for no condition at all. */
export const TRUE: Expression = { kind: 'boolean', value: true, type: BOOLEAN, source: NOWHERE };

export function numberOf(mode: ModeDecl): number {
  return numberOfMode(mode.$container, mode.name);
}

export function nameOf(region: Region, field: Field = 'mode'): string {
  return field === 'mode' ? regionName(region) : `${regionName(region)}.last`;
}

/** `last` is what it was when it was last left; 0 before that. */
export function regionVariable(region: Region, doc: string, field: Field = 'mode'): Variable {
  const source = sourceOf(region);
  return {
    name: nameOf(region, field),
    role: 'state',
    final: false,
    type: MODE,
    quantity: 'Mode',
    unit: NO_UNIT,
    doc,
    value: number(field === 'last' ? 0 : startOf(region), source),
    labels: ['', ...modesIn(region).map(({ name }) => name)],
    sources: modesIn(region).map(sourceOf),
    ...(field === 'last' ? { hidden: true as const } : {}),
    source,
  };
}

export function initialOf(region: Region): ModeDecl | undefined {
  return modesIn(region).find(({ initial }) => initial);
}

/** The mode it begins in, or 0 where it is in one that nothing begins in. */
function startOf(region: Region): number {
  for (let mode = modeAround(region); mode !== undefined; mode = modeAround(mode.$container))
    if (!mode.initial) return 0;
  const first = initialOf(region);
  return first === undefined ? 0 : numberOf(first);
}

export function number(value: number, source: SourceRange): Expression {
  return { kind: 'number', value, type: MODE, source };
}

export function read(region: Region, source: SourceRange, field: Field = 'mode'): Expression {
  const reference = { segments: [{ name: nameOf(region, field) }], target: { kind: 'variable' as const } };
  return { kind: 'variable', reference, type: MODE, source };
}

export function isMode(mode: ModeDecl, source: SourceRange): Expression {
  return is(read(mode.$container, source), numberOf(mode), source);
}

export function is(
  left: Expression,
  value: number,
  source: SourceRange,
  operator: '==' | '!=' = '==',
): Expression {
  return { kind: 'binary', operator, left, right: number(value, source), type: BOOLEAN, source };
}

export function and(left: Expression, right: Expression): Expression {
  if (left === TRUE) return right;
  if (right === TRUE) return left;
  return { kind: 'binary', operator: 'and', left, right, type: BOOLEAN, source: right.source };
}

export function choose(condition: Expression, then: Expression, other: Expression): Expression {
  if (condition === TRUE) return then;
  return { kind: 'conditional', condition, then, else: other, type: then.type, source: then.source };
}

export function setTo(region: Region, value: Expression, field: Field = 'mode', guard?: Expression): Action {
  const { source } = value;
  return {
    target: { segments: [{ name: nameOf(region, field) }], target: { kind: 'variable' } },
    value,
    ...(guard === undefined ? {} : { guard }),
    source,
  };
}

/** What inputs follow in scenarios: hidden variables that say what and how, and an equation for those that follow lines. */
import type { Drive } from '../../model/drive.ts';
import type { Scenario } from '../../model/checked-model.ts';
import type { Block, FlatHandler, VariableId } from '../../ir/flat-system.ts';
import type { FlatDrive } from '../../ir/flat-studies.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { settingsOf } from './scenarios.ts';
import type { Flattening } from '../flattening.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { courseTwice } from '../../diagnostics/inputs.ts';
import { equal, loopName, number } from '../../ir/expressions.ts';
import { plainName } from '../names.ts';
import { hiddenVariable } from '../../ir/hidden.ts';
import { NUMBER } from '../../model/expression.ts';

/** By scenario. Inputs that are driven are marked so, in the list of variables. */
export function drivesOf(flattening: Flattening, scenarios: readonly Scenario[]): FlatDrive[][] {
  const found = scenarios.map(({ drives }) =>
    distinct(
      flattening,
      drives.flatMap((drive) => placed(flattening, drive)),
    ),
  );
  const alongLines = new Set(
    found.flat().flatMap(({ variable, between }) => (between === 'linear' ? [variable] : [])),
  );
  for (const variable of new Set(found.flat().map((drive) => drive.variable)))
    mark(flattening, variable, alongLines.has(variable));
  return found;
}

/** An element follows one thing from a time on. */
function distinct(flattening: Flattening, drives: FlatDrive[]): FlatDrive[] {
  drives.forEach(({ variable, index, start, source }, at) => {
    const twice = drives
      .slice(0, at)
      .some(
        (other) =>
          other.variable === variable &&
          other.start === start &&
          (index === undefined || other.index === undefined || equal(index, other.index)),
      );
    if (!twice) return;
    const text = plainName(flattening.variables[variable]!);
    flattening.diagnostics.push(report(courseTwice, { text }, source));
  });
  return drives;
}

function placed(flattening: Flattening, { target, ...drive }: Drive): FlatDrive[] {
  const { source } = drive;
  const value = { kind: 'number', value: 0, type: NUMBER, source } as const;
  return settingsOf(flattening, { target, value, source }).map(({ variable, index }) => ({
    ...drive,
    variable,
    ...(index === undefined ? {} : { index }),
  }));
}

function mark(flattening: Flattening, id: VariableId, line: boolean): void {
  const input = flattening.variables[id]!;
  const add = (name: string): VariableId =>
    flattening.variables.push(
      hiddenVariable({
        name: `${input.name}.${name}`,
        role: 'discrete',
        dims: input.dims,
        source: input.source,
      }),
    ) - 1;
  const by = add('follows');
  input.driven = {
    by,
    ...(line ? { line: { value: add('value'), since: add('since'), slope: add('slope') } } : {}),
  };
}

/** An input on a line is where that line is at the time; else it stays as it is. Evaluated before all else. */
export function lineBlocks({ variables }: Flattening): Block[] {
  return variables.flatMap(({ driven, dims, source }, variable) => {
    if (driven?.line === undefined) return [];
    const loops: FlatLoop[] = dims.map((size, at) => ({ variable: loopName(at), from: 0, to: size }));
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const load = (id: VariableId): FlatExpression => ({ kind: 'load', variable: id, index });
    const { value, since, slope } = driven.line;
    const binary = (
      operator: '+' | '-' | '*' | '!=',
      left: FlatExpression,
      right: FlatExpression,
    ): FlatExpression => ({ kind: 'binary', operator, left, right });
    const along = binary(
      '+',
      load(value),
      binary('*', load(slope), binary('-', { kind: 'time' }, load(since))),
    );
    return [
      {
        kind: 'assign',
        loops,
        target: { variable, index },
        value: {
          kind: 'conditional',
          condition: binary('!=', load(slope), number(0)),
          then: along,
          else: load(variable),
        },
        source,
      },
    ];
  });
}

/** What is set to 0 with an input that is set, so that it follows nothing any more. */
export function followingOf({ variables }: Flattening, input: VariableId): VariableId[] {
  const { driven } = variables[input]!;
  return driven === undefined ? [] : [driven.by, ...(driven.line ? [driven.line.slope] : [])];
}

export function letGo(flattening: Flattening, handlers: readonly FlatHandler[]): void {
  for (const handler of handlers)
    handler.actions = handler.actions.flatMap((action) => [
      action,
      ...followingOf(flattening, action.target.variable).map((variable) => ({
        ...action,
        target: { variable, index: action.target.index },
        value: number(0),
      })),
    ]);
}

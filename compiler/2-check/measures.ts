/** What processes, queues and resources tell of themselves, and statistics of it: `bottle.left`, `mean(infeed.wait)`. */
import {
  isArriveStep,
  isConveyStep,
  isExitStep,
  isItemDecl,
  isProcessDecl,
  isQueueStep,
  isResourceDecl,
  isVariableDecl,
  type Expression,
  type Feature,
  type FunctionCall,
  type ItemDecl,
} from '../../grammar/generated/ast.ts';
import { AstUtils } from 'langium';
import type { AstNode } from 'langium';
import { isAssetDecl, isTwinFile } from '../../grammar/generated/ast.ts';
import { ITEM, PROCESS_PACKAGE } from '../1-parse/names/members.ts';
import { sourceOf } from '../1-parse/source.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { lineBefore, without } from '../1-parse/mistakes/line-edits.ts';
import * as findings from '../diagnostics/process.ts';
import { insertAfter, replace, textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';
import { packageOf } from '../1-parse/names/package-index.ts';
import { requirePlain, TIME } from './infer/infer.ts';
import { kindOf, target } from './members.ts';
import { featureOf, isPath, pathOf, type Path } from './paths.ts';
import { INTEGER, numberOf, PLAIN, UNKNOWN, type Type } from './type.ts';
import { divide } from './units/index.ts';

/** What a measure is: a number that only grows, one that goes up and down, or times that are noted one by one. */
export type Measured = 'counter' | 'level' | 'times';

const FIELDS: Readonly<Record<string, Measured>> = {
  arrived: 'counter',
  left: 'counter',
  balked: 'counter',
  reneged: 'counter',
  inside: 'level',
  stay: 'times',
  length: 'level',
  wait: 'times',
  busy: 'level',
  blocked: 'level',
  waiting: 'level',
  down: 'level',
  onDuty: 'level',
};

/** Functions of measures, beside `mean` and `max`, which are also for elements. */
const STATISTICS = ['rate', 'utilisation', 'quantile', 'mean', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Whether the feature has measures and no value of its own. */
export const hasMeasures = (feature: Feature | undefined): boolean =>
  isProcessDecl(feature) || isQueueStep(feature) || isConveyStep(feature) || isResourceDecl(feature);

function measuredBy(path: Path | undefined): Measured | undefined {
  const name = path?.field?.member?.$refText;
  if (path === undefined || name === undefined || !hasMeasures(featureOf(path))) return undefined;
  return isExitStep(path.field?.member?.ref) ? 'counter' : FIELDS[name];
}

const timeType = (): Type => numberOf({ dimension: TIME, kind: 'either' });

/** The type of a path to a measure or to a value of an item; undefined when it is neither. */
export function inferMeasure(expression: Expression, path: Path, analysis: Analysis): Type | undefined {
  const feature = featureOf(path);
  if (isVariableDecl(feature) && !isOfItem(feature)) return undefined;
  if (isItemDecl(feature) || isOfItem(feature)) {
    const refusal = whyNoItem(expression);
    if (refusal !== undefined)
      analysis.report(findings.noItemHere, { name: textOf(expression), ...refusal }, expression);
  }
  if (isItemDecl(feature)) {
    const reader = AstUtils.getContainerOfType(expression, isItemDecl);
    if (reader === undefined || isAbove(feature, reader)) return analysis.typeOf(feature.value);
    const names = { name: feature.name, reader: reader.name };
    analysis.report(findings.itemReadTooSoon, names, expression, {
      related: [{ message: 'found here', source: sourceOf(feature) }],
      fixes: feature === reader ? [] : movedAbove(feature, reader),
    });
    return UNKNOWN;
  }
  if (isOfItem(feature)) return feature?.name === 'age' ? timeType() : PLAIN;
  if (!hasMeasures(feature)) return undefined;
  if (path.field !== undefined) {
    switch (measuredBy(path)) {
      case 'counter':
      case 'level':
        return INTEGER;
      case 'times':
        if (isArgument(expression)) return timeType();
        analysis.report(findings.timesAsValue, { text: textOf(expression) }, expression, {
          fixes: ['mean', 'max'].map((name) =>
            replace(expression, `${name}(${textOf(expression)})`, `Write ${name}(${textOf(expression)})`),
          ),
        });
        return UNKNOWN;
      default:
        return UNKNOWN;
    }
  }
  if (isArgument(expression) || expression.$container.$type === 'Need') return UNKNOWN;
  if (expression.$containerProperty === 'target' && expression.$container.$type === 'SetAction')
    return UNKNOWN;
  // What is no process is told by the widget's own rule.
  if (['ProcessWidget', 'ModesWidget'].includes(expression.$container.$type)) return UNKNOWN;
  const example = isProcessDecl(feature) ? 'left' : isResourceDecl(feature) ? 'busy' : 'length';
  analysis.report(
    findings.measureMissing,
    { text: textOf(expression), what: kindOf(feature), example },
    expression,
    { fixes: [insertAfter(expression, `.${example}`, `Write ${textOf(expression)}.${example}`)] },
  );
  return UNKNOWN;
}

/** Values of an item are found from top to bottom. */
const isAbove = (one: ItemDecl, other: ItemDecl): boolean =>
  one.$container !== other.$container || one.$containerIndex! < other.$containerIndex!;

function movedAbove(item: ItemDecl, reader: ItemDecl): Fix[] {
  const title = `Write item ${item.name} above item ${reader.name}`;
  const [written, left] = [lineBefore(reader, textOf(item), title), without(item, title)];
  return [{ title, edits: [...written, ...left].flatMap(({ edits }) => edits) }];
}

/** What an expression says something about where that is no item; undefined in steps that an item goes through. */
function whyNoItem(expression: Expression): { of: string; help: string } | undefined {
  let part: AstNode = expression;
  for (
    let node: AstNode | undefined = part.$container;
    node !== undefined;
    part = node, node = node.$container
  ) {
    if (isItemDecl(node)) return undefined;
    if (isArriveStep(node))
      return {
        of: 'says when items come and how many, before there is one',
        help: 'Draw it where it is needed: in groups of draw poisson(3), or take a state or a parameter.',
      };
    if (isConveyStep(node))
      return {
        of: 'is of the conveyor, which carries many items',
        help: 'Take a parameter or a state; for a time of each item, wait for it: wait 1 min * size.',
      };
    if (isQueueStep(node)) {
      if (part.$containerProperty !== 'capacity') return undefined;
      return {
        of: 'is of the queue, which holds many items',
        help: 'Take a parameter or a state; each item can choose its queue: choose size > 3 -> large, else -> small.',
      };
    }
  }
  return undefined;
}

/** What the library says that every item carries. */
export function isOfItem(feature: Feature | undefined): boolean {
  if (!isVariableDecl(feature)) return false;
  const asset = feature.$container;
  if (asset.name !== ITEM || !isAssetDecl(asset)) return false;
  const file = AstUtils.findRootNode(feature);
  return isTwinFile(file) && packageOf(file) === PROCESS_PACKAGE;
}

function isArgument(expression: Expression): boolean {
  const container = expression.$container;
  return container.$type === 'FunctionCall' && isStatistic((container as FunctionCall).function);
}

const isStatistic = (name: string | undefined): name is Statistic =>
  (STATISTICS as readonly (string | undefined)[]).includes(name);

/** The type of a statistic; undefined when the call is none: `mean(x[*])`. */
export function inferStatistic(call: FunctionCall, analysis: Analysis): Type | undefined {
  const kind = statisticOf(call);
  if (kind === undefined) return undefined;
  const { operator, path, measured } = kind;
  const [argument, share] = call.arguments as [Expression, Expression | undefined];
  const fewest = operator === 'quantile' ? 2 : 1;
  const refuse = (needs: string): Type => {
    analysis.report(
      findings.statisticMisfit,
      { name: operator, text: textOf(argument), needs },
      argument ?? call,
    );
    return UNKNOWN;
  };
  if (call.arguments.length !== fewest || argument === undefined)
    return refuse(
      operator === 'quantile' ? 'a time and a share, such as quantile(bottle.stay, 95 %)' : 'one measure',
    );
  analysis.typeOf(argument);
  if (path === undefined) return refuse(needs[operator]);
  switch (operator) {
    case 'utilisation':
      return isResourceDecl(featureOf(path)) && path.field === undefined ? PLAIN : refuse(needs.utilisation);
    case 'rate': {
      if (measured !== 'counter') return refuse(needs.rate);
      const result = divide(PLAIN.quantity, { dimension: TIME, kind: 'either' });
      return result.ok ? numberOf(result.quantity) : UNKNOWN;
    }
    case 'quantile': {
      if (measured !== 'times' || share === undefined) return refuse(needs.quantile);
      if (!requirePlain(share, 'quantile', analysis)) return UNKNOWN;
      const value = numberValue(share, analysis);
      if (value !== undefined && !(value > 0 && value < 1)) {
        analysis.report(findings.shareOutside, { text: textOf(share) }, share);
        return UNKNOWN;
      }
      return timeType();
    }
    default:
      if (measured === 'times') return timeType();
      return measured === 'level' ? PLAIN : refuse(needs[operator]);
  }
}

const needs: Record<Statistic, string> = {
  rate: 'a number that counts, such as bottle.left',
  utilisation: 'the name of a resource',
  quantile: 'times of items, such as bottle.stay or infeed.wait',
  mean: 'a number of items or units, or times of items',
  max: 'a number of items or units, or times of items',
};

/** What a call is a statistic of, where it is one. */
export function statisticOf(
  call: FunctionCall,
): { operator: Statistic; path: Path | undefined; measured: Measured | undefined } | undefined {
  const operator = call.function;
  // `mean(x over 5 min)` is a statistic over time of any value, and a function of the modeller's own comes first.
  if (target(call.declared) !== undefined) return undefined;
  if (!isStatistic(operator) || call.clause !== undefined || call.period !== undefined) return undefined;
  const [argument] = call.arguments as (Expression | undefined)[];
  const path = isPath(argument) ? pathOf(argument) : undefined;
  const own = path !== undefined && hasMeasures(featureOf(path));
  if (operator !== 'utilisation' && !own) return undefined;
  if (operator === 'max' && call.arguments.length > 1) return undefined;
  return { operator, path: own ? path : undefined, measured: measuredBy(path) };
}

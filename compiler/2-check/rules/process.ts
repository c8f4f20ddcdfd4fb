/** Processes, their steps, and resources. */
import {
  isArriveStep,
  isBatchStep,
  isAssetDecl,
  isMakeStep,
  isProcessDecl,
  isTakeStep,
  isBreakClause,
  isChooseStep,
  isExitStep,
  isGoStep,
  isInterruptedClause,
  isItemDecl,
  isLeaveStep,
  isLimitStep,
  isReleaseStep,
  isRepairClause,
  isResourceDecl,
  isSeizeStep,
  isShiftsClause,
  isStationStep,
  isQueueStep,
  isConveyStep,
  type ArriveStep,
  type BatchStep,
  type BreakClause,
  type Choice,
  type ChooseStep,
  type ConveyStep,
  type Expression,
  type Need,
  type ProcessDecl,
  type ProcessStep,
  type QueueStep,
  type RepairClause,
  type ResourceClause,
  type ResourceDecl,
  type RunStep,
  type SplitStep,
  type MakeStep,
  type TakeStep,
  type UseStep,
  type SeizeStep,
  type WaitStep,
} from '../../../grammar/generated/ast.ts';
import { GrammarUtils } from 'langium';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import type { SourceRange } from '../../model/source.ts';
import * as findings from '../../diagnostics/process.ts';
import * as structure from '../../diagnostics/structure.ts';
import { lineAtEnd, lineAtStart, lineBefore, without } from '../../1-parse/mistakes/line-edits.ts';
import { replace, textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue } from '../constants.ts';
import { plain } from '../environment.ts';
import { requireBoolean, requireNumber, TIME } from '../infer/infer.ts';
import { kindOf, target } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, pathOf } from '../paths.ts';
import { numberOf, PLAIN, type Type } from '../type.ts';
import { Dimension, divide } from '../units/index.ts';
import { positiveTime, TIME_TYPE } from './events.ts';
import { knownTime } from './scenarios.ts';

type Step = ProcessStep | undefined;

/** A time that may be nothing, or drawn. */
function time(of: Expression | undefined, place: string, analysis: Analysis): void {
  if (of !== undefined) requireFit(of, { text: place, type: TIME_TYPE }, analysis);
}

/** A plain number, at least so much where it is known. */
export function amount(of: Expression | undefined, place: string, least: number, analysis: Analysis): void {
  if (of === undefined || !requireFit(of, { text: place, type: PLAIN }, analysis)) return;
  const value = numberValue(of, analysis);
  if (value !== undefined && value < least)
    analysis.report(findings.countTooSmall, { text: textOf(of), place, least: `at least ${least}` }, of);
}

// ── steps ──────────────────────────────────────────────────────────────────────────────────────

export function arrivalMustBeTime(step: ArriveStep, analysis: Analysis): void {
  if (step.interval !== undefined) positiveTime(step.interval, 'The time between arrivals', analysis);
  time(step.first, 'The time of the first arrival', analysis);
  time(step.once, 'The time of the arrival', analysis);
  time(step.until, 'The time of the last arrival', analysis);
  if (step.condition !== undefined) requireBoolean(step.condition, 'What follows when', analysis);
  amount(step.group, 'A group', 0, analysis);
  amount(step.most, 'A number of items', 0, analysis);
}

export function queueMustHoldItems(queue: QueueStep, analysis: Analysis): void {
  amount(queue.capacity, 'The places of a queue', 0, analysis);
  if (queue.key !== undefined) requireNumber(queue.key, 'The order of a queue', analysis);
  if (queue.patience !== undefined) time(queue.patience, 'Patience', analysis);
}

const LENGTH = Dimension.base('m');

export function conveyorMustMove(step: ConveyStep, analysis: Analysis): void {
  const length = numberOf({ dimension: LENGTH, kind: 'either' });
  const speed = divide(length.quantity, { dimension: TIME, kind: 'either' });
  const positive = (of: Expression | undefined, place: string, type: Type): void => {
    if (of === undefined || !requireFit(of, { text: place, type }, analysis)) return;
    const value = numberValue(of, analysis);
    if (value !== undefined && value <= 0)
      analysis.report(findings.countTooSmall, { text: textOf(of), place, least: 'more than 0' }, of);
  };
  positive(step.length, 'The length of a conveyor', length);
  if (speed.ok) positive(step.speed, 'The speed of a conveyor', numberOf(speed.quantity));
  positive(step.spacing, 'The spacing on a conveyor', length);
}

export function useMustTakeTime(step: UseStep, analysis: Analysis): void {
  time(step.duration, 'The time of use', analysis);
  time(step.setup, 'The time of a setup', analysis);
  if (step.kind !== undefined) requireNumber(step.kind, 'What a setup depends on', analysis);
}

export function priorityMustBeNumber(step: UseStep | SeizeStep, analysis: Analysis): void {
  if (step.priority !== undefined) requireFit(step.priority, { text: 'A priority', type: PLAIN }, analysis);
  const units = step.needs.reduce((total, need) => total + unitsOf(need), 0);
  if (step.preempts && units > 1)
    analysis.report(findings.preemptsSeveral, { text: textOf(step) }, step, {
      place: sourceOfProperty(step, 'preempts'),
    });
}

const unitsOf = (need: Need | undefined): number => Number(plain(need?.units ?? '1'));

export function needMustBeResource(need: Need, analysis: Analysis): void {
  const path = pathOf(need.resource);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  analysis.typeOf(need.resource);
  if (analysis.findingsAt(need.resource).length > 0) return;
  if (!isResourceDecl(feature) || path.field !== undefined) {
    const what = path.field === undefined ? kindOf(feature) : 'a measure';
    const owner = path.steps.at(-1);
    const fixes =
      isResourceDecl(feature) && owner !== undefined
        ? [replace(need.resource, textOf(need.resource).replace(/\.\w+$/, ''), `Use ${owner.name}`)]
        : [];
    analysis.report(findings.resourceExpected, { text: textOf(need.resource), what }, need.resource, {
      fixes,
    });
    return;
  }
  const text = need.units;
  if (text === undefined) return;
  const units = unitsOf(need);
  if (!Number.isInteger(units) || units < 1) {
    const holes = { text, place: 'A number of units', least: 'a whole number of at least 1' };
    analysis.report(findings.countTooSmall, holes, need, { place: sourceOfProperty(need, 'units') });
  }
}

/** All units of a step are taken at once, and a number that is written can be told to be too small. */
export function unitsMustSuffice(step: UseStep | SeizeStep, analysis: Analysis): void {
  const asked = new Map<ResourceDecl, { units: number; need: Need }>();
  for (const need of step.needs as (Need | undefined)[]) {
    const path = pathOf(need?.resource);
    const feature = featureOf(path);
    // Elements of an array of assets have units of their own.
    if (
      need === undefined ||
      !isResourceDecl(feature) ||
      path!.steps.some(({ index }) => index !== undefined)
    )
      continue;
    asked.set(feature, { units: unitsOf(need) + (asked.get(feature)?.units ?? 0), need });
  }
  for (const [resource, { units, need }] of asked) {
    const { size } = resource;
    const there =
      size === undefined ? 1 : size.$type === 'NumberLiteral' ? numberValue(size, analysis) : undefined;
    if (there === undefined || there < 1 || units <= there) continue;
    const holes = { name: resource.name, asked: String(units), size: String(there) };
    const fixes =
      size === undefined
        ? []
        : [
            {
              title: `Give it ${units} units`,
              edits: [
                { uri: uriOf(resource), ...spanOf(sourceOfProperty(resource, 'size')), text: String(units) },
              ],
            },
          ];
    analysis.report(findings.neverEnough, holes, need, {
      fixes,
      related: [{ message: 'declared here', source: sourceOfProperty(resource, 'name') }],
    });
  }
}

const spanOf = ({ start, end }: SourceRange): { start: number; end: number } => ({ start, end });

export function waitMustTakeTime(step: WaitStep, analysis: Analysis): void {
  time(step.duration, 'A wait', analysis);
  if (step.condition !== undefined) requireBoolean(step.condition, 'What follows until', analysis);
}

export function batchMustHaveItems(step: BatchStep | SplitStep, analysis: Analysis): void {
  amount('size' in step ? step.size : step.copies, 'A number of items', 1, analysis);
}

export function choicesMustAddUp(step: ChooseStep, analysis: Analysis): void {
  let sum = 0;
  const options = step.options as (Choice | undefined)[];
  options.forEach((option, at) => {
    if (option?.otherwise && at < options.length - 1)
      analysis.report(findings.elseNotLast, { text: textOf(options[at + 1]) }, option);
    const { when } = option ?? {};
    if (when === undefined) return;
    const type = analysis.typeOf(when);
    if (type.base === 'unknown' || type.base === 'boolean') return;
    if (!requireFit(when, { text: 'A probability', type: PLAIN }, analysis)) return;
    const value = numberValue(when, analysis);
    if (value === undefined) return;
    if (value < 0 || value > 1) analysis.report(findings.chanceOutside, { text: textOf(when) }, when);
    else sum += value;
  });
  if (sum > 1 + 1e-9)
    analysis.report(findings.chancesTooLarge, { sum: `${Number((100 * sum).toPrecision(6))} %` }, step);
}

// ── processes ───────────────────────────────────────────────────────────────────────────────────

const endsAll = (step: Step): boolean =>
  isLeaveStep(step) ||
  isExitStep(step) ||
  isGoStep(step) ||
  (isQueueStep(step) && step.store) ||
  (isChooseStep(step) && step.options.some((option) => option?.otherwise));

export function processMustBeSound(process: ProcessDecl, analysis: Analysis): void {
  const steps = (process.steps as Step[]).filter((step) => step !== undefined);
  const name = (process.name as string | undefined) ?? '';
  if (name !== '' && !steps.some(isArriveStep) && !isMade(process))
    analysis.report(findings.arrivalMissing, { name }, process, {
      place: sourceOfProperty(process, 'name'),
      fixes: lineAtStart(process, 'arrive every exponential(3 s)', 'Let items arrive every 3 s on average'),
    });
  const seen = new Map<string, ProcessStep>();
  for (const step of steps) {
    const own = (step as { name?: string }).name;
    if (own === undefined || isQueueStep(step) || isConveyStep(step)) continue;
    const earlier = seen.get(own);
    if (earlier === undefined) seen.set(own, step);
    else
      analysis.report(structure.duplicateName, { name: own, place: name }, step, {
        place: sourceOfProperty(step, 'name'),
        related: [{ message: 'declared here too', source: sourceOfProperty(earlier, 'name') }],
      });
  }
  for (const again of steps.filter(isLimitStep).slice(1))
    analysis.report(findings.clauseTwice, { what: 'How many items there may be' }, again, {
      fixes: without(again, 'Leave this one out'),
    });
  const real = steps.filter((step) => !isItemDecl(step) && !isLimitStep(step));
  real.forEach((step, at) => {
    const before = real[at - 1];
    if (before === undefined || !endsAll(before) || isPlace(step) || isArriveStep(step)) return;
    analysis.report(findings.stepUnreachable, { text: textOf(step), before: textOf(before) }, step);
  });
  real.forEach((step, at) => {
    const before = real[at - 1];
    if (!isBatchStep(step) || before === undefined || !isQueueStep(before) || before.store) return;
    mustHaveRoom(before, step, numberValue(step.size, analysis), analysis);
  });
  checkSeized(steps, analysis);
}

/** Items stay in a queue until the batch behind it is full, and in a store until enough are there for who takes some. */
function mustHaveRoom(
  queue: QueueStep,
  step: BatchStep | TakeStep,
  asked: number | undefined,
  analysis: Analysis,
): void {
  const { capacity } = queue;
  const size = capacity?.$type === 'NumberLiteral' ? numberValue(capacity, analysis) : undefined;
  if (
    capacity === undefined ||
    size === undefined ||
    asked === undefined ||
    Math.round(asked) <= Math.ceil(size)
  )
    return;
  const holes = {
    text: textOf(step),
    asked: String(Math.round(asked)),
    name: queue.name,
    size: String(size),
  };
  analysis.report(findings.neverFull, holes, step, {
    fixes: [replace(capacity, holes.asked, `Give ${queue.name} ${holes.asked} places`)],
    related: [{ message: 'declared here', source: sourceOfProperty(queue, 'name') }],
  });
}

/** Whether another process of the asset makes its items. */
function isMade(process: ProcessDecl): boolean {
  return othersOf(process).some((other) =>
    other.steps.some((step) => isMakeStep(step) && step.process?.$refText === process.name),
  );
}

const othersOf = (process: ProcessDecl): ProcessDecl[] =>
  isAssetDecl(process.$container) ? process.$container.members.filter(isProcessDecl) : [];

export function storeMustBeTakenFrom(queue: QueueStep, analysis: Analysis): void {
  const { $container: process, name } = queue;
  if (!queue.store || (name as string | undefined) === undefined || !isProcessDecl(process)) return;
  const taken = othersOf(process).some((other) =>
    other.steps.some((step) => isTakeStep(step) && step.store?.$refText === name),
  );
  if (!taken)
    analysis.report(findings.storeNeverTaken, { name }, queue, { place: sourceOfProperty(queue, 'name') });
}

export function onlyWhatIsStoredCanBeTaken(step: TakeStep, analysis: Analysis): void {
  const queue = target(step.store);
  const holes = { place: 'A number of items', least: 'a whole number of at least 1' };
  wholeNumber(step, 'units', holes, analysis);
  if (queue === undefined) return;
  if (queue.store) {
    mustHaveRoom(queue, step, Number(plain(step.units ?? '1')), analysis);
    return;
  }
  const cst = GrammarUtils.findNodeForKeyword(queue.$cstNode, 'queue');
  const fixes =
    cst === undefined
      ? []
      : [
          {
            title: `Make ${queue.name} a store`,
            edits: [{ uri: uriOf(queue), start: cst.offset, end: cst.end, text: 'store' }],
          },
        ];
  analysis.report(findings.notStored, { name: queue.name }, step, {
    place: sourceOfProperty(step, 'store'),
    fixes,
    related: [{ message: 'declared here', source: sourceOfProperty(queue, 'name') }],
  });
}

export function madeMustBeWhole(step: MakeStep, analysis: Analysis): void {
  wholeNumber(step, 'count', { place: 'A number of items', least: 'a whole number of at least 1' }, analysis);
}

function wholeNumber(
  step: TakeStep | MakeStep,
  property: string,
  holes: { place: string; least: string },
  analysis: Analysis,
): void {
  const text = isTakeStep(step) ? step.units : step.count;
  const value = Number(plain(text ?? '1'));
  if (text === undefined || (Number.isInteger(value) && value >= 1 && value <= 10_000)) return;
  const least = value > 10_000 ? 'at most 10_000' : holes.least;
  analysis.report(findings.countTooSmall, { ...holes, text, least }, step, {
    place: sourceOfProperty(step, property),
  });
}

const isPlace = (step: ProcessStep): boolean =>
  isStationStep(step) || isExitStep(step) || isQueueStep(step) || isConveyStep(step);

function checkSeized(steps: readonly ProcessStep[], analysis: Analysis): void {
  const named = (of: readonly Need[]): string[] => of.map((need) => textOf(need?.resource));
  const seized = new Set(steps.filter(isSeizeStep).flatMap(({ needs }) => named(needs)));
  const released = new Set(steps.filter(isReleaseStep).flatMap(({ needs }) => named(needs)));
  for (const step of steps) {
    if (isSeizeStep(step))
      for (const need of step.needs)
        if (!released.has(textOf(need.resource)))
          analysis.report(findings.neverReleased, { name: textOf(need.resource) }, need, {
            fixes: lineAtEnd(
              step.$container,
              `release ${textOf(need)}`,
              `Release ${textOf(need)} at the end`,
            ),
          });
    if (isReleaseStep(step))
      for (const need of step.needs)
        if (!seized.has(textOf(need.resource)))
          analysis.report(findings.releasedUnseized, { name: textOf(need.resource) }, need, {
            fixes: [
              ...lineBefore(step, `seize ${textOf(need)}`, `Seize ${textOf(need)} before`),
              ...(step.needs.length === 1 ? without(step, 'Leave it out') : []),
            ],
          });
  }
}

// ── resources ───────────────────────────────────────────────────────────────────────────────────

export function resourceMustBeSound(resource: ResourceDecl, analysis: Analysis): void {
  amount(resource.size, 'The units of a resource', 0, analysis);
  const clauses = resource.clauses as (ResourceClause | undefined)[];
  const breaks = clauses.filter(isBreakClause);
  const repairs = clauses.filter(isRepairClause);
  for (const [what, all] of [
    ['When it breaks', breaks],
    ['How it is repaired', repairs],
    ['What becomes of an interrupted item', clauses.filter(isInterruptedClause)],
    ['When it is on duty', clauses.filter(isShiftsClause)],
  ] as const)
    for (const again of all.slice(1))
      analysis.report(findings.clauseTwice, { what }, again, { fixes: without(again, 'Leave this one out') });
  const { name } = resource;
  const [first, mended] = [breaks[0], repairs[0]];
  if (first !== undefined && mended === undefined)
    analysis.report(
      findings.clauseMissing,
      { name, has: 'breaks', lacks: 'is never repaired', help: 'Add a line such as repair 20 min.' },
      first,
      { fixes: lineAtEnd(resource, 'repair 20 min', 'Let a repair take 20 min') },
    );
  if (mended !== undefined && first === undefined)
    analysis.report(
      findings.clauseMissing,
      {
        name,
        has: 'is repaired',
        lacks: 'never breaks',
        help: 'Add a line such as breaks after 40 h of busy.',
      },
      mended,
      { fixes: lineAtStart(resource, 'breaks after 40 h of busy', 'Let it break after 40 h of work') },
    );
  if (first !== undefined && resource.size !== undefined && !isConstant(resource.size, 'fixed'))
    analysis.report(findings.unitsNotKnown, { name, why: 'each of them breaks by itself' }, resource.size);
}

export function lifeMustFit(clause: BreakClause, analysis: Analysis): void {
  if (clause.clock === 'uses') amount(clause.life, 'A number of uses', 1, analysis);
  else if (clause.life !== undefined) positiveTime(clause.life, 'The time until it breaks', analysis);
}

export function repairMustTakeTime(clause: RepairClause, analysis: Analysis): void {
  time(clause.duration, 'The time of a repair', analysis);
}

/** Whether units of a resource are preempted by someone needs to know them one by one. */
export function warmUpMustTakeTime(run: RunStep, analysis: Analysis): void {
  if (run.warmup !== undefined) knownTime(run.warmup, 'A warm-up', analysis, 'positive');
}

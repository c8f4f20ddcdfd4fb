/** Fixes of events, modes, looks over time, processes and calendars. */
import {
  isAtStatement,
  isBinaryExpr,
  isChooseStep,
  isEquation,
  isEventArgument,
  isEventDecl,
  isEveryStatement,
  isFunctionCall,
  isIndexExpr,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isOverride,
  isQueueStep,
  isTransition,
  isVariableDecl,
  type ModeDecl,
} from '../../../grammar/generated/ast.ts';
import { featureOf, sourceOf, sourceOfProperty, uriOf } from '../../../compiler/1-parse/index.ts';
import { lineAtStart } from '../../../compiler/1-parse/mistakes/line-edits.ts';
import { OVER_TIME } from '../../../compiler/2-check/index.ts';
import * as events from '../../../compiler/diagnostics/events.ts';
import * as modes from '../../../compiler/diagnostics/modes.ts';
import * as process from '../../../compiler/diagnostics/process.ts';
import * as signals from '../../../compiler/diagnostics/signals.ts';
import * as temporal from '../../../compiler/diagnostics/temporal.ts';
import type { Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { upwards } from '../../workspace/places.ts';
import { mend, type At, type Mend } from './at.ts';
import { renamed } from './names.ts';
import { named } from './values.ts';

export const BEHAVIOUR: readonly Mend[] = [
  mend(events.crossingExpected, (at) => firstWord(at, at.around(isAtStatement), 'when')),
  mend(events.previousOutsideAction, (at) => withoutCall(at)),
  mend(events.setTwice, (at) => at.leaveOut(at.node)),
  mend(events.nothingHappens, (at) => at.leaveOut(at.node)),
  mend(events.boundAndSet, (at) => at.leaveOut(at.around(isOverride))),
  mend(events.previousOfPath, (at) => {
    const argument = at.around(isFunctionCall)?.arguments[0];
    const names = at.within(isNameRef);
    // A number times a state: the number goes before the derivative.
    if (!isBinaryExpr(argument) || !['*', '/'].includes(argument.operator) || names.length !== 1) return [];
    const [name] = names;
    if (name === undefined || (argument.operator === '/' && name === argument.right)) return [];
    const [from, to] = [sourceOf(argument), sourceOf(name)];
    const whole = at.file.text;
    return at.write(
      `${whole.slice(from.start, to.start)}${at.holes.name}(${name.target.$refText})${whole.slice(to.end, from.end)}`,
    );
  }),

  mend(modes.transitionMisplaced, (at) => firstWord(at, at.around(isEveryStatement), 'after')),
  mend(modes.modeNeverEntered, (at) => at.leaveOut(at.around(isModeDecl), `Leave out ${at.holes.name}`)),
  mend(modes.definedInSomeModes, (at) => {
    const region = [...upwards(at.node)].find(isModesDecl);
    const left = at.around(isEquation)?.left;
    const variable = featureOf(left);
    if (region === undefined || left === undefined || !isVariableDecl(variable)) return [];
    const lacking = modesOf(region.modes).filter(({ name }) => at.holes.missing.includes(name));
    const zero = at.valueFor(variable);
    const edits = lacking.flatMap(
      (mode) => lineAtStart(mode, `${at.text(left)} = ${zero}`, '')[0]?.edits ?? [],
    );
    return edits.length === 0
      ? []
      : at.change(`Define it in ${at.holes.missing.join(' and ')} too: ${zero}`, ...edits);
  }),
  mend(modes.notAModeOf, (at) => at.holes.modes.flatMap((each) => at.write(each))),
  mend(modes.modeTwice, (at) => [
    ...at.leaveOut(at.around(isModeDecl), 'Leave this one out'),
    ...renamed(at, at.holes.name, undefined),
  ]),
  mend(modes.historyOfNothing, (at) => {
    const transition = at.around(isTransition);
    const target = transition?.target;
    return transition === undefined || target === undefined ? [] : at.write(at.text(target), transition);
  }),
  mend(modes.finalIsLeft, (at) => {
    const mode = at.around(isModeDecl);
    if (mode === undefined) return [];
    const { start } = sourceOfProperty(mode, 'final');
    return at.write('', { start, end: start + 'final '.length }, 'Leave out final');
  }),

  mend(signals.valuesOfMany, (at) => {
    const [index] = at.within(isIndexExpr);
    return index?.all ? at.write(`${at.text(index.base)}[1]`, index, 'Choose the first') : [];
  }),
  mend(signals.commandExpected, (at) => {
    const event = at
      .within(isNameRef)
      .map((each) => featureOf(each))
      .find(isEventDecl);
    if (event === undefined) return [];
    const { uri, start, end } = sourceOfProperty(event, 'kind');
    return at.change(`Declare ${event.name} as command`, { uri, start, end, text: 'command' });
  }),
  mend(signals.buttonValueChanges, (at) => at.leaveOut(at.around(isEventArgument))),
  mend(signals.parameterTwice, (at) => renamed(at, at.holes.name, undefined)),

  mend(temporal.memoryOutside, (at) => named(at, 'recent')),
  mend(temporal.looksAhead, (at) => looksBack(at)),
  mend(temporal.aheadOfEnd, (at) => looksBack(at)),
  mend(temporal.windowNotConstant, (at) => at.allFixed()),
  mend(temporal.clauseWrong, (at) => {
    const call = at.around(isFunctionCall);
    const known = OVER_TIME.get(at.holes.name);
    const last = call?.arguments.at(-1);
    if (call === undefined || known === undefined || last === undefined) return [];
    const [word] = known.clauses;
    if (call.clause === undefined) return word === undefined ? [] : at.add(` ${word} 5 min`, last);
    if (word !== undefined && !known.clauses.includes(call.clause))
      return at.write(word, sourceOfProperty(call, 'clause'));
    const end = sourceOf(call).end - 1;
    if (word === undefined) return at.leaveOut({ start: sourceOf(last).end, end });
    if (call.period !== undefined && !known.sampled)
      return at.leaveOut({ start: sourceOf(call.upTo ?? call.window ?? last).end, end });
    return call.upTo === undefined ? [] : at.leaveOut({ start: sourceOf(call.window ?? last).end, end });
  }),
  mend(temporal.windowSize, (at) => {
    const period = at.around(isFunctionCall)?.period;
    return period === undefined || at.holes.count === undefined
      ? []
      : at.write('1 min', period, 'Look every minute');
  }),
  mend(temporal.sensorExpected, (at) => {
    const asset = at.project.workspace.services.twin.Members.around(at.node!);
    const measured = featureOf(at.within(isNameRef)[0]);
    const sensors = asset?.members.filter((each) => each.$type === 'SensorDecl') ?? [];
    const fitting = sensors.filter((each) => measured !== undefined && featureOf(each.target) === measured);
    return fitting.flatMap(({ name }) => at.write(name));
  }),

  mend(process.shareOutside, (at) => percent(at)),
  mend(process.chanceOutside, (at) => percent(at)),
  mend(process.resourceExpected, (at) => {
    const variable = featureOf(at.expression);
    if (!isVariableDecl(variable) || variable.size !== undefined || variable.value === undefined) return [];
    const size = at.text(variable.value);
    return /^\d+$/.test(size)
      ? at.write(`resource ${variable.name}[${size}]`, variable, `Declare ${variable.name} as resource`)
      : [];
  }),
  mend(process.stepUnreachable, (at) => at.leaveOut(at.node)),
  mend(process.chancesTooLarge, (at) => {
    const last = at.around(isChooseStep)?.options.at(-1);
    return last?.when === undefined ? [] : at.write('else', last.when, 'Send the rest there');
  }),
  mend(process.elseNotLast, (at) => {
    const step = at.around(isChooseStep);
    const rest = step?.options.filter((each) => !each.otherwise) ?? [];
    const other = step?.options.find((each) => each.otherwise);
    if (step === undefined || other === undefined) return [];
    const [first, last] = [step.options[0], step.options.at(-1)];
    if (first === undefined || last === undefined) return [];
    const span = { start: sourceOf(first).start, end: sourceOf(last).end };
    return at.write([...rest, other].map((each) => at.text(each)).join(', '), span, 'Put else last');
  }),
  mend(process.unitsNotKnown, (at) => at.allFixed()),
  mend(process.preemptsSeveral, (at) => at.leaveOut()),
  mend(process.countTooSmall, (at) => {
    const [least] = /\d+/.exec(at.holes.least) ?? [];
    return least === undefined ? [] : at.write(least);
  }),
  mend(process.mostOfWhat, (at) => (at.expression === undefined ? [] : named(at, 'value'))),
  mend(process.nameKept, (at) => at.become(at.around(isVariableDecl), 'kpi')),
  mend(process.dateImpossible, (at) => {
    const [, year, month, day] = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(at.text().trim()) ?? [];
    if (year === undefined || !(Number(month) >= 1 && Number(month) <= 12) || !(Number(day) > 28)) return [];
    const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    return at.write(`${year}-${month}-${last}`);
  }),
  mend(process.neverOnDuty, (at) =>
    at.line(at.node, 'weekdays 06:00..14:00', 'Work on weekdays from 6 to 14'),
  ),
  mend(process.exceptionPast, (at) => at.leaveOut(at.node)),
  mend(process.storeNeverTaken, (at) => {
    const step = at.around(isQueueStep);
    return step === undefined ? [] : firstWord(at, step, 'queue');
  }),
];

/** `at wet` → `when wet`. */
function firstWord(at: At<unknown>, statement: ReturnType<At<unknown>['around']>, word: string): Fix[] {
  if (statement === undefined || uriOf(statement) !== at.file.uri) return [];
  const { start } = sourceOf(statement);
  const length = /^\w+/.exec(at.file.text.slice(start))?.[0].length ?? 0;
  return at.write(word, { start, end: start + length });
}

/** `pre(level)` → `level` */
function withoutCall(at: At<unknown>): Fix[] {
  const argument = at.around(isFunctionCall)?.arguments[0];
  return argument === undefined ? [] : at.write(at.text(argument));
}

const BACK: Readonly<Record<string, string>> = { always: 'historically', eventually: 'once' };

/** What asks for what will be asks for what has been. */
function looksBack(at: At<{ name: string }>): Fix[] {
  const back = BACK[at.holes.name];
  const call = at.around(isFunctionCall);
  if (back === undefined || call?.function !== at.holes.name) return [];
  return at.write(back, sourceOfProperty(call, 'function'), `Write ${back}, which looks back`);
}

/** `95` → `95 %` */
export function percent(at: At<unknown>): Fix[] {
  const value = Number(at.text());
  return value > 0 && value <= 100 ? at.write(`${at.text()} %`) : [];
}

function modesOf(all: readonly ModeDecl[]): ModeDecl[] {
  return all.flatMap((mode) => [
    mode,
    ...modesOf(mode.members.filter(isModeDecl)),
    ...mode.members.filter(isModesDecl).flatMap((each) => modesOf(each.modes)),
  ]);
}

/** Breakpoints as an editor sets them, all of a kind at once → stoppers, and what is wrong with those that are none. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { stopperOf } from './breakpoints.ts';
import type { Reason, Stopper, Wanted } from './breakpoints.ts';
import type { Debugger } from './debugger.ts';
import { functionReason } from './function-breakpoints.ts';
import { breakableAt } from './places.ts';
import type { Breakable } from './places.ts';

export interface SettingOptions {
  /** Throws where nothing has been launched. */
  running: () => Debugger;
  uriOf: (path: string) => string;
  breakables: () => readonly Breakable[];
  /** What the editor calls the first line. */
  linesFrom: () => number;
  changed: () => void;
}

export function createSetting({ running, uriOf, breakables, linesFrom, changed }: SettingOptions) {
  let nextId = 1;
  /** Stoppers by who set them: a file, functions, data, filters. */
  const sets = new Map<string, Stopper[]>();

  const same = (stopper: Stopper, key: string): boolean => keys.get(stopper.id) === key;
  const keys = new Map<number, string>();
  /** The stopper that is there already keeps its count. */
  const made = (
    reason: Reason,
    wanted: Wanted,
    key: string,
    before: readonly Stopper[],
  ): Stopper | string => {
    const whole = JSON.stringify([key, wanted.condition, wanted.hitCondition, wanted.logMessage]);
    const known = before.find((one) => same(one, whole));
    if (known !== undefined) return known;
    const found = stopperOf(nextId, reason, wanted, running().hasBegun());
    if (typeof found === 'string') return found;
    nextId += 1;
    keys.set(found.id, whole);
    return found;
  };
  const wantedOf = ({ condition, hitCondition, logMessage }: Wanted): Wanted => ({
    ...(condition === undefined ? {} : { condition }),
    ...(hitCondition === undefined ? {} : { hitCondition }),
    ...(logMessage === undefined ? {} : { logMessage }),
  });
  /** What is wrong with its expressions, as seen from where it is met. */
  const wrongIn = ({ condition }: Wanted, owner: string, boolean = true): string | undefined => {
    if (condition === undefined || condition.trim() === '') return undefined;
    const observer = running().program.observe([{ text: condition, owner }]);
    if (typeof observer === 'string') return observer;
    observer.at(running().travel.moment());
    const is = observer.value(0).probe.base === 'boolean';
    return is || !boolean ? undefined : `'${condition}' is no condition: it is not true or false.`;
  };

  const lines = ({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments) => {
    const own = running();
    const uri = uriOf(source.path ?? '');
    const before = sets.get(uri) ?? [];
    const kept: Stopper[] = [];
    const answers = breakpoints.map((one): DebugProtocol.Breakpoint => {
      const place = breakableAt(breakables(), uri, one.line - linesFrom() + 1);
      if (place === undefined)
        return {
          verified: false,
          line: one.line,
          message: own.program.texts.has(uri)
            ? 'Nothing happens here or below: breakpoints stand on rules, when, at, every, alarms, transitions and process steps.'
            : 'This file is no part of the twin that is debugged.',
        };
      const reason: Reason = {
        kind: 'handlers',
        handlers: new Set(place.handlers),
        codes: new Set(place.codes),
        description: place.name,
      };
      const line =
        place.line <= one.line - linesFrom() + 1 && one.line - linesFrom() + 1 <= place.endLine
          ? one.line
          : place.line - 1 + linesFrom();
      const [handler] = place.handlers;
      const owner = handler === undefined ? '' : own.ownerPath({ handler, instance: 0 });
      const stopper = wrongIn(one, owner) ?? made(reason, wantedOf(one), `${uri}:${place.line}`, before);
      if (typeof stopper === 'string') return { verified: false, line, message: stopper };
      kept.push(stopper);
      return { id: stopper.id, verified: true, line, source };
    });
    sets.set(uri, kept);
    changed();
    return { breakpoints: answers };
  };

  const functions = ({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments) => {
    const own = running();
    const before = sets.get(' functions') ?? [];
    const kept: Stopper[] = [];
    const answers = breakpoints.map((one): DebugProtocol.Breakpoint => {
      const reason = functionReason(own.manifest, one.name);
      if (typeof reason === 'string') return { verified: false, message: reason };
      const stopper = made(reason, wantedOf(one), `function ${one.name}`, before);
      if (typeof stopper === 'string') return { verified: false, message: stopper };
      kept.push(stopper);
      return { id: stopper.id, verified: true };
    });
    sets.set(' functions', kept);
    changed();
    return { breakpoints: answers };
  };

  const data = ({ breakpoints }: DebugProtocol.SetDataBreakpointsArguments) => {
    const own = running();
    const before = sets.get(' data') ?? [];
    const kept: Stopper[] = [];
    const answers = breakpoints.map((one): DebugProtocol.Breakpoint => {
      const [variable = NaN, element = NaN] = one.dataId.split('/').map(Number);
      const described = own.manifest.variables[variable];
      if (described === undefined || !(element >= 0))
        return { verified: false, message: 'There is no such value.' };
      const name = own.elementName({ variable, element });
      const wrong = wrongIn(one, own.ownerOfElement({ variable, element }));
      const stopper =
        wrong ?? made({ kind: 'data', variable, element, name }, wantedOf(one), `data ${one.dataId}`, before);
      if (typeof stopper === 'string') return { verified: false, message: stopper };
      kept.push(stopper);
      return { id: stopper.id, verified: true };
    });
    sets.set(' data', kept);
    changed();
    return { breakpoints: answers };
  };

  const filters = ({
    filters: names,
    filterOptions = [],
  }: DebugProtocol.SetExceptionBreakpointsArguments) => {
    const own = running();
    const before = sets.get(' filters') ?? [];
    const kept: Stopper[] = [];
    for (const { filterId, condition } of [
      ...names.map((filterId) => ({ filterId, condition: undefined })),
      ...filterOptions,
    ])
      for (const [at, reason] of own.filterReasons(filterId).entries()) {
        const stopper = made(
          reason,
          condition === undefined ? {} : { condition },
          `${filterId} ${at}`,
          before,
        );
        if (typeof stopper !== 'string') kept.push(stopper);
      }
    sets.set(' filters', kept);
    changed();
    return {};
  };

  return { lines, functions, data, filters, all: (): Stopper[] => [...sets.values()].flat() };
}

/** A moment at which the run stands, as the protocol shows it: frames, scopes, variables, values. Of one stop; the next has its own. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { lineValues } from '../runtime/line-values.ts';
import type { SourceRange } from '../runtime/contract/manifest.ts';
import { elementOfInstance, handlerName } from '../runtime/describe.ts';
import { indexOf } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import { timeText } from '../runtime/trouble.ts';
import { findElement } from '../runtime/lookup.ts';
import type { Debugger, Stopped, Work } from './debugger.ts';
import { linesOf } from './places.ts';
import type { Breakable } from './places.ts';
import { CannotDebug } from './program.ts';
import type { LineValue, WhyArguments, WhyResponse } from './protocol.ts';
import { isBefore } from './travel.ts';
import type { Place } from './travel.ts';
import { childrenOf, elementText, isEditable, ownerOf } from './variables.ts';
import type { Element, Node, Shown } from './variables.ts';
import { causeLines } from './why.ts';

export interface Bases {
  linesFrom: number;
  columnsFrom: number;
}

/** Of the frame stack, the innermost first. */
const Frame = { firing: 1, instant: 2, run: 3, step: 4 } as const;

const NOUNS = {
  when: 'when',
  at: 'at',
  rule: 'rule',
  on: 'on',
  raise: 'raise',
  clear: 'clear',
  range: 'range',
  every: 'every',
  scheduled: 'scenario',
} as const;

export interface Command {
  answer: DebugProtocol.EvaluateResponse['body'];
  /** What is to happen then. */
  work?: Work;
  /** Values are no longer what they were. */
  changed?: boolean;
}

export type Inspection = ReturnType<typeof createInspection>;

export function createInspection(
  session: Debugger,
  sourceOf: (uri: string) => DebugProtocol.Source | undefined,
  { linesFrom, columnsFrom }: Bases,
  step?: Stopped['step'],
) {
  const { manifest, travel, program } = session;
  const firing = travel.firing();
  const place = travel.place();
  const handles: Node[] = [];
  const targets: Place[] = [];
  const rootNode: Node = { kind: 'asset', structure: manifest.structure, path: '', index: [] };
  const reference = (node: Node): number => handles.push(node);
  const owner =
    firing === undefined
      ? undefined
      : ownerOf(
          manifest,
          manifest.handlers[firing.handler]!.name,
          indexOf(manifest.handlers[firing.handler]!.dims, firing.instance),
        );
  const ownerOfFrame = (frame: number | undefined): string =>
    (frame === undefined || frame === Frame.firing ? owner?.path : undefined) ?? '';

  const position = (source: SourceRange, lines?: [number, number]): Partial<DebugProtocol.StackFrame> => {
    const file = sourceOf(source.uri);
    if (file === undefined) return {};
    const line = lines?.[0] ?? source.line;
    return {
      source: file,
      line: line - 1 + linesFrom,
      column: (line === source.line ? source.column : 1) - 1 + columnsFrom,
    };
  };

  const shown = (one: Shown): DebugProtocol.Variable => ({
    name: one.name,
    value: one.value,
    ...(one.type === undefined ? {} : { type: one.type }),
    ...(one.path === undefined ? {} : { evaluateName: one.path }),
    variablesReference: one.node === undefined ? 0 : reference(one.node),
    ...(one.size === undefined ? {} : { indexedVariables: one.size }),
    ...(one.hint === undefined ? {} : { presentationHint: one.hint }),
  });

  /** What conditions read and actions set, of the firing. */
  const elementsOf = (variables: readonly number[], fixed?: readonly (number | null)[]): Element[] =>
    firing === undefined
      ? []
      : variables.flatMap((variable, n) => {
          const { dims } = manifest.handlers[firing.handler]!;
          const element =
            fixed?.[n] ?? elementOfInstance(manifest.variables[variable]!.dims, dims, firing.instance);
          return element === undefined ? [] : [{ variable, element }];
        });

  const elementNamed = (name: string, frame?: number): Element | undefined => {
    const path = ownerOfFrame(frame);
    const sensor = (text: string): Element | undefined => findElement(manifest, `${text}.measured`);
    const inside = path === '' ? undefined : `${path}.${name}`;
    return (
      (inside === undefined ? undefined : (findElement(manifest, inside) ?? sensor(inside))) ??
      findElement(manifest, name) ??
      sensor(name)
    );
  };
  const assign = (element: Element, text: string): DebugProtocol.SetVariableResponse['body'] => {
    const wrong = session.assign(element, text);
    if (wrong !== undefined) throw new CannotDebug(wrong);
    return { value: elementText(manifest, session.view(), element) };
  };
  const evaluate = (expression: string, frame?: number): DebugProtocol.EvaluateResponse['body'] => {
    const node = nodeNamed(expression.trim(), frame);
    if (node !== undefined) return { result: node.structure.asset, variablesReference: reference(node) };
    const path = ownerOfFrame(frame);
    let answer = session.evaluate({ text: expression, owner: path });
    // What the asset at hand does not know may be meant as seen from the root.
    if (typeof answer === 'string' && path !== '') {
      const other = session.evaluate({ text: expression, owner: '' });
      if (typeof other !== 'string') answer = other;
    }
    if (typeof answer === 'string') throw new CannotDebug(answer);
    return { result: answer.text, type: answer.base, variablesReference: 0 };
  };
  /** An asset by its path: `pump[2]`. */
  const nodeNamed = (name: string, frame?: number): Extract<Node, { kind: 'asset' }> | undefined => {
    if (!/^[\w.[\], ]+$/.test(name)) return undefined;
    const from = ownerOfFrame(frame);
    for (const path of from === '' ? [name] : [`${from}.${name}`, name]) {
      const index = [...path.matchAll(/\[(\d+)\]/g)].map(([, one]) => Number(one) - 1);
      const found = ownerOf(manifest, `${path.replaceAll(/\[\d+\]/g, '[]')}.`, index);
      if (found.path === path && path !== '') return found;
    }
    return undefined;
  };
  const why = ({ name, frameId }: WhyArguments): WhyResponse => {
    if (name === undefined || name.trim() === '') {
      const cause = session.whyNow();
      if (cause === undefined)
        throw new CannotDebug(
          'Nothing fires at this moment: step to an event, or ask for a value: why tank.level',
        );
      return { text: causeLines(cause).join('\n') };
    }
    const element = elementNamed(name.trim(), frameId);
    if (element === undefined) throw new CannotDebug(`There is no variable ${name.trim()} in this twin.`);
    return { text: causeLines(session.whyValue(element)).join('\n') };
  };

  return {
    stackTrace: (): DebugProtocol.StackTraceResponse['body'] => {
      const { structure, scenarios, tests } = manifest;
      const frames: DebugProtocol.StackFrame[] = [];
      if (firing !== undefined) {
        const handler = manifest.handlers[firing.handler]!;
        frames.push({
          id: Frame.firing,
          name: titleOf(handlerName(manifest, firing.handler, firing.instance), NOUNS[handler.kind]),
          line: 0,
          column: 0,
          ...position(handler.source, linesOf(handler, program.texts)),
        });
      }
      if (step !== undefined)
        frames.push({ id: Frame.step, name: step.name, line: 0, column: 0, ...position(step.source) });
      const among = travel.instantAt(place.time).length;
      const count =
        place.index === 'end'
          ? among > 0
            ? `after ${among === 1 ? 'its event' : `its ${among} events`}`
            : ''
          : `event ${place.index + 1} of ${among}`;
      frames.push({
        id: Frame.instant,
        name: `t = ${timeText(place.time)}${count === '' ? '' : `, ${count}`}`,
        line: 0,
        column: 0,
        ...position(structure.source),
      });
      const run = session.test === undefined ? undefined : tests[session.test]!;
      const scenario = session.scenario === undefined ? undefined : scenarios[session.scenario]!;
      const what = run ?? scenario;
      if (what !== undefined)
        frames.push({
          id: Frame.run,
          name: run === undefined ? `scenario ${what.name}` : `test "${what.name}"`,
          line: 0,
          column: 0,
          presentationHint: 'subtle',
          canRestart: false,
          ...position(what.source),
        });
      return { stackFrames: frames, totalFrames: frames.length };
    },
    scopes: (frame: number): DebugProtocol.ScopesResponse['body'] => {
      const scopes: DebugProtocol.Scope[] = [];
      const add = (name: string, node: Node, hint?: string): void => {
        scopes.push({
          name,
          variablesReference: reference(node),
          expensive: false,
          ...(hint === undefined ? {} : { presentationHint: hint }),
        });
      };
      if (frame === Frame.firing && firing !== undefined && owner !== undefined) {
        const { reads = [], sets, setElements } = manifest.handlers[firing.handler]!;
        const visible = (variable: number): boolean => manifest.variables[variable]!.visible;
        const looked = elementsOf(reads.filter(visible));
        const changes = elementsOf(sets, setElements).filter(({ variable }) => visible(variable));
        if (looked.length > 0) add('Condition', { kind: 'list', elements: looked }, 'arguments');
        if (changes.length > 0) add('About to set', { kind: 'list', elements: changes });
        if (owner.path !== '') add(owner.path, owner, 'locals');
      }
      add(manifest.title || manifest.name, rootNode, owner?.path === '' ? 'locals' : undefined);
      return { scopes };
    },
    variables: ({
      variablesReference,
      start = 0,
      count = Infinity,
    }: DebugProtocol.VariablesArguments): DebugProtocol.VariablesResponse['body'] => {
      const node = handles[variablesReference - 1];
      if (node === undefined) return { variables: [] };
      const all = childrenOf(manifest, session.view(), node);
      const most = count === 0 ? Infinity : count;
      return { variables: all.slice(start, start + most).map(shown) };
    },
    evaluate,
    /** What is said in the console besides expressions: `why`, `goto 12 s`, `set name = value`. */
    command: (text: string, frame?: number): Command | undefined => {
      const [, word = '', rest = ''] = /^\s*(why|goto|set)\b\s*(.*)$/s.exec(text) ?? [];
      if (word === 'why')
        return {
          answer: {
            result: why({ name: rest.replace(/\?\s*$/, ''), frameId: frame }).text,
            variablesReference: 0,
          },
        };
      if (word === 'goto') {
        const answer = session.evaluate({ text: rest, owner: '' });
        if (typeof answer === 'string') throw new CannotDebug(answer);
        const isTime = session.evaluate({ text: `if true then (${rest}) else time`, owner: '' });
        if (typeof isTime === 'string') throw new CannotDebug(isTime);
        return {
          answer: { result: `t = ${timeText(answer.numbers[0]!)}`, variablesReference: 0 },
          work: session.goToTime(answer.numbers[0]!),
        };
      }
      if (word !== 'set') return undefined;
      const [, name = '', value = ''] = /^([^=]+?)\s*=(?!=)\s*(.+)$/s.exec(rest) ?? [];
      const element = elementNamed(name, frame);
      if (element === undefined)
        throw new CannotDebug('Write what to set, and to which value: set ambient = 30 degC');
      return { answer: { result: assign(element, value).value, variablesReference: 0 }, changed: true };
    },
    completions: (before: string, frame?: number): DebugProtocol.CompletionsResponse['body'] => {
      const typed = /[\w.[\]]*$/.exec(before)?.[0] ?? '';
      const dot = typed.lastIndexOf('.');
      const path = dot < 0 ? '' : typed.slice(0, dot);
      const from = dot < 0 && owner !== undefined && frame !== Frame.run ? [owner, rootNode] : [];
      const nodes = dot < 0 ? (from.length > 0 ? from : [rootNode]) : [nodeNamed(path, frame)];
      const found = nodes.flatMap((node) =>
        node === undefined ? [] : childrenOf(manifest, session.view(), node),
      );
      const start = before.length - (typed.length - dot - 1);
      const begun = typed.slice(dot + 1).toLowerCase();
      return {
        targets: [...new Map(found.map((one) => [one.name, one])).values()]
          .filter(({ name }) => name.toLowerCase().startsWith(begun))
          .map(({ name, node, type }) => ({
            label: name,
            detail: type,
            type: node === undefined ? 'variable' : 'module',
            start,
            length: begun.length,
          })) as DebugProtocol.CompletionItem[],
      };
    },
    setVariable: ({
      variablesReference,
      name,
      value,
    }: DebugProtocol.SetVariableArguments): DebugProtocol.SetVariableResponse['body'] => {
      const node = handles[variablesReference - 1];
      const found =
        node && childrenOf(manifest, session.view(), node).find((one) => one.name === name)?.element;
      if (found === undefined) throw new CannotDebug(`${name} is not one value.`);
      return assign(found, value);
    },
    setExpression: (
      expression: string,
      value: string,
      frame?: number,
    ): DebugProtocol.SetExpressionResponse['body'] => {
      const element = elementNamed(expression.trim(), frame);
      if (element === undefined)
        throw new CannotDebug(`${expression} is computed: only a variable can be set.`);
      return assign(element, value);
    },
    dataBreakpointInfo: ({
      variablesReference,
      name,
      frameId,
    }: DebugProtocol.DataBreakpointInfoArguments): DebugProtocol.DataBreakpointInfoResponse['body'] => {
      const node = variablesReference === undefined ? undefined : handles[variablesReference - 1];
      const element =
        node === undefined
          ? elementNamed(name, frameId)
          : childrenOf(manifest, session.view(), node).find((one) => one.name === name)?.element;
      if (element === undefined) return { dataId: null, description: `${name} is no value of this twin.` };
      const own = session.elementName(element);
      const { role } = manifest.variables[element.variable]!;
      const moves = role === 'state' || role === 'algebraic';
      return {
        dataId: `${element.variable}/${element.element}`,
        description: moves
          ? `${own} (give it a condition, such as ${own.split('.').at(-1)} > …, to stop where it crosses a value)`
          : own,
        accessTypes: ['write'],
        canPersist: false,
      };
    },
    /** Times at which it fires, as far as the run has been. */
    gotoTargets: ({ handlers }: Breakable, line: number): DebugProtocol.GotoTarget[] =>
      travel
        .history()
        .filter(({ handler }) => handlers.includes(handler))
        .slice(-20)
        .map((one) => ({
          id: targets.push({ time: one.time, index: one.index }),
          label: `${session.nameOf(one)} at t = ${timeText(one.time)}`,
          line,
        })),
    gotoTarget: (id: number): Place => {
      const found = targets[id - 1];
      if (found === undefined) throw new CannotDebug('There is no such target.');
      return found;
    },
    why,
    lineValues: (uri: string, frame?: number): LineValue[] => {
      const at = new Map<string, readonly number[]>();
      if (owner !== undefined && ownerOfFrame(frame) !== '')
        for (
          let depth = owner.path;
          depth !== '';
          depth = depth.slice(0, Math.max(0, depth.lastIndexOf('.')))
        ) {
          const pattern = depth.replaceAll(/\[\d+\]/g, '[]');
          at.set(pattern, owner.index.slice(0, pattern.split('[]').length - 1));
        }
      const lines = lineValues(manifest, session.view().numbers, at, new Set([uri])).map(
        ({ uri: _, ...one }): LineValue => ({
          ...one,
          line: one.line - 1 + linesFrom,
          endLine: one.endLine - 1 + linesFrom,
        }),
      );
      const fired = new Map<number, string>();
      let last = -1;
      for (const one of travel.history()) {
        if (!isBefore(one, place) || !session.significant(one)) continue;
        const handler = manifest.handlers[one.handler]!;
        last = -1;
        if (handler.source.uri !== uri) continue;
        const index =
          handler.dims.length === 0
            ? ''
            : `${elementName('[]'.repeat(handler.dims.length), handler.dims, one.instance, handler.first)} `;
        [last] = linesOf(handler, program.texts);
        fired.set(last, `${index}fired at t = ${timeText(one.time)}`);
      }
      for (const [at, text] of fired) {
        const line = at - 1 + linesFrom;
        lines.push({ line, endLine: line, text, fired: at === last ? 'now' : 'earlier' });
      }
      return lines;
    },
    isEditable: ({ variable }: Element): boolean => isEditable(manifest, variable),
  };
}

/** `pump[2].tripHot (rule)`; what has no name of its own begins with what it is. */
const titleOf = (name: string, noun: string): string =>
  new RegExp(`(^|[.\\s])${noun}\\s`).test(name) ? name : `${name} (${noun})`;

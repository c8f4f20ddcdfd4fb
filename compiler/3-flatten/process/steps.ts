/** What items of a process live through → primitive steps. */
import type { Expression } from '../../model/expression.ts';
import type { Destination, Need, Process, ProcessStep } from '../../model/process.ts';
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import type { FlatPlace, FlatProcess, FlatStep, FlatUse } from '../../ir/process.ts';
import { number } from '../../ir/expressions.ts';
import { followingOf } from '../studies/inputs.ts';
import { placeAt, streamFor } from '../expressions/draws.ts';
import { join } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { scopeOf } from '../expressions/scope.ts';
import { targetOf } from '../expressions/places.ts';
import { wholeOf } from '../expressions/whole.ts';
import { keyOf, valueIn, variable } from './context.ts';
import type { FlowContext } from './context.ts';
import { needsOf } from './resources.ts';

const MOST_ITEMS = 1000;

export function flatProcess(context: FlowContext, group: Group, process: Process): FlatProcess {
  const { flattening, known } = context;
  const { name } = process;
  const base = scopeOf(group);
  const items = new Map<string, number>([
    ['priority', 0],
    ['age', -1],
    ...process.items.map((item, at): [string, number] => [item.name, at + 1]),
  ]);
  const ranked =
    items.get('priority') !== 0 ||
    process.steps.some(
      (step) =>
        step.kind === 'set' &&
        step.target.target.kind === 'item' &&
        step.target.segments.at(-1)?.name === 'priority',
    );
  const steps: FlatStep[] = [];
  const uses: FlatUse[] = [];
  const labels = new Map<string, number>();
  const later: (() => void)[] = [];
  let order: { lifo: boolean; rank?: FlatExpression } = { lifo: false };
  let refill: number | undefined;

  const value = (of: Expression, what: string, element?: readonly FlatIndex[]): FlatExpression =>
    valueIn(context, group, of, `${name}/${what}`, items, element);
  const labelOf = (to: Destination): string => (to.kind === 'leave' ? '#leave' : to.name);
  const target = (label: string, set: (step: number) => void): void => {
    later.push(() => set(labels.get(label) ?? labels.get('#leave')!));
  };
  const here: FlatPlace['index'] = base.index;

  let start: number | undefined;
  const begin = (): void => {
    for (const item of process.items)
      steps.push({
        kind: 'assign',
        slot: items.get(item.name)!,
        value: value(item.value, item.name),
        text: item.name,
        source: item.source,
      });
  };

  const emit = (step: ProcessStep): void => {
    const common = { text: step.text, source: step.source };
    const add = (one: FlatStep): number => steps.push(one) - 1;
    const afterPlace = (): void => {
      if (refill === undefined) return;
      add({ kind: 'refill', arrive: refill, ...common });
      refill = undefined;
    };
    const rankOf = (priority: Expression | undefined): FlatExpression | undefined => {
      if (priority) return { kind: 'unary', operator: 'negate', operand: value(priority, 'priority') };
      if (order.rank) return order.rank;
      return ranked
        ? { kind: 'unary', operator: 'negate', operand: { kind: 'attribute', slot: items.get('priority')! } }
        : undefined;
    };
    const seize = (
      needs: readonly Need[],
      priority: Expression | undefined,
      preempts: boolean,
      use?: number,
    ): number => {
      const rank = rankOf(priority);
      const at = add({
        kind: 'seize',
        needs: needsOf(context, group, needs),
        ...(rank === undefined ? {} : { rank }),
        lifo: order.lifo,
        preempts,
        ...(use === undefined ? {} : { use }),
        ...common,
      });
      order = { lifo: false };
      afterPlace();
      return at;
    };
    const enter = (
      place: FlatPlace,
      on: 'queue' | 'belt',
      full: 'block' | string,
    ): FlatStep & { kind: 'enter' } => {
      const reserve: FlatStep & { kind: 'reserve' } = {
        kind: 'reserve',
        place,
        on,
        full: 'block',
        ...common,
      };
      add(reserve);
      if (full !== 'block')
        target(full, (to) => {
          reserve.full = to;
        });
      const entered: FlatStep & { kind: 'enter' } = { kind: 'enter', place, on, ...common };
      add(entered);
      afterPlace();
      return entered;
    };
    if (step.kind !== 'use' && step.kind !== 'seize') order = { lifo: false };
    switch (step.kind) {
      case 'arrive': {
        const over = steps.length > 0 ? ({ kind: 'go', to: 0, ...common } satisfies FlatStep) : undefined;
        if (over) add(over);
        const first = step.first ? value(step.first, 'first') : undefined;
        const demand = !step.once && !step.interval && !step.condition;
        const at = add({
          kind: 'arrive',
          ...(step.interval ? { interval: value(step.interval, 'arrive') } : {}),
          ...(demand ? { demand } : {}),
          ...(first ? { first } : {}),
          ...(step.from ? { from: value(step.from, 'from') } : {}),
          ...(step.until ? { until: value(step.until, 'until') } : {}),
          ...(step.group ? { group: value(step.group, 'group') } : {}),
          ...(step.most ? { most: value(step.most, 'most') } : {}),
          ...(step.condition ? { condition: value(step.condition, 'when') } : {}),
          arrived: variable(group, `${name}.arrived`),
          ...common,
        });
        start ??= at + 1;
        begin();
        if (demand) refill = at;
        if (over) over.to = steps.length;
        return;
      }
      case 'queue': {
        labels.set(step.name, steps.length);
        const full = step.full === 'block' ? 'block' : step.full === 'balk' ? '#balk' : labelOf(step.full);
        const place = { id: known.places.get(keyOf(group, step.name))!, index: here };
        const entered = enter(place, 'queue', full);
        if (step.patience) {
          entered.patience = value(step.patience, `${step.name} patience`);
          const gone = step.gaveUp.kind === 'leave' ? '#renege' : step.gaveUp.name;
          target(gone, (to) => {
            entered.gaveUp = to;
          });
        }
        const key = step.key && value(step.key, `${step.name} order`);
        order = {
          lifo: step.order === 'lifo',
          ...(key === undefined
            ? {}
            : { rank: step.order === 'highest' ? { kind: 'unary', operator: 'negate', operand: key } : key }),
        };
        if (step.store) {
          const keep: FlatStep & { kind: 'keep' } = { kind: 'keep', place, ...order, taken: 0, ...common };
          add(keep);
          target('#leave', (to) => {
            keep.taken = to;
          });
          order = { lifo: false };
        }
        return;
      }
      case 'convey': {
        labels.set(step.name, steps.length);
        const place = { id: known.lines.get(keyOf(group, step.name))!, index: here };
        enter(place, 'belt', 'block');
        add({ kind: 'ride', place, ...common });
        add({ kind: 'alight', place, ...common });
        return;
      }
      case 'use': {
        const number1 = uses.length;
        const use: FlatUse = {
          needs: needsOf(context, group, step.needs),
          seize: 0,
          delay: 0,
          interrupted: 'resume',
        };
        uses.push(use);
        use.seize = seize(step.needs, step.priority, step.preempts, number1);
        const used = step.needs.map(({ resource }) => resource.segments.at(-1)!.name).join(', ');
        use.delay = add({
          kind: 'delay',
          duration: value(step.duration, `use ${used}`),
          use: number1,
          ...(step.setup
            ? {
                setup: {
                  duration: value(step.setup.duration, `setup ${used}`),
                  kind: value(step.setup.kind, 'kind'),
                },
              }
            : {}),
          ...common,
        });
        add({ kind: 'finish', use: number1, ...common });
        const policies = use.needs.map(({ resource }) => known.declared[resource.id]!.resource.interrupted);
        const policy = policies.find((one) => one !== 'resume') ?? 'resume';
        if (policy === 'leave')
          target('#leave', (to) => {
            use.interrupted = to;
          });
        else use.interrupted = policy;
        return;
      }
      case 'seize':
        seize(step.needs, step.priority, step.preempts);
        return;
      case 'release':
        add({ kind: 'release', needs: needsOf(context, group, step.needs), ...common });
        return;
      case 'wait':
        add({ kind: 'delay', duration: value(step.duration, 'wait'), ...common });
        afterPlace();
        return;
      case 'waitUntil':
        add({ kind: 'wait', condition: value(step.condition, 'until'), ...common });
        afterPlace();
        return;
      case 'choose': {
        const chances = step.options.some(({ probability }) => probability);
        const flat: FlatStep & { kind: 'choose' } = {
          kind: 'choose',
          ...(chances ? { draw: uniform(context, group, `${name}/choose`, step.source) } : {}),
          options: step.options.map(({ probability, condition }) => ({
            ...(probability ? { probability: value(probability, 'chance') } : {}),
            ...(condition ? { condition: value(condition, 'if') } : {}),
            to: 0,
          })),
          ...common,
        };
        add(flat);
        step.options.forEach(({ to }, at) =>
          target(labelOf(to), (found) => {
            flat.options[at]!.to = found;
          }),
        );
        return;
      }
      case 'go': {
        const flat: FlatStep & { kind: 'go' } = { kind: 'go', to: 0, ...common };
        add(flat);
        target(labelOf(step.to), (to) => {
          flat.to = to;
        });
        return;
      }
      case 'station':
        labels.set(step.name, steps.length);
        return;
      case 'batch':
        add({ kind: 'batch', size: value(step.size, 'batch'), ...common });
        return;
      case 'unbatch':
        add({ kind: 'unbatch', ...common });
        return;
      case 'split':
        add({ kind: 'split', copies: value(step.copies, 'split'), ...common });
        return;
      case 'take':
        add({
          kind: 'take',
          place: { id: known.places.get(keyOf(group, step.store))!, index: here },
          units: step.units,
          ...common,
        });
        afterPlace();
        return;
      case 'make':
        add({
          kind: 'make',
          process: known.numbers.get(keyOf(group, step.process))!,
          count: step.count,
          ...common,
        });
        return;
      case 'exit':
        labels.set(step.name, steps.length);
        add({ kind: 'leave', counters: [variable(group, `${name}.${step.name}`)], tally: true, ...common });
        return;
      case 'leave':
        leave('left', step.text);
        return;
      case 'set': {
        if (step.target.target.kind === 'item') {
          const slot = items.get(step.target.segments.at(-1)!.name)!;
          add({ kind: 'assign', slot, value: value(step.value, `set ${slot}`), ...common });
          return;
        }
        const what = step.target.segments.map((segment) => segment.name).join('.');
        const writes = wholeOf(flattening, base, { ...step, name: what }).map(({ scope, element }) => ({
          target: targetOf(flattening, step.target, scope, step.source),
          value: value(step.value, what, element),
        }));
        add({ kind: 'set', writes, ...common });
        const followed = writes.flatMap(({ target }) =>
          followingOf(flattening, target.variable).map((variable) => ({
            target: { ...target, variable },
            value: number(0),
          })),
        );
        if (followed.length > 0) add({ kind: 'set', writes: followed, ...common });
      }
    }
  };
  const leave = (counter: string, text: string, tally = true): void => {
    steps.push({
      kind: 'leave',
      counters: [variable(group, `${name}.${counter}`)].filter((id) => id >= 0),
      tally,
      text,
      source: process.source,
    });
  };
  // Where nothing arrives, others make what begins.
  if (!process.steps.some(({ kind }) => kind === 'arrive')) begin();
  process.steps.forEach(emit);
  labels.set('#leave', steps.length);
  leave('left', 'leave');
  labels.set('#balk', steps.length);
  leave('balked', 'balk', false);
  labels.set('#renege', steps.length);
  leave('reneged', 'give up', false);
  for (const set of later) set();
  refillWhereTheyLeave(steps);
  const seized = new Set(
    steps.flatMap((step) =>
      step.kind === 'seize' && step.use === undefined ? step.needs.map(({ resource }) => resource.id) : [],
    ),
  );
  return {
    name: join(group.path, name),
    loops: [...base.loops],
    limit: process.limit ?? MOST_ITEMS,
    steps,
    start: start ?? 0,
    uses,
    inside: variable(group, `${name}.inside`),
    arrived: variable(group, `${name}.arrived`),
    left: variable(group, `${name}.left`),
    attributes: process.items.map((item) => ({
      name: item.name,
      slot: items.get(item.name)!,
      unit: item.unit,
    })),
    held: [...seized].map((resource, at) => ({ resource, slot: process.items.length + 1 + at })),
    internal: false,
    doc: process.doc,
    source: process.source,
  };
}

/** An item that leaves before it has found a place makes room for the next one of an arrival on demand, too. */
function refillWhereTheyLeave(steps: readonly FlatStep[]): void {
  const refill = steps.find((step) => step.kind === 'refill');
  const demanding = refill?.arrive ?? steps.findIndex((step) => step.kind === 'arrive' && step.demand);
  if (demanding < 0) return;
  const seen = new Set<number>();
  const open = [demanding + 1];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const step = steps[at];
    if (step === undefined || seen.has(at)) continue;
    seen.add(at);
    switch (step.kind) {
      case 'refill':
        break;
      case 'leave':
        step.refill = demanding;
        break;
      case 'go':
        open.push(step.to);
        break;
      case 'choose':
        open.push(at + 1, ...step.options.map(({ to }) => to));
        break;
      case 'reserve':
        open.push(at + 1, ...(step.full === 'block' ? [] : [step.full]));
        break;
      default:
        open.push(at + 1);
    }
  }
}

function uniform(
  { flattening }: FlowContext,
  group: Group,
  name: string,
  source: Need['source'],
): FlatExpression {
  const place = placeAt(join(group.path, name), scopeOf(group).loops, source);
  return {
    kind: 'draw',
    stream: streamFor(flattening, place),
    index: place.index,
    distribution: 'uniform',
    arguments: [number(0), number(1)],
    moves: true,
  };
}

/** Processes and resources of all groups → one flow of primitive steps. */
import type { Expression, Reference } from '../model/expression.ts';
import type { Destination, Need, Process, ProcessStep, Resource, Roster } from '../model/process.ts';
import type {
  Block,
  FlatExpression,
  FlatHandler,
  FlatProbe,
  FlatTest,
  VariableId,
} from '../ir/flat-system.ts';
import type {
  FlatBelt,
  FlatFlow,
  FlatNeed,
  FlatPlace,
  FlatProcess,
  FlatQueue,
  FlatResource,
  FlatStep,
  FlatUse,
} from '../ir/process.ts';
import { report } from '../diagnostics/diagnostic.ts';
import { conditionOfItem, unitsNotKnown } from '../diagnostics/process.ts';
import { followingOf } from './inputs.ts';
import { fold, loads, number, some } from '../ir/expressions.ts';
import { ALL_UNITS } from '../ir/process.ts';
import { placeAt, streamFor } from './draws.ts';
import { inline } from './inline.ts';
import { constant, join } from './instances.ts';
import type { Group } from './instances.ts';
import { lower, placeOf, scopeOf, targetOf } from './lower.ts';
import type { Flattening, Scope } from './lower.ts';
import { tallyKey } from './measures.ts';

const MOST_ITEMS = 1000;

interface Known {
  queues: FlatQueue[];
  belts: FlatBelt[];
  resources: FlatResource[];
  processes: FlatProcess[];
  /** By group and name. */
  places: Map<string, number>;
  lines: Map<string, number>;
  used: Map<string, number>;
  numbers: Map<string, number>;
  declared: { group: Group; resource: Resource }[];
}

export function flowOf(flattening: Flattening, running: readonly Block[]): FlatFlow | undefined {
  const { groups } = flattening;
  if (groups.every(({ type }) => type.processes.length === 0 && type.resources.length === 0))
    return undefined;
  const known: Known = {
    queues: [],
    belts: [],
    resources: [],
    processes: [],
    places: new Map(),
    lines: new Map(),
    used: new Map(),
    numbers: new Map(),
    declared: [],
  };
  const context: FlowContext = { flattening, running, known };
  for (const group of groups) {
    for (const resource of group.type.resources) declareResource(context, group, resource);
    for (const process of group.type.processes) {
      known.numbers.set(keyOf(group, process.name), known.numbers.size);
      declarePlaces(context, group, process);
    }
  }
  for (const group of groups)
    for (const process of group.type.processes) known.processes.push(flatProcess(context, group, process));
  for (const { group, resource } of known.declared) addRepair(context, group, resource);
  knowUnits(context);
  const tallies = [...flattening.statistics.tallies].map(([key, tally]) => {
    const process = groups
      .flatMap((group) => group.type.processes.map(({ name }) => tallyKey(group, name)))
      .indexOf(key);
    const of = process >= 0 ? { kind: 'process' as const, id: process } : placeTallied(known, key);
    return { of, ...tally };
  });
  const attributes = known.processes.flatMap((process) => process.attributes.map(({ slot }) => slot));
  return {
    processes: known.processes,
    queues: known.queues,
    belts: known.belts,
    resources: known.resources,
    levels: [...flattening.statistics.levels.values()],
    tallies,
    coupled: false,
    attributes: Math.max(0, ...attributes) + 1,
  };
}

interface FlowContext {
  flattening: Flattening;
  running: readonly Block[];
  known: Known;
}

const keyOf = (group: Group, name: string): string => `${group.path}/${name}`;
const variable = (group: Group, name: string): VariableId => group.variables.get(name) ?? -1;

function placeTallied({ places, lines }: Known, key: string): { kind: 'queue' | 'belt'; id: number } {
  const belt = lines.get(key);
  return belt === undefined ? { kind: 'queue', id: places.get(key)! } : { kind: 'belt', id: belt };
}

/** An expression for any instance of a group, with what it draws, and lets written out. */
function valueIn(
  { flattening, running }: FlowContext,
  group: Group,
  expression: Expression,
  drawn: string,
  items?: ReadonlyMap<string, number>,
): FlatExpression {
  const base = scopeOf(group);
  const scope: Scope = {
    ...base,
    draws: placeAt(join(group.path, drawn), base.loops, expression.source),
    ...(items === undefined ? {} : { items }),
  };
  return inline(flattening, running, lower(flattening, expression, scope), base.loops);
}

// ── what processes use ──────────────────────────────────────────────────────────────────────────

function declareResource(context: FlowContext, group: Group, resource: Resource): void {
  const { known } = context;
  const { name, size, shifts, doc, source } = resource;
  const loops = [...scopeOf(group).loops];
  known.used.set(keyOf(group, name), known.resources.length);
  known.declared.push({ group, resource });
  const down = group.variables.get(`${name}.down`);
  known.resources.push({
    name: join(group.path, name),
    dims: group.dims,
    loops,
    capacity: size === undefined ? number(1) : valueIn(context, group, size, `${name}/units`),
    units: undefined,
    busy: variable(group, `${name}.busy`),
    waiting: variable(group, `${name}.waiting`),
    blocked: variable(group, `${name}.blocked`),
    ...(down === undefined ? {} : { down }),
    ...(shifts === undefined
      ? {}
      : { shifts: rosterOf(context, group, name, shifts), onDuty: variable(group, `${name}.onDuty`) }),
    doc,
    source,
  });
}

function rosterOf(
  context: FlowContext,
  group: Group,
  name: string,
  { changes, cycle }: Roster,
): NonNullable<FlatResource['shifts']> {
  const unitsOf = (units: Expression[] | undefined): FlatExpression =>
    units === undefined
      ? number(ALL_UNITS)
      : units
          .map((one) => valueIn(context, group, one, `${name}/shift`))
          .reduce((left, right) => fold({ kind: 'binary', operator: '+', left, right }), number(0));
  return { changes: changes.map(({ time, units }) => ({ time, units: unitsOf(units) })), cycle };
}

function declarePlaces(context: FlowContext, group: Group, process: Process): void {
  const { known } = context;
  const loops = [...scopeOf(group).loops];
  for (const step of process.steps) {
    if (step.kind === 'queue') {
      known.places.set(keyOf(group, step.name), known.queues.length);
      known.queues.push({
        name: join(group.path, step.name),
        dims: group.dims,
        loops,
        ...(step.capacity === undefined
          ? {}
          : { capacity: valueIn(context, group, step.capacity, `${step.name}/places`) }),
        store: step.store,
        length: variable(group, `${step.name}.length`),
        doc: step.doc,
        source: step.source,
      });
    } else if (step.kind === 'convey') {
      const of = (one: Expression): FlatExpression => valueIn(context, group, one, `${step.name}/belt`);
      const [length, speed, spacing] = [of(step.length), of(step.speed), of(step.spacing)];
      known.lines.set(keyOf(group, step.name), known.belts.length);
      known.belts.push({
        name: join(group.path, step.name),
        dims: group.dims,
        loops,
        travel: { kind: 'binary', operator: '/', left: length, right: speed },
        headway: { kind: 'binary', operator: '/', left: spacing, right: speed },
        length: variable(group, `${step.name}.length`),
        doc: step.doc,
        source: step.source,
      });
    }
  }
}

/** Who repairs is a process of its own, which the broken unit begins. */
function addRepair(context: FlowContext, group: Group, { name, breaks, source }: Resource): void {
  if (breaks?.repair === undefined) return;
  const { known } = context;
  const resource = known.resources[known.used.get(keyOf(group, name))!]!;
  const crew = needsOf(context, group, breaks.crew);
  const common = { text: `repair of ${name}`, source };
  const steps: FlatStep[] = [
    ...(crew.length === 0
      ? []
      : [{ kind: 'seize' as const, needs: crew, lifo: false, preempts: false, ...common }]),
    { kind: 'delay', duration: valueIn(context, group, breaks.repair, `${name}/repair`), ...common },
    ...(crew.length === 0 ? [] : [{ kind: 'release' as const, needs: crew, ...common }]),
    { kind: 'repaired', ...common },
  ];
  resource.breaks = {
    after: valueIn(context, group, breaks.after, `${name}/breaks`),
    of: breaks.of,
    repair: known.processes.length,
  };
  known.processes.push({
    name: `repair of ${resource.name}`,
    loops: [...scopeOf(group).loops],
    limit: 0,
    steps,
    start: 0,
    uses: [],
    inside: -1,
    arrived: -1,
    left: -1,
    attributes: [],
    internal: true,
    doc: '',
    source,
  });
}

/** Units are told apart where they break, are set up, or are taken from each other. */
function knowUnits(context: FlowContext): void {
  const { flattening, known } = context;
  const reasons = new Map<number, string>();
  known.resources.forEach(({ breaks }, id) => {
    if (breaks) reasons.set(id, 'each of them breaks by itself');
  });
  for (const process of known.processes)
    for (const step of process.steps) {
      if (step.kind === 'seize' && step.preempts)
        for (const { resource } of step.needs) reasons.set(resource.id, 'items take them from each other');
      if (step.kind === 'delay' && step.setup)
        for (const { resource } of process.uses[step.use!]!.needs)
          reasons.set(resource.id, 'each of them is set up by itself');
    }
  for (const [id, why] of reasons) {
    const resource = known.resources[id]!;
    const { group, resource: declared } = known.declared[id]!;
    const units = declared.size === undefined ? 1 : constant(declared.size, group);
    if (units === undefined)
      flattening.diagnostics.push(report(unitsNotKnown, { name: declared.name, why }, declared.size!.source));
    else resource.units = Math.max(0, Math.floor(units));
  }
}

function needsOf(context: FlowContext, group: Group, needs: readonly Need[]): FlatNeed[] {
  return needs.map(({ resource, units, source }) => ({
    resource: resourcePlace(context, group, resource, source),
    units: number(units),
  }));
}

function resourcePlace(
  { flattening, known }: FlowContext,
  group: Group,
  reference: Reference,
  source: Need['source'],
): FlatPlace {
  const place = placeOf(flattening, reference, scopeOf(group), source);
  return { id: known.used.get(keyOf(place.group, place.name))!, index: place.index };
}

// ── steps ───────────────────────────────────────────────────────────────────────────────────────

function flatProcess(context: FlowContext, group: Group, process: Process): FlatProcess {
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

  const value = (of: Expression, what: string): FlatExpression =>
    valueIn(context, group, of, `${name}/${what}`, items);
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
        const at = add({
          kind: 'arrive',
          ...(step.interval ? { interval: value(step.interval, 'arrive') } : {}),
          ...(first ? { first } : {}),
          ...(step.until ? { until: value(step.until, 'until') } : {}),
          ...(step.group ? { group: value(step.group, 'group') } : {}),
          ...(step.most ? { most: value(step.most, 'most') } : {}),
          ...(step.condition ? { condition: value(step.condition, 'when') } : {}),
          arrived: variable(group, `${name}.arrived`),
          ...common,
        });
        start ??= at + 1;
        begin();
        if (!step.interval && !step.first && !step.condition) refill = at;
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
        const to = targetOf(flattening, step.target, base, step.source);
        const what = step.target.segments.map((segment) => segment.name).join('.');
        add({ kind: 'set', target: to, value: value(step.value, what), ...common });
        for (const variable of followingOf(flattening, to.variable))
          add({ kind: 'set', target: { ...to, variable }, value: number(0), ...common });
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
    internal: false,
    doc: process.doc,
    source: process.source,
  };
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

// ── whether somebody looks on ───────────────────────────────────────────────────────────────────

/** Every expression that steps evaluate, with whether it is waited for. */
export function expressionsOf(
  flow: FlatFlow,
): { expression: FlatExpression; process: FlatProcess; awaited: boolean; step: FlatStep }[] {
  return flow.processes.flatMap((process) =>
    process.steps.flatMap((step) => {
      const found: FlatExpression[] = [];
      const look = (node: unknown): void => {
        if (Array.isArray(node)) node.forEach(look);
        else if (typeof node === 'object' && node !== null) {
          const { kind } = node as { kind?: unknown };
          if (typeof kind === 'string' && node !== step) found.push(node as FlatExpression);
          else
            for (const [key, inner] of Object.entries(node))
              if (key !== 'source' && key !== 'place') look(inner);
        }
      };
      for (const [key, inner] of Object.entries(step))
        if (!['source', 'place', 'target', 'needs'].includes(key)) look(inner);
      const awaited = (one: FlatExpression): boolean =>
        (step.kind === 'wait' || step.kind === 'arrive') && step.condition === one;
      return found.map((expression) => ({ expression, process, awaited: awaited(expression), step }));
    }),
  );
}

/** Decides whether events of the flow end steps; says why conditions on both items and states cannot be. */
export function couple(
  flattening: Flattening,
  flow: FlatFlow,
  blocks: { dynamics: readonly Block[]; outputs: readonly Block[] },
  looking: { handlers: readonly FlatHandler[]; probes: readonly FlatProbe[]; tests: readonly FlatTest[] },
): void {
  const own = new Set<VariableId>(
    [
      ...flow.processes.flatMap((process) => [
        process.inside,
        process.arrived,
        process.left,
        ...process.steps.flatMap((step) =>
          step.kind === 'leave' ? step.counters : step.kind === 'set' ? [step.target.variable] : [],
        ),
      ]),
      ...flow.queues.map(({ length }) => length),
      ...flow.belts.map(({ length }) => length),
      ...flow.resources.flatMap(({ busy, waiting, blocked, down, onDuty }) => [
        busy,
        waiting,
        blocked,
        down ?? -1,
        onDuty ?? -1,
      ]),
      ...flow.levels.map(({ statistic }) => statistic),
      ...flow.tallies.flatMap(({ statistic, histogram }) => [statistic, histogram ?? -1]),
    ].filter((id) => id >= 0),
  );
  const reads = (expression: FlatExpression): boolean =>
    loads(expression).some(({ load }) => own.has(load.variable)) ||
    some(expression, (node) => node.kind === 'quantile');
  const all = [...blocks.dynamics, ...blocks.outputs];
  for (let grew = true; grew;) {
    grew = false;
    for (const block of all) {
      const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
      const values = block.kind === 'assign' ? [block.value] : block.residuals;
      if (targets.every((one) => own.has(one.variable)) || !values.some(reads)) continue;
      for (const one of targets) own.add(one.variable);
      grew = true;
    }
  }
  const derivatives = flattening.variables.some(({ role }, id) => role === 'derivative' && own.has(id));
  const conditions = looking.handlers.some(({ condition, duration, period }) =>
    [condition, duration, period].some((one) => one && reads(one)),
  );
  const watched = looking.tests.flatMap(({ requirements }) =>
    requirements.flatMap((one) =>
      one.kind === 'expect' ? [] : [one.condition, ...(one.kind === 'response' ? [one.trigger] : [])],
    ),
  );
  const required = watched.some((probe) => reads(looking.probes[probe]!.value));
  const moves = (expression: FlatExpression, awaited: boolean): boolean =>
    some(expression, (node) => {
      if (node.kind === 'time') return awaited;
      if (node.kind !== 'load') return false;
      const { role } = flattening.variables[node.variable]!;
      return role === 'state' || role === 'derivative' || role === 'algebraic';
    });
  let continuous = false;
  for (const { expression, awaited, step } of expressionsOf(flow)) {
    if (!moves(expression, awaited)) continue;
    continuous = true;
    if (awaited && some(expression, (node) => node.kind === 'attribute'))
      flattening.diagnostics.push(report(conditionOfItem, { text: step.text }, step.source));
  }
  flow.coupled = derivatives || conditions || required || continuous;
}

/** Conditions that items wait for, as what crossings are looked for in. */
export function awaitedConditions(flow: FlatFlow): FlatHandler[] {
  return expressionsOf(flow)
    .filter(({ expression, awaited }) => awaited && !some(expression, (node) => node.kind === 'attribute'))
    .map(({ expression, process, step }) => ({
      kind: 'when',
      name: step.text,
      loops: process.loops,
      condition: expression,
      edge: 'true',
      firesAtStart: true,
      actions: [],
      source: step.source,
    }));
}

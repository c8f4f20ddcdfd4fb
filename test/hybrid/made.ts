/** A number → a hybrid model: meaningless, well formed, and with times that do not fall together by chance. */
import { numbers } from '../compile-fuzz/made-model.ts';
import type { Condition, Expression, Memory, Mode, Model, Reaction, Region, Setting } from './model.ts';

export function madeHybrid(seed: number): Model {
  const random = numbers(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const often = (share: number): boolean => random() < share;
  const between = (low: number, high: number): number =>
    Math.round((low + (high - low) * random()) * 1e6) / 1e6;
  const either = (most = 1.5): number => (often(0.5) ? -1 : 1) * between(0.05, most);
  const many = <T>(least: number, most: number, one: (at: number) => T): T[] =>
    Array.from({ length: least + below(most - least + 1) }, (_, at) => one(at));

  const known: string[] = [];
  const memories: Memory[] = [];
  const modes: Mode[] = [];
  const value = (number: number): Expression => ({ kind: 'number', value: number });
  const named = (name: string): Expression => ({ kind: 'name', name });
  const call = (of: string, ...given: Expression[]): Expression => ({ kind: 'call', of, arguments: given });
  const both = (operator: '+' | '-' | '*', left: Expression, right: Expression): Expression => ({
    kind: 'binary',
    operator,
    left,
    right,
  });
  const wave = (): Expression =>
    call('sin', both('+', both('*', value(between(0.5, 4)), { kind: 'time' }), value(between(0, 3))));
  const leaf = (): Expression => (often(0.7) ? named(pick(known)) : often(0.5) ? wave() : value(either()));
  const of = (depth: number): Expression => {
    if (depth === 0) return leaf();
    const x = (): Expression => of(depth - 1);
    return pick<() => Expression>([
      () => both('+', x(), x()),
      () => both('-', x(), x()),
      () => both('*', value(between(0.1, 2)), x()),
      () => call('sin', x()),
      () => call('tanh', both('*', x(), x())),
      () => call('abs', x()),
      () => call('max', x(), x()),
      () => call('min', x(), x()),
      () => ({ kind: 'choice', condition: condition(depth - 1), yes: x(), no: x() }),
      () => both('*', value(between(0.2, 0.5)), call('floor', both('*', value(between(1, 3)), x()))),
      () => call('mod', x(), value(between(0.5, 2))),
      leaf,
      wave,
    ])();
  };
  const compare = (depth = 1): Condition => ({
    kind: 'compare',
    operator: pick(['<', '<=', '>', '>=']),
    left: of(depth),
    right: value(either(1)),
  });
  const condition = (depth = 1): Condition => {
    const kind = random();
    if (kind < 0.12) return { kind: 'and', left: compare(depth), right: compare(0) };
    if (kind < 0.2) return { kind: 'or', left: compare(depth), right: compare(0) };
    if (kind < 0.25) return { kind: 'not', of: compare(depth) };
    if (kind < 0.4 && memories.length > 0) return { kind: 'memory', memory: pick(memories) };
    if (kind < 0.5 && modes.length > 0) return { kind: 'mode', mode: pick(modes) };
    return compare(depth);
  };

  const model: Model = {
    states: many(1, 3, (at) => ({ name: `x${at}`, start: either(), value: value(0) })),
    discretes: many(1, 2, (at) => ({ name: `d${at}`, start: either() })),
    lets: [],
    delays: [],
    memories,
    sensors: [],
    means: [],
    events: many(0, 2, (at) => `e${at}`),
    reactions: [],
    alarms: [],
  };
  known.push(...[...model.states, ...model.discretes].map(({ name }) => name));
  const targets = [...known];
  const add = <T extends { name: string }>(list: T[], share: number, one: () => T): void => {
    if (!often(share)) return;
    const made = one();
    list.push(made);
    known.push(made.name);
  };
  add(model.lets, 0.6, () => ({ name: 'y', value: of(2) }));
  add(model.delays, 0.3, () => ({ name: 'lag', of: pick(model.states).name, by: between(0.2, 1.5) }));
  for (let at = 0; at < 2; at += 1)
    if (often(0.5)) {
      const on = either(1);
      memories.push({
        name: `b${at}`,
        kind: pick(['hysteresis', 'once', 'historically', 'since', 'since within']),
        value: of(1),
        on,
        off: on + (often(0.5) ? -1 : 1) * between(0.1, 0.6),
        condition: condition(),
        start: condition(),
        window: between(0.1, 1.2),
      });
    }
  add(model.sensors, 0.3, () => ({ name: 'g', of: of(1), period: between(0.05, 0.7) }));
  add(model.means, 0.3, () => ({
    name: 'average',
    of: of(1),
    period: pick([0.05, 0.1, 0.25]),
    values: 2 + below(9),
  }));

  const setting = (): Setting => {
    const name = pick(targets);
    return { name, value: often(0.4) ? both('*', value(either(0.9)), named(name)) : call('tanh', of(1)) };
  };
  const settings = (most: number): Setting[] => {
    const list = many(1, most, setting);
    return list.filter(({ name }, at) => list.findIndex((other) => other.name === name) === at);
  };
  const region = (name: string, depth: number, around?: Mode): Region => {
    const made: Region = { name, modes: [], ...(around === undefined ? {} : { around }) };
    for (const at of many(2, 3, (n) => n)) {
      const mode: Mode = {
        name: `${name.toUpperCase()}${at}`,
        region: made,
        entry: [],
        exit: [],
        regions: [],
        reactions: [],
      };
      made.modes.push(mode);
      modes.push(mode);
      if (depth > 0 && often(0.4))
        mode.regions.push(
          ...many(1, often(0.3) ? 2 : 1, (n) => region(`${name}${at}${'pq'[n]}`, depth - 1, mode)),
        );
    }
    return made;
  };
  if (often(0.6)) {
    model.block = region('m', 2);
    if (often(0.5)) {
      model.modal = 'w';
      for (const mode of model.block.modes) mode.own = of(1);
      known.push('w');
    }
  }
  for (const state of model.states)
    state.value = both(
      '*',
      value(between(0.3, 2)),
      both('-', of(2), both('*', value(between(0.3, 2)), named(state.name))),
    );

  let reactions = 0;
  const reaction = (mode?: Mode): Reaction => {
    const kinds = [
      'when',
      'when',
      'at',
      'every',
      ...(model.events.length > 0 ? ['on'] : []),
      ...(mode ? ['after', 'after'] : []),
    ];
    const kind = pick(kinds) as Reaction['kind'];
    const made: Reaction = {
      kind,
      id: reactions,
      sets: settings(2),
      ...(mode === undefined ? {} : { mode }),
    };
    reactions += 1;
    if (kind === 'when' || (kind === 'on' && often(0.4))) made.condition = condition();
    if (kind === 'when' && often(0.35)) made.wait = between(0.05, 0.8);
    if (kind === 'at')
      Object.assign(made, { condition: compare(), direction: pick(['rising', 'falling', '']) });
    if (kind === 'every') made.period = between(0.15, 1.2);
    if (kind === 'every' && often(0.4)) made.phase = between(0.05, 1.5);
    if (kind === 'after') made.wait = between(0.1, 1.5);
    if (kind === 'on') made.event = pick(model.events);
    else if (model.events.length > 0 && often(0.35)) made.emits = pick(model.events);
    if (mode !== undefined && kind !== 'every' && (kind === 'after' || often(0.6))) {
      made.goesTo = pick([...mode.region.modes, ...(mode.region.around?.region.modes ?? [])]);
      if (made.goesTo.regions.length > 0 && often(0.4)) made.history = pick(['history', 'deep history']);
    }
    return made;
  };
  for (let at = 1 + below(3); at > 0; at -= 1) {
    const made = reaction();
    model.reactions.push(made);
    if (made.kind !== 'when' || !often(0.3)) continue;
    model.reactions.push({
      kind: 'when',
      id: reactions,
      sets: settings(2),
      condition: condition(),
      elseOf: made.id,
    });
    reactions += 1;
  }
  for (const mode of modes) {
    // What the first modes do at the start has an order of its own (`test/runtime/first-modes.test.ts`).
    if (mode !== mode.region.modes[0] && often(0.4)) mode.entry.push(setting());
    if (often(0.3)) mode.exit.push(setting());
    mode.reactions.push(...many(1, 2, () => reaction(mode)));
    const others = mode.region.modes.filter((other) => other !== mode);
    if (mode.reactions.some(({ goesTo }) => goesTo !== undefined)) continue;
    mode.reactions.push({
      kind: 'after',
      id: reactions,
      wait: between(0.1, 1.5),
      sets: settings(2),
      mode,
      goesTo: pick(others),
    });
    reactions += 1;
  }
  if (often(0.3))
    model.alarms.push({
      name: 'alert',
      raise: condition(),
      raiseWait: often(0.5) ? between(0.1, 0.6) : 0,
      ...(often(0.5) ? { clear: condition() } : {}),
      clearWait: often(0.5) ? between(0.1, 0.6) : 0,
    });
  return model;
}

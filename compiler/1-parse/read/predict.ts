/**
 * Which way to go on at a place of the grammar, from the tokens ahead: what Langium's parser predicts (all it can see of SLL(*), and the first
 * of those that fit where that decides nothing), found from the grammar itself and only for places that a text comes to. So a text without
 * mistakes needs no parser of Langium's, whose making takes longer than most texts.
 */
import { GrammarAST } from 'langium';
import type { Vocabulary } from './scan.ts';

const { isAction, isAlternatives, isAssignment, isCrossReference, isGroup, isInfixRule, isKeyword } =
  GrammarAST;
const { isRuleCall, isTerminalRule } = GrammarAST;

type Feature = GrammarAST.AbstractElement;

/** A place between tokens: one token leads on, or several ways without any, or another rule and then on. */
class State {
  readonly id: number;
  /** Where the rule ends that it belongs to. */
  readonly isStop: boolean;
  readonly rule: Automaton;
  /** The token that leads on, or -1. */
  token = -1;
  call: Automaton | undefined;
  next: State[] = [];

  constructor(id: number, rule: Automaton, isStop = false) {
    this.id = id;
    this.rule = rule;
    this.isStop = isStop;
  }
}

interface Automaton {
  start: State;
  /** Where those who call it go on. */
  callers: State[];
}

interface Span {
  left: State;
  right: State;
}

/** Where to go on when rules end, innermost first; equal ones are one. */
class Stack {
  readonly id: number;
  readonly state: State | undefined;
  readonly below: Stack | undefined;
  readonly above = new Map<State, Stack>();

  constructor(id: number, state?: State, below?: Stack) {
    this.id = id;
    this.state = state;
    this.below = below;
  }
}

interface Config {
  state: State;
  /** Which way was taken at first. */
  way: number;
  stack: Stack;
}

/** What may be under way after some tokens. */
class Configs {
  readonly all: Config[] = [];
  private readonly keys = new Set<number>();

  get key(): string {
    return [...this.keys].join();
  }

  add(config: Config): void {
    const key = (config.stack.id * STATES + config.state.id) * WAYS + config.way;
    if (this.keys.has(key)) return;
    this.keys.add(key);
    this.all.push(config);
  }
}
const [STATES, WAYS] = [1 << 17, 1 << 9];

/** After some tokens ahead: what is decided, or what the next token leads to. */
interface Ahead {
  configs: Configs;
  /** The way, or -1 while more than one fits. */
  way: number;
  /** By kind of token; null where none fits. */
  next: (Ahead | null | undefined)[];
}

/** The kinds of the tokens ahead; behind the last one is the end, as often as one looks. */
export interface Tokens {
  types: ArrayLike<number>;
  count: number;
}

/** Which of several ways; -1 where none fits. */
export type Choose = (tokens: Tokens, at: number) => number;

export class Predictions {
  private readonly vocabulary: Vocabulary;
  private readonly rules = new Map<GrammarAST.AbstractRule, Automaton>();
  private readonly choices = new Map<Feature, State>();
  private readonly repeats = new Map<Feature | GrammarAST.InfixRule, State>();
  private states = 0;
  private stacks = 0;
  private readonly bottom = new Stack(0);

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    const rules = vocabulary.rules.filter((rule) => !isTerminalRule(rule));
    for (const rule of rules) {
      const automaton = { callers: [] } as unknown as Automaton;
      automaton.start = this.state(automaton);
      this.rules.set(rule, automaton);
    }
    for (const rule of rules) {
      const automaton = this.rules.get(rule)!;
      const { left, right } = isInfixRule(rule)
        ? this.infix(rule, automaton)
        : this.element((rule as GrammarAST.ParserRule).definition, automaton);
      automaton.start.next.push(left);
      right.next.push(new State(this.states++, automaton, true));
    }
  }

  /** At alternatives. */
  choice(alternatives: Feature): Choose {
    return lazily(() => {
      const state = this.choices.get(alternatives)!;
      const end = this.ends.get(state)!;
      const table = new Int16Array(this.vocabulary.end + 1).fill(-1);
      for (const [way, first] of state.next.entries()) {
        const { tokens, isOpen } = this.firstIn(first, end);
        if (isOpen) return this.adaptive(state);
        for (const token of tokens) {
          if (table[token] !== -1) return this.adaptive(state);
          table[token] = way;
        }
      }
      return ({ types }, at) => table[types[at]!]!;
    });
  }

  /** At what need not be, or may be again: 0 where it is. */
  repeat(element: Feature | GrammarAST.InfixRule): Choose {
    return lazily(() => {
      const state = this.repeats.get(element)!;
      const enter = firstSet(state.next[0]!, false);
      const exit = firstSet(state.next[1]!, true);
      for (const token of enter) if (exit.has(token)) return this.adaptive(state);
      const table = new Int16Array(this.vocabulary.end + 1).fill(-1);
      for (const token of enter) table[token] = 0;
      return ({ types }, at) => table[types[at]!]!;
    });
  }

  private readonly ends = new Map<State, State>();

  private state(rule: Automaton): State {
    return new State(this.states++, rule);
  }

  private element(element: Feature, rule: Automaton): Span {
    const inner = this.once(element, rule);
    const { cardinality } = element;
    if (cardinality === undefined) return inner;
    const start = this.state(rule);
    const end = this.state(rule);
    if (cardinality === '?') {
      start.next.push(inner.left, end);
      inner.right.next.push(end);
      this.repeats.set(element, start);
      return { left: start, right: end };
    }
    start.next.push(inner.left, end);
    inner.right.next.push(start);
    this.repeats.set(element, start);
    return { left: cardinality === '+' ? inner.left : start, right: end };
  }

  private once(element: Feature, rule: Automaton): Span {
    if (isAssignment(element)) return this.element(element.terminal, rule);
    if (isKeyword(element)) return this.token(this.vocabulary.of(element.value), rule);
    if (isAction(element)) {
      const state = this.state(rule);
      return { left: state, right: state };
    }
    if (isGroup(element)) return this.chain(element.elements.map((each) => this.element(each, rule)));
    if (isAlternatives(element)) {
      const spans = element.elements.map((each) => this.element(each, rule));
      return spans.length === 1 ? spans[0]! : this.fork(element, spans, rule);
    }
    if (isRuleCall(element)) return this.called(element, rule);
    if (isCrossReference(element) && isRuleCall(element.terminal)) return this.called(element.terminal, rule);
    throw new Error(`predictions do not know ${element.$type}`);
  }

  private fork(element: Feature, spans: readonly Span[], rule: Automaton): Span {
    const [start, end] = [this.state(rule), this.state(rule)];
    for (const { left, right } of spans) {
      start.next.push(left);
      right.next.push(end);
    }
    this.choices.set(element, start);
    this.ends.set(start, end);
    return { left: start, right: end };
  }

  private token(token: number, rule: Automaton): Span {
    const [left, right] = [this.state(rule), this.state(rule)];
    left.token = token;
    left.next.push(right);
    return { left, right };
  }

  private called({ rule: { ref: called } }: GrammarAST.RuleCall, rule: Automaton): Span {
    if (isTerminalRule(called)) return this.token(this.vocabulary.of(called.name), rule);
    const [left, right] = [this.state(rule), this.state(rule)];
    left.call = this.rules.get(called!)!;
    left.next.push(right);
    left.call.callers.push(right);
    return { left, right };
  }

  private chain(spans: readonly Span[]): Span {
    for (let at = 1; at < spans.length; at += 1) spans[at - 1]!.right.next.push(spans[at]!.left);
    return { left: spans[0]!.left, right: spans.at(-1)!.right };
  }

  /** An operand, and operators with operands any number of times. */
  private infix(rule: GrammarAST.InfixRule, automaton: Automaton): Span {
    const first = this.called(rule.call, automaton);
    const operators = rule.operators.precedences.flatMap((each) => each.operators);
    const [start, end] = [this.state(automaton), this.state(automaton)];
    for (const { value } of operators) {
      const { left, right } = this.token(this.vocabulary.of(value), automaton);
      start.next.push(left);
      right.next.push(end);
    }
    const again = this.chain([{ left: start, right: end }, this.called(rule.call, automaton)]);
    const [entry, exit] = [this.state(automaton), this.state(automaton)];
    entry.next.push(again.left, exit);
    again.right.next.push(entry);
    this.repeats.set(rule, entry);
    return this.chain([first, { left: entry, right: exit }]);
  }

  /** The tokens that a way can begin with, and whether it can end without any. */
  private firstIn(from: State, end: State): { tokens: Set<number>; isOpen: boolean } {
    const tokens = new Set<number>();
    const seen = new Set<number>();
    let isOpen = false;
    const walk = ({ state, way, stack }: Config): void => {
      if (state === end) {
        isOpen = true;
        return;
      }
      const key = stack.id * STATES + state.id;
      if (seen.has(key)) return;
      seen.add(key);
      if (state.token >= 0) tokens.add(state.token);
      else this.onward({ state, way, stack }, walk);
    };
    walk({ state: from, way: 0, stack: this.bottom });
    return { tokens, isOpen };
  }

  /** Where one comes to from here without a token. */
  private onward({ state, way, stack }: Config, go: (config: Config) => void): void {
    if (state.isStop) {
      if (stack.state !== undefined) go({ state: stack.state, way, stack: stack.below! });
    } else if (state.call === undefined) for (const next of state.next) go({ state: next, way, stack });
    else go({ state: state.call.start, way, stack: this.push(stack, state.next[0]!) });
  }

  private push(stack: Stack, state: State): Stack {
    let found = stack.above.get(state);
    if (found === undefined) stack.above.set(state, (found = new Stack(++this.stacks, state, stack)));
    return found;
  }

  /** Adds all that can be reached without a token. What has come to the end of the rule fits whatever follows. */
  private close(config: Config, configs: Configs): void {
    const { state, stack } = config;
    if (state.token >= 0 || (state.isStop && stack.state === undefined)) configs.add(config);
    else this.onward(config, (next) => this.close(next, configs));
  }

  private adaptive(state: State): Choose {
    const configs = new Configs();
    for (const [way, next] of state.next.entries())
      this.close({ state: next, way, stack: this.bottom }, configs);
    const start: Ahead = { configs, way: -1, next: [] };
    const known = new Map<string, Ahead>();
    const { end } = this.vocabulary;
    return ({ types, count }, at) => {
      let ahead = start;
      for (let place = at; ; place += 1) {
        const token = place < count ? types[place]! : end;
        let next = ahead.next[token];
        if (next === undefined) ahead.next[token] = next = this.reach(ahead.configs, token, known);
        if (next === null) return -1;
        if (next.way >= 0) return next.way;
        ahead = next;
      }
    };
  }

  private reach({ all }: Configs, token: number, known: Map<string, Ahead>): Ahead | null {
    const reached: Config[] = [];
    const stopped: Config[] = [];
    for (const config of all) {
      const { state, way, stack } = config;
      if (state.isStop) stopped.push(config);
      else if (state.token === token) reached.push({ state: state.next[0]!, way, stack });
    }
    if (stopped.length === 0 && reached.length === 1)
      return { configs: new Configs(), way: reached[0]!.way, next: [] };
    const configs = new Configs();
    for (const config of reached) this.close(config, configs);
    if (!configs.all.some(({ state }) => state.isStop)) for (const config of stopped) configs.add(config);
    if (configs.all.length === 0) return null;
    const { key } = configs;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = { configs, way: decided(configs.all), next: [] }));
    return found;
  }
}

/** The one way that is left, or the first of those that nothing ahead can tell apart; -1 while more tokens may. */
function decided(configs: readonly Config[]): number {
  const ways = new Set(configs.map(({ way }) => way));
  const lowest = Math.min(...ways);
  if (ways.size === 1 || configs.every(({ state }) => state.isStop)) return lowest;
  const groups = new Map<number, Set<number>>();
  for (const { state, way, stack } of configs) {
    const key = stack.id * STATES + state.id;
    groups.set(key, (groups.get(key) ?? new Set()).add(way));
  }
  return [...groups.values()].every((group) => group.size > 1) ? lowest : -1;
}

/** The tokens that a way can begin with; where the rule ends before one, those behind all who call it, or none. */
function firstSet(from: State, goesOn: boolean): Set<number> {
  const found = new Set<number>();
  const seen = new Set<State>();
  const pending = [from];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    if (state.isStop) {
      if (goesOn) pending.push(...state.rule.callers);
    } else if (state.token >= 0) found.add(state.token);
    else if (state.call !== undefined) pending.push(state.call.start);
    else pending.push(...state.next);
  }
  return found;
}

/** Found when it is first asked for. */
function lazily(make: () => Choose): Choose {
  let made: Choose | undefined;
  return (tokens, at) => (made ??= make())(tokens, at);
}

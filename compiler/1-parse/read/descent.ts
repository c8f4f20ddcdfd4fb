/**
 * The grammar once more, as a recursive descent of closures that reads a text without mistakes several times as fast as Langium's parser and
 * builds the same tree: both go by one grammar, and decide alike where there is a choice (predict.ts). At the first thing that does not fit it
 * gives up, and Langium's parser, which can recover and say what was expected, reads the text instead. Why: docs/decisions/descent.md.
 */
import type { TokenType, TokenTypeDictionary } from 'chevrotain';
import {
  AstUtils,
  GrammarAST,
  GrammarUtils,
  isAstNode,
  type AstNode,
  type AstReflection,
  type CompositeCstNodeImpl,
  type CstNode,
  type Linker,
  type ValueConverter,
} from 'langium';
import { composite, Concrete, type Feature } from './concrete-tree.ts';
import { placedNode, type PlacedNode, type PlacedReference } from './placed.ts';
import { Predictions } from './predict.ts';
import { claim, contain, nameAt, point, Reading, refer, type Node } from './reading.ts';
import { Scanner, Vocabulary } from './scan.ts';
import type { TwinServices } from '../services.ts';

const { isAction, isAlternatives, isAssignment, isCrossReference, isGroup, isInfixRule, isKeyword } =
  GrammarAST;
const { isParserRule, isRuleCall, isTerminalRule } = GrammarAST;

/** Deeper or longer than this is left to Langium's parser, which has limits of its own and says so. */
const DEEPEST = 400;
const LONGEST_CHAIN = 400;

/** What fits nothing: thrown and caught here, and never shown. */
class DoesNotFit extends Error {}
const DOES_NOT_FIT = new DoesNotFit('the text does not fit');

const giveUp = (): never => {
  throw DOES_NOT_FIT;
};

/** A part of a rule: reads on, and adds to the node that is being built. */
type Part = (reading: Reading) => void;
/** What becomes of what was read at a place of the grammar: it is assigned, or adds to what is there. */
type Sink = (reading: Reading, value: unknown, cst: CstNode | undefined) => void;

interface Rule {
  name: string;
  /** Of the node that it builds; nothing for a fragment, which adds to another's. */
  type: string | undefined;
  isText: boolean;
  isFragment: boolean;
  body: Part;
  /** Of a text that is one word: the kinds of tokens that it may be. */
  words: Uint8Array | undefined;
}

/** Reads texts; makes references for the linker that it is given. */
export class Descent {
  private readonly rules = new Map<string, Rule>();
  private readonly defaults = new Map<string, readonly (readonly [string, unknown])[]>();
  private readonly vocabulary: Vocabulary;
  private readonly scanner: Scanner;
  private readonly predictions: Predictions;
  private readonly services: TwinServices;
  private readonly reflection: AstReflection;
  private readonly converter: ValueConverter;
  private readonly entry: Rule;
  /** How many levels the tree has at most that was read last. */
  height = 0;
  /** The names in it, where its nodes have places. */
  names: readonly PlacedReference[] = [];
  /** Langium's kinds of tokens by our numbers; made when a concrete tree is asked for. */
  private kinds: readonly TokenType[] | undefined;

  constructor(services: TwinServices) {
    this.vocabulary = new Vocabulary(services.Grammar);
    this.scanner = new Scanner(this.vocabulary, services.twin.Keywords);
    this.predictions = new Predictions(this.vocabulary);
    this.services = services;
    this.reflection = services.shared.AstReflection;
    this.converter = services.parser.ValueConverter;
    this.entry = this.compile(services.Grammar.rules.find((rule) => isParserRule(rule) && rule.entry));
  }

  /**
   * The tree of a text, or nothing where there is a mistake in it.
   * @param isConcrete whether with its concrete tree; else with the places of nodes
   */
  read(text: string, linker: Linker, isConcrete: boolean): AstNode | undefined {
    const { scanner } = this;
    if (!scanner.scan(text)) return undefined;
    const concrete = isConcrete ? new Concrete(text, scanner.hidden, this.kindsOfTokens()) : undefined;
    const reading = new Reading(scanner, linker, concrete);
    const node: Node = { $type: this.entry.type! };
    reading.node = node;
    this.height = 0;
    try {
      this.entry.body(reading);
    } catch (error) {
      if (error === DOES_NOT_FIT) return undefined;
      throw error;
    }
    if (reading.at < reading.count) return undefined;
    this.complete(node);
    this.height = reading.height + 1;
    this.names = reading.names;
    if (concrete !== undefined) {
      node.$cstNode = concrete.root;
      concrete.place(Infinity);
      concrete.root.astNode = node as AstNode;
    }
    return node as AstNode;
  }

  private kindsOfTokens(): readonly TokenType[] {
    if (this.kinds === undefined) {
      const { definition } = this.services.parser.Lexer;
      this.kinds = this.vocabulary.names.map((name) => (definition as TokenTypeDictionary)[name]!);
    }
    return this.kinds;
  }

  /** The rule with all that it calls. */
  private compile(rule: GrammarAST.AbstractRule | undefined): Rule {
    if (rule === undefined || isTerminalRule(rule)) throw new Error('the grammar is not linked');
    const { name } = rule;
    const known = this.rules.get(name);
    if (known !== undefined) return known;
    const isText = isParserRule(rule) && GrammarUtils.isDataTypeRule(rule);
    const isFragment = isParserRule(rule) && rule.fragment;
    const type = isFragment || isText ? undefined : GrammarUtils.getTypeName(rule);
    const made: Rule = { name, type, isText, isFragment, body: giveUp, words: undefined };
    this.rules.set(name, made);
    if (isText) made.words = this.wordsOf((rule as GrammarAST.ParserRule).definition);
    made.body = isInfixRule(rule)
      ? this.infix(rule)
      : this.element((rule as GrammarAST.ParserRule).definition, isText);
    return made;
  }

  /** The kinds of tokens of a rule that is one word, as it is written. */
  private wordsOf(definition: Feature): Uint8Array | undefined {
    const words = new Uint8Array(this.vocabulary.end + 1);
    for (const each of isAlternatives(definition) ? definition.elements : [definition]) {
      if (each.cardinality !== undefined) return undefined;
      if (isKeyword(each)) words[this.vocabulary.of(each.value)] = 1;
      else {
        const terminal = terminalOf(each);
        if (!isTerminalRule(terminal) || !isPlain(terminal)) return undefined;
        words[this.vocabulary.of(terminal.name)] = 1;
      }
    }
    return words;
  }

  private element(element: Feature, isText: boolean): Part {
    const inner = this.once(element, isText);
    if (element.cardinality === undefined) return inner;
    const repeat = this.predictions.repeat(element);
    switch (element.cardinality) {
      case '?':
        return (reading) => {
          if (repeat(reading, reading.at) === 0) inner(reading);
        };
      case '*':
      case '+': {
        const least = element.cardinality === '+';
        return (reading) => {
          if (least && repeat(reading, reading.at) !== 0) giveUp();
          while (repeat(reading, reading.at) === 0) {
            const { at } = reading;
            inner(reading);
            if (reading.at === at) giveUp();
          }
        };
      }
    }
  }

  private once(element: Feature, isText: boolean): Part {
    if (isAssignment(element)) return this.element(element.terminal, isText);
    if (isKeyword(element)) return this.token(element.value, element, isText);
    if (isAction(element)) return this.action(element);
    if (isGroup(element)) return sequence(element.elements.map((each) => this.element(each, isText)));
    if (isAlternatives(element)) return this.alternatives(element, isText);
    if (isRuleCall(element)) return this.called(element, element, isText);
    if (isCrossReference(element) && isRuleCall(element.terminal))
      return this.called(element.terminal, element, isText);
    throw new Error(`the descent does not know ${element.$type}`);
  }

  private alternatives(alternatives: GrammarAST.Alternatives, isText: boolean): Part {
    const parts = alternatives.elements.map((each) => this.element(each, isText));
    if (parts.length === 1) return parts[0]!;
    const choose = this.predictions.choice(alternatives);
    return (reading) => {
      const chosen = choose(reading, reading.at);
      if (chosen < 0) giveUp();
      else parts[chosen]!(reading);
    };
  }

  private called(call: GrammarAST.RuleCall, feature: Feature, isText: boolean): Part {
    const rule = call.rule.ref;
    if (call.arguments.length > 0) throw new Error('the descent does not know arguments of rules');
    if (isTerminalRule(rule)) return this.token(rule.name, feature, isText);
    return this.rule(this.compile(rule), feature, this.sink(feature, isText));
  }

  /** One token. */
  private token(name: string, feature: Feature, isText: boolean): Part {
    const type = this.vocabulary.of(name);
    const sink = this.sink(feature, isText);
    if (sink === ignore)
      return (reading) => {
        const { at, concrete } = reading;
        if (reading.types[at] !== type) return giveUp();
        reading.at = at + 1;
        if (concrete !== undefined) concrete.word(type, reading.starts[at]!, reading.ends[at]!, feature);
      };
    const converts = !isKeyword(feature) && !isPlain(terminalOf(feature));
    const { converter } = this;
    const written = { grammarSource: feature } as CstNode;
    return (reading) => {
      const { at, concrete } = reading;
      if (reading.types[at] !== type) return giveUp();
      reading.at = at + 1;
      const image = reading.images[at]!;
      sink(
        reading,
        converts ? converter.convert(image, written) : image,
        concrete?.word(type, reading.starts[at]!, reading.ends[at]!, feature),
      );
    };
  }

  /** Another rule: a node of its own, or more of this one where it is a fragment. */
  private rule(rule: Rule, feature: Feature, sink: Sink): Part {
    if (rule.isFragment) return (reading) => rule.body(reading);
    if (rule.isText) return this.textRule(rule, feature, sink);
    const { type } = rule;
    return (reading) => {
      if ((reading.depth += 1) > DEEPEST) giveUp();
      const { node, type: around, concrete, at, from, height } = reading;
      if (at >= reading.count) return giveUp();
      reading.from = reading.starts[at]!;
      reading.node = undefined;
      reading.type = type!;
      reading.height = 0;
      if (concrete === undefined) {
        rule.body(reading);
        const read = this.close(reading);
        reading.node = node;
        reading.type = around;
        if (reading.at === at) giveUp();
        reading.from = from;
        reading.height = Math.max(height, reading.height + 1);
        sink(reading, read, undefined);
      } else {
        const { cst } = concrete;
        const own = (concrete.cst = composite(cst, feature));
        rule.body(reading);
        const read = this.close(reading);
        reading.node = node;
        reading.type = around;
        if (reading.at === at) giveUp();
        reading.from = from;
        reading.height = Math.max(height, reading.height + 1);
        concrete.cst = cst;
        sink(reading, read, own);
      }
      reading.depth -= 1;
    };
  }

  /** A rule that yields a text. */
  private textRule(rule: Rule, feature: Feature, sink: Sink): Part {
    return (reading) => {
      const { concrete, text, at } = reading;
      if (at >= reading.count) return giveUp();
      if (concrete === undefined && rule.words?.[reading.types[at]!] === 1) {
        reading.textFrom = reading.starts[at]!;
        reading.at = at + 1;
        return sink(reading, reading.images[at]!, undefined);
      }
      if ((reading.depth += 1) > DEEPEST) giveUp();
      const cst = concrete?.cst;
      const own = concrete && composite(concrete.cst, feature);
      if (concrete !== undefined) concrete.cst = own!;
      reading.text = '';
      rule.body(reading);
      if (own !== undefined) own.content = own.content.slice();
      const read = reading.text;
      reading.text = text;
      reading.textFrom = reading.starts[at]!;
      if (reading.at === at) giveUp();
      if (concrete !== undefined) concrete.cst = cst!;
      sink(reading, read, own);
      reading.depth -= 1;
    };
  }

  private begin({ concrete }: Reading, type: string): Node {
    return concrete ? { $type: type } : (placedNode(type) as unknown as Node);
  }

  /** What is being built, which has something now. */
  private begun(reading: Reading): Node {
    return (reading.node ??= this.begin(reading, reading.type));
  }

  /** The node that was being built is whole. */
  private close(reading: Reading): Node {
    const { concrete } = reading;
    const node = this.begun(reading);
    if (concrete !== undefined) {
      const { cst } = concrete;
      node.$cstNode = cst;
      cst.content = cst.content.slice();
    } else {
      const placed = node as unknown as PlacedNode;
      placed.$from = reading.from;
      placed.$to = reading.at === 0 ? reading.from : reading.ends[reading.at - 1]!;
    }
    this.complete(node);
    return node;
  }

  /** Lists that have no members and marks that are not set stand in a node all the same. */
  private complete(node: Node): void {
    let defaults = this.defaults.get(node.$type);
    if (defaults === undefined) {
      const { properties } = this.reflection.getTypeMetaData(node.$type);
      defaults = Object.values(properties).flatMap(({ name, defaultValue }) =>
        defaultValue === undefined ? [] : [[name, defaultValue] as const],
      );
      this.defaults.set(node.$type, defaults);
    }
    for (let at = 0; at < defaults.length; at += 1) {
      const [name, value] = defaults[at]!;
      if (node[name] === undefined) node[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
    }
  }

  /** `{infer X}` says what the node is; `{infer X.base=current}` begins a node around the one that was being built. */
  private action(action: GrammarAST.Action): Part {
    const $type = GrammarUtils.getTypeName(action);
    const { feature } = action;
    if (feature === undefined)
      return (reading) => {
        if (reading.node === undefined) reading.type = $type;
        else (reading.node as { $type: string }).$type = $type;
      };
    if (action.operator !== '=') throw new Error('the descent does not know lists in actions');
    return (reading) => {
      const last = this.close(reading);
      const { concrete } = reading;
      if (concrete !== undefined) {
        const { cst } = concrete;
        const around = composite(cst.container as CompositeCstNodeImpl, action);
        const { content } = around.container as CompositeCstNodeImpl;
        content.splice(content.lastIndexOf(cst), 1);
        cst.container = around;
        around.content.push(cst);
        concrete.cst = around;
      }
      const node = (reading.node = this.begin(reading, $type));
      reading.height += 1;
      contain(reading, node, feature, last);
      node[feature] = last;
    };
  }

  private sink(feature: Feature, isText: boolean): Sink {
    const assignment = AstUtils.getContainerOfType(feature, isAssignment);
    if (assignment === undefined) return isText ? addText : isRuleCall(feature) ? this.merge : ignore;
    const { feature: name, operator } = assignment;
    const refers = isCrossReference(assignment.terminal);
    const isFunction = name === 'function';
    const isName = name === 'name' && isRuleCall(feature) && !isTerminalRule(feature.rule.ref);
    if (operator === '?=')
      return (reading) => {
        this.begun(reading)[name] = true;
      };
    if (operator === '+=')
      return (reading, value, cst) => {
        const node = this.begun(reading);
        const item = refers && typeof value === 'string' ? refer(reading, node, name, cst, value) : value;
        const list = (node[name] ??= []) as unknown[];
        if (isAstNode(item)) contain(reading, node, name, item as unknown as Node, list.length);
        list.push(item);
      };
    return (reading, value, cst) => {
      const node = this.begun(reading);
      if (typeof value === 'string') {
        if (isName && reading.concrete === undefined) nameAt(reading, node);
        node[name] = refers ? refer(reading, node, name, cst, value) : value;
        // The name of a call is both a text and a reference; see parser.ts.
        if (isFunction && this.reflection.isInstance(node, 'FunctionCall'))
          node['declared'] = refer(reading, node, 'declared', cst, value);
        return;
      }
      if (isAstNode(value)) contain(reading, node, name, value as unknown as Node);
      node[name] = value;
    };
  }

  /** A rule that is called without assignment: its node takes the place of the one being built, with what that has already. */
  private readonly merge: Sink = (reading, value) => {
    if (typeof value !== 'object' || value === null) return;
    // Nothing in our grammar is assigned in front of such a call.
    if (reading.node !== undefined) giveUp();
    reading.node = value as Node;
  };

  /** Operands and operators one after the other, made a tree by how tightly they bind. */
  private infix(rule: GrammarAST.InfixRule): Part {
    const operand = this.compile(rule.call.rule.ref);
    const type = GrammarUtils.getTypeName(rule);
    const levels: Levels = new Map();
    const types = new Set<number>();
    rule.operators.precedences.forEach(({ operators, associativity }, level) => {
      for (const { value } of operators) {
        levels.set(value, { level, right: associativity === 'right' });
        types.add(this.vocabulary.of(value));
      }
    });
    const operandOf = assignmentOf('parts', rule.call);
    const operatorOf = assignmentOf('operators', undefined);
    const more = this.predictions.repeat(rule);
    const take: Sink = (reading, value) => {
      const { operands } = reading.node as unknown as Chain;
      if (!isAstNode(value)) giveUp();
      if (reading.concrete !== undefined) claim(value as Node);
      operands.push(value as Node);
    };
    const first = this.rule(operand, operandOf, take);
    return (reading) => {
      const chain: Chain = { operands: [], operators: [] };
      reading.node = chain as unknown as Node;
      first(reading);
      while (more(reading, reading.at) === 0) {
        const { at, concrete } = reading;
        const type = reading.types[at]!;
        if (!types.has(type)) return giveUp();
        reading.at = at + 1;
        concrete?.word(type, reading.starts[at]!, reading.ends[at]!, operatorOf);
        if (chain.operators.push(reading.images[at]!) > LONGEST_CHAIN) return giveUp();
        first(reading);
      }
      reading.height += chain.operators.length;
      reading.node =
        chain.operands.length === 1 ? chain.operands[0]! : this.treeOf(chain, levels, type, reading);
    };
  }

  /**
   * As Langium's parser makes it: of the operators that bind least the last one stands at the top, the first where they go to the right. All
   * of one chain share its place in the concrete tree.
   */
  private treeOf({ operands, operators }: Chain, levels: Levels, type: string, reading: Reading): Node {
    const build = (from: number, to: number): Node => {
      if (from === to) return operands[from]!;
      let [top, lowest] = [from, -1];
      for (let at = from; at < to; at += 1) {
        const { level, right } = levels.get(operators[at]!)!;
        if (level > lowest || (level === lowest && !right)) [top, lowest] = [at, level];
      }
      const left = build(from, top);
      const right = build(top + 1, to);
      const node = this.begin(reading, type);
      if (reading.concrete !== undefined) node.$cstNode = reading.concrete.cst;
      else {
        const placed = node as unknown as PlacedNode;
        placed.$from = (left as unknown as PlacedNode).$from;
        placed.$to = (right as unknown as PlacedNode).$to;
      }
      node['left'] = left;
      node['operator'] = operators[top];
      node['right'] = right;
      point(node, 'left', left);
      point(node, 'right', right);
      return node;
    };
    return build(0, operands.length - 1);
  }
}

/** Of operators: how much they bind, from the most. */
type Levels = Map<string, { level: number; right: boolean }>;

interface Chain {
  operands: Node[];
  operators: string[];
}

const addText: Sink = (reading, value) => {
  reading.text += String(value);
};
const ignore: Sink = () => undefined;

function sequence(parts: readonly Part[]): Part {
  const [first, second, third] = parts;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined && second !== undefined && third === undefined)
    return (reading) => {
      first(reading);
      second(reading);
    };
  return (reading) => {
    for (const part of parts) part(reading);
  };
}

const assignmentOf = (feature: string, terminal: Feature | undefined): GrammarAST.Assignment =>
  ({ $type: 'Assignment', feature, operator: '+=', terminal }) as unknown as GrammarAST.Assignment;

/** The terminal that a place of the grammar reads. */
function terminalOf(feature: Feature): GrammarAST.AbstractRule | undefined {
  const call = isCrossReference(feature) ? feature.terminal : feature;
  return isRuleCall(call) ? call.rule.ref : undefined;
}

/** Whether what is written is the value: for texts without quotes. */
const isPlain = (rule: GrammarAST.AbstractRule | undefined): boolean =>
  rule !== undefined && rule.name !== 'STRING' && GrammarUtils.getRuleType(rule) === 'string';

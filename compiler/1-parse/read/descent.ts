/**
 * The grammar once more, as a recursive descent of closures that reads a text without mistakes several times as fast as Langium's parser and
 * builds the same tree: both go by one grammar, and decide alike where there is a choice (predict.ts). At the first thing that does not fit it
 * gives up, and Langium's parser, which can recover and say what was expected, reads the text instead. Why: docs/decisions/descent.md.
 */
import type { TokenType, TokenTypeDictionary } from 'chevrotain';
import {
  GrammarAST,
  GrammarUtils,
  isAstNode,
  type AstNode,
  type CompositeCstNodeImpl,
  type CstNode,
  type Linker,
  type ValueConverter,
} from 'langium';
import { begin, Building, ignore, type Sink } from './building.ts';
import { levelsOf, treeOf, type Chain } from './chains.ts';
import { composite, Concrete, type Feature } from './concrete-tree.ts';
import { DOES_NOT_FIT, giveUp } from './giving-up.ts';
import type { PlacedReference } from './placed.ts';
import { Predictions } from './predict.ts';
import { claim, contain, Reading, type Node } from './reading.ts';
import { Scanner, Vocabulary } from './scan.ts';
import type { TwinServices } from '../services.ts';

const { isAction, isAlternatives, isAssignment, isCrossReference, isGroup, isInfixRule, isKeyword } =
  GrammarAST;
const { isParserRule, isRuleCall, isTerminalRule } = GrammarAST;

/** Deeper or longer than this is left to Langium's parser, which has limits of its own and says so. */
const DEEPEST = 400;
const LONGEST_CHAIN = 400;

/** A part of a rule: reads on, and adds to the node that is being built. */
type Part = (reading: Reading) => void;
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
  private readonly vocabulary: Vocabulary;
  private readonly scanner: Scanner;
  private readonly predictions: Predictions;
  private readonly services: TwinServices;
  private readonly building: Building;
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
    this.building = new Building(services.shared.AstReflection);
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
    this.building.complete(node);
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
    return this.rule(this.compile(rule), feature, this.building.sink(feature, isText));
  }

  /** One token. */
  private token(name: string, feature: Feature, isText: boolean): Part {
    const type = this.vocabulary.of(name);
    const sink = this.building.sink(feature, isText);
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
      const cst = concrete?.cst;
      const own = concrete && (concrete.cst = composite(concrete.cst, feature));
      reading.from = reading.starts[at]!;
      reading.node = undefined;
      reading.type = type!;
      reading.height = 0;
      rule.body(reading);
      const read = this.building.close(reading);
      reading.node = node;
      reading.type = around;
      if (reading.at === at) giveUp();
      reading.from = from;
      reading.height = Math.max(height, reading.height + 1);
      if (concrete !== undefined) concrete.cst = cst!;
      sink(reading, read, own);
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
      const last = this.building.close(reading);
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
      const node = (reading.node = begin(reading, $type));
      reading.height += 1;
      contain(reading, node, feature, last);
      node[feature] = last;
    };
  }

  /** Operands and operators one after the other, made a tree by how tightly they bind. */
  private infix(rule: GrammarAST.InfixRule): Part {
    const operand = this.compile(rule.call.rule.ref);
    const type = GrammarUtils.getTypeName(rule);
    const levels = levelsOf(rule);
    const types = new Set([...levels.keys()].map((value) => this.vocabulary.of(value)));
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
      reading.node = chain.operands.length === 1 ? chain.operands[0]! : treeOf(chain, levels, type, reading);
    };
  }
}

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

/**
 * The grammar once more, as a recursive descent of closures that reads a text without mistakes several times as fast as Langium's parser and
 * builds the same tree: both go by one grammar and one prediction. At the first thing that does not fit it gives up, and Langium's parser,
 * which can recover and say what was expected, reads the text instead. Why: docs/decisions/descent.md.
 */
import { createTokenInstance, EOF, type IToken, type TokenType } from 'chevrotain';
import {
  AstUtils,
  CompositeCstNodeImpl,
  GrammarAST,
  GrammarUtils,
  isAstNode,
  LeafCstNodeImpl,
  RootCstNodeImpl,
  type AstNode,
  type AstReflection,
  type CstNode,
  type LangiumCoreServices,
  type Linker,
  type ValueConverter,
} from 'langium';
import { PlacedNode } from './placed.ts';

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

/** A node that is being built. */
type Node = Omit<AstNode, '$cstNode' | '$type'> &
  Record<string, unknown> & { $type: string; $cstNode?: CstNode };

/** A place of the grammar that consumes something. */
type Feature = GrammarAST.AbstractElement;

/** One reading of one text. */
class Reading {
  tokens: readonly IToken[] = [];
  at = 0;
  hidden: readonly IToken[] = [];
  hiddenAt = 0;
  depth = 0;
  node!: Node;
  /** Where the rule under way began. */
  from = 0;
  /** What a rule that yields a text has gathered. */
  text = '';
  /** Where the last such text began. */
  textFrom = 0;
  cst!: CompositeCstNodeImpl;
  root!: RootCstNodeImpl;
  readonly linker: Linker;
  /** Whether the concrete tree is built, too; else nodes have places. */
  readonly isConcrete: boolean;

  constructor(linker: Linker, isConcrete: boolean) {
    this.linker = linker;
    this.isConcrete = isConcrete;
  }

  /** As predictions look ahead: the first is the next token. */
  LA(ahead: number): IToken {
    return this.tokens[this.at + ahead - 1] ?? END;
  }

  LA_FAST(ahead: number): IToken {
    return this.tokens[this.at + ahead - 1] ?? END;
  }

  /** Comments in front of a token stand in the concrete tree before it; as Langium places them. */
  place(until: number): void {
    const nodes: LeafCstNodeImpl[] = [];
    for (; this.hiddenAt < this.hidden.length; this.hiddenAt += 1) {
      const token = this.hidden[this.hiddenAt]!;
      if (token.startOffset > until) break;
      nodes.push(leaf(token, true));
    }
    if (nodes.length === 0) return;
    let current: CompositeCstNodeImpl = this.cst;
    if (current.content.length > 0) return insert(current, current.content.length, nodes);
    while (current.container !== undefined) {
      const container = current.container as CompositeCstNodeImpl;
      const index = container.content.indexOf(current);
      if (index > 0) return insert(container, index, nodes);
      current = container;
    }
    insert(this.root, 0, nodes);
  }
}

const END = createTokenInstance(EOF, '', NaN, NaN, NaN, NaN, NaN, NaN);

function insert(parent: CompositeCstNodeImpl, index: number, nodes: CstNode[]): void {
  for (const node of nodes) (node as { container?: unknown }).container = parent;
  parent.content.splice(index, 0, ...nodes);
}

function composite(container: CompositeCstNodeImpl, feature: Feature): CompositeCstNodeImpl {
  const node = new CompositeCstNodeImpl();
  node.grammarSource = feature;
  node.container = container;
  container.content.push(node);
  return node;
}

function leaf(token: IToken, hidden: boolean): LeafCstNodeImpl {
  const { startOffset, image, startLine, startColumn, endLine, endColumn, tokenType } = token;
  return new LeafCstNodeImpl(
    startOffset,
    image.length,
    startLine! - 1,
    startColumn! - 1,
    endLine! - 1,
    endColumn!,
    tokenType,
    hidden,
  );
}

/** A token's leaf in the concrete tree. */
function word(reading: Reading, token: IToken, feature: Feature): LeafCstNodeImpl {
  if (reading.hiddenAt < reading.hidden.length) reading.place(token.startOffset);
  const node = leaf(token, false);
  node.grammarSource = feature;
  node.container = reading.cst;
  reading.cst.content.push(node);
  return node;
}

/** A part of a rule: reads on, and adds to the node that is being built. */
type Part = (reading: Reading) => void;
/** Which alternative; whether once more. The parser's own functions, which look ahead by `LA`. */
type Choice = (this: Reading) => number | undefined;
type Whether = (this: Reading) => boolean;

/** What becomes of what was read at a place of the grammar: it is assigned, or adds to what is there. */
type Sink = (reading: Reading, value: unknown, cst: CstNode | undefined) => void;

interface Rule {
  name: string;
  /** Of the node that it builds; nothing for a fragment, which adds to another's. */
  type: string | undefined;
  isText: boolean;
  isFragment: boolean;
  body: Part;
}

export interface Lexed {
  tokens: readonly IToken[];
  /** Comments. */
  hidden: readonly IToken[];
}

/** Counts of decisions in one rule: how the parser numbers them. */
interface Counts {
  rule: string;
  isText: boolean;
  or: number;
  many: number;
  optional: number;
}

/** The parser of chevrotain beneath Langium's: what it predicts, by rule and number. */
interface Predictions {
  fullRuleNameToShort: Record<string, number>;
  lookAheadFuncsCache: ((...args: unknown[]) => unknown)[][];
}
const [OR, OPTION, MANY, AT_LEAST_ONE] = [1 << 8, 2 << 8, 3 << 8, 4 << 8] as const;
/** Langium's mark behind the names of rules. */
const SUFFIX = '\u200B';

/** Reads texts; makes references for the linker that it is given. */
export class Descent {
  private readonly rules = new Map<string, Rule>();
  private readonly defaults = new Map<string, readonly (readonly [string, unknown])[]>();
  private readonly tokens: Record<string, TokenType>;
  private readonly predictions: Predictions;
  private readonly reflection: AstReflection;
  private readonly converter: ValueConverter;
  private readonly entry: Rule;

  constructor(services: LangiumCoreServices, predictions: unknown) {
    this.tokens = services.parser.Lexer.definition as Record<string, TokenType>;
    this.predictions = predictions as Predictions;
    this.reflection = services.shared.AstReflection;
    this.converter = services.parser.ValueConverter;
    this.entry = this.compile(services.Grammar.rules.find((rule) => isParserRule(rule) && rule.entry));
  }

  /**
   * The tree of a text, or nothing where there is a mistake in it.
   * @param isConcrete whether with its concrete tree; else with the places of nodes
   */
  read(text: string, lexed: Lexed, linker: Linker, isConcrete: boolean): AstNode | undefined {
    const reading = new Reading(linker, isConcrete);
    reading.tokens = lexed.tokens;
    reading.hidden = lexed.hidden;
    reading.root = new RootCstNodeImpl(text);
    reading.cst = reading.root;
    const node: Node = { $type: this.entry.type! };
    reading.node = node;
    try {
      this.entry.body(reading);
    } catch (error) {
      if (error === DOES_NOT_FIT) return undefined;
      throw error;
    }
    if (reading.at < lexed.tokens.length) return undefined;
    this.complete(node);
    if (isConcrete) {
      node.$cstNode = reading.root;
      reading.place(Infinity);
      reading.root.astNode = node as AstNode;
    }
    return node as AstNode;
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
    const made: Rule = { name, type, isText, isFragment, body: giveUp };
    this.rules.set(name, made);
    const counts: Counts = { rule: name, isText, or: 1, many: 1, optional: 1 };
    made.body = isInfixRule(rule)
      ? this.infix(rule)
      : this.element((rule as GrammarAST.ParserRule).definition, counts);
    return made;
  }

  private element(element: Feature, counts: Counts): Part {
    const inner = this.once(element, counts);
    switch (element.cardinality) {
      case undefined:
        return inner;
      case '?': {
        const whether = this.prediction(counts.rule, OPTION | counts.optional++) as Whether;
        return (reading) => {
          if (whether.call(reading)) inner(reading);
        };
      }
      case '*':
      case '+': {
        const least = element.cardinality === '+';
        const whether = this.prediction(
          counts.rule,
          (least ? AT_LEAST_ONE : MANY) | counts.many++,
        ) as Whether;
        return (reading) => {
          if (least && !whether.call(reading)) giveUp();
          while (whether.call(reading)) {
            const { at } = reading;
            inner(reading);
            if (reading.at === at) giveUp();
          }
        };
      }
    }
  }

  private once(element: Feature, counts: Counts): Part {
    if (isAssignment(element)) return this.element(element.terminal, counts);
    if (isKeyword(element)) return this.token(this.tokens[element.value], element, counts);
    if (isAction(element)) return this.action(element);
    if (isGroup(element)) return sequence(element.elements.map((each) => this.element(each, counts)));
    if (isAlternatives(element)) return this.alternatives(element, counts);
    if (isRuleCall(element)) return this.called(element, element, counts);
    if (isCrossReference(element) && isRuleCall(element.terminal))
      return this.called(element.terminal, element, counts);
    throw new Error(`the descent does not know ${element.$type}`);
  }

  private alternatives({ elements }: GrammarAST.Alternatives, counts: Counts): Part {
    const parts = elements.map((each) => this.element(each, counts));
    if (parts.length === 1) return parts[0]!;
    const choose = this.prediction(counts.rule, OR | counts.or++) as Choice;
    return (reading) => {
      const chosen = choose.call(reading);
      if (chosen === undefined) giveUp();
      else parts[chosen]!(reading);
    };
  }

  private called(call: GrammarAST.RuleCall, feature: Feature, counts: Counts): Part {
    const rule = call.rule.ref;
    if (call.arguments.length > 0) throw new Error('the descent does not know arguments of rules');
    if (isTerminalRule(rule)) return this.token(this.tokens[rule.name], feature, counts);
    return this.rule(this.compile(rule), feature, this.sink(feature, counts.isText));
  }

  /** One token. */
  private token(type: TokenType | undefined, feature: Feature, counts: Counts): Part {
    if (type === undefined) throw new Error(`no token for ${feature.$type} in ${counts.rule}`);
    const { tokenTypeIdx, categoryMatchesMap = {} } = type;
    const others = Object.keys(categoryMatchesMap).length > 0;
    const sink = this.sink(feature, counts.isText);
    const converts = !isKeyword(feature) && !isPlain(terminalOf(feature));
    const { converter } = this;
    const written = { grammarSource: feature } as CstNode;
    return (reading) => {
      const token = reading.tokens[reading.at];
      if (token === undefined) return giveUp();
      if (token.tokenTypeIdx !== tokenTypeIdx && !(others && categoryMatchesMap[token.tokenTypeIdx] === true))
        return giveUp();
      reading.at += 1;
      sink(
        reading,
        converts ? converter.convert(token.image, written) : token.image,
        reading.isConcrete ? word(reading, token, feature) : undefined,
      );
    };
  }

  /** Another rule: a node of its own, or more of this one where it is a fragment. */
  private rule(rule: Rule, feature: Feature, sink: Sink): Part {
    if (rule.isFragment) return (reading) => rule.body(reading);
    return (reading) => {
      if ((reading.depth += 1) > DEEPEST) giveUp();
      const { node, cst, text, at, from } = reading;
      const first = reading.tokens[at];
      if (first === undefined) return giveUp();
      reading.from = first.startOffset;
      const own = reading.isConcrete ? composite(cst, feature) : cst;
      reading.cst = own;
      let read: unknown;
      if (rule.isText) {
        reading.text = '';
        rule.body(reading);
        if (reading.isConcrete) own.content = own.content.slice();
        read = reading.text;
        reading.text = text;
        reading.textFrom = first.startOffset;
      } else {
        reading.node = this.begin(reading, rule.type!);
        rule.body(reading);
        read = this.close(reading);
        reading.node = node;
      }
      if (reading.at === at) giveUp();
      reading.from = from;
      reading.cst = cst;
      sink(reading, read, reading.isConcrete ? own : undefined);
      reading.depth -= 1;
    };
  }

  private begin({ isConcrete }: Reading, type: string): Node {
    return isConcrete ? { $type: type } : (new PlacedNode(type) as unknown as Node);
  }

  /** The node that was being built is whole. */
  private close(reading: Reading): Node {
    const { node, cst } = reading;
    if (reading.isConcrete) {
      node.$cstNode = cst;
      cst.content = cst.content.slice();
    } else {
      const last = reading.tokens[reading.at - 1];
      (node as unknown as PlacedNode).$from = reading.from;
      (node as unknown as PlacedNode).$to =
        last === undefined ? reading.from : last.startOffset + last.image.length;
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
    for (const [name, value] of defaults)
      if (node[name] === undefined) node[name] = Array.isArray(value) ? structuredClone(value) : value;
  }

  /** `{infer X}` says what the node is; `{infer X.base=current}` begins a node around the one that was being built. */
  private action(action: GrammarAST.Action): Part {
    const $type = GrammarUtils.getTypeName(action);
    const { feature } = action;
    if (feature === undefined)
      return ({ node }) => {
        (node as { $type: string }).$type = $type;
      };
    if (action.operator !== '=') throw new Error('the descent does not know lists in actions');
    return (reading) => {
      const last = this.close(reading);
      if (reading.isConcrete) {
        const { cst } = reading;
        const around = composite(cst.container as CompositeCstNodeImpl, action);
        const { content } = around.container as CompositeCstNodeImpl;
        content.splice(content.lastIndexOf(cst), 1);
        cst.container = around;
        around.content.push(cst);
        reading.cst = around;
      }
      reading.node = this.begin(reading, $type);
      contain(reading, feature, last);
      reading.node[feature] = last;
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
      return ({ node }) => {
        node[name] = true;
      };
    if (operator === '+=')
      return (reading, value, cst) => {
        const { node } = reading;
        const item =
          refers && typeof value === 'string'
            ? reading.linker.buildReference(node as AstNode, name, cst, value)
            : value;
        const list = (node[name] ??= []) as unknown[];
        if (isAstNode(item)) contain(reading, name, item as unknown as Node, list.length);
        list.push(item);
      };
    return (reading, value, cst) => {
      const { node } = reading;
      if (typeof value === 'string') {
        if (isName && !reading.isConcrete) nameAt(reading);
        node[name] = refers ? reading.linker.buildReference(node as AstNode, name, cst, value) : value;
        // The name of a call is both a text and a reference; see parser.ts.
        if (isFunction && this.reflection.isInstance(node, 'FunctionCall'))
          node['declared'] = reading.linker.buildReference(node as AstNode, 'declared', cst, value);
        return;
      }
      if (isAstNode(value)) contain(reading, name, value as unknown as Node);
      node[name] = value;
    };
  }

  /** A rule that is called without assignment: its node takes the place of the one being built, with what that has already. */
  private readonly merge: Sink = (reading, value) => {
    if (typeof value !== 'object' || value === null) return;
    const [made, begun] = [value as Node, reading.node];
    for (const name in begun) {
      // Nothing in our grammar is assigned in front of such a call.
      if (!name.startsWith('$')) giveUp();
    }
    reading.node = made;
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
        types.add(this.tokens[value]!.tokenTypeIdx!);
      }
    });
    const operandOf = assignmentOf('parts', rule.call);
    const operatorOf = assignmentOf('operators', undefined);
    const more = this.prediction(rule.name, MANY) as Whether;
    const take: Sink = (reading, value) => {
      const { operands } = reading.node as unknown as Chain;
      if (!isAstNode(value)) giveUp();
      if (reading.isConcrete) claim(value as Node);
      operands.push(value as Node);
    };
    const first = this.rule(operand, operandOf, take);
    return (reading) => {
      const chain: Chain = { operands: [], operators: [] };
      reading.node = chain as unknown as Node;
      first(reading);
      while (more.call(reading)) {
        const token = reading.tokens[reading.at];
        if (token === undefined || !types.has(token.tokenTypeIdx)) return giveUp();
        reading.at += 1;
        if (reading.isConcrete) word(reading, token, operatorOf);
        if (chain.operators.push(token.image) > LONGEST_CHAIN) return giveUp();
        first(reading);
      }
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
      if (reading.isConcrete) node.$cstNode = reading.cst;
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

  private prediction(rule: string, key: number): (...args: unknown[]) => unknown {
    const { fullRuleNameToShort, lookAheadFuncsCache } = this.predictions;
    const found = lookAheadFuncsCache[fullRuleNameToShort[rule + SUFFIX] ?? -1]?.[key];
    if (found === undefined) throw new Error(`no prediction in ${rule}`);
    return found;
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

/** A node that stands in the one that is being built, and whose place in the text is its own. */
function contain(
  { node: container, isConcrete }: Reading,
  property: string,
  node: Node,
  index?: number,
): void {
  if (isConcrete) claim(node);
  point(container, property, node, index);
}

/** The name of a node was read just now. */
function nameAt({ node, textFrom: from, tokens, at }: Reading): void {
  const last = tokens[at - 1];
  if (last !== undefined)
    (node as unknown as PlacedNode).$name = { from, to: last.startOffset + last.image.length };
}

/** What is written at a node's place leads to it. */
const claim = (node: Node): void => {
  (node.$cstNode as CompositeCstNodeImpl).astNode = node as AstNode;
};

function point(container: Node, property: string, node: Node, index?: number): void {
  const placed = node as { $container?: unknown; $containerProperty?: string; $containerIndex?: number };
  placed.$container = container;
  placed.$containerProperty = property;
  if (index !== undefined) placed.$containerIndex = index;
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

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
type Node = Omit<AstNode, '$cstNode'> & Record<string, unknown> & { $cstNode?: CstNode };

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
  /** What a rule that yields a text has gathered. */
  text = '';
  cst!: CompositeCstNodeImpl;
  root!: RootCstNodeImpl;
  readonly linker: Linker;

  constructor(linker: Linker) {
    this.linker = linker;
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

/** A part of a rule: reads on, and adds to the node that is being built. */
type Part = (reading: Reading) => void;
/** Which alternative; whether once more. The parser's own functions, which look ahead by `LA`. */
type Choice = (this: Reading) => number | undefined;
type Whether = (this: Reading) => boolean;

/** What becomes of what was read at a place of the grammar: it is assigned, or adds to what is there. */
type Sink = (reading: Reading, value: unknown, cst: CstNode) => void;

interface Rule {
  name: string;
  /** Of the node that it builds; nothing for a fragment, which adds to another's. */
  type: string | undefined;
  isText: boolean;
  isFragment: boolean;
  body: Part;
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

  /** The tree of a text, or nothing where there is a mistake in it. */
  read(
    text: string,
    tokens: readonly IToken[],
    hidden: readonly IToken[],
    linker: Linker,
  ): AstNode | undefined {
    const reading = new Reading(linker);
    Object.assign(reading, { tokens, hidden });
    reading.root = new RootCstNodeImpl(text);
    reading.cst = reading.root;
    reading.node = { $type: this.entry.type! };
    try {
      this.entry.body(reading);
    } catch (error) {
      if (error === DOES_NOT_FIT) return undefined;
      throw error;
    }
    if (reading.at < tokens.length) return undefined;
    const { node, root } = reading;
    node.$cstNode = root;
    this.complete(node);
    reading.place(Infinity);
    root.astNode = node;
    return node;
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
    return (reading) => {
      const token = reading.tokens[reading.at];
      if (token === undefined) return giveUp();
      if (token.tokenTypeIdx !== tokenTypeIdx && !(others && categoryMatchesMap[token.tokenTypeIdx] === true))
        return giveUp();
      reading.at += 1;
      if (reading.hiddenAt < reading.hidden.length) reading.place(token.startOffset);
      const node = leaf(token, false);
      node.grammarSource = feature;
      node.container = reading.cst;
      reading.cst.content.push(node);
      sink(reading, converts ? converter.convert(token.image, node) : token.image, node);
    };
  }

  /** Another rule: a node of its own, or more of this one where it is a fragment. */
  private rule(rule: Rule, feature: Feature, sink: Sink): Part {
    if (rule.isFragment) return (reading) => rule.body(reading);
    return (reading) => {
      if ((reading.depth += 1) > DEEPEST) giveUp();
      const { node, cst, text, at } = reading;
      const own = new CompositeCstNodeImpl();
      own.grammarSource = feature;
      own.container = cst;
      cst.content.push(own);
      reading.cst = own;
      if (rule.isText) {
        reading.text = '';
        rule.body(reading);
        own.content = own.content.slice();
        const read = reading.text;
        reading.text = text;
        reading.cst = cst;
        if (reading.at === at) giveUp();
        sink(reading, read, own);
      } else {
        reading.node = { $type: rule.type! };
        rule.body(reading);
        if (reading.at === at) giveUp();
        const made = this.close(reading);
        reading.node = node;
        reading.cst = cst;
        sink(reading, made, own);
      }
      reading.depth -= 1;
    };
  }

  /** The node that was being built is whole. */
  private close(reading: Reading): Node {
    const { node, cst } = reading;
    node.$cstNode = cst;
    cst.content = cst.content.slice();
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
      const { cst } = reading;
      const last = this.close(reading);
      const parent = cst.container as CompositeCstNodeImpl;
      const around = new CompositeCstNodeImpl();
      around.grammarSource = action;
      around.container = parent;
      parent.content[parent.content.lastIndexOf(cst)] = around;
      cst.container = around;
      around.content.push(cst);
      reading.cst = around;
      reading.node = { $type };
      contain(reading.node, feature, last);
      reading.node[feature] = last;
    };
  }

  private sink(feature: Feature, isText: boolean): Sink {
    const assignment = AstUtils.getContainerOfType(feature, isAssignment);
    if (assignment === undefined) return isText ? addText : isRuleCall(feature) ? this.merge : ignore;
    const { feature: name, operator } = assignment;
    const refers = isCrossReference(assignment.terminal);
    const isFunction = name === 'function';
    if (operator === '?=')
      return ({ node }) => {
        node[name] = true;
      };
    if (operator === '+=')
      return (reading, value, cst) => {
        const { node } = reading;
        const item =
          refers && typeof value === 'string' ? reading.linker.buildReference(node, name, cst, value) : value;
        const list = (node[name] ??= []) as unknown[];
        if (isAstNode(item)) contain(node, name, item as Node, list.length);
        list.push(item);
      };
    return (reading, value, cst) => {
      const { node } = reading;
      if (typeof value === 'string') {
        node[name] = refers ? reading.linker.buildReference(node, name, cst, value) : value;
        // The name of a call is both a text and a reference; see parser.ts.
        if (isFunction && this.reflection.isInstance(node, 'FunctionCall'))
          node['declared'] = reading.linker.buildReference(node, 'declared', cst, value);
        return;
      }
      if (isAstNode(value)) contain(node, name, value as Node);
      node[name] = value;
    };
  }

  /** A rule that is called without assignment: its node takes the place of the one being built, with what that has already. */
  private readonly merge: Sink = (reading, value) => {
    if (typeof value !== 'object' || value === null) return;
    const [made, begun] = [value as Node, reading.node];
    for (const name in begun) {
      if (name === '$type') continue;
      // Nothing in our grammar is assigned in front of such a call.
      giveUp();
    }
    made.$cstNode = undefined;
    reading.node = made;
  };

  /** Operands and operators one after the other, made a tree by how tightly they bind. */
  private infix(rule: GrammarAST.InfixRule): Part {
    const operand = this.compile(rule.call.rule.ref);
    const type = GrammarUtils.getTypeName(rule);
    const levels = new Map<string, { level: number; right: boolean }>();
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
      const node = value as Node;
      (node.$cstNode as CompositeCstNodeImpl).astNode = node;
      operands.push(node);
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
        reading.place(token.startOffset);
        const node = leaf(token, false);
        node.grammarSource = operatorOf;
        node.container = reading.cst;
        reading.cst.content.push(node);
        if (chain.operators.push(token.image) > LONGEST_CHAIN) return giveUp();
        first(reading);
      }
      reading.node =
        chain.operands.length === 1 ? chain.operands[0]! : treeOf(chain, levels, type, reading.cst);
    };
  }

  private prediction(rule: string, key: number): (...args: unknown[]) => unknown {
    const { fullRuleNameToShort, lookAheadFuncsCache } = this.predictions;
    const found = lookAheadFuncsCache[fullRuleNameToShort[rule + SUFFIX] ?? -1]?.[key];
    if (found === undefined) throw new Error(`no prediction in ${rule}`);
    return found;
  }
}

interface Chain {
  operands: Node[];
  operators: string[];
}

/** As Langium's parser makes it: of the operators that bind least the last one stands at the top, the first where they go to the right. */
function treeOf(
  { operands, operators }: Chain,
  levels: ReadonlyMap<string, { level: number; right: boolean }>,
  type: string,
  cst: CstNode,
): Node {
  const build = (from: number, to: number): Node => {
    if (from === to) return operands[from]!;
    let [top, lowest] = [from, -1];
    for (let at = from; at < to; at += 1) {
      const { level, right } = levels.get(operators[at]!)!;
      if (level > lowest || (level === lowest && !right)) [top, lowest] = [at, level];
    }
    const left = build(from, top);
    const right = build(top + 1, to);
    const node: Node = { $type: type, $cstNode: cst, left, operator: operators[top], right };
    point(node, 'left', left);
    point(node, 'right', right);
    return node;
  };
  return build(0, operands.length - 1);
}

const addText: Sink = (reading, value) => {
  reading.text += String(value);
};
const ignore: Sink = () => undefined;

/** A node that stands in another, and whose place in the text is its own. */
function contain(container: Node, property: string, node: Node, index?: number): void {
  const { $cstNode } = node;
  if ($cstNode !== undefined) ($cstNode as CompositeCstNodeImpl).astNode = node;
  point(container, property, node, index);
}

function point(container: AstNode, property: string, node: Node, index?: number): void {
  const placed = node as { $container?: AstNode; $containerProperty?: string; $containerIndex?: number };
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

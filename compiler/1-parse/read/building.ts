/** The nodes of a descent: begun with the first thing that goes into them, closed when their rule ends, and whole then. */
import { AstUtils, GrammarAST, isAstNode, type AstReflection, type CstNode } from 'langium';
import type { Feature } from './concrete-tree.ts';
import { giveUp } from './giving-up.ts';
import { placedNode, type PlacedNode } from './placed.ts';
import { contain, nameAt, refer, type Node, type Reading } from './reading.ts';

const { isAssignment, isCrossReference, isRuleCall, isTerminalRule } = GrammarAST;

/** What becomes of what was read at a place of the grammar: it is assigned, or adds to what is there. */
export type Sink = (reading: Reading, value: unknown, cst: CstNode | undefined) => void;

/** A node with nothing in it yet. */
export function begin({ concrete }: Reading, type: string): Node {
  return concrete ? { $type: type } : (placedNode(type) as unknown as Node);
}

/** What is being built, which has something now. */
function begun(reading: Reading): Node {
  return (reading.node ??= begin(reading, reading.type));
}

/** What of it goes by the types of the grammar. */
export class Building {
  private readonly defaults = new Map<string, readonly (readonly [string, unknown])[]>();
  private readonly reflection: AstReflection;

  constructor(reflection: AstReflection) {
    this.reflection = reflection;
  }

  /** The node that was being built is whole. */
  close(reading: Reading): Node {
    const { concrete } = reading;
    const node = begun(reading);
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
  complete(node: Node): void {
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

  /** What is made of what stands at a place of the grammar. */
  sink(feature: Feature, isText: boolean): Sink {
    const assignment = AstUtils.getContainerOfType(feature, isAssignment);
    if (assignment === undefined) return isText ? addText : isRuleCall(feature) ? merge : ignore;
    const { feature: name, operator } = assignment;
    const refers = isCrossReference(assignment.terminal);
    const isFunction = name === 'function';
    const isName = name === 'name' && isRuleCall(feature) && !isTerminalRule(feature.rule.ref);
    if (operator === '?=')
      return (reading) => {
        begun(reading)[name] = true;
      };
    if (operator === '+=')
      return (reading, value, cst) => {
        const node = begun(reading);
        const item = refers && typeof value === 'string' ? refer(reading, node, name, cst, value) : value;
        const list = (node[name] ??= []) as unknown[];
        if (isAstNode(item)) contain(reading, node, name, item as unknown as Node, list.length);
        list.push(item);
      };
    return (reading, value, cst) => {
      const node = begun(reading);
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
}

/** A rule that is called without assignment: its node takes the place of the one being built, with what that has already. */
const merge: Sink = (reading, value) => {
  if (typeof value !== 'object' || value === null) return;
  // Nothing in our grammar is assigned in front of such a call.
  if (reading.node !== undefined) giveUp();
  reading.node = value as Node;
};
const addText: Sink = (reading, value) => {
  reading.text += String(value);
};
/** What only has to stand there. */
export const ignore: Sink = () => undefined;

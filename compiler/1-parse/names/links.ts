/**
 * Which declaration refers to which, noted at the instant a name is resolved, whoever asked for it. So an edit of one
 * declaration is known by those, and only those, that look into it.
 */
import {
  AstUtils,
  DefaultLinker,
  isAstNode,
  isLinkingError,
  type AstNode,
  type AstNodeDescription,
  type CstNode,
  type LangiumDocument,
  type LinkingError,
  type Reference,
  type ReferenceInfo,
} from 'langium';
import { PlacedReference } from '../read/placed.ts';
import type { TwinScopeProvider } from './scope.ts';
import type { TwinServices } from '../services.ts';
import { TreeVisitor } from '../visit.ts';

/** What Langium keeps of a name that was looked up. */
interface Resolved {
  _ref?: unknown;
  _nodeDescription?: unknown;
}

/** A name that leads into another declaration, and the one that it stands in. */
interface Noted extends ReferenceInfo {
  element: AstNode;
}

/** While it is being found out what a name means. */
const RESOLVING = Symbol('resolving');

export class TwinLinker extends DefaultLinker {
  /** Names that lead into a declaration from others. */
  private readonly incoming = new WeakMap<AstNode, Map<Reference, Noted>>();
  /** The other way round: how many names of a declaration lead into which others. */
  private readonly outgoing = new WeakMap<AstNode, Map<AstNode, number>>();
  private readonly trees = new WeakSet<AstNode>();

  private readonly visitor: TreeVisitor;

  private readonly scopesLater: () => TwinScopeProvider;
  private scopes: TwinScopeProvider | undefined;

  constructor(services: TwinServices) {
    super(services);
    this.scopesLater = () => services.twin.Scopes;
    this.visitor = new TreeVisitor(services.shared.AstReflection);
  }

  /** A name whose place in the text is not known yet knows its node. */
  override buildReference(
    node: AstNode,
    property: string,
    refNode: CstNode | undefined,
    text: string,
  ): Reference {
    if (refNode !== undefined) return super.buildReference(node, property, refNode, text);
    return new PlacedReference(this, node, property, text);
  }

  /** What a name leads to. */
  target(reference: PlacedReference, node: AstNode, property: string): AstNode | undefined {
    const resolved = reference as Resolved;
    if (resolved._ref === RESOLVING) throw new Error(`what '${reference.$refText}' means depends on itself`);
    if (resolved._ref === undefined && resolved._nodeDescription === undefined) {
      resolved._ref = RESOLVING;
      let found: AstNode | null | undefined;
      try {
        this.scopes ??= this.scopesLater();
        found = this.scopes.quickly(node, property, reference.$refText);
      } catch {
        // Langium's own way says what is wrong.
      }
      resolved._ref = found ?? undefined;
      if (found !== undefined && found !== null) {
        this.note(reference, node, property, found);
        return found;
      }
      if (found === null && AstUtils.findRootNode(node).$document !== undefined) {
        resolved._ref = this.createLinkingError({ reference, container: node, property });
        return undefined;
      }
    }
    return this.resolveReference(reference as never, node, property);
  }

  /** From now on names in this tree are noted: probes and other trees that come and go are not. */
  follow(tree: AstNode): void {
    this.trees.add(tree);
  }

  override getCandidate(info: ReferenceInfo): AstNodeDescription | LinkingError {
    const found = super.getCandidate(info);
    if (!isLinkingError(found) && found.node !== undefined && !Array.isArray(info.reference))
      this.note(info.reference as Reference, info.container, info.property, found.node);
    return found;
  }

  private note(reference: Reference, container: AstNode, property: string, target: AstNode): void {
    const from = elementOf(container);
    const to = elementOf(target);
    if (from === to || from.$container === undefined || !this.trees.has(from.$container)) return;
    let names = this.incoming.get(to);
    if (names === undefined) this.incoming.set(to, (names = new Map()));
    if (!names.has(reference)) this.count(from, to, 1);
    names.set(reference, { reference, container, property, element: from });
  }

  private count(from: AstNode, to: AstNode, more: 1 | -1): void {
    let targets = this.outgoing.get(from);
    if (targets === undefined) this.outgoing.set(from, (targets = new Map()));
    const count = (targets.get(to) ?? 0) + more;
    if (count > 0) targets.set(to, count);
    else targets.delete(to);
  }

  override unlink(document: LangiumDocument): void {
    const tree = document.parseResult.value;
    this.visitor.visit(tree, (node) =>
      this.visitor.references(node, ({ reference }) => this.forget(reference as Reference)),
    );
  }

  /** A name that was resolved is looked up anew when it is asked for. */
  forget(reference: Reference): void {
    const resolved = reference as Resolved;
    if (isAstNode(resolved._ref)) {
      const to = elementOf(resolved._ref);
      const names = this.incoming.get(to);
      const noted = names?.get(reference);
      if (noted !== undefined) this.count(noted.element, to, -1);
      names?.delete(reference);
    }
    resolved._ref = undefined;
    resolved._nodeDescription = undefined;
  }

  /** What a name led to was read again: it leads to what stands in its place. False where nothing does. */
  redirect({ reference, container, property }: ReferenceInfo, heirs: ReadonlyMap<AstNode, AstNode>): boolean {
    const resolved = reference as Resolved;
    const heir = heirs.get(resolved._ref as AstNode);
    if (heir === undefined) return false;
    this.forget(reference as Reference);
    resolved._ref = heir;
    this.note(reference as Reference, container, property, heir);
    return true;
  }

  /** The names in other declarations that lead into this one. */
  namesInto(element: AstNode): Noted[] {
    return [...(this.incoming.get(element)?.values() ?? [])];
  }

  /** The declarations that names in this one were found to lead into; nothing is looked up for it. */
  targetsOf(element: AstNode): Iterable<AstNode> {
    return this.outgoing.get(element)?.keys() ?? [];
  }

  /** All names that were resolved to this node. */
  namesOf(target: AstNode): Reference[] {
    const element = elementOf(target);
    const found = this.namesInto(element).map(({ reference }) => reference as Reference);
    this.visitor.visit(element, (node) =>
      this.visitor.references(node, ({ reference }) => found.push(reference as Reference)),
    );
    return found.filter(({ ref }) => ref === target);
  }

  /** These declarations, and all that look into them, directly or through others. */
  closure(elements: Iterable<AstNode>): Set<AstNode> {
    const found = new Set(elements);
    // A set is walked in the order of insertion, including what is added on the way.
    for (const element of found)
      for (const noted of this.incoming.get(element)?.values() ?? []) found.add(noted.element);
    return found;
  }
}

/** The declaration of a file that a node stands in; a file itself for the file. */
export function elementOf(node: AstNode): AstNode {
  let element = node;
  while (element.$container?.$container !== undefined) element = element.$container;
  return element;
}

/**
 * What a name means at a place. In this order: variables of `for` loops, locals of a function, members of the asset around (own, then inherited),
 * the file, its package, what is imported by name, packages imported as a whole, and `pollux.units`, which all can see.
 * A name with dots is a package and a name in it.
 */
import {
  AstUtils,
  EMPTY_SCOPE,
  stream,
  type AstNode,
  type AstNodeDescription,
  type AstReflection,
  type URI,
} from 'langium';
import type { ReferenceInfo, Scope, ScopeProvider, Stream } from 'langium';
import {
  isForStatement,
  isFunctionDecl,
  isFunctionLocal,
  isExitStep,
  isImportedName,
  isIndexExpr,
  isMemberAccess,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isNeed,
  isProcessDecl,
  isTwinFile,
  isAssetDecl,
  type AssetDecl,
  type BinaryExpr,
  type FunctionDecl,
  type FunctionLocal,
  type FunctionParameter,
  type Expression,
  type ImportedName,
  type MemberAccess,
  type ForStatement,
  type ProcessDecl,
  type TwinFile,
} from '../../../grammar/generated/ast.ts';
import { Candidates } from './closest-names.ts';
import { eventValuesAt } from './events.ts';
import { featureOf } from './members.ts';
import { modeNamesAt, namesInMode } from './modes.ts';
import { ITEM, PROCESS_PACKAGE, type Members } from './members.ts';
import { namedElements, packageOf, type NamedElement, type PackageIndex } from './package-index.ts';

/** What is asked for again and again, until a file changes. */
class Kept {
  readonly version: number;
  readonly items = new WeakMap<ProcessDecl, Map<string, AstNode>>();
  /** Names that could be written, by what declares them and the type that is wanted. */
  readonly names = new WeakMap<AstNode, Map<string, Candidates>>();

  constructor(version: number) {
    this.version = version;
  }
}

/** Seen from everywhere without an import. */
const COMMON_PACKAGE = 'pollux.units';

export class TwinScopeProvider implements ScopeProvider {
  private readonly index: PackageIndex;
  private readonly members: Members;
  private readonly reflection: AstReflection;
  private kept = new Kept(-1);

  constructor(index: PackageIndex, members: Members, reflection: AstReflection) {
    this.index = index;
    this.members = members;
    this.reflection = reflection;
  }

  getScope(info: ReferenceInfo): Scope {
    const { container } = info;
    if (isMemberAccess(container)) {
      const mode = featureOf(container.receiver);
      if (isModesDecl(mode) || isModeDecl(mode)) return new NameScope(namesInMode(mode));
      const asset = this.members.ofExpression(container.receiver);
      return asset === undefined
        ? EMPTY_SCOPE
        : new NameScope(
            this.namesOf([...this.members.of(asset).values(), ...exitsOf(container.receiver)], 'Feature'),
          );
    }
    if (isImportedName(container)) {
      const name = info.reference.$refText;
      const found = this.index.find(container.$container?.package ?? '', name, 'Element');
      return new NameScope(found === undefined ? this.importable(container) : new Map([[name, found]]), () =>
        this.importable(container),
      );
    }
    return new PlaceScope(this, info, this.reflection.getReferenceType(info));
  }

  /** What a name stands for, or null, without what Langium keeps around it; undefined where it is imported. */
  quickly(container: AstNode, property: string, name: string): AstNode | null | undefined {
    if (container.$type === 'ImportedName') return undefined;
    if (isMemberAccess(container)) return this.memberNamed(container, name) ?? null;
    return this.resolve(container, name, this.typeOfReference(container.$type, property)) ?? null;
  }

  private memberNamed({ receiver }: MemberAccess, name: string): AstNode | undefined {
    const mode = featureOf(receiver);
    if (isModesDecl(mode) || isModeDecl(mode)) return namesInMode(mode).get(name);
    const asset = this.members.ofExpression(receiver);
    if (asset === undefined) return undefined;
    const member = this.members.of(asset).get(name);
    if (member !== undefined && this.reflection.isInstance(member, 'Feature')) return member;
    return exitsOf(receiver).find((each) => (each as { name?: string }).name === name);
  }

  private keeping(): Kept {
    if (this.kept.version !== this.members.version) this.kept = new Kept(this.members.version);
    return this.kept;
  }

  private namesKept(of: AstNode, type: string, find: () => Iterable<string>): Candidates {
    const { names } = this.keeping();
    let byType = names.get(of);
    if (byType === undefined) names.set(of, (byType = new Map()));
    let known = byType.get(type);
    if (known === undefined) byType.set(type, (known = new Candidates(find())));
    return known;
  }

  /** The members of an asset that could be written. */
  memberNames(asset: AssetDecl): Candidates {
    return this.namesKept(asset, 'any', () => this.members.of(asset).keys());
  }

  /** Names that could be written at a place; of those around it only what `isMeant` says. */
  candidates(place: AstNode, type: string, isMeant: (node: AstNode) => boolean): Candidates[] {
    const around = new Map<string, AstNode>();
    this.seeAround(place, type, around);
    const near = [...around].filter(([, node]) => isMeant(node)).map(([name]) => name);
    const asset = this.members.around(place);
    const ofType = (node: AstNode): boolean => this.reflection.isInstance(node, type) && isMeant(node);
    const named = (nodes: Iterable<readonly [string, AstNode]>): string[] =>
      [...nodes].filter(([, node]) => ofType(node)).map(([name]) => name);
    // What is meant differs where a step needs something, and nowhere else.
    const kind = `${type} ${isNeed(place.$container)}`;
    const file = fileOf(place);
    return [
      new Candidates(near),
      ...(asset === undefined ? [] : [this.namesKept(asset, kind, () => named(this.members.of(asset)))]),
      this.namesKept(file, kind, () => {
        const found = new Map<string, AstNode>();
        this.seeFiles(file, type, found);
        return [...named(found), ...[...this.unreadNames(place, type)].map(([name]) => name)];
      }),
    ];
  }

  /** What a name in a property of a node may stand for. */
  private typeOfReference(type: string, property: string): string {
    const found = this.reflection.getTypeMetaData(type).properties[property]?.referenceType;
    if (found === undefined) throw new Error(`${property} of ${type} is no name`);
    return found;
  }

  /** The declaration that a name stands for at a place. */
  resolve(place: AstNode, name: string, type: string): AstNode | undefined {
    const asset = assetAround(place);
    if (asset !== undefined) {
      const member = this.members.of(asset).get(name);
      if (member !== undefined && this.reflection.isInstance(member, type)) return member;
      return this.inFiles(place, name, type);
    }
    const modes = type === 'Feature' ? modeNamesAt(place) : undefined;
    if (modes?.only === true || modes?.names.has(name) === true) return modes.names.get(name);
    return this.inBlocks(place, name, type) ?? this.inFiles(place, name, type);
  }

  /** Every name that could be written at a place, the nearest first; what hides another comes instead of it. */
  visible(place: AstNode, type: string): Map<string, AstNode> {
    const found = new Map<string, AstNode>();
    if (this.seeAround(place, type, found)) return found;
    const asset = this.members.around(place);
    if (asset !== undefined)
      for (const [name, member] of this.members.of(asset)) this.see(found, name, member, type);
    this.seeFiles(fileOf(place), type, found);
    return found;
  }

  private see(found: Map<string, AstNode>, name: string, node: AstNode, type: string): void {
    if (!found.has(name) && this.reflection.isInstance(node, type)) found.set(name, node);
  }

  /** What comes before the members of an asset; whether nothing else can stand there. */
  private seeAround(place: AstNode, type: string, found: Map<string, AstNode>): boolean {
    const modes = type === 'Feature' ? modeNamesAt(place) : undefined;
    for (const [name, mode] of modes?.names ?? []) found.set(name, mode);
    if (modes?.only === true) return true;
    for (let node: AstNode | undefined = place; node !== undefined; node = node.$container) {
      if (isForStatement(node) && node.variable?.name)
        this.see(found, node.variable.name, node.variable, type);
      for (const local of localsAround(place, node)) this.see(found, local.name, local, type);
      if (isProcessDecl(node))
        for (const [name, each] of this.ofItems(node)) this.see(found, name, each, type);
    }
    for (const value of eventValuesAt(place)) this.see(found, value.name, value, type);
    return false;
  }

  /** What files declare. */
  private seeFiles(file: TwinFile, type: string, found: Map<string, AstNode>): void {
    for (const element of namedElements(file)) this.see(found, element.name, element, type);
    for (const element of this.index.elements(packageOf(file))) this.see(found, element.name, element, type);
    for (const use of file.uses) {
      if (use?.imports.length === 0 && use.package) {
        for (const element of this.index.elements(use.package)) this.see(found, element.name, element, type);
      }
      for (const imported of use?.imports ?? []) {
        const name = imported?.target?.$refText;
        const element = name === undefined ? undefined : this.index.find(use?.package ?? '', name, type);
        if (element !== undefined) this.see(found, element.name, element, type);
      }
    }
    for (const element of this.index.elements(COMMON_PACKAGE)) this.see(found, element.name, element, type);
  }

  /** Names of declarations in files that are not read, which could be written at a place, and their types. */
  *unreadNames(place: AstNode, type: string): Iterable<[name: string, type: string]> {
    const file = fileOf(place);
    const whole = file.uses.filter((use) => use?.imports.length === 0).map((use) => use.package);
    for (const name of new Set([packageOf(file), ...whole])) {
      if (!name) continue;
      for (const each of this.index.unreadNames(name))
        if (this.reflection.isSubtype(each[1], type)) yield each;
    }
  }

  private inBlocks(place: AstNode, name: string, type: string): AstNode | undefined {
    let child: AstNode | undefined;
    for (let node: AstNode | undefined = place; node !== undefined; child = node, node = node.$container) {
      // Most places are in expressions: what they are is asked once, as this is the way to every name.
      switch (node.$type) {
        case 'ForStatement': {
          const { variable } = node as ForStatement;
          if (child?.$containerProperty !== 'range' && variable?.name === name)
            if (this.reflection.isInstance(variable, type)) return variable;
          break;
        }
        case 'FunctionDecl': {
          const local = localNamed(name, place, node as FunctionDecl);
          if (local !== undefined && this.reflection.isInstance(local, type)) return local;
          break;
        }
        case 'ProcessDecl': {
          const own = this.ofItems(node as ProcessDecl).get(name);
          if (own !== undefined && this.reflection.isInstance(own, type)) return own;
        }
      }
    }
    const values = eventValuesAt(place);
    const value = values.length === 0 ? undefined : values.find((each) => each.name === name);
    if (value !== undefined && this.reflection.isInstance(value, type)) return value;
    const asset = this.members.around(place);
    const member = asset === undefined ? undefined : this.members.of(asset).get(name);
    return member !== undefined && this.reflection.isInstance(member, type) ? member : undefined;
  }

  private inFiles(place: AstNode, name: string, type: string): NamedElement | undefined {
    const dot = name.lastIndexOf('.');
    if (dot >= 0) return this.index.find(name.slice(0, dot), name.slice(dot + 1), type);
    const file = fileOf(place);
    const own = this.index.own(file, name, type);
    if (own !== undefined) return own;
    const inPackage = this.index.find(packageOf(file), name, type);
    if (inPackage !== undefined) return inPackage;
    const whole: string[] = [];
    for (const use of file.uses) {
      if (!use?.package) continue;
      if (use.imports.length === 0) whole.push(use.package);
      if (use.imports.some((imported: ImportedName | undefined) => imported?.target?.$refText === name)) {
        const imported = this.index.find(use.package, name, type);
        if (imported !== undefined) return imported;
      }
    }
    for (const packageName of [...whole, COMMON_PACKAGE]) {
      const found = this.index.find(packageName, name, type);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Inside a process: its steps by name, what its items carry, and what every item does. */
  private ofItems(process: ProcessDecl): Map<string, AstNode> {
    const { items } = this.keeping();
    let names = items.get(process);
    if (names !== undefined) return names;
    const item = this.index.find(PROCESS_PACKAGE, ITEM, 'AssetDecl');
    const shared = isAssetDecl(item) ? [...this.members.of(item).values()] : [];
    names = new Map<string, AstNode>();
    for (const node of [...process.steps, ...shared]) {
      const name = (node as { name?: string } | undefined)?.name;
      if (name && !names.has(name)) names.set(name, node);
    }
    items.set(process, names);
    return names;
  }

  private importable(imported: ImportedName): Map<string, AstNode> {
    const packageName = imported.$container?.package ?? '';
    return this.namesOf(this.index.elements(packageName), 'Element');
  }

  private namesOf(nodes: Iterable<AstNode>, type: string): Map<string, AstNode> {
    const names = new Map<string, AstNode>();
    for (const node of nodes) {
      const name = (node as { name?: string }).name;
      if (name && !names.has(name) && this.reflection.isInstance(node, type)) names.set(name, node);
    }
    return names;
  }
}

/** Most names stand in equations and values of an asset itself, where only its members come before what files declare. */
const PLAIN: ReadonlySet<string> = new Set([
  'BinaryExpr',
  'ConditionalExpr',
  'Equation',
  'FunctionCall',
  'IndexExpr',
  'MemberAccess',
  'NameRef',
  'ParenExpr',
  'PowerExpr',
  'UnaryExpr',
  'VariableDecl',
]);

function assetAround(place: AstNode): AssetDecl | undefined {
  for (let node = place; PLAIN.has(node.$type);) {
    const parent = node.$container;
    if (parent === undefined) return undefined;
    if (parent.$type === 'AssetDecl') return parent as AssetDecl;
    // On the right of `==` may stand the name of a mode.
    if (parent.$type === 'BinaryExpr' && node.$containerProperty === 'right') {
      const { operator } = parent as BinaryExpr;
      if (operator === '==' || operator === '!=') return undefined;
    }
    node = parent;
  }
  return undefined;
}

/** The nearest of them with a name. */
function localNamed(
  name: string,
  place: AstNode,
  around: FunctionDecl,
): FunctionLocal | FunctionParameter | undefined {
  for (let at = localsBefore(place, around) - 1; at >= 0; at -= 1)
    if ((around.locals[at]?.name as string | undefined) === name) return around.locals[at];
  return around.parameters.find((each) => (each?.name as string | undefined) === name);
}

function localsBefore(place: AstNode, around: FunctionDecl): number {
  let own: AstNode | undefined = place;
  while (own !== undefined && own.$container !== around) own = own.$container;
  return isFunctionLocal(own) ? Math.max(0, own.$containerIndex ?? 0) : around.locals.length;
}

/** Inside a function: the lets above a place, the nearest first, and its parameters. */
function localsAround(place: AstNode, around: AstNode): (FunctionLocal | FunctionParameter)[] {
  if (!isFunctionDecl(around)) return [];
  const above = around.locals.slice(0, localsBefore(place, around));
  const named = [...above.toReversed(), ...around.parameters];
  return named.filter((each) => (each?.name as string | undefined) !== undefined);
}

/** Ways out of a process are counted by name: `bottle.scrap`. */
function exitsOf(receiver: Expression | undefined): AstNode[] {
  let path = receiver;
  while (isIndexExpr(path)) path = path.base;
  const feature = isNameRef(path) ? path.target?.ref : isMemberAccess(path) ? path.member?.ref : undefined;
  return isProcessDecl(feature) ? feature.steps.filter(isExitStep) : [];
}

function fileOf(node: AstNode): TwinFile {
  const root = AstUtils.findRootNode(node);
  if (isTwinFile(root)) return root;
  return { $type: 'TwinFile', elements: [], uses: [] } as unknown as TwinFile;
}

/** Langium asks for descriptions; with the node in it nothing else of them is ever needed. */
class Description implements AstNodeDescription {
  readonly node: AstNode;
  readonly name: string;
  readonly type: string;
  readonly path = '';

  constructor(node: AstNode, name: string) {
    this.node = node;
    this.name = name;
    this.type = node.$type;
  }

  get documentUri(): URI {
    return AstUtils.getDocument(this.node).uri;
  }
}

const describe = (node: AstNode, name: string): AstNodeDescription => new Description(node, name);

class NameScope implements Scope {
  private readonly names: ReadonlyMap<string, AstNode>;
  private readonly all: () => ReadonlyMap<string, AstNode>;

  constructor(names: ReadonlyMap<string, AstNode>, all = () => names) {
    this.names = names;
    this.all = all;
  }

  getElement(name: string): AstNodeDescription | undefined {
    const node = this.names.get(name);
    return node && describe(node, name);
  }

  getElements(name: string): Stream<AstNodeDescription> {
    return stream([this.getElement(name)].filter((each) => each !== undefined));
  }

  getAllElements(): Stream<AstNodeDescription> {
    return stream([...this.all()].map(([name, node]) => describe(node, name)));
  }
}

class PlaceScope implements Scope {
  private readonly provider: TwinScopeProvider;
  private readonly info: ReferenceInfo;
  private readonly type: string;

  constructor(provider: TwinScopeProvider, info: ReferenceInfo, type: string) {
    this.provider = provider;
    this.info = info;
    this.type = type;
  }

  getElement(name: string): AstNodeDescription | undefined {
    const node = this.provider.resolve(this.info.container, name, this.type);
    return node && describe(node, name);
  }

  getElements(name: string): Stream<AstNodeDescription> {
    return stream([this.getElement(name)].filter((each) => each !== undefined));
  }

  getAllElements(): Stream<AstNodeDescription> {
    return stream(
      [...this.provider.visible(this.info.container, this.type)].map(([name, node]) => describe(node, name)),
    );
  }
}

/** A name without meaning → a diagnostic that says what was looked for, what may have been meant, and how to mend it. */
import type { AstNode, ReferenceInfo } from 'langium';
import { report, type Diagnostic, type Fix } from '../../diagnostics/diagnostic.ts';
import {
  noMembers,
  notInPackage,
  unknownDeclaration,
  unknownMember,
  unknownName,
  unknownPackage,
  wrongKind,
} from '../../diagnostics/names.ts';
import {
  isBinaryExpr,
  isChoice,
  isImportedName,
  isIndexExpr,
  isMemberAccess,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isNeed,
  isNumberLiteral,
  isPartDecl,
  isResourceDecl,
  isTwinDecl,
  isVariableDecl,
  isUnaryExpr,
  isUnitDecl,
  type AssetDecl,
  type Expression,
  type MemberAccess,
  type NameRef,
  type TwinFile,
  type UseDecl,
} from '../../../grammar/generated/ast.ts';
import { unknownMode } from '../../diagnostics/modes.ts';
import type { SourceRange } from '../../model/source.ts';
import { declareMissing } from '../mistakes/process-fixes.ts';
import { absenceAt } from './absent.ts';
import { closestNames, closestOf } from './closest-names.ts';
import { featureOf } from './members.ts';
import { comparisonWith, modeNamesAt, namesInMode } from './modes.ts';
import { insteadOfQuantity, quantitiesElsewhere } from './other-quantities.ts';
import type { TwinServices } from '../services.ts';
import { sourceOfCst, sourceOfProperty, uriOf } from '../source.ts';

const KINDS: Record<string, string> = {
  AlarmDecl: 'an alarm',
  AssetDecl: 'an asset',
  ConstDecl: 'a constant',
  FunctionDecl: 'a function',
  FunctionLocal: 'a let of a function',
  FunctionParameter: 'a parameter of a function',
  CalendarDecl: 'a calendar',
  CalibrateDecl: 'a calibration',
  ExperimentDecl: 'an experiment',
  LoopVariable: 'a loop variable',
  EventDecl: 'an event',
  EventValue: 'a value of an event',
  ModeDecl: 'a mode',
  ModesDecl: 'a set of modes',
  ConveyStep: 'a conveyor',
  ExitStep: 'a way out',
  ItemDecl: 'a value of an item',
  PartDecl: 'a part',
  ProcessDecl: 'a process',
  QueueStep: 'a queue',
  ResourceDecl: 'a resource',
  StationStep: 'a station',
  QuantityDecl: 'a quantity',
  RuleDecl: 'a rule',
  ScenarioDecl: 'a scenario',
  SensorDecl: 'a sensor',
  TableDecl: 'a table',
  TwinDecl: 'a twin',
  UnitDecl: 'a unit',
  VariableDecl: 'a variable',
};
const WANTED: Record<string, string> = {
  AssetDecl: 'asset',
  CalendarDecl: 'calendar',
  ProcessDecl: 'process of this asset',
  ProcessPlace: 'station, queue, conveyor or exit of this process',
  QueueStep: 'store of this asset',
  QuantityDecl: 'quantity',
  Runnable: 'asset or twin',
  ScenarioDecl: 'scenario',
  Studied: 'asset, twin or scenario',
  TwinDecl: 'twin',
};

/** `a pump`, `an asset`: what a node is, for a message. */
export function kindOf(node: AstNode): string {
  return KINDS[node.$type] ?? 'something else';
}

export function unresolved(services: TwinServices, info: ReferenceInfo): Diagnostic | undefined {
  const { container, reference } = info;
  const name = reference.$refText;
  if (!name || reference.$refNode === undefined) return undefined;
  const place = sourceOfCst(reference.$refNode, uriOf(container));
  const { twin } = services;
  const type = services.shared.AstReflection.getReferenceType(info);

  if (isMemberAccess(container)) {
    const receiver = featureOf(container.receiver);
    if (receiver === undefined) return ofValue(container, name, place);
    if (isModeDecl(receiver) || isModesDecl(receiver))
      return noMode(name, namesInMode(receiver).keys(), place);
    const asset = twin.Members.ofFeature(receiver);
    // What is written behind a state is hardly ever meant to be known of its estimate.
    if (asset === undefined || isVariableDecl(receiver)) {
      // A part whose asset is unknown has its own diagnostic.
      if (isPartDecl(receiver) || isTwinDecl(receiver)) return undefined;
      const help =
        name === 'sd' ? 'Only states are estimated, and sd is how far off a state may be.' : undefined;
      return report(noMembers, { name, receiver: receiver.name, kind: kindOf(receiver), help }, place);
    }
    const comparison = comparisonAt(container, asset, services);
    if (comparison !== undefined) {
      const { text, fixes } = comparison;
      return report(unknownMember, { name, owner: asset.name, comparison: text }, place, { fixes });
    }
    const close = closestOf(name, [twin.Scopes.memberNames(asset)]);
    return report(unknownMember, { name, owner: asset.name, suggestion: close[0] }, place, {
      fixes: changes(close, place),
    });
  }

  if (isImportedName(container)) {
    const packageName = container.$container?.package ?? '';
    if (!twin.PackageIndex.has(packageName)) return undefined;
    const close = closestNames(name, [
      ...[...twin.PackageIndex.elements(packageName)].map((each) => each.name),
      ...[...twin.PackageIndex.unreadNames(packageName)].map(([each]) => each),
    ]);
    const holes = { name, package: packageName, suggestion: close[0] };
    return report(notInPackage, holes, place, { fixes: changes(close, place) });
  }

  const modes = type === 'Feature' ? modeNamesAt(container) : undefined;
  // Outside of modes the checker says that no transition can stand there.
  if (modes?.only === true && modes.names.size === 0) return undefined;
  if (modes?.only === true) return noMode(name, modes.names.keys(), place);
  if (type === 'Feature' && twin.Members.isUnknownAround(container)) return undefined;
  const wanted = WANTED[type];
  const packages = twin.PackageIndex.packagesWith(name, type);
  const other = anyElement(services, container, name);
  // Units have short names: that a missing asset B shares its letter with the bel is no news.
  if (
    other !== undefined &&
    packages.length === 0 &&
    (wanted === undefined || wanted === 'quantity' || !isUnitDecl(other))
  ) {
    const needed = wanted === undefined ? 'a value' : /^[aeio]/.test(wanted) ? `an ${wanted}` : `a ${wanted}`;
    return report(wrongKind, { name, found: kindOf(other), wanted: needed }, place);
  }
  // What a step uses is a resource, or in a part.
  const ofNeed = isNeed(container.$container);
  const isMeant = (node: AstNode): boolean => !ofNeed || isResourceDecl(node) || isPartDecl(node);
  const meant = wanted === 'quantity' ? quantitiesElsewhere(name) : [];
  const close = meant.length > 0 ? meant : closestOf(name, twin.Scopes.candidates(container, type, isMeant));
  const fixes = [
    ...packages.map((each) => importing(container, each, name)),
    ...changes(close, place),
    ...declareMissing(container, name),
  ];
  if (wanted !== undefined) {
    const suggestion = meant.length > 0 ? oneOf(meant) : close[0];
    const instead = wanted === 'quantity' ? insteadOfQuantity(name) : undefined;
    const holes = { kind: wanted, name, foundIn: packages[0], suggestion, instead };
    return report(unknownDeclaration, holes, place, { fixes: instead === undefined ? fixes : [] });
  }
  const asset = twin.Members.around(container);
  const owner = asset?.name;
  if (isChoice(container.$container) && ELSE_ELSEWHERE.test(name))
    return report(unknownName, { name, owner, suggestion: 'else' }, place, {
      fixes: changes(['else'], place),
    });
  if (isModeOfPart(container, name, services)) return undefined;
  const comparison =
    asset === undefined || !isNameRef(container) ? undefined : comparisonAt(container, asset, services);
  if (comparison !== undefined) {
    const holes = { name, owner, comparison: comparison.text };
    return report(unknownName, holes, place, { fixes: comparison.fixes });
  }
  return report(unknownName, { name, owner, suggestion: close[0] }, place, { fixes });
}

/** `choose 2 % -> scrap, otherwise -> leave`. */
const ELSE_ELSEWHERE = /^(otherwise|default|rest|remaining)$/;

/** `valve == Open`, where `Open` alone is written as if it were a condition. */
function comparisonAt(
  path: NameRef | MemberAccess,
  asset: AssetDecl,
  { twin }: TwinServices,
): { text: string; fixes: Fix[] } | undefined {
  const { $container: around, $cstNode: written } = path;
  const name = isNameRef(path) ? path.target.$refText : path.member.$refText;
  const comparison = comparisonWith(name, twin.Members.of(asset).values());
  // What is compared already is so with something else, and what is set or given is no condition.
  const isCompared = isBinaryExpr(around) && !/^(and|or)$/.test(around.operator);
  if (comparison === undefined || written === undefined || isCompared || !isCondition(path)) return undefined;
  const receiver = isMemberAccess(path) ? `${path.receiver.$cstNode?.text}.` : '';
  const text = receiver + comparison;
  const instead = isUnaryExpr(around) ? `(${text})` : text;
  const edits = [{ uri: uriOf(path), start: written.offset, end: written.end, text: instead }];
  return { text, fixes: [{ title: `Write ${instead}`, edits }] };
}

/** `pump == Running`: the checker says that the part is compared, and how its mode is. */
function isModeOfPart({ $container: test }: AstNode, name: string, { twin }: TwinServices): boolean {
  if (!isBinaryExpr(test) || !/^[!=]=$/.test(test.operator)) return false;
  return [test.left, test.right].some((side) => {
    const part = featureOf(side);
    const asset = isPartDecl(part) ? part.type?.ref : undefined;
    return asset !== undefined && comparisonWith(name, twin.Members.of(asset).values()) !== undefined;
  });
}

/** Whether a path stands where a value is read. */
function isCondition({ $container: around, $containerProperty: property }: Expression): boolean {
  return !/^(target|left|base|receiver|event)$/.test(property ?? '') || isBinaryExpr(around);
}

/** `5. m`, `(a + b).x`: nothing that has a name stands before the point. What a name lacks is told at the name. */
function ofValue({ receiver }: MemberAccess, name: string, place: SourceRange): Diagnostic | undefined {
  if (isNameRef(receiver) || isMemberAccess(receiver) || isIndexExpr(receiver)) return undefined;
  const written = receiver.$cstNode?.text ?? '';
  const number = isNumberLiteral(receiver);
  const help = number ? `A number has digits on both sides of its point: ${written}.0 ${name}.` : undefined;
  return report(noMembers, { name, receiver: written, kind: number ? 'a number' : 'a value', help }, place);
}

/** `Mass`, `Mass or Volume`, `Mass, Volume or Length`. */
const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

function noMode(name: string, names: Iterable<string>, place: SourceRange): Diagnostic {
  const modes = [...names];
  const close = closestNames(name, modes);
  return report(unknownMode, { name, modes, suggestion: close[0] }, place, { fixes: changes(close, place) });
}

/** A `use` of a package that nobody declares. */
export function unknownUse(services: TwinServices, use: UseDecl): Diagnostic | undefined {
  const reason = use.package ? services.twin.PackageIndex.absent.get(use.package) : undefined;
  const isHere = !use.package || services.twin.PackageIndex.has(use.package);
  if (isHere && typeof reason !== 'object') return undefined;
  const place = sourceOfProperty(use, 'package');
  const absence = reason === undefined ? undefined : absenceAt(use.package, reason, place);
  if (isHere || absence !== undefined) return absence;
  const close = closestNames(use.package, services.twin.PackageIndex.packageNames());
  const holes = { package: use.package, suggestion: close[0] };
  return report(unknownPackage, holes, place, { fixes: changes(close, place) });
}

/** A declaration of any kind with this name that the place can see. */
function anyElement(services: TwinServices, place: AstNode, name: string): AstNode | undefined {
  for (const type of ['Feature', 'Element']) {
    const found = services.twin.Scopes.resolve(place, name, type);
    if (found !== undefined) return found;
  }
  return undefined;
}

function changes(names: readonly string[], { uri, start, end }: SourceRange): Fix[] {
  return names.map((name) => ({ title: `Change to '${name}'`, edits: [{ uri, start, end, text: name }] }));
}

/** The edit that makes a name of another package visible in the file of a node. */
export function importing(place: AstNode, packageName: string, name: string): Fix {
  let root: AstNode = place;
  while (root.$container !== undefined) root = root.$container;
  const file = root as TwinFile;
  const uri = uriOf(place);
  const title = `Import ${name} from ${packageName}`;
  const existing = file.uses.find((use) => use?.package === packageName && use.imports.length > 0);
  const last = existing?.imports.at(-1)?.$cstNode;
  if (last !== undefined)
    return { title, edits: [{ uri, start: last.end, end: last.end, text: `, ${name}` }] };
  const line = `use ${packageName}: ${name}`;
  const after = file.uses.at(-1)?.$cstNode ?? file.package?.$cstNode;
  if (after === undefined) return { title, edits: [{ uri, start: 0, end: 0, text: `${line}\n\n` }] };
  const blank = file.uses.length === 0 ? '\n\n' : '\n';
  return { title, edits: [{ uri, start: after.end, end: after.end, text: blank + line }] };
}

/** Equations: both sides fit, and each variable has one owner. */
import { AstUtils } from 'langium';
import {
  isEquation,
  isForStatement,
  isFunctionCall,
  isIfStatement,
  isInitialStatement,
  isMemberAccess,
  isNameRef,
  isParenExpr,
  isVariableDecl,
  type AssetDecl,
  type Equation,
  type Expression,
  type ForStatement,
  type IfStatement,
  type FunctionCall,
  type LoopMember,
  type Member,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import * as equations from '../../diagnostics/equations.ts';
import * as types from '../../diagnostics/types.ts';
import { unitMissing } from '../../diagnostics/units.ts';
import { insertAfter, textOf, type Analysis } from '../analysis.ts';
import { TIME } from '../infer/infer.ts';
import { isBareZero } from '../literals.ts';
import { assetAround, kindOf } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureAt, featureOf, isPath, pathKey, pathOf, type Path } from '../paths.ts';
import { isNumeric, numberOf, wordsOf } from '../type.ts';
import { coherentUnitText } from '../units/index.ts';

export function equationSidesMustFit(equation: Equation, analysis: Analysis): void {
  const [left, right] = [analysis.typeOf(equation.left), analysis.typeOf(equation.right)];
  if (left.base === 'unknown' || right.base === 'unknown') return;
  const table = analysis.tableOf(equation);
  if (left.base === 'boolean' && !isPath(equation.left)) {
    analysis.report(equations.equationIsComparison, { text: textOf(equation.left) }, equation.left);
    return;
  }
  if ((left.base === 'boolean') !== (right.base === 'boolean')) {
    const holes = {
      left: textOf(equation.left),
      leftIs: wordsOf(left, table),
      right: textOf(equation.right),
      rightIs: wordsOf(right, table),
    };
    analysis.report(types.typesDiffer, holes, equation);
    return;
  }
  if (startLacksUnit(equation, analysis)) return;
  // A whole number on the left is a let of its own; what it equals may be any plain number only if it is declared so.
  const type = isPath(equation.left) || left.base !== 'integer' ? left : { ...left, base: 'number' as const };
  const place = {
    // Only what does not fit is put into words.
    get text() {
      return `'${textOf(equation.left)}'`;
    },
    type,
  };
  requireFit(equation.right, place, analysis);
}

/** `state v = 0` with `der(v) = force / mass`: the 0 lacks the unit that the equation gives it. */
function startLacksUnit(equation: Equation, analysis: Analysis): boolean {
  const defined = definedBy(equation.left);
  const state = featureOf(defined?.path);
  const right = analysis.typeOf(equation.right).quantity;
  if (defined?.derivative !== true || !isVariableDecl(state) || !isBareZero(state.value)) return false;
  if (!isNumeric(analysis.typeOf(equation.right)) || right.kind === 'zero' || state.type !== undefined)
    return false;
  const own = analysis.declaredType(state).quantity.dimension;
  const dimension = right.dimension.mul(TIME);
  if (!own.isNone || dimension.isNone) return false;
  const table = analysis.tableOf(equation);
  const zero = state.value as Expression;
  const unit = coherentUnitText(table, dimension);
  const target = {
    text: `'${state.name}', by '${textOf(equation)}',`,
    is: wordsOf(numberOf({ dimension, kind: 'either' }), table),
  };
  // Reported here, where it shows, though the text to change may stand in a base.
  analysis.report(
    unitMissing,
    { value: textOf(zero), target, example: `${state.name} = ${textOf(zero)} ${unit}` },
    equation,
    {
      related: [{ message: 'starts here', source: sourceOf(zero) }],
      fixes: [insertAfter(zero, ` ${unit}`, `Write ${state.name} = ${textOf(zero)} ${unit}`)],
    },
  );
  return true;
}

/** `ratedFlow = 3 m3/h`: what stands alone on the left is what the equation is for. */
export function equationMustDefineAnUnknown(equation: Equation, analysis: Analysis): void {
  const path = isPath(equation.left) ? pathOf(equation.left) : undefined;
  const feature = featureOf(path);
  if (path === undefined || feature === undefined || isInitialStatement(equation.$container)) return;
  const name = textOf(equation.left);
  analysis.typeOf(equation.left);
  if (analysis.findingsAt(equation.left).length > 0) return;
  if (!isVariableDecl(feature)) {
    analysis.report(equations.equationForGiven, { name, what: kindOf(feature) }, equation.left);
    return;
  }
  // An input of a part is given by this equation.
  const isFree = isUnknown(feature) && path.field === undefined;
  if (isFree || (feature.role === 'input' && path.steps.length > 1)) return;
  if (feature.role === 'state' && hasDerivative(feature, equation, analysis)) return;
  analysis.report(equations.equationForGiven, { name, what: kindOf(feature) }, equation.left);
}

/** A state that changes by its derivative may be tied to others by an equation: `first.speed = ratio * second.speed`. */
function hasDerivative(state: VariableDecl, equation: Equation, analysis: Analysis): boolean {
  if ((equation.right as Expression | undefined) === undefined) return false;
  const moves = AstUtils.streamAst(equation.right).some((node) => {
    if (node.$type === 'TimeExpr') return true;
    const feature = isNameRef(node) ? node.target.ref : isMemberAccess(node) ? node.member?.ref : undefined;
    return isVariableDecl(feature) && ['state', 'let', 'input'].includes(feature.role);
  });
  if (!moves) return false;
  const assets = [assetAround(state), assetAround(equation)];
  return assets.some((asset) =>
    (asset === undefined ? [] : analysis.membersOf(asset)).some(
      (member) =>
        !isInitialStatement(member) &&
        AstUtils.streamAst(member).some(
          (node) => isFunctionCall(node) && node.function === 'der' && featureAt(node.arguments[0]) === state,
        ),
    ),
  );
}

export function derivativeMustBeOfState(call: FunctionCall, analysis: Analysis): void {
  if (call.function !== 'der') return;
  const [argument] = call.arguments;
  const feature = featureAt(argument);
  if (feature === undefined || (isVariableDecl(feature) && feature.role === 'state')) return;
  analysis.report(equations.derivativeOfState, { text: textOf(argument), what: kindOf(feature) }, call);
}

interface Definition {
  path: Path;
  derivative: boolean;
  equation: Equation;
  loops: readonly ForStatement[];
}

/** A let with a value has no equation; no variable has two. Elements of arrays in loops are compared when flattened. */
export function variableMustHaveOneOwner(asset: AssetDecl, analysis: Analysis): void {
  const own = new Set(asset.members);
  const seen = new Map<string, Definition>();
  const all = analysis.membersOf(asset).flatMap((member) => definitionsIn(member, []));
  for (const definition of all) {
    const { path, derivative, equation, loops } = definition;
    const isOwn = own.has(outermost(equation));
    const variable = featureOf(path) as VariableDecl;
    if (!derivative && variable.value !== undefined && variable.role === 'let') {
      if (isOwn)
        reportOwners(equation, textOf(equation.left), 'its let', 'this equation', variable, analysis);
      continue;
    }
    if (loops.length > 0) continue;
    const key = `${derivative ? 'der ' : ''}${pathKey(path, textOf)}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, definition);
    // `head = curve(flow)` and `head = loss(flow)` are two equations for two unknowns: flattening counts them.
    else if (
      !derivative &&
      isNumeric(analysis.declaredType(variable)) &&
      [equation, first.equation].some(relatesUnknowns)
    )
      continue;
    else if (isOwn)
      reportOwners(equation, textOf(equation.left), 'an equation', 'this one', first.equation, analysis);
  }
}

/** What equations can be solved for. */
const isUnknown = ({ role }: VariableDecl) => role === 'let' || role === 'across' || role === 'through';

/** Whether the right side names something that equations may be solved for. */
function relatesUnknowns({ left, right }: Equation): boolean {
  if ((right as Expression | undefined) === undefined) return false;
  const own = featureAt(left);
  return AstUtils.streamAst(right).some((node) => {
    if (!isNameRef(node) && !isMemberAccess(node)) return false;
    const feature = (isNameRef(node) ? node.target : node.member)?.ref;
    return isVariableDecl(feature) && isUnknown(feature) && feature !== own;
  });
}

function reportOwners(
  equation: Equation,
  name: string,
  first: string,
  second: string,
  other: Equation | VariableDecl,
  analysis: Analysis,
): void {
  const owner = assetAround(other)?.name ?? '';
  const where = owner === assetAround(equation)?.name ? first : `${first} in ${owner}`;
  analysis.report(equations.twoOwners, { name, first: where, second }, equation, {
    related: [{ message: 'defined here', source: sourceOf(other) }],
  });
}

function outermost(node: Equation | ForStatement | IfStatement): Member {
  const container = node.$container;
  return isForStatement(container) || isIfStatement(container) ? outermost(container) : node;
}

function definitionsIn(
  member: Member | LoopMember | undefined,
  loops: readonly ForStatement[],
): Definition[] {
  if (isForStatement(member))
    return member.members.flatMap((each) => definitionsIn(each, [...loops, member]));
  // The other branches determine the same.
  if (isIfStatement(member)) return member.then.flatMap((each) => definitionsIn(each, loops));
  if (!isEquation(member)) return [];
  const definition = definedBy(member.left);
  if (definition === undefined || !isVariableDecl(featureOf(definition.path))) return [];
  return [{ ...definition, equation: member, loops }];
}

function definedBy(left: Expression | undefined): { path: Path; derivative: boolean } | undefined {
  if (isParenExpr(left)) return definedBy(left.inner);
  const derivative = isFunctionCall(left) && left.function === 'der';
  const path = pathOf(derivative ? left.arguments[0] : left);
  return path === undefined ? undefined : { path, derivative };
}

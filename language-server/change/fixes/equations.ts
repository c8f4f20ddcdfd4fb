/** Fixes of equations, starts, ports and links: one too many is left out, what is open is declared so, the nearest part is joined. */
import {
  isAssetDecl,
  isEquation,
  isIfStatement,
  isIndexExpr,
  isJoinStatement,
  isListLiteral,
  isOverride,
  isPartDecl,
  isVariableDecl,
  type PartDecl,
} from '../../../grammar/generated/ast.ts';
import { featureOf, sourceOf } from '../../../compiler/1-parse/index.ts';
import * as equations from '../../../compiler/diagnostics/equations.ts';
import * as flattening from '../../../compiler/diagnostics/flattening.ts';
import * as branches from '../../../compiler/diagnostics/if-equations.ts';
import * as starts from '../../../compiler/diagnostics/initially.ts';
import * as links from '../../../compiler/diagnostics/links.ts';
import * as ports from '../../../compiler/diagnostics/ports.ts';
import { nameOf } from '../../workspace/places.ts';
import { mend, type At, type Mend } from './at.ts';
import { given, lengthened, valueGiven } from './names.ts';

export const EQUATIONS: readonly Mend[] = [
  mend(flattening.tooFewEquations, (at) => {
    const variable = at.around(isVariableDecl);
    if (variable?.role !== 'let' || variable.value !== undefined) return [];
    const role = at.edit(at.span, at.text().replace(/^let\b/, 'input'));
    const [value] = valueGiven(at)[0]?.edits ?? [];
    if (value === undefined) return [];
    return at.change(`Declare ${variable.name} as input`, { ...role, text: role.text + value.text });
  }),
  mend(flattening.tooManyEquations, (at) => at.leaveOut(at.node, 'Leave this equation out')),
  mend(flattening.notConstant, (at) => at.become(at.around(isVariableDecl), 'param')),
  mend(flattening.wrongCount, (at) => lengthened(at, at.holes.size)),
  mend(flattening.parameterWithoutValue, (at) => valueGiven(at)),
  mend(equations.twoOwners, (at) => at.leaveOut(at.node, 'Leave this one out')),
  mend(starts.tooManyConditions, (at) => {
    const initial = at.node?.$container;
    const whole = initial?.$type === 'InitialStatement' && !/\{/.test(at.text(initial)) ? initial : at.node;
    return at.leaveOut(whole, 'Leave this condition out');
  }),
  mend(starts.startOpen, (at) => {
    const guess = /\bguess\b/.exec(at.text());
    if (guess === null) return [];
    const start = at.span.start + guess.index;
    return at.write('=', { start, end: start + guess[0].length }, 'Begin there');
  }),
  mend(branches.branchMissing, (at) => {
    const all = at.around(isIfStatement);
    const simple = all?.then.filter(isEquation) ?? [];
    if (all === undefined || simple.length !== all.then.length) return [];
    const indent = /[ \t]*$/.exec(at.file.text.slice(0, sourceOf(all).start))?.[0] ?? '';
    const lines = simple.map((each) => `${indent}  ${at.text(each.left)} = 0\n`);
    return at.add(` else {\n${lines.join('')}${indent}}`, all, 'Add else');
  }),
  mend(branches.equalityOfMoving, (at) =>
    at.file.text.slice(at.span.start, at.span.end).split('==').length === 2
      ? ['>=', '<='].flatMap((each) => at.write(at.text().replace('==', each), at.span, `Wait for ${each}`))
      : [],
  ),

  mend(ports.notAPort, (at) => at.holes.ports.flatMap((each) => at.write(`${at.text()}.${each}`))),
  mend(ports.joinsNothing, (at) => at.leaveOut(at.around(isJoinStatement))),
  mend(ports.joinedTwice, (at) => {
    const join = at.around(isJoinStatement);
    return join === undefined || join.places.length > 2 ? at.leaveOut() : at.leaveOut(join);
  }),
  mend(links.countOfLink, (at) => {
    const [low, high] = at.text().split('..').map(Number);
    return Number.isInteger(low) && Number.isInteger(high) && low! > high! ? at.write(`${high}..${low}`) : [];
  }),
  mend(links.wrongCountOfLink, (at) => {
    const list = at.around(isOverride)?.value;
    return isListLiteral(list) && list.items.length > at.holes.high ? lengthened(at, at.holes.high) : [];
  }),
  mend(links.linkNotGiven, (at) => {
    const user = at.around(isPartDecl);
    const link = user?.type?.ref?.members.find((each) => nameOf(each) === at.holes.name);
    if (user === undefined || !isPartDecl(link) || at.holes.low > 1) return [];
    return partsLike(at, link).flatMap((each) => given(at, user, `${at.holes.name} = ${each}`));
  }),
  mend(links.linkToNoPart, (at) => partsLike(at, linkGiven(at)).flatMap((each) => at.write(each))),
  mend(links.linkOfOtherType, (at) => partsLike(at, linkGiven(at)).flatMap((each) => at.write(each))),
  mend(links.linkOfWhole, (at) => at.leaveOut(at.around(isOverride))),
  mend(links.linkEmpty, (at) => {
    const [index] = at.within(isIndexExpr);
    const link = index === undefined ? undefined : featureOf(index.base);
    const count = isPartDecl(link) ? link.multiplicity : undefined;
    if (count?.high === undefined) return [];
    return at.write('1', count.low, 'Let the link lead to at least one');
  }),
];

function linkGiven(at: At<unknown>): PartDecl | undefined {
  const link = featureOf(at.around(isOverride)?.target);
  return isPartDecl(link) ? link : undefined;
}

/** Parts of the asset around that a link may lead to. */
function partsLike(at: At<unknown>, link: PartDecl | undefined): string[] {
  const wanted = link?.type?.ref;
  const members = at.around(isAssetDecl)?.members ?? [];
  return members
    .filter((each): each is PartDecl => isPartDecl(each) && !each.link && !each.port)
    .filter((each) => each.type?.ref !== undefined && each.type.ref === wanted && each.size === undefined)
    .map(({ name }) => name)
    .slice(0, 4);
}

/** Links: what they lead to, how many of them, and that they are for reading. */
import {
  isAssetDecl,
  isEquation,
  isFunctionCall,
  isPartDecl,
  isTwinDecl,
  type Equation,
  type Override,
  type PartDecl,
  type SetAction,
  type TwinDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as links from '../../diagnostics/links.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue } from '../constants.ts';
import { itemsOf } from '../lower/links.ts';
import { kindOf, lineage, target } from '../members.ts';
import { featureOf, isLink, openArrays, pathOf } from '../paths.ts';

export function linkCountMustBeKnown(part: PartDecl, analysis: Analysis): void {
  const { multiplicity } = part;
  if (!part.link || multiplicity === undefined) return;
  const [low, high] = [multiplicity.low, multiplicity.high ?? multiplicity.low].map((each) =>
    isConstant(each, 'const') ? numberValue(each, analysis) : undefined,
  );
  const whole = (value: number | undefined) => value !== undefined && Number.isInteger(value);
  if (whole(low) && whole(high) && low! >= 0 && high! >= Math.max(1, low!)) return;
  analysis.report(links.countOfLink, { text: textOf(multiplicity) }, multiplicity);
}

/** `feeds = [left, tank[*]]`: parts of the asset that writes it, of the type that the link names. */
export function linkMustLeadToParts(override: Override, analysis: Analysis): void {
  const path = pathOf(override.target);
  const link = featureOf(path);
  if (!isLink(link) || path === undefined) return;
  const wanted = target(link.type);
  const owner = override.$container;
  if (isTwinDecl(owner) || isAssetDecl(owner) || !isPartDecl(owner)) {
    analysis.report(links.linkOfWhole, { name: link.name, isTwin: isTwinDecl(owner) }, override);
    return;
  }
  let known: number | undefined = 0;
  for (const item of itemsOf(override.value)) {
    const leads = pathOf(item);
    const part = featureOf(leads);
    if (leads === undefined || !isPartDecl(part) || part.port || part.link) {
      const what = part === undefined ? 'no name of a part' : kindOf(part);
      analysis.report(links.linkToNoPart, { text: textOf(item), what, name: link.name }, item);
      return;
    }
    const type = target(part.type);
    if (type !== undefined && wanted !== undefined && !lineage(type).includes(wanted)) {
      const holes = { text: textOf(item), type: type.name, name: link.name, wanted: wanted.name };
      analysis.report(links.linkOfOtherType, holes, item);
      return;
    }
    if (openArrays(leads).length > 0) known = undefined;
    else if (known !== undefined) known += 1;
  }
  const { low, high } = rangeOf(link, analysis);
  if (known === undefined || low === undefined || high === undefined || (known >= low && known <= high))
    return;
  analysis.report(links.wrongCountOfLink, { name: link.name, given: known, low, high }, override);
}

function rangeOf(link: PartDecl, analysis: Analysis): { low?: number; high?: number } {
  const { multiplicity } = link;
  if (multiplicity === undefined) return { low: 1, high: 1 };
  const low = numberValue(multiplicity.low, analysis);
  const high = numberValue(multiplicity.high ?? multiplicity.low, analysis);
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

/** A link that must lead somewhere is given where the asset becomes a part. */
export function partMustBeGivenItsLinks(instance: PartDecl | TwinDecl, analysis: Analysis): void {
  const asset = target(instance.type);
  if (asset === undefined || (isPartDecl(instance) && instance.link)) return;
  const given = new Set(instance.overrides.map((override) => featureOf(pathOf(override?.target))));
  for (const member of analysis.membersOf(asset)) {
    if (!isPartDecl(member) || !member.link || given.has(member)) continue;
    const { low = 0 } = rangeOf(member, analysis);
    if (low === 0) continue;
    const holes = { name: member.name, asset: asset.name, low };
    analysis.report(links.linkNotGiven, holes, instance, {
      place: sourceOfProperty(instance, 'type'),
      related: [{ message: 'declared here', source: sourceOfProperty(member, 'name') }],
    });
  }
}

/** What belongs to another asset is not defined or set from here. */
export function linkMustOnlyBeRead(statement: Equation | SetAction, analysis: Analysis): void {
  const written = isEquation(statement) ? statement.left : statement.target;
  const path = pathOf(isFunctionCall(written) && written.function === 'der' ? written.arguments[0] : written);
  const link = path?.steps.slice(0, -1).find((step) => isLink(step.feature));
  if (link === undefined) return;
  analysis.report(links.linkWritten, { text: textOf(written), link: link.name }, written);
}

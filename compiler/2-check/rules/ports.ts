/** Port types, the members that are ports, and what is joined. */
import {
  isPartDecl,
  isVariableDecl,
  type AssetDecl,
  type JoinStatement,
  type PartDecl,
  type TwinDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as ports from '../../diagnostics/ports.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { kindOf, target } from '../members.ts';
import { assetOf, featureOf, openArrays, pathKey, pathOf } from '../paths.ts';

export function portMustBalance(asset: AssetDecl, analysis: Analysis): void {
  if (!asset.port) return;
  const count = (role: string) =>
    asset.members.filter((member) => isVariableDecl(member) && member.role === role).length;
  const [across, through] = [count('across'), count('through')];
  if (across === through && across > 0) return;
  analysis.report(ports.portUneven, { name: asset.name, across, through }, asset, {
    place: sourceOfProperty(asset, 'name'),
  });
}

export function baseMustNotBePort(asset: AssetDecl, analysis: Analysis): void {
  const base = target(asset.base);
  if (base?.port !== true) return;
  analysis.report(ports.portUsedAsAsset, { type: base.name, use: 'extended' }, asset, {
    place: sourceOfProperty(asset, 'base'),
  });
}

export function twinMustNotBePort(twin: TwinDecl, analysis: Analysis): void {
  const asset = target(twin.type);
  if (asset?.port !== true) return;
  analysis.report(ports.portUsedAsAsset, { type: asset.name, use: 'a twin' }, twin, {
    place: sourceOfProperty(twin, 'type'),
  });
}

export function typeMustMatchKeyword(part: PartDecl, analysis: Analysis): void {
  const asset = target(part.type);
  if (asset === undefined || asset.port === part.port) return;
  if (part.link) {
    const place = sourceOfProperty(part, 'type');
    analysis.report(ports.portUsedAsAsset, { type: asset.name, use: 'what a link leads to' }, part, {
      place,
    });
    return;
  }
  const place = sourceOfProperty(part, 'type');
  const keyword = sourceOfProperty(part, 'name');
  const word = part.port ? 'part' : 'port';
  const start = keyword.start - (part.$cstNode?.text.indexOf(part.name) ?? 0);
  const edits = [{ uri: uriOf(part), start, end: start + 4, text: word }];
  const fixes =
    part.overrides.length > 0 ? [] : [{ title: `Write ${word} ${part.name}: ${asset.name}`, edits }];
  if (part.port)
    analysis.report(ports.portTypeExpected, { name: part.name, type: asset.name }, part, { place, fixes });
  else analysis.report(ports.portUsedAsAsset, { type: asset.name, use: 'a part' }, part, { place, fixes });
}

export function joinMustNamePorts(join: JoinStatement, analysis: Analysis): void {
  let first: { text: string; type: AssetDecl } | undefined;
  for (const place of join.places) {
    const path = pathOf(place);
    const feature = featureOf(path);
    if (path === undefined || feature === undefined) continue;
    const text = textOf(place);
    if (path.field !== undefined || !isPartDecl(feature) || !feature.port) {
      const inner = assetOf(feature);
      const offered = (inner === undefined ? [] : analysis.membersOf(inner)).flatMap((member) =>
        isPartDecl(member) && member.port ? [member.name] : [],
      );
      analysis.report(ports.notAPort, { text, what: kindOf(feature), ports: offered }, place);
      continue;
    }
    if (path.steps.length > 2) {
      const part = path.steps[0]!.name;
      const port = path.steps
        .slice(1)
        .map((step) => step.name)
        .join('.');
      analysis.report(ports.innerPort, { text, part, port }, place);
      continue;
    }
    const type = target(feature.type);
    if (type === undefined) continue;
    first ??= { text, type };
    if (first.type === type) continue;
    const holes = { first: first.text, firstType: first.type.name, text, type: type.name };
    analysis.report(ports.portsDiffer, holes, place);
  }
}

export function joinMustJoinSomething(join: JoinStatement, analysis: Analysis): void {
  const seen = new Set<string>();
  for (const place of join.places) {
    const path = pathOf(place);
    if (path === undefined) return;
    const key = pathKey(path, textOf);
    if (seen.has(key)) analysis.report(ports.joinedTwice, { text: textOf(place) }, place);
    seen.add(key);
  }
  const [only, ...more] = join.places;
  const path = pathOf(only);
  if (only === undefined || path === undefined || more.length > 0 || openArrays(path).length > 0) return;
  analysis.report(ports.joinsNothing, { text: textOf(only) }, only);
}

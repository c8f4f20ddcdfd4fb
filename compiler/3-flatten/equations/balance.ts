import type { AssetType } from '../../model/asset.ts';
import type { CheckedModel } from '../../model/checked-model.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { typeHasSpareEquation, typeLacksEquation } from '../../diagnostics/ports.ts';
import { arrange } from './arrange.ts';
import { whole } from '../box.ts';
import { constantOf } from '../instances/constant.ts';
import { collect } from './families.ts';
import type { Families, Family } from './families.ts';
import { determine } from '../causality/index-reduction.ts';
import { instantiate } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { over, variablesOf } from './joins.ts';
import { beginFlattening } from '../flattening.ts';
import type { Flattening } from '../flattening.ts';
import { declareMeasures } from '../instances/measures.ts';
import { plainName } from '../names.ts';
import { instances } from '../algebra/scalarise.ts';
import { declareVariables } from '../instances/variables.ts';

type Judgement = 'portless' | 'even' | 'uneven';

/** Made to stand beside others, not to run by itself: it ends in ports, or must be given what its links lead to. */
export const isOpen = (type: AssetType): boolean => hasOwnPorts(type) || needsLinks(type);

const needsLinks = ({ links }: AssetType): boolean =>
  links.some(({ count }) => !count || (constantOf(count.low, () => undefined) ?? 0) > 0);

const hasOwnPorts = (type: AssetType): boolean => type.parts.some((part) => part.port);

/**
 * Whether each type with ports, or with parts that have ports, comes out even by itself: as many equations as unknowns,
 * where what a port will be joined to counts as one equation for each pair of across and through. So a missing equation
 * is found at the type that lacks it, even if it has no instance. Parts come before what they are part of. What is
 * `flattened` by itself, and ends in no port, is left out: its equations are matched there.
 */
export function balance(model: CheckedModel, flattened: ReadonlySet<string> = new Set()): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const known = new Map<AssetType, Judgement>();
  const judge = (type: AssetType): Judgement => {
    const before = known.get(type);
    if (before) return before;
    known.set(type, 'portless');
    const parts = type.parts.filter((part) => !part.port).map((part) => judge(model.assets[part.asset]!));
    let state: Judgement =
      parts.find((one) => one === 'uneven') ?? parts.find((one) => one === 'even') ?? 'portless';
    if (hasOwnPorts(type) && state === 'portless') state = 'even';
    // What its links lead to is not known here: then its instances are judged.
    const isMatched = flattened.has(type.name) && !hasOwnPorts(type);
    if (state === 'even' && !isMatched && !type.abstract && type.links.length === 0) {
      const found = judgeType(model, type);
      diagnostics.push(...found);
      if (found.length > 0) state = 'uneven';
    }
    known.set(type, state);
    return state;
  };
  for (const type of Object.values(model.assets)) if (!type.port) judge(type);
  return diagnostics;
}

function judgeType(model: CheckedModel, type: AssetType): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const groups = instantiate(model, type, [], diagnostics);
  // What must be given from outside is missing here: then its instances are judged.
  if (!groups) return [];
  const flattening = beginFlattening(model, groups, diagnostics);
  declareVariables(flattening);
  declareMeasures(flattening);
  const families = collect(flattening);
  const outside = outsideOf(groups[0]!);
  let last: Families | undefined;
  arrange(
    flattening,
    { ...families, equations: [...families.equations, ...outside] },
    (now) => {
      last = now;
      const matched = determine(flattening, now);
      return diagnostics.length > 0 ? undefined : matched;
    },
    'open',
  );
  if (diagnostics.length === 0) return [];
  return [(last && counted(flattening, last, outside)) ?? diagnostics].flat();
}

/** What a port will be joined to, as far as matching is concerned: some equation between its across and its through. */
function outsideOf(root: Group): Family[] {
  return [...root.children.values()].flatMap((port) => {
    if (!port.part?.port) return [];
    const { loops, index } = over(whole(port.dims));
    const through = variablesOf(port, 'through');
    return variablesOf(port, 'across').map((variable, at): Family => {
      const left = { kind: 'load', variable, index } as const;
      const right = { kind: 'load', variable: through[at]!, index } as const;
      const product = { kind: 'binary', operator: '*', left, right } as const;
      const source = port.part!.source;
      return { loops, left: product, right: { kind: 'number', value: 1 }, group: root, source };
    });
  });
}

/** The type's own unknowns and equations, less what its parts bring; undefined where counting explains nothing. */
function counted(
  flattening: Flattening,
  families: Families,
  outside: readonly Family[],
): Diagnostic | undefined {
  const root = flattening.groups[0]!;
  const { type } = root;
  const size = (variable: number) => flattening.variables[variable]!.dims.reduce((all, one) => all * one, 1);
  // Inputs of its parts that it gives by equations are unknowns of its own.
  const own = families.unknowns.filter(
    ({ group, variable }) =>
      group === root ||
      (group.parent === root &&
        [...group.declared.values()].some(
          ({ name, role }) => role === 'input' && group.variables.get(name) === variable,
        )),
  );
  const count = (some: readonly Family[]): number => some.reduce((sum, family) => sum + instances(family), 0);
  const given = count(outside);
  // Joins of the type give as many equations as the joined ports of its parts need; one that is not joined has its own, which says that nothing flows.
  const closing = ({ parent, part }: Group): number =>
    count(families.equations.filter(({ group, source }) => group === parent && source === part!.source));
  const ofParts = [...root.children.values()]
    .filter((part) => !part.part?.port)
    .flatMap((part) => [...part.children.values()].filter((port) => port.part?.port))
    .reduce(
      (sum, port) =>
        sum + variablesOf(port, 'across').reduce((all, one) => all + size(one), 0) - closing(port),
      0,
    );
  const mine = families.equations.filter((family) => family.group === root);
  const equations = count(mine) - given - ofParts;
  const unknowns = own.reduce((sum, one) => sum + size(one.variable), 0);
  if (unknowns === equations + given) return undefined;
  const names = own.map(({ variable }) => {
    const flat = flattening.variables[variable]!;
    return flat.role === 'derivative'
      ? `der(${plainName(flattening.variables[flat.partner!]!)})`
      : plainName(flat);
  });
  const sources = [...new Set(mine.filter((one) => !outside.includes(one)).map((one) => one.source))];
  return report(
    equations + given < unknowns ? typeLacksEquation : typeHasSpareEquation,
    { asset: type.name.replace(/.*\./, ''), names, unknowns, equations, outside: given },
    type.place,
    { related: sources.slice(0, 8).map((source) => ({ message: 'an equation', source })) },
  );
}

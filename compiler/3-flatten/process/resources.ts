/** Resources, queues and conveyors of all groups: their sizes, shifts, breakdowns and who repairs them. */
import type { Expression, Reference } from '../../model/expression.ts';
import type { Need, Process, Resource, Roster } from '../../model/process.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { ALL_UNITS } from '../../ir/process.ts';
import type { FlatNeed, FlatPlace, FlatResource, FlatStep } from '../../ir/process.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { unitsNotKnown } from '../../diagnostics/process.ts';
import { fold, number } from '../../ir/expressions.ts';
import { constant, join } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { placeOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import { keyOf, valueIn, variable } from './context.ts';
import type { FlowContext } from './context.ts';

export function declareResource(context: FlowContext, group: Group, resource: Resource): void {
  const { known } = context;
  const { name, size, shifts, doc, source } = resource;
  const loops = [...scopeOf(group).loops];
  known.used.set(keyOf(group, name), known.resources.length);
  known.declared.push({ group, resource });
  const down = group.variables.get(`${name}.down`);
  known.resources.push({
    name: join(group.path, name),
    dims: group.dims,
    loops,
    capacity: size === undefined ? number(1) : valueIn(context, group, size, `${name}/units`),
    units: undefined,
    busy: variable(group, `${name}.busy`),
    waiting: variable(group, `${name}.waiting`),
    blocked: variable(group, `${name}.blocked`),
    ...(down === undefined ? {} : { down }),
    ...(shifts === undefined
      ? {}
      : { shifts: rosterOf(context, group, name, shifts), onDuty: variable(group, `${name}.onDuty`) }),
    doc,
    source,
  });
}

function rosterOf(
  context: FlowContext,
  group: Group,
  name: string,
  { changes, cycle }: Roster,
): NonNullable<FlatResource['shifts']> {
  const unitsOf = (units: Expression[] | undefined): FlatExpression =>
    units === undefined
      ? number(ALL_UNITS)
      : units
          .map((one) => valueIn(context, group, one, `${name}/shift`))
          .reduce((left, right) => fold({ kind: 'binary', operator: '+', left, right }), number(0));
  return { changes: changes.map(({ time, units }) => ({ time, units: unitsOf(units) })), cycle };
}

export function declarePlaces(context: FlowContext, group: Group, process: Process): void {
  const { known } = context;
  const loops = [...scopeOf(group).loops];
  for (const step of process.steps) {
    if (step.kind === 'queue') {
      known.places.set(keyOf(group, step.name), known.queues.length);
      known.queues.push({
        name: join(group.path, step.name),
        dims: group.dims,
        loops,
        ...(step.capacity === undefined
          ? {}
          : { capacity: valueIn(context, group, step.capacity, `${step.name}/places`) }),
        store: step.store,
        length: variable(group, `${step.name}.length`),
        doc: step.doc,
        source: step.source,
      });
    } else if (step.kind === 'convey') {
      const of = (one: Expression): FlatExpression => valueIn(context, group, one, `${step.name}/belt`);
      const [length, speed, spacing] = [of(step.length), of(step.speed), of(step.spacing)];
      known.lines.set(keyOf(group, step.name), known.belts.length);
      known.belts.push({
        name: join(group.path, step.name),
        dims: group.dims,
        loops,
        travel: { kind: 'binary', operator: '/', left: length, right: speed },
        headway: { kind: 'binary', operator: '/', left: spacing, right: speed },
        length: variable(group, `${step.name}.length`),
        doc: step.doc,
        source: step.source,
      });
    }
  }
}

/** Who repairs is a process of its own, which the broken unit begins. */
export function addRepair(context: FlowContext, group: Group, { name, breaks, source }: Resource): void {
  if (breaks?.repair === undefined) return;
  const { known } = context;
  const resource = known.resources[known.used.get(keyOf(group, name))!]!;
  const crew = needsOf(context, group, breaks.crew);
  const common = { text: `repair of ${name}`, source };
  const steps: FlatStep[] = [
    ...(crew.length === 0
      ? []
      : [{ kind: 'seize' as const, needs: crew, lifo: false, preempts: false, ...common }]),
    { kind: 'delay', duration: valueIn(context, group, breaks.repair, `${name}/repair`), ...common },
    ...(crew.length === 0 ? [] : [{ kind: 'release' as const, needs: crew, ...common }]),
    { kind: 'repaired', ...common },
  ];
  resource.breaks = {
    after: valueIn(context, group, breaks.after, `${name}/breaks`),
    of: breaks.of,
    repair: known.processes.length,
  };
  known.processes.push({
    name: `repair of ${resource.name}`,
    loops: [...scopeOf(group).loops],
    limit: 0,
    steps,
    start: 0,
    uses: [],
    inside: -1,
    arrived: -1,
    left: -1,
    attributes: [],
    held: [],
    internal: true,
    doc: '',
    source,
  });
}

/** Units are told apart where they break, are set up, or are taken from each other. */
export function knowUnits(context: FlowContext): void {
  const { flattening, known } = context;
  const reasons = new Map<number, string>();
  known.resources.forEach(({ breaks }, id) => {
    if (breaks) reasons.set(id, 'each of them breaks by itself');
  });
  for (const process of known.processes)
    for (const step of process.steps) {
      if (step.kind === 'seize' && step.preempts)
        for (const { resource } of step.needs) reasons.set(resource.id, 'items take them from each other');
      if (step.kind === 'delay' && step.setup)
        for (const { resource } of process.uses[step.use!]!.needs)
          reasons.set(resource.id, 'each of them is set up by itself');
    }
  for (const [id, why] of reasons) {
    const resource = known.resources[id]!;
    const { group, resource: declared } = known.declared[id]!;
    const units = declared.size === undefined ? 1 : constant(declared.size, group);
    if (units === undefined)
      flattening.diagnostics.push(report(unitsNotKnown, { name: declared.name, why }, declared.size!.source));
    else resource.units = Math.max(0, Math.floor(units));
  }
}

export function needsOf(context: FlowContext, group: Group, needs: readonly Need[]): FlatNeed[] {
  return needs.map(({ resource, units, source }) => ({
    resource: resourcePlace(context, group, resource, source),
    units: number(units),
  }));
}

function resourcePlace(
  { flattening, known }: FlowContext,
  group: Group,
  reference: Reference,
  source: Need['source'],
): FlatPlace {
  const place = placeOf(flattening, reference, scopeOf(group), source);
  return { id: known.used.get(keyOf(place.group, place.name))!, index: place.index };
}

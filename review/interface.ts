/** Two manifests → what changed for those outside: devices, saved states, recordings, deployments. */
import type { Manifest, ManifestBinding, ManifestVariable } from '../runtime/contract/manifest.ts';
import { elementName } from '../runtime/names.ts';
import type { NameMap } from './behaviour.ts';
import { byParts } from './parts.ts';
import type { Said, Thing } from './parts.ts';

export type Level = 'wire' | 'data' | 'behaviour' | 'deployment';

export interface Effect {
  level: Level;
  breaking: boolean;
  /** Names the rule: `sensor-removed`. */
  rule: string;
  /** `East.pump[].vibration` */
  subject: string;
  /** One sentence: what, and what follows. */
  text: string;
  /** By which it is known, where the sentence names more than it would if nothing else had that name. */
  known?: string;
  /** Among its like, the smaller the graver. */
  rank?: number;
}

/** @param names before → after, of variables, sensors and alarms as manifests write them (`pump[].temp`) */
export function compareInterfaces(root: string, before: Manifest, after: Manifest, names: NameMap): Effect[] {
  const said: Said[] = [];
  const say = (
    level: Level,
    breaking: boolean,
    rule: string,
    subject: string,
    text: string,
    thing?: Thing,
  ): void =>
    void said.push({
      effect: { level, breaking, rule, subject: `${root}: ${subject}`, text },
      ...(thing === undefined ? {} : { thing }),
    });
  const lost = (word: string, name: string, now: string | undefined): Thing =>
    now === undefined ? { word, happened: 'removed', name } : { word, happened: 'renamed', name, now };
  const found = (word: string, name: string): Thing => ({ word, happened: 'added', name });
  const counted = (word: string, name: string, dims: Thing['dims']): Thing =>
    dims === undefined ? { word, happened: 'count', name } : { word, happened: 'count', name, dims };
  if (before.formatVersion !== after.formatVersion)
    say(
      'deployment',
      true,
      'bundle-format',
      'bundle',
      `The format of bundles changes from ${before.formatVersion} to ${after.formatVersion}: hosts must be as new.`,
    );
  if (before.stateFingerprint !== after.stateFingerprint)
    say(
      'data',
      true,
      'saved-state',
      'saved state',
      'A state that was saved before cannot be restored: variables, events or sensors are others now.',
    );

  compareNamed(before.sensors, after.sensors, names, {
    gone: ({ name }, now) =>
      say(
        'wire',
        true,
        now === undefined ? 'sensor-removed' : 'sensor-renamed',
        name,
        now === undefined
          ? `Sensor ${name} is gone: what sends or reads it finds nothing.`
          : `Sensor ${name} is called ${now} now: what sends or reads it by its name finds nothing.`,
        lost('Sensor', name, now),
      ),
    fresh: ({ name }) =>
      say('wire', false, 'sensor-added', name, `Sensor ${name} is new.`, found('Sensor', name)),
    both: (a, b) => {
      const [x, y] = [before.variables[a.measured]!, after.variables[b.measured]!];
      if (x.dimension !== y.dimension || x.base !== y.base)
        say(
          'wire',
          true,
          'sensor-quantity',
          b.name,
          `Sensor ${b.name} measures ${y.quantity} and no longer ${x.quantity}.`,
        );
      if (sizes(a.dims) !== sizes(b.dims))
        say(
          'wire',
          sizeShrinks(a.dims, b.dims),
          'sensor-count',
          b.name,
          `There are ${sizes(b.dims)} of sensor ${b.name}, and were ${sizes(a.dims)}.`,
          counted('Sensor', b.name, [a.dims, b.dims]),
        );
    },
  });
  for (const [roles, level, word] of [
    [['input'], 'wire', 'Input'],
    [['parameter'], 'wire', 'Parameter'],
    [['state', 'discrete'], 'data', 'State'],
  ] as const) {
    const of = ({ variables }: Manifest): ManifestVariable[] =>
      variables.filter(({ role, visible }) => visible && (roles as readonly string[]).includes(role));
    compareNamed(of(before), of(after), names, {
      gone: ({ name }, now) =>
        say(
          level,
          true,
          `${word.toLowerCase()}-${now === undefined ? 'removed' : 'renamed'}`,
          name,
          now === undefined
            ? `${word} ${name} is gone: whoever sets, records or reads it finds nothing.`
            : `${word} ${name} is called ${now} now: whoever sets, records or reads it by its name finds nothing.`,
          lost(word, name, now),
        ),
      fresh: ({ name }) =>
        say(level, false, `${word.toLowerCase()}-added`, name, `${word} ${name} is new.`, found(word, name)),
      both: (a, b) => {
        if (a.dimension !== b.dimension || a.base !== b.base)
          say(
            level,
            true,
            `${word.toLowerCase()}-quantity`,
            b.name,
            `${word} ${b.name} is ${b.quantity} and no longer ${a.quantity}.`,
          );
        if (sizes(a.dims) !== sizes(b.dims))
          say(
            level,
            sizeShrinks(a.dims, b.dims),
            `${word.toLowerCase()}-count`,
            b.name,
            `There are ${sizes(b.dims)} of ${b.name}, and were ${sizes(a.dims)}.`,
            counted(word, b.name, [a.dims, b.dims]),
          );
      },
    });
  }
  compareNamed(before.alarms, after.alarms, names, {
    gone: ({ name }, now) =>
      say(
        'wire',
        true,
        now === undefined ? 'alarm-removed' : 'alarm-renamed',
        name,
        now === undefined
          ? `Alarm ${name} is gone: nobody will be told.`
          : `Alarm ${name} is called ${now} now: whoever waits for it by its name is not told.`,
        lost('Alarm', name, now),
      ),
    fresh: ({ name }) =>
      say('wire', false, 'alarm-added', name, `Alarm ${name} is new.`, found('Alarm', name)),
    both: (a, b) => {
      if (sizes(a.dims) !== sizes(b.dims))
        say(
          'wire',
          sizeShrinks(a.dims, b.dims),
          'alarm-count',
          b.name,
          `There are ${sizes(b.dims)} of alarm ${b.name}, and were ${sizes(a.dims)}.`,
          counted('Alarm', b.name, [a.dims, b.dims]),
        );
      if (a.severity !== b.severity)
        say(
          'wire',
          false,
          'alarm-severity',
          b.name,
          `Alarm ${b.name} is ${b.severity} and was ${a.severity}.`,
        );
    },
  });
  compareBindings(before, after, names, say);
  const protocols = ({ bindings }: Manifest): Set<string> =>
    new Set(bindings.map(({ protocol }) => protocol));
  for (const protocol of protocols(after))
    if (!protocols(before).has(protocol))
      say(
        'deployment',
        false,
        'protocol-needed',
        protocol,
        `It speaks ${protocol} now: its host must be given the address and credentials.`,
      );
  return byParts(said, root, before, after, names);
}

function compareNamed<Thing extends { name: string }>(
  before: readonly Thing[],
  after: readonly Thing[],
  names: NameMap,
  tell: {
    gone(thing: Thing, now: string | undefined): void;
    fresh(thing: Thing): void;
    both(a: Thing, b: Thing): void;
  },
): void {
  const there = new Map(after.map((thing) => [thing.name, thing]));
  const known = new Set<string>();
  for (const thing of before) {
    const now = names(thing.name);
    const other = there.get(now);
    known.add(now);
    if (other === undefined) tell.gone(thing, undefined);
    else {
      if (now !== thing.name) tell.gone(thing, now);
      tell.both(thing, other);
    }
  }
  for (const thing of after) if (!known.has(thing.name)) tell.fresh(thing);
}

function compareBindings(
  before: Manifest,
  after: Manifest,
  names: NameMap,
  say: (level: Level, breaking: boolean, rule: string, subject: string, text: string) => void,
): void {
  const key = (manifest: Manifest, binding: ManifestBinding, map: NameMap): string =>
    `${binding.direction} ${map(targetName(manifest, binding))} ${binding.protocol}`;
  const same: NameMap = (name) => name;
  const now = new Map(after.bindings.map((each) => [key(after, each, same), each]));
  const known = new Set<string>();
  for (const old of before.bindings) {
    const name = targetName(before, old);
    const word = old.direction === 'from' ? 'is read from' : 'is sent to';
    const found = now.get(key(before, old, names));
    known.add(key(before, old, names));
    if (found === undefined) {
      say('wire', true, 'binding-removed', name, `${name} ${word} ${old.protocol} no longer.`);
      continue;
    }
    const [a, b] = [JSON.stringify(sorted(old.arguments)), JSON.stringify(sorted(found.arguments))];
    if (a !== b)
      say(
        'wire',
        true,
        'binding-address',
        name,
        `${name} ${word} ${found.protocol} ${addressOf(found)} and no longer ${addressOf(old)}.`,
      );
    if (old.unit.factor !== found.unit.factor || old.unit.offset !== found.unit.offset)
      say(
        'wire',
        true,
        'binding-unit',
        name,
        `On the wire ${name} is in ${found.unit.label || 'plain numbers'} and no longer in ${old.unit.label || 'plain numbers'}.`,
      );
    if (JSON.stringify([old.late, old.stale]) !== JSON.stringify([found.late, found.stale]))
      say(
        'wire',
        false,
        'binding-policy',
        name,
        `What happens to late or missing samples of ${name} is different.`,
      );
  }
  for (const each of after.bindings)
    if (!known.has(key(after, each, same))) {
      const name = targetName(after, each);
      say(
        'wire',
        false,
        'binding-added',
        name,
        `${name} is ${each.direction === 'from' ? 'read from' : 'sent to'} ${each.protocol} ${addressOf(each)} now.`,
      );
    }
}

function targetName({ sensors, variables, alarms, probes }: Manifest, { target }: ManifestBinding): string {
  switch (target.kind) {
    case 'sensor':
      return elementName(sensors[target.sensor]!.name, sensors[target.sensor]!.dims, target.instance);
    case 'input':
      return elementName(variables[target.variable]!.name, variables[target.variable]!.dims, target.element);
    case 'alarm':
      return elementName(alarms[target.alarm]!.name, alarms[target.alarm]!.dims, target.instance);
    default:
      return 'probe' in target ? probes[target.probe]!.text : JSON.stringify(target);
  }
}

const sorted = (values: Record<string, unknown>): [string, unknown][] =>
  Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
const addressOf = (binding: ManifestBinding): string =>
  sorted(binding.arguments)
    .map(([name, value]) => (/^\d+$/.test(name) ? String(value) : `${name} = ${String(value)}`))
    .join(', ');
const sizes = (dims: readonly number[]): string => (dims.length === 0 ? '1' : dims.join(' × '));
const sizeShrinks = (a: readonly number[], b: readonly number[]): boolean =>
  a.length !== b.length || a.some((size, axis) => b[axis]! < size);

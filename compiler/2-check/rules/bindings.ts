/** Bindings: what comes from where, in which unit, and no secrets. */
import {
  isAlarmDecl,
  isEventDecl,
  isModesDecl,
  isSensorDecl,
  isVariableDecl,
  type BindDecl,
  type Binding,
  type BindingArgument,
} from '../../../grammar/generated/ast.ts';
import { parseNodeId } from '../../../runtime/contract/node-id.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import * as units from '../../diagnostics/units.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { reportUnit } from '../infer/infer.ts';
import { kindOf, target } from '../members.ts';
import { featureOf, pathKey, pathOf } from '../paths.ts';
import { isNumeric, numberOf, wordsOf } from '../type.ts';
import { hintForMismatch, lookAlikes, quantityOfLiteral } from '../units/index.ts';
import { inputMustBeFree, knownTime } from './scenarios.ts';

type Kind = 'text' | 'number' | 'flag';
interface ProtocolInfo {
  /** The argument without a name. */
  first: { name: string; kind: Kind };
  named: Record<string, Kind>;
  /** What else is wrong with an argument of the right kind, and what to write. */
  wrong?(
    key: string,
    argument: BindingArgument,
    direction: 'from' | 'to',
  ): { problem: string; help: string } | undefined;
}

/** What `live/` offers. */
export const PROTOCOLS: Readonly<Record<string, ProtocolInfo>> = {
  mqtt: {
    first: { name: 'topic', kind: 'text' },
    named: { topic: 'text', path: 'text', qos: 'number', retain: 'flag' },
  },
  opcua: {
    first: { name: 'node', kind: 'text' },
    named: { node: 'text', sampling: 'number', uncertain: 'flag' },
    wrong: wrongOfOpcua,
  },
  http: { first: { name: 'name', kind: 'text' }, named: { name: 'text', path: 'text' } },
  csv: { first: { name: 'file', kind: 'text' }, named: { file: 'text', column: 'text' } },
  parquet: { first: { name: 'file', kind: 'text' }, named: { file: 'text', column: 'text' } },
};

const SECRETS =
  /^(pass|password|passwd|pwd|user|username|login|token|secret|apikey|api_key|key|credentials?|auth)$/i;

export function bindingTargetMustBeBindable(binding: Binding, analysis: Analysis): void {
  const path = pathOf(binding.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const direction = binding.direction;
  const text = textOf(binding.target);
  const incoming =
    (isSensorDecl(feature) && path.field === undefined) ||
    (isVariableDecl(feature) && feature.role === 'input') ||
    (isEventDecl(feature) && feature.kind === 'command' && ['mqtt', 'http'].includes(binding.protocol));
  const outgoing =
    isSensorDecl(feature) || isVariableDecl(feature) || isAlarmDecl(feature) || isModesDecl(feature);
  if (direction === 'from' ? incoming : outgoing) {
    if (direction === 'from') inputMustBeFree(binding.target, target(binding.$container.twin), analysis);
    return;
  }
  const what = isSensorDecl(feature) && path.field !== undefined ? 'computed from a sensor' : kindOf(feature);
  analysis.report(sensors.notBindable, { text, what, direction }, binding.target);
}

export function bindingArgumentsMustBeKnown(binding: Binding, analysis: Analysis): void {
  const name = binding.protocol as string | undefined;
  if (name === undefined) return;
  const protocol = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  if (protocol === undefined) {
    const known = Object.keys(PROTOCOLS);
    const suggestions = closestNames(name, known, 1);
    const place = sourceOfProperty(binding, 'protocol');
    const fixes = suggestions.map((text) => ({
      title: `Write ${text}`,
      edits: [{ uri: uriOf(binding), start: place.start, end: place.end, text }],
    }));
    analysis.report(sensors.unknownProtocol, { name, known, suggestions }, binding, { place, fixes });
    return;
  }
  if (name === 'http' && binding.direction === 'to') {
    const problem = 'http only brings in what others send.';
    const help = 'Write from, or send with mqtt("…").';
    analysis.report(sensors.bindingArgument, { problem, help }, binding, {
      place: sourceOfProperty(binding, 'protocol'),
    });
    return;
  }
  const given = new Set<string>();
  const allowed = Object.keys(protocol.named).join(', ');
  for (const [position, argument] of (binding.arguments as (BindingArgument | undefined)[]).entries()) {
    if (argument === undefined) continue;
    const fail = (problem: string, help = '') =>
      analysis.report(sensors.bindingArgument, { problem, help }, argument);
    const key = argument.name ?? (position === 0 ? protocol.first.name : undefined);
    if (key !== undefined && SECRETS.test(key)) continue;
    if (key === undefined) {
      fail(`Only the first argument of ${name} may be without a name.`, `Write its name: one of ${allowed}.`);
      continue;
    }
    const kind = Object.hasOwn(protocol.named, key) ? protocol.named[key] : undefined;
    const found: Kind =
      argument.text !== undefined ? 'text' : argument.number !== undefined ? 'number' : 'flag';
    if (kind === undefined) fail(`${name} has no argument '${key}'.`, `It takes ${allowed}.`);
    else if (given.has(key)) fail(`'${key}' is given twice.`);
    else if (kind !== found) fail(`'${key}' must be ${KINDS[kind]}.`);
    else if (key === 'qos' && !['0', '1', '2'].includes(argument.number ?? '')) fail(`'qos' is 0, 1 or 2.`);
    else if (key === protocol.first.name && argument.text?.trim() === '') fail(`The ${key} is empty.`);
    else {
      const wrong = protocol.wrong?.(key, argument, binding.direction);
      if (wrong !== undefined) fail(wrong.problem, wrong.help);
    }
    given.add(key);
  }
  if (!given.has(protocol.first.name)) {
    const problem = `${name} needs a ${protocol.first.name}.`;
    analysis.report(
      sensors.bindingArgument,
      { problem, help: `Write ${name}("${name === 'opcua' ? 'ns=2;s=…' : '…'}").` },
      binding,
      {
        place: sourceOfProperty(binding, 'protocol'),
      },
    );
  }
}

/** ms; a server takes no samples less often. */
const SLOWEST_SAMPLING = 3_600_000;

function wrongOfOpcua(
  key: string,
  { text, number }: BindingArgument,
  direction: 'from' | 'to',
): { problem: string; help: string } | undefined {
  if (key === 'node' && text !== undefined) {
    const parsed = parseNodeId(text);
    return 'problem' in parsed ? { problem: `'${text}' ${parsed.problem}.`, help: parsed.help } : undefined;
  }
  if (direction === 'to')
    return { problem: `'${key}' is for what comes in, and this binding writes.`, help: '' };
  const ms = Number(number);
  if (key === 'sampling' && !(ms >= 1 && ms <= SLOWEST_SAMPLING))
    return {
      problem: `'sampling' is ${number} ms, and it lies between 1 and ${SLOWEST_SAMPLING}.`,
      help: 'It is how often the server looks at its device, in milliseconds.',
    };
  return undefined;
}

const KINDS: Record<Kind, string> = { text: 'a text', number: 'a number', flag: 'true or false' };

export function bindingMustNotHoldSecrets(binding: Binding, analysis: Analysis): void {
  for (const argument of binding.arguments as (BindingArgument | undefined)[]) {
    if (argument?.name !== undefined && SECRETS.test(argument.name)) {
      analysis.report(sensors.secretInText, { name: argument.name }, argument);
    } else if (argument?.text !== undefined && /^\w+:\/\/[^/@\s]+:[^/@\s]+@/.test(argument.text)) {
      analysis.report(sensors.secretInText, { name: 'user:password@' }, argument);
    }
  }
}

/** The unit on the wire is one of the target's quantity. */
export function bindingUnitMustFit(binding: Binding, analysis: Analysis): void {
  const { unit } = binding;
  if (unit === undefined) return;
  const table = analysis.tableOf(binding);
  const result = table.resolve(unit);
  if (!result.ok) return reportUnit(binding, unit, analysis);
  const type = analysis.typeOf(binding.target);
  if (isEventDecl(featureOf(pathOf(binding.target)))) {
    const holes = { text: textOf(binding.target), unit };
    analysis.report(sensors.unitOfSwitch, holes, binding, { place: sourceOfProperty(binding, 'unit') });
    return;
  }
  if (type.base === 'unknown') return;
  if (isNumeric(type) && result.unit.dimension.equals(type.quantity.dimension)) return;
  const place = sourceOfProperty(binding, 'unit');
  const text = textOf(binding.target);
  if (!isNumeric(type)) {
    analysis.report(sensors.unitOfSwitch, { text, unit }, binding, { place });
    return;
  }
  const { dimension } = type.quantity;
  const fixes = lookAlikes(table, unit, dimension).map((each) => ({
    title: `Write ${each}`,
    edits: [{ uri: uriOf(binding), start: place.start, end: place.end, text: each }],
  }));
  const value = { text: unit, is: wordsOf(numberOf(quantityOfLiteral(result.unit), result.unit), table) };
  const holes = {
    target: { text: `'${text}'`, is: wordsOf(type, table) },
    value,
    hint: hintForMismatch(dimension, result.unit.dimension, table),
  };
  analysis.report(units.quantityExpected, holes, binding, { place, fixes });
}

export function bindingTimesMustBeDurations(binding: Binding, analysis: Analysis): void {
  for (const word of ['late', 'stale'] as const) {
    const time = binding[word];
    if (time === undefined) continue;
    if (binding.direction === 'to')
      analysis.report(sensors.policyOfOutgoing, { word }, binding, {
        place: sourceOfProperty(binding, word),
      });
    else knownTime(time, `The time after ${word}`, analysis, 'positive');
  }
}

export function bindingsMustBeDistinct(bind: BindDecl, analysis: Analysis): void {
  const seen = new Set<string>();
  for (const binding of bind.bindings as (Binding | undefined)[]) {
    const path = pathOf(binding?.target);
    if (binding === undefined || path === undefined || binding.direction !== 'from') continue;
    const key = pathKey(path, textOf);
    if (seen.has(key)) analysis.report(sensors.boundTwice, { text: textOf(binding.target) }, binding.target);
    seen.add(key);
  }
}

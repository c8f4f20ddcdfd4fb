/** What to debug, by name → a program at the start of its run. */
import type { Root } from '../compiler/index.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import type { Manifest, SourceRange } from '../runtime/contract/manifest.ts';
import { count } from '../runtime/contract/elements.ts';
import { parseElementName } from '../runtime/names.ts';
import type { TwinSettings } from '../runtime/twin.ts';
import { createDebugger } from './debugger.ts';
import type { Debugger } from './debugger.ts';
import { CannotDebug, Program } from './program.ts';
import type { ProgramTexts } from './program.ts';
import type { LaunchConfiguration, Verdict } from './protocol.ts';

/** Path → texts. Throws CannotDebug. */
export type Load = (path: string) => ProgramTexts;

export function start(
  launch: LaunchConfiguration,
  load: Load,
  say: (text: string, source?: SourceRange) => void,
  verdict: (verdict: Verdict) => void,
): Debugger {
  if (typeof launch.program !== 'string' || launch.program === '')
    throw new CannotDebug('Say what to debug: "program" is a .twin file or a folder.');
  const program = new Program(load(launch.program), (model, roots) => chosen(launch, model, roots));
  const { manifest } = program.artefact;
  const test = launch.test === undefined ? undefined : testOf(manifest, launch.test);
  const scenario =
    test === undefined ? scenarioOf(manifest, launch.scenario) : manifest.tests[test]!.scenario;
  return createDebugger(program, {
    ...(scenario === undefined ? {} : { scenario }),
    ...(test === undefined ? {} : { test }),
    ...(launch.seed === undefined ? {} : { seed: launch.seed }),
    settings: { overrides: overridesOf(program, launch.params ?? {}) },
    say,
    verdict,
  });
}

const short = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
const isNamed = (name: string, wanted: string): boolean => name === wanted || short(name) === wanted;

function chosen(launch: LaunchConfiguration, model: CheckedModel, roots: readonly Root[]): Root {
  const list = roots.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (launch.root !== undefined) {
    const found = roots.find(({ name }) => isNamed(name, launch.root!));
    if (found === undefined)
      throw new CannotDebug(`There is no twin or asset ${launch.root}; there are ${list}.`);
    return found;
  }
  const test = launch.test === undefined ? undefined : model.tests.find(({ name }) => name === launch.test);
  if (launch.test !== undefined && test === undefined)
    throw new CannotDebug(`There is no test "${launch.test}".`);
  const wanted = test?.scenario ?? launch.scenario;
  if (wanted !== undefined) {
    const scenario = model.scenarios.find(({ name }) => isNamed(name, wanted));
    if (scenario === undefined) {
      const known = model.scenarios.map(({ name }) => short(name)).join(', ');
      throw new CannotDebug(`There is no scenario ${wanted}; there are ${known || 'none'}.`);
    }
    return scenario.twin === undefined
      ? { kind: 'asset', name: scenario.asset }
      : { kind: 'twin', name: scenario.twin };
  }
  const twins = roots.filter(({ kind }) => kind === 'twin');
  const [only, ...others] = twins.length > 0 ? twins : roots;
  if (only === undefined) throw new CannotDebug('There is nothing here that can run: no twin and no asset.');
  if (others.length > 0) throw new CannotDebug(`Say which by "root" or "scenario": there are ${list}.`);
  return only;
}

function testOf(manifest: Manifest, title: string): number {
  const found = manifest.tests.findIndex(({ name }) => name === title);
  if (found < 0) throw new CannotDebug(`There is no test "${title}" of ${manifest.name}.`);
  return found;
}

/** The first one when none is named: a run needs an end to be gone through. */
function scenarioOf(manifest: Manifest, wanted: string | undefined): number | undefined {
  if (wanted === undefined) return manifest.scenarios.length > 0 ? 0 : undefined;
  const found = manifest.scenarios.findIndex(({ name }) => isNamed(name, wanted));
  if (found < 0) {
    const list = manifest.scenarios.map(({ name }) => short(name)).join(', ');
    throw new CannotDebug(
      `There is no scenario ${wanted} for ${manifest.name}; there are ${list || 'none'}.`,
    );
  }
  return found;
}

function overridesOf(program: Program, params: Readonly<Record<string, string>>): TwinSettings['overrides'] {
  const { manifest } = program.artefact;
  return Object.entries(params).flatMap(([name, text]) => {
    const { name: bare, index } = parseElementName(name);
    const variable = manifest.variables.findIndex(
      (one) =>
        (one.role === 'parameter' || one.role === 'input') &&
        (one.name === bare || (index.length === 0 && one.name.replaceAll('[]', '') === name)),
    );
    const described = manifest.variables[variable];
    if (described === undefined) throw new CannotDebug(`"params": there is no parameter or input ${name}.`);
    const size = count(described.dims);
    const first = described.name.replaceAll('[]', '[1]');
    const observer = program.observe([{ text: `if true then (${String(text)}) else (${first})`, owner: '' }]);
    if (typeof observer === 'string') throw new CannotDebug(`"params": ${name} = ${text}: ${observer}`);
    const value = observer.constant(0);
    if (value < (described.low ?? -Infinity) || value > (described.high ?? Infinity))
      throw new CannotDebug(`"params": ${name} = ${text} is outside its range.`);
    const elements =
      index.length === 0
        ? Array.from({ length: size }, (_, element) => element)
        : [index.reduce((position, i, axis) => position * described.dims[axis]! + i, 0)];
    if (elements.some((element) => !(element >= 0 && element < size)))
      throw new CannotDebug(`"params": there is no ${name}.`);
    return elements.map((element) => ({ variable, element, value }));
  });
}

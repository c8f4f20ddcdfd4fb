/** A system, parameters of it and a time → derivatives of its states by these, by sensitivities and by central differences. */
import { linearise } from '../../compiler/3-flatten/algebra/linearise.ts';
import { sensitivitiesOf } from '../../compiler/3-flatten/slopes/sensitivities.ts';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { isBeyondMatrix } from '../../compiler/ir/sparse.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { count, elementAt } from '../../runtime/contract/elements.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';

const source = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface Place {
  variable: number;
  index: number[];
}
export interface Sensed {
  /** By state element, then by parameter: both in the order of the variables. */
  exact: number[][];
  differences: number[][];
  names: string[];
}

interface Wanted {
  parameters: readonly Place[];
  until: number;
  scenario?: number;
  tolerance?: number;
  /** Slopes by the interpreter; differences are always of emitted code. */
  interpreted?: boolean;
  /** Of the differences, as a share of a parameter. */
  step?: number;
  /** No differences. */
  exactOnly?: boolean;
  /** Differences of the system with the slopes: it meets jumps of equations as events, without the noise of steps across them. */
  ofSwitched?: boolean;
  method?: 'tsit5' | 'rodas5p' | 'auto';
}

/** Of what the system computes besides the states, too, where it is named. */
export function sense(
  plain: FlatSystem,
  names: readonly string[],
  wanted: Wanted,
): Sensed | { because: string } {
  const { parameters, scenario, interpreted = false } = wanted;
  const observed = plain.variables.flatMap(({ name, dims, role }, variable) =>
    names.includes(name) || (names.length === 0 && role === 'state') ? [{ name, dims, variable }] : [],
  );
  const system: FlatSystem = {
    ...plain,
    probes: [
      ...plain.probes,
      ...observed.map(({ name, dims, variable }) => {
        const loops = dims.map((size, at) => ({ variable: `o${at}`, from: 0, to: size }));
        const { type, unit } = plain.variables[variable]!;
        return {
          text: name,
          loops,
          value: {
            kind: 'load' as const,
            variable,
            index: loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
          },
          type,
          unit,
        };
      }),
    ],
  };
  const ids = observed.map((_, at) => plain.probes.length + at);
  const found = sensitivitiesOf(system, {
    ...(scenario === undefined ? {} : { scenario }),
    settings: scenario === undefined ? [] : system.scenarios[scenario]!.settings,
    directions: parameters.map((target) => ({ targets: [target], size: 1, source })),
    probes: ids,
  });
  if ('because' in found) return found;
  const run = (
    { manifest, kernel }: { manifest: Manifest; kernel: KernelFactory },
    values: readonly (number | undefined)[],
    slopes: boolean,
  ): Twin => {
    const places = slopes ? found.settings : [];
    const twin = createTwin({
      manifest,
      kernel,
      ...(scenario === undefined ? {} : { scenario }),
      settings: {
        duration: wanted.until,
        method: { name: wanted.method ?? 'tsit5', tolerance: wanted.tolerance ?? 1e-10 },
        overrides: [
          ...places.map(({ variable, index, value }) => ({
            variable,
            element: elementAt(manifest.variables[variable]!.dims, index!),
            value,
          })),
          ...parameters.flatMap(({ variable, index }, at) => {
            const value = values[at];
            const { dims } = manifest.variables[variable]!;
            return value === undefined ? [] : [{ variable, element: elementAt(dims, index), value }];
          }),
        ],
      },
    });
    twin.advance(wanted.until);
    const trouble = twin.trouble();
    if (trouble !== undefined) throw new Error(`${slopes ? 'with slopes: ' : ''}${trouble.message}`);
    return twin;
  };
  const built = (made: FlatSystem, byWalking = false): { manifest: Manifest; kernel: KernelFactory } => {
    const linear = isBeyondMatrix(made) ? undefined : linearise(made);
    const whole = linear === undefined ? made : { ...made, linear };
    const artefact = generate(whole);
    return {
      manifest: artefact.manifest,
      kernel: byWalking ? () => interpret(whole) : kernelFactory(artefact),
    };
  };
  const own = built(wanted.ofSwitched === true ? found.system : system);
  const start = run(own, [], false);
  const values = parameters.map(
    ({ variable, index }) =>
      start.machine.numbers[
        own.manifest.variables[variable]!.address / 8 +
          elementAt(own.manifest.variables[variable]!.dims, index)
      ]!,
  );
  const all = (twin: Twin): number[] =>
    observed.flatMap(({ dims }, at) =>
      Array.from({ length: count(dims) }, (_, instance) => twin.probe(ids[at]!, instance)),
    );
  const columns = (wanted.exactOnly === true ? [] : values).map((value, at) => {
    const h = (wanted.step ?? 1e-4) * (Math.abs(value) || 1);
    const side = (by: number): number[] =>
      all(
        run(
          own,
          values.map((one, other) => (other === at ? one + by : undefined)),
          false,
        ),
      );
    const [a, b, c, d] = [side(2 * h), side(h), side(-h), side(-2 * h)];
    return a.map((_, n) => (8 * (b[n]! - c[n]!) - (a[n]! - d[n]!)) / (12 * h));
  });
  const sloped = run(built(found.system, interpreted), [], true);
  return {
    names: observed.flatMap(({ name, dims }) =>
      Array.from({ length: count(dims) }, (_, instance) => `${name} ${instance}`),
    ),
    exact: observed.flatMap(({ dims }, at) =>
      Array.from({ length: count(dims) }, (_, instance) =>
        parameters.map((__, k) =>
          sloped.probe(found.slopes.get(ids[at]!)!.probe, instance * parameters.length + k),
        ),
      ),
    ),
    differences: all(start).map((_, n) => columns.map((column) => column[n]!)),
  };
}

/** The first elements of parameters that are plain numbers. */
export const parametersOf = ({ variables }: FlatSystem, most: number): Place[] =>
  variables
    .flatMap(({ role, type, dims, final }, variable) =>
      role === 'parameter' && type.base === 'number' && !final
        ? [{ variable, index: dims.map(() => 0) }]
        : [],
    )
    .slice(0, most);

export const named = (system: FlatSystem, ...names: string[]): Place[] =>
  names.map((name) => {
    const variable = system.variables.findIndex((one) => one.name === name);
    return { variable, index: system.variables[variable]!.dims.map(() => 0) };
  });

/** Largest difference, in parts of the largest value that anything has by the same parameter. */
export const apart = ({ exact, differences }: Sensed): number =>
  Math.max(
    ...exact.flatMap((row, n) =>
      row.map((value, k) => {
        const size = Math.max(...differences.map((one) => Math.abs(one[k]!)), 1e-3);
        return Math.abs(value - differences[n]![k]!) / size;
      }),
    ),
  );

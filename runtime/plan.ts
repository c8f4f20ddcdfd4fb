/** What was asked for, with defaults filled in: scenario, seed, method, length, output. */
import type { Manifest, ManifestBinding } from './contract/manifest.ts';
import type { ManifestScenario } from './contract/studies.ts';
import type { CheckpointSettings } from './checkpoints.ts';
import { DEFAULT_METHOD } from './solvers/method.ts';

/** What states to go back to take at most. */
const CHECKPOINT_BYTES = 64 * 2 ** 20;

/** What a host may say of a run, over what the scenario says. */
export interface TwinSettings {
  /** s; Infinity for a run without end. Default: the scenario's, else Infinity. */
  duration?: number;
  /** Default: the scenario's, else auto with tolerance 1e-6. */
  method?: ManifestScenario['method'];
  /** s after which statistics begin anew; default: the scenario's. */
  warmUp?: number;
  /** s; adaptive steps are no longer. Default: a twentieth of the run, or 60 s without end. */
  maxStep?: number;
  /** s between rows; default: the scenario's, else 1/200 of the run, or 1 s without end. */
  outputPeriod?: number;
  /** Values from outside that hold from the start (SI), over the scenario's. */
  overrides?: readonly { variable: number; element: number; value: number }[];
  /** Sensors whose samples come by `offer`; default: none, the model makes them. */
  offered?: 'all' | 'none' | ReadonlySet<number>;
  checkpoints?: Partial<CheckpointSettings>;
}

export interface Plan {
  scenario: number | undefined;
  /** Values that hold from the start, in order. */
  settings: ManifestScenario['settings'];
  overrides: NonNullable<TwinSettings['overrides']>;
  /** What inputs follow. */
  drives: NonNullable<ManifestScenario['drives']>;
  seed: number;
  /** s; Infinity: without end. */
  duration: number;
  /** s: the duration, or a day where there is none; what "short" is measured by. */
  span: number;
  method: ManifestScenario['method'];
  /** s after which statistics begin anew. */
  warmUp: number | undefined;
  maxStep: number;
  outputPeriod: number;
  offered: (sensor: number) => boolean;
  checkpoints: CheckpointSettings;
}

/** What is run: what is asked for before what the scenario says before defaults. Throws where the scenario is not one of the manifest. */
export function planOf(
  manifest: Manifest,
  scenario: number | string | undefined,
  seed: number | undefined,
  settings: TwinSettings,
): Plan {
  const index =
    typeof scenario === 'string' ? manifest.scenarios.findIndex(({ name }) => name === scenario) : scenario;
  const own = index === undefined ? undefined : manifest.scenarios[index];
  if (index !== undefined && own === undefined)
    throw new RangeError(
      `${manifest.name} has no scenario ${scenario}; it has ${manifest.scenarios.map((s) => s.name).join(', ') || 'none'}.`,
    );
  const duration = settings.duration ?? own?.duration ?? Infinity;
  const finite = Number.isFinite(duration) && duration > 0;
  const { offered } = settings;
  return {
    scenario: index,
    settings: own?.settings ?? [],
    overrides: settings.overrides ?? [],
    drives: own?.drives ?? [],
    seed: seed ?? own?.seed ?? 1,
    duration,
    span: finite ? duration : 86400,
    method: settings.method ?? own?.method ?? DEFAULT_METHOD,
    warmUp: settings.warmUp ?? own?.warmUp,
    maxStep: settings.maxStep ?? (finite ? duration / 20 : 60),
    outputPeriod: settings.outputPeriod ?? own?.outputPeriod ?? (finite ? duration / 200 : 1),
    offered: (sensor) => offered === 'all' || (typeof offered === 'object' && offered.has(sensor)),
    checkpoints: {
      interval: settings.checkpoints?.interval ?? (finite ? duration / 100 : 10),
      limit: settings.checkpoints?.limit ?? 200,
      bytes: settings.checkpoints?.bytes ?? CHECKPOINT_BYTES,
      keep: settings.checkpoints?.keep ?? (finite ? 'all' : 'recent'),
      ...(settings.checkpoints?.again === undefined ? {} : { again: true }),
    },
  };
}

export type Policy = Pick<ManifestBinding, 'late' | 'stale'>;

/** What bindings say of late and missing samples, by `sensor/instance`. */
export const sensorPolicies = (manifest: Manifest): Map<string, Policy> =>
  new Map(
    manifest.bindings.flatMap((binding) =>
      binding.direction === 'from' && binding.target.kind === 'sensor'
        ? [[`${binding.target.sensor}/${binding.target.instance}`, binding] as const]
        : [],
    ),
  );

/** What is private is seen by nobody outside: which names may be told, and what stands in the place of a value. */
import type { Manifest, ManifestBinding, ManifestSensor } from './contract/manifest.ts';

export const PRIVATE_TEXT = '(private)';

export const isPrivateSensor = ({ variables }: Manifest, { measured }: ManifestSensor): boolean =>
  variables[measured]!.private === true;

/** Whether what comes in by a binding is private. */
export function isPrivateBinding(manifest: Manifest, { target }: ManifestBinding): boolean {
  if (target.kind === 'sensor') return isPrivateSensor(manifest, manifest.sensors[target.sensor]!);
  if (target.kind === 'input') return manifest.variables[target.variable]!.private === true;
  if (target.kind !== 'command') return false;
  const { parameters } = manifest.events![target.command]!;
  return parameters.some(({ variable }) => manifest.variables[variable]!.private === true);
}

/** Whether any of its data is private. */
export const hasPrivate = ({ variables }: Manifest): boolean =>
  variables.some((variable) => variable.private === true);

import { analyse, compile } from '../../compiler/index.ts';
import type { Compiled } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinSettings } from '../../runtime/twin.ts';

const library = readLibraryFiles();

export function compiled(text: string): Compiled {
  const { model, roots, diagnostics } = analyse(
    [{ uri: 'file:///solvers.twin', text: `package solvers\n${text}` }],
    library,
  );
  const value = model && compile(model, roots[0]!).value;
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

export interface Asked {
  method: ManifestMethod;
  end: number;
  settings?: TwinSettings;
  interpreted?: boolean;
}

/** With steps of any length, as published programs take them. */
export function twinOf({ system, artefact }: Compiled, { method, end, settings, interpreted }: Asked): Twin {
  const kernel: () => Kernel = interpreted === true ? () => interpret(system) : kernelFactory(artefact);
  return createTwin({
    manifest: artefact.manifest,
    kernel,
    settings: { duration: end, method, maxStep: end, outputPeriod: end, ...settings },
  });
}

export function finished(value: Compiled, asked: Asked): Twin {
  const twin = twinOf(value, asked);
  twin.advance(asked.end);
  const trouble = twin.trouble();
  if (trouble) throw new Error(trouble.message);
  return twin;
}

export const adaptive = (name: 'auto' | 'tsit5' | 'rodas5p' | 'bdf', tolerance: number): ManifestMethod => ({
  name,
  tolerance,
});

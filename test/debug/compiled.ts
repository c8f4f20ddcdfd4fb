/** One text → what runs. */
import { Program } from '../../debug-adapter/program.ts';

export function compiled(text: string) {
  const uri = 'file:///plant.twin';
  const program = new Program({ texts: [{ uri, text }] }, (_, roots) => roots[0]!);
  return { uri, manifest: program.artefact.manifest, kernel: program.kernel() };
}

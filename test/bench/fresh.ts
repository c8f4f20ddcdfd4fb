/** What a process takes that has compiled nothing yet: text to model, and from there to the first step. Prints processor time in ms. */
import { analyse, compile } from '../../compiler/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { unrolled } from './models.ts';

const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

const text = unrolled(Number(process.argv[2]));
const library = readLibraryFiles();
const begun = spent();
const { model, roots } = analyse([{ uri: 'file:///bench.twin', text }], library);
const analysed = spent();
const { artefact } = compile(model!, roots[0]!).value!;
const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
twin.advance(1, { steps: 1 });
console.log(JSON.stringify({ analysed: analysed - begun, started: spent() - analysed }));

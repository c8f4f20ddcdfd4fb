/**
 * The Web Worker in which an editor without processes debugs a twin, or runs the tests of a file. Speaks `protocol.ts` by messages; it
 * ends when it is terminated.
 */
import { analyse, compile, rootsWithTests } from '../compiler/index.ts';
import type { SourceText } from '../compiler/1-parse/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { kernelFactory } from '../runtime/load.ts';
import { outcomeOf, runTest } from '../runtime/run-test.ts';
import { createAdapter } from './adapter.ts';
import { textsFor, unread } from './gather.ts';
import { CannotDebug } from './program.ts';
import type { FromWorker, TestOutcome, ToWorker } from './protocol.ts';

const send = (message: FromWorker): void => postMessage(message);

let texts: SourceText[] = [];
let refusal: string | undefined;
/** Asked for before the texts were complete. */
let waiting: (() => void)[] | undefined = [];
const data = new Map<string, string | undefined>();
const readData = (uri: string): string | undefined => data.get(uri);

// Timers of a browser wait for 4 ms; messages do not.
const { port1, port2 } = new MessageChannel();
const callbacks: (() => void)[] = [];
port1.addEventListener('message', () => callbacks.shift()?.());
port1.start();

const adapter = createAdapter({
  send: (message) => send({ type: 'protocol', message }),
  load: () => {
    if (refusal !== undefined) throw new CannotDebug(refusal);
    return { texts, readData };
  },
  // The editor names what is not on a disk by its URI.
  uriOf: (path) => path,
  pathOf: (uri) => uri,
  soon: (callback) => {
    callbacks.push(callback);
    port2.postMessage(undefined);
  },
  end: () => undefined,
});

function runTests(names: readonly string[]): TestOutcome[] {
  if (refusal !== undefined) throw new CannotDebug(refusal);
  const { model, diagnostics } = analyse(texts, libraryFiles, undefined, readData);
  if (model === undefined) {
    const first = diagnostics.find(({ severity }) => severity === 'error');
    throw new CannotDebug(first?.message ?? 'The text has errors.');
  }
  const uri = texts[0]?.uri;
  return rootsWithTests(model).flatMap((root) => {
    const { value, diagnostics: found } = compile(model, root);
    if (value === undefined) throw new CannotDebug(found[0]?.message ?? `${root.name} does not compile.`);
    const { artefact } = value;
    const kernel = kernelFactory(artefact);
    return artefact.manifest.tests
      .filter(({ name, source }) => source.uri === uri && (names.length === 0 || names.includes(name)))
      .map((test) => {
        const begun = performance.now();
        const result = runTest(artefact.manifest, kernel, test);
        return outcomeOf(test, result, (performance.now() - begun) / 1000);
      });
  });
}

/** Asks for the data files that are read and not there yet; then does what was asked for meanwhile. */
function complete(): void {
  const uris = refusal === undefined ? unread(texts, data) : [];
  if (uris.length > 0) return send({ type: 'read', uris });
  const asked = waiting ?? [];
  waiting = undefined;
  for (const each of asked) each();
}

function whenComplete(work: () => void): void {
  if (waiting === undefined) work();
  else waiting.push(work);
}

addEventListener('message', ({ data: message }: MessageEvent<ToWorker>) => {
  switch (message.type) {
    case 'program':
      try {
        texts = textsFor(message.uri, message.files);
      } catch (error) {
        if (!(error instanceof CannotDebug)) throw error;
        refusal = error.message;
      }
      complete();
      break;
    case 'data':
      for (const { uri, text } of message.files) data.set(uri, text ?? undefined);
      complete();
      break;
    case 'protocol':
      whenComplete(() => adapter(message.message as Parameters<typeof adapter>[0]));
      break;
    case 'tests':
      whenComplete(() => {
        try {
          send({ type: 'outcomes', outcomes: runTests(message.names) });
        } catch (error) {
          if (!(error instanceof CannotDebug)) throw error;
          send({ type: 'refused', message: error.message });
        }
      });
      break;
  }
});

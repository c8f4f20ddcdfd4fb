import { describe, expect, it } from 'vitest';
import { loadElementary } from '../../compiler/4-generate/elementary/load.ts';
import { elementary } from '../../compiler/4-generate/elementary/index.ts';
import { drawnAhead } from '../../compiler/4-generate/random/ahead.ts';
import { randomFunctions } from '../../compiler/4-generate/random/index.ts';
import { ModuleBuilder } from '../../compiler/4-generate/wasm/index.ts';
import { distributions } from '../../runtime/random/distributions.ts';
import { setAttempt, startStream, streamSize } from '../../runtime/random/stream.ts';

const STREAMS = 5;
const plan = { streams: 64, streamBytes: streamSize, lines: 512, count: STREAMS - 1, of: STREAMS };
const names = ['unit', 'exponential', 'normal', 'gamma', 'triangular'] as const;

const wasm = (() => {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const math = elementary(m);
  const random = randomFunctions(m, math, drawnAhead(m, math, plan));
  for (const name of names) m.export(name, random[name]);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return {
    view: new DataView(memory.buffer),
    draw: exports as unknown as Record<(typeof names)[number], (stream: number, ...of: number[]) => number>,
  };
})();
const plain = distributions(loadElementary());
const alone = new DataView(new ArrayBuffer(1024));
const address = (stream: number): number => plan.streams + streamSize * stream;
const parameters = { unit: [], exponential: [3], normal: [10, 2], gamma: [0.5, 10], triangular: [2, 2.5, 4] };

function both(name: (typeof names)[number], stream: number): [number, number] {
  const of = parameters[name] as number[];
  return [
    wasm.draw[name](address(stream), ...of),
    (plain[name] as (view: DataView, at: number, ...of: number[]) => number)(alone, address(stream), ...of),
  ];
}

/** Both streams at a number of their draws. */
function at(stream: number, draw: bigint, path = `stream ${stream}`): void {
  for (const view of [wasm.view, alone]) {
    startStream(view, address(stream), path, 7);
    view.setBigUint64(address(stream) + 8, draw, true);
  }
}

describe('draws made ahead should', () => {
  it('have the bits of draws that are made one by one, in any order of streams', () => {
    for (let stream = 0; stream < STREAMS; stream += 1) at(stream, 0n);
    for (let n = 0; n < 600; n += 1) {
      const [made, wanted] = both(names[n % names.length]!, (n * 7) % STREAMS);
      expect(made).toBe(wanted);
    }
  });

  it('follow a stream that is put back, put forward, or given another key', () => {
    const visits = [3n, 21n, 20n, 3n, 0n, 2n ** 32n - 2n, 2n ** 32n + 5n, 2n ** 63n + 4n, 3n];
    for (const path of ['one', 'other', 'one'])
      for (const draw of visits) {
        at(1, draw, path);
        for (let n = 0; n < 10; n += 1) expect(new Set(both('exponential', 1)).size).toBe(1);
      }
  });

  it('look at replications and attempts as well', () => {
    for (const [replication, attempt] of [
      [0, 0],
      [1, 0],
      [0, 3],
      [2, 0],
    ] as const) {
      at(2, 9n);
      for (const view of [wasm.view, alone]) {
        view.setUint32(address(2) + 16, replication, true);
        setAttempt(view, address(2), attempt);
      }
      for (let n = 0; n < 3; n += 1) {
        const [made, wanted] = both('unit', 2);
        expect(made).toBe(wanted);
      }
    }
  });
});

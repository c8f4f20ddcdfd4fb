import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleAdapter, debugging, example } from './client.ts';
import type { Debugging } from './client.ts';

const ball = example('bouncing-ball/ball.twin');
const lineOf = (path: string, text: string): number =>
  readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

let debug: Debugging;
beforeAll(bundleAdapter);
afterEach(() => debug.stop());

/** Times of the impacts of a ball dropped from 1 m that keeps 0.8 of its speed: g = 9.80665 m/s². */
const impact = (n: number): number => {
  const first = Math.sqrt(2 / 9.80665);
  return (
    first + Array.from({ length: n - 1 }, (_, k) => 2 * first * 0.8 ** (k + 1)).reduce((a, b) => a + b, 0)
  );
};

describe('a client of another house', () => {
  it('stops at each impact of a ball, at the times of the closed form, forward and back', async () => {
    debug = await debugging();
    const line = lineOf(ball, 'at height <= 0 m falling');
    let answered: DebugProtocol.Breakpoint[] = [];
    const stop = await debug.launch({ program: ball, scenario: 'drop' }, async () => {
      const body = await debug.request<{ breakpoints: DebugProtocol.Breakpoint[] }>('setBreakpoints', {
        source: { path: ball },
        breakpoints: [{ line: line + 1 }],
      });
      answered = body.breakpoints;
    });
    expect(answered).toMatchObject([{ verified: true }]);
    expect(stop.reason).toBe('breakpoint');
    const seen = [await debug.moment()];
    for (let n = 2; n <= 5; n += 1) {
      await debug.go('continue');
      seen.push(await debug.moment());
    }
    seen.forEach(({ time, index }, n) => {
      expect(time).toBeCloseTo(impact(n + 1), 6);
      expect(index).toBe(0);
    });
    for (let n = 3; n >= 0; n -= 1) {
      await debug.go('reverseContinue');
      expect(await debug.moment()).toEqual(seen[n]);
    }
    const back = await debug.go('reverseContinue');
    expect(back.reason).toBe('entry');
    await debug.go('continue');
    expect(await debug.moment()).toEqual(seen[0]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../cli/pollux.ts';
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

  it('counts hits, asks conditions and writes log points in the twin language', async () => {
    debug = await debugging();
    const line = lineOf(ball, 'at height <= 0 m falling');
    const set = (one: object) => (): Promise<{ breakpoints: DebugProtocol.Breakpoint[] }> =>
      debug.request('setBreakpoints', { source: { path: ball }, breakpoints: [{ line, ...one }] });
    await debug.launch({ program: ball, scenario: 'drop' }, set({ hitCondition: '7' }));
    expect((await debug.moment()).time).toBeCloseTo(impact(7), 6);
    expect(await debug.evaluate('bounces')).toBe('6');
    // Set late, so what it would have counted before is gone through again.
    await set({ hitCondition: '% 4' })();
    await debug.go('reverseContinue');
    expect((await debug.moment()).time).toBeCloseTo(impact(4), 6);
    await debug.go('continue');
    expect((await debug.moment()).time).toBeCloseTo(impact(8), 6);
    // Impacts at less than 1 m/s: v₁ 0.8ⁿ⁻¹ with v₁ = √(2 g h) = 4.4287 m/s, so from the eighth on.
    await set({ condition: 'abs(velocity) < 1 m/s' })();
    await debug.go('restartFrame');
    while ((await debug.go('reverseContinue')).reason !== 'entry');
    await debug.go('continue');
    expect((await debug.moment()).time).toBeCloseTo(impact(8), 6);
    const wrong = await set({ condition: 'velocity < 3 K' })();
    expect(wrong.breakpoints[0]).toMatchObject({ verified: false });
    expect(wrong.breakpoints[0]!.message).toMatch(/PX3\d+/);
    const noCondition = await set({ condition: 'velocity' })();
    expect(noCondition.breakpoints[0]!.message).toContain('not true or false');
    await set({ logMessage: 'impact {bounces + 1} at {velocity}', hitCondition: '<= 10' })();
    expect((await debug.go('continue')).reason).toBe('end of the run');
    expect(debug.output.filter((text) => text.startsWith('impact'))).toEqual([
      expect.stringMatching(/^impact 9 at -0\.743\d* m\/s\n$/),
      expect.stringMatching(/^impact 10 at -0\.594\d* m\/s\n$/),
    ]);
  });

  it('stops where a value changes, and where it crosses another to the last bit', async () => {
    debug = await debugging();
    await debug.launch({ program: ball, scenario: 'drop', stopOnEntry: true });
    const info = await debug.request<{ dataId: string; description: string }>('dataBreakpointInfo', {
      name: 'height',
    });
    // Falling through half a metre: t = √(2 · 0.5 m / g).
    await debug.request('setDataBreakpoints', {
      breakpoints: [{ dataId: info.dataId, accessType: 'write', condition: 'height < 0.5 m' }],
    });
    expect((await debug.go('continue')).reason).toBe('data breakpoint');
    const crossed = await debug.moment();
    expect(crossed.time).toBeCloseTo(Math.sqrt(1 / 9.80665), 9);
    expect(await debug.evaluate('height < 0.5 m')).toBe('true');
    const count = await debug.request<{ dataId: string }>('dataBreakpointInfo', { name: 'bounces' });
    await debug.request('setDataBreakpoints', {
      breakpoints: [{ dataId: count.dataId, accessType: 'write' }],
    });
    const stop = await debug.go('continue');
    expect(stop.description).toMatch(/sets bounces from 0 to 1/);
    expect((await debug.moment()).time).toBeCloseTo(impact(1), 6);
    expect(await debug.evaluate('bounces')).toBe('0');
    await debug.go('stepOut');
    expect(await debug.evaluate('bounces')).toBe('1');
    await debug.go('stepBack');
    expect(await debug.evaluate('bounces')).toBe('0');
  });

  it('shows assets with units, checks what is typed, and lets values be changed', async () => {
    debug = await debugging();
    const station = example('pump-station/operation.twin');
    const stop = await debug.launch({ program: station, scenario: 'storm', root: 'Station' }, () =>
      debug.request('setFunctionBreakpoints', { breakpoints: [{ name: 'startHelp' }] }),
    );
    expect(stop.reason).toBe('breakpoint');
    const { stackFrames } = await debug.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    expect(stackFrames.map(({ name }) => name)).toEqual([
      'startHelp (rule)',
      expect.stringMatching(/^t = .*, event 1 of 1$/),
      'scenario waterworks.storm',
    ]);
    expect(stackFrames[0]!.source!.path).toMatch(/station\.twin$/);
    const { scopes } = await debug.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: 1 });
    expect(scopes.map(({ name }) => name)).toEqual(['Condition', 'About to set', 'Pumping station']);
    const children = async (variablesReference: number): Promise<DebugProtocol.Variable[]> =>
      (await debug.request<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference }))
        .variables;
    const root = await children(scopes[2]!.variablesReference);
    const pumps = await children(root.find(({ name }) => name === 'pump')!.variablesReference);
    const pump = await children(pumps[1]!.variablesReference);
    const temperature = pump.find(({ name }) => name === 'temperature')!;
    expect(temperature).toMatchObject({
      evaluateName: 'pump[2].temperature',
      value: expect.stringMatching(/°C$/),
    });
    expect(pump.find(({ name }) => name === 'flow')!.presentationHint!.attributes).toEqual(['readOnly']);
    const assign = (value: string) =>
      debug.request<{ value: string }>('setVariable', {
        variablesReference: pumps[1]!.variablesReference,
        name: 'temperature',
        value,
      });
    await expect(assign('5 m')).rejects.toThrow(/PX3\d+/);
    await expect(assign('5 K')).rejects.toThrow(/outside its range/);
    expect(await assign('(300 K - 0 degC) + 50 degC - 5 K')).toEqual({ value: '71.85 °C' });
    expect(await debug.evaluate('pump[2].temperature')).toBe('71.85 °C');
    expect(await debug.evaluate('sum(pump[*].power) > 0 kW').catch(String)).toMatch(/power/);
    await expect(debug.evaluate('tank.level + 1 s')).rejects.toThrow(/PX3\d+/);
    await expect(debug.evaluate('tank.level +')).rejects.toThrow(/not one expression/);
    expect(await debug.evaluate('tank.level > 1 m and pump[1].running')).toBe('true');
    // The run goes on from what was set, and is the same when gone through again.
    await debug.go('stepOut');
    const { hash, time } = await debug.moment();
    expect(await debug.evaluate('pump[2].temperature')).toBe('71.85 °C');
    await debug.go('pollux/goToTime', { time: 10 });
    await debug.go('pollux/goToTime', { time });
    expect((await debug.moment()).hash).toBe(hash);
  });

  it('says why: back through conditions and values to what the scenario did', async () => {
    debug = await debugging();
    const station = example('pump-station/operation.twin');
    await debug.launch({ program: station, scenario: 'storm', root: 'Station' }, () =>
      debug.request('setFunctionBreakpoints', { breakpoints: [{ name: 'startHelp' }] }),
    );
    const { text } = await debug.request<{ text: string }>('pollux/why');
    expect(text).toMatch(/^startHelp \(rule\) at t = /);
    expect(text).toMatch(/tank\.level = [\d.]+ m/);
    expect(text).toMatch(/inflow = 210 m³\/h, set by .*storm at 120 s/);
    expect(await debug.evaluate('why pump[1].running', 1, 'repl')).toMatch(/set to true by startLead/);
  });

  it('stops where an item comes to a step of a process, at the times that the process says', async () => {
    debug = await debugging();
    const folder = temporaryFolder();
    const file = join(folder, 'shop.twin');
    // An item every 10 s from 10 s on, which waits 3 s and is then served for 4 s.
    writeFileSync(
      file,
      'package shop\n\nasset Shop {\n  resource clerk[1] {}\n  process customer {\n    arrive every 10 s\n    wait 3 s\n    use clerk for 4 s\n    leave\n  }\n}\n\nscenario day for Shop {\n  run 2 min\n}\n',
    );
    const line = lineOf(file, 'use clerk');
    await debug.launch({ program: file }, () =>
      debug.request('setBreakpoints', { source: { path: file }, breakpoints: [{ line }] }),
    );
    const times = [(await debug.moment()).time];
    const { stackFrames } = await debug.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    expect(stackFrames[0]).toMatchObject({ name: 'customer: use clerk for 4 s', line });
    for (let n = 0; n < 4; n += 1) {
      await debug.go('continue');
      times.push((await debug.moment()).time);
    }
    expect(times.slice(1).map((time, n) => time - times[n]!)).toEqual([10, 10, 10, 10]);
    expect(times[0]! % 10).toBe(3);
    // Served for 4 s from here; then the next one arrives.
    expect((await debug.go('next')).description).toMatch(/^customer: /);
    expect((await debug.moment()).time).toBe(times[4]! + 4);
    const { hash } = await debug.moment();
    await debug.go('stepBack');
    expect((await debug.moment()).time).toBe(times[4]);
    // The one whom the clerk served came 3 s before.
    await debug.go('stepBack');
    expect((await debug.moment()).time).toBe(times[4]! - 3);
    await debug.go('next');
    await debug.go('next');
    expect((await debug.moment()).hash).toBe(hash);
    await debug.go('reverseContinue');
    await debug.go('reverseContinue');
    expect((await debug.moment()).time).toBe(times[3]);
    await debug.request('setBreakpoints', {
      source: { path: file },
      breakpoints: [{ line, hitCondition: '2' }],
    });
    await debug.go('reverseContinue');
    expect((await debug.moment()).time).toBe(times[1]);
  });

  it('stops where a requirement fails, and tells what cannot be launched', async () => {
    debug = await debugging();
    const folder = temporaryFolder();
    const file = join(folder, 'tank.twin');
    writeFileSync(
      file,
      'asset Tank {\n  state level = 1 m\n  der(level) = 2 mm/s\n}\n\nscenario fill for Tank {\n  run 20 min\n}\n\ntest "stays low" on fill {\n  require always level < 1.5 m\n}\n',
    );
    const stop = await debug.launch({ program: file, test: 'stays low' }, () =>
      debug.request('setExceptionBreakpoints', { filters: ['requirement'] }),
    );
    expect(stop).toMatchObject({ reason: 'exception', description: 'fails: require always level < 1.5 m' });
    // 0.5 m at 2 mm/s.
    expect((await debug.moment()).time).toBeCloseTo(250, 6);
    const verdict = debug.client.waitForEvent('pollux/verdict');
    await debug.go('continue');
    expect((await verdict).body).toMatchObject({ passed: false, failures: [{ line: 11 }] });
    await debug.stop();
    debug = await debugging();
    const failing = await debug.launch({ program: ball, test: 'there is none' }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failing).toContain('There is no test "there is none"');
  });
});

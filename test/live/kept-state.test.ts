/** `pollux serve --state`: killed at any moment, a twin goes on from a whole state; also encrypted, and in a new version. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isEncrypted } from '../../bundles/envelope.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { lockFolder } from '../../cli/folder-lock.ts';
import { libraryFiles } from '../../library/embedded.ts';
import type { Layout } from '../../runtime/contract/layout.ts';
import { HEADER } from '../../runtime/snapshot.ts';
import { addressOf, bundleCommand, start, view } from './command.ts';
import type { Running } from './command.ts';
import { startBroker, until } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-state-'));
const closing: (() => unknown)[] = [];
beforeAll(bundleCommand);
/** Where the time and the first state of the project without additions lie, from the end of the header. */
let layout: Layout;
beforeAll(() => {
  // Beforehand: to compile it takes a busy machine longer than anything here is waited for.
  const { model, roots } = analyse([{ uri: 'file:///counter.twin', text: text() }], libraryFiles);
  ({ layout } = compile(model!, roots[0]!).value!.artefact.manifest);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it counts is the time, so that a state that is not of one moment shows. */
const text = (more = ''): string => `package trial

asset Counter {
  input  offset = 0 s
  state  counted: Time = 0 s
  state  ticks = 0
  sensor seen measures counted every 1 s
  der(counted) = 1
  every 1 s {
    set ticks = ticks + 1
  }
${more}}

twin One: Counter

bind One {
  offset from mqtt("one/offset") as s
}

scenario long for Counter {
  run 100000 s
}
`;

let number = 0;
function project(more?: string): { twin: string; state: string } {
  number += 1;
  const own = join(folder, String(number));
  mkdirSync(own);
  writeFileSync(join(own, 'counter.twin'), text(more));
  return { twin: join(own, 'counter.twin'), state: join(own, 'state') };
}

function serve(
  twin: string,
  state: string,
  args: string[] = [],
  environment?: Record<string, string>,
): Running {
  const words = ['serve', twin, '--root', 'One', '--state', state, '--state-every', '0.03', ...args];
  const running = start(words, environment);
  closing.push(() => running.child.kill('SIGKILL'));
  return running;
}
const resumedAt = (running: Running): string | undefined =>
  /goes on from t = (.+)/.exec(running.output())?.[1];
const stateFiles = (state: string): string[] =>
  readdirSync(state).filter((name) => name.startsWith('state-'));

async function killed(running: Running, after: number): Promise<void> {
  await addressOf(running);
  await sleep(after);
  running.child.kill('SIGKILL');
  await running.ended;
}

describe('a twin whose state is kept', () => {
  it('goes on where it was, however often and whenever it is killed', async () => {
    const { twin, state } = project();
    let kept = { time: 0, counted: 0 };
    for (const after of [150, 213, 77, 161]) {
      const running = serve(twin, state);
      const viewer = await view(await addressOf(running), []);
      await until('it goes on', () => (viewer.status()?.time ?? -1) > kept.time);
      // On a busy machine no later state may be kept yet.
      await until('what it has come to is kept', () => (wholeMomentIn(state)?.time ?? -1) > kept.time);
      await sleep(after);
      viewer.close();
      running.child.kill('SIGKILL');
      await running.ended;
      expect(resumedAt(running) === undefined).toBe(kept.time === 0);
      const before = kept;
      kept = momentIn(state);
      expect(kept.time).toBeGreaterThan(before.time);
      // One moment: what was counted is the time.
      expect(kept.counted).toBeCloseTo(kept.time, 6);
    }
    const last = serve(twin, state);
    await addressOf(last);
    last.child.kill('SIGTERM');
    expect(await last.ended).toBe(0);
    expect(stateFiles(state)).toHaveLength(1);
    expect(momentIn(state).time).toBeGreaterThanOrEqual(kept.time);
  });

  it('follows the clock when it is live', async () => {
    const broker = await startBroker();
    closing.push(() => broker.stop());
    const { twin, state } = project();
    const live = ['--broker', `mqtt://127.0.0.1:${broker.port}`];
    await killed(serve(twin, state, live), 300);
    const { epoch } = JSON.parse(readFileSync(join(state, 'session.json'), 'utf8')) as { epoch: number };
    await sleep(400);
    const again = serve(twin, state, live);
    const viewer = await view(await addressOf(again), []);
    await until('it has caught up', () => {
      const late = (Date.now() - epoch) / 1000 - (viewer.status()?.time ?? 0);
      return viewer.status()?.mode === 'live' && late < 2;
    });
    const kept = JSON.parse(readFileSync(join(state, 'session.json'), 'utf8')) as { epoch: number };
    expect(kept.epoch).toBe(epoch);
  });

  it('is encrypted where there is a key, and opened by no other', async () => {
    const { twin, state } = project();
    const key = (byte: number) => ({ POLLUX_DATA_KEY: Buffer.alloc(32, byte).toString('base64') });
    await killed(serve(twin, state, [], key(1)), 100);
    expect(isEncrypted(readFileSync(join(state, stateFiles(state)[0]!)))).toBe(true);
    const other = serve(twin, state, [], key(2));
    expect(await other.ended).toBe(1);
    expect(other.output()).toContain('cannot be read');
    const again = serve(twin, state, [], key(1));
    await addressOf(again);
    await until('it says where it goes on', () => resumedAt(again) !== undefined);
  });

  it('goes over to a new version by pollux upgrade, and not by itself', async () => {
    const { twin, state } = project();
    await killed(serve(twin, state), 150);
    const later = project('  state extra = 4 m\n  der(extra) = 0 m/s\n');
    const refused = serve(later.twin, state);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(
      /holds the state of another version of trial\.One: carry it over \(pollux upgrade /,
    );
    const upgrade = start(['upgrade', state, '--from', twin, '--to', later.twin, '--root', 'One']);
    expect(await upgrade.ended).toBe(0);
    expect(upgrade.output()).toMatch(/values carried over/);
    const again = serve(later.twin, state);
    await addressOf(again);
    await until('it says where it goes on', () => resumedAt(again) !== undefined);
  });

  it('is kept by one process at a time, and free again after it, however it ended', async () => {
    const { twin, state } = project();
    const first = serve(twin, state);
    await addressOf(first);
    const second = serve(twin, state);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`is in use by another pollux (process ${first.child.pid}, since `);
    expect(second.output()).not.toMatch(/^\s+at /m);
    const upgrade = start(['upgrade', state, '--from', twin, '--to', twin, '--root', 'One']);
    expect([await upgrade.ended, upgrade.output()]).toEqual([
      1,
      expect.stringContaining(`(process ${first.child.pid}, since `),
    ]);
    // Who was refused has changed nothing.
    const holder = JSON.parse(readFileSync(join(state, 'in-use.json'), 'utf8')) as { pid: number };
    expect(holder.pid).toBe(first.child.pid);
    first.child.kill('SIGKILL');
    await first.ended;
    // Of several that come at once one has it.
    const together = [serve(twin, state), serve(twin, state), serve(twin, state)];
    await until(
      'all but one have given up',
      () => together.filter(({ child }) => child.exitCode === 1).length === 2,
      60_000,
    );
    const last = together.find(({ child }) => child.exitCode === null)!;
    await addressOf(last);
    await until('it says where it goes on', () => resumedAt(last) !== undefined);
    last.child.kill('SIGTERM');
    expect(await last.ended).toBe(0);
    expect(readdirSync(state).toSorted()).toEqual(['session.json', expect.stringMatching(/^state-/)]);
  });

  it('is free after a process elsewhere that has said nothing for a minute, and one that has another number now', () => {
    const own = mkdtempSync(join(folder, 'lock-'));
    const path = join(own, 'in-use.json');
    const left = (holder: object, secondsAgo: number): void => {
      writeFileSync(
        path,
        JSON.stringify({ pid: process.pid, host: hostname(), started: '0', since: '2026-01-01', ...holder }),
      );
      const then = new Date(Date.now() - 1000 * secondsAgo);
      utimesSync(path, then, then);
    };
    left({ host: 'elsewhere' }, 10);
    expect(() => lockFolder(own)).toThrow(
      /in use by another pollux on elsewhere \(process \d+, since 2026-01-01\), which was there 1\d s ago/,
    );
    left({ host: 'elsewhere' }, 61);
    lockFolder(own).release();
    expect(readdirSync(own)).toEqual([]);
    if (existsSync('/proc/self/stat')) {
      // The number of this process, of one that began at another time.
      left({}, 0);
      lockFolder(own).release();
    }
    const held = lockFolder(own);
    expect(() => lockFolder(own)).toThrow(`process ${process.pid}`);
    held.release();
    writeFileSync(path, '{');
    expect(() => lockFolder(own)).toThrow('has not said yet');
  });

  it('says what is no folder of a state, and what is damaged', async () => {
    const { twin, state } = project();
    const file = serve(twin, twin);
    expect([await file.ended, file.output()]).toEqual([1, expect.stringContaining('is no folder')]);
    await killed(serve(twin, state), 100);
    for (const broken of ['{', '{"format":1,"file":"../../etc/passwd"}', 'null']) {
      writeFileSync(join(state, 'session.json'), broken);
      const running = serve(twin, state);
      expect(await running.ended).toBe(1);
      expect(running.output()).toMatch(/session\.json is damaged/);
      expect(running.output()).not.toMatch(/^\s+at /m);
    }
  });
});

/** The same while it is being written: what the file of the session names may just have been taken away. */
function wholeMomentIn(state: string): { time: number; counted: number } | undefined {
  try {
    return momentIn(state);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The state that counts. */
function momentIn(state: string): { time: number; counted: number } {
  const { file } = JSON.parse(readFileSync(join(state, 'session.json'), 'utf8')) as { file: string };
  const saved = readFileSync(join(state, file));
  expect(saved.subarray(0, 8).toString()).toBe('PLXSTATE');
  const { time, states } = layout;
  return { time: saved.readDoubleLE(HEADER + time), counted: saved.readDoubleLE(HEADER + states.address) };
}

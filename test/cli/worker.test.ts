/** `pollux experiment --redis` and `pollux worker` as they are shipped, over a real Redis, with workers that are killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pack } from '../../cli/experiments/remote/artefacts.ts';
import { blockName, blockOf, PREFIX } from '../../cli/experiments/remote/blocks.ts';
import { SetupError } from '../../tools/setup/step.mjs';
import { compiled } from '../experiments/fixture.ts';
import { certificate, hasOpenssl } from '../harness/certificate.ts';
import { startRedis } from '../harness/redis.ts';
import type { RunningRedis } from '../harness/redis.ts';
import { command, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const tank = join(folder, 'tank.twin');
const text = `package t

asset Tank {
  param area  = 2 m2
  param drain = 0.01 m2/s
  fixed cells = 1
  input inflow = 0.02 m3/s
  state level = 1 m
  state heat[cells] = 20 degC
  der(level) = (inflow - drain * level) / area
  for i in 1..cells { der(heat[i]) = (30 degC - heat[i]) / 100 s }
  sensor gauge measures level every 1 s noise normal(0.1 m)
}
experiment sizes on Tank {
  vary area in [1 m2, 2 m2, 3 m2]
  vary cells in [1, 2]
  repeat 60
  run 10 min after warmup 1 min
  report level, max of gauge as cm, sum(heat[*]) - 20 degC
}
experiment noisy on Tank {
  choose inflow in 0..0.05 m3/s
  minimise abs(gauge - 1.5 m)
  search by cmaes with 60 runs
  repeat 3
  run 1 min
}
experiment few on Tank {
  vary area in [1 m2, 2 m2]
  repeat 2
  run 10 s
  report level
}
`;
writeFileSync(tank, text);

interface Running {
  child: ChildProcess;
  out(): string;
  err(): string;
  ended: Promise<number | null>;
}

const started: ChildProcess[] = [];
function start(args: readonly string[], options: { cwd?: string; environment?: object } = {}): Running {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: options.cwd ?? folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.environment },
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out: () => out, err: () => err, ended };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Uniform on [0, 1), from a seed (Mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const doneIn = (log: string): number => log.split('\n').filter((line) => line.endsWith(' done')).length;

let redis: RunningRedis | undefined;
let why = '';
beforeAll(async () => {
  redis = await startRedis().catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    why = error.message.replaceAll(/\s+/g, ' ');
    return undefined;
  });
}, 600_000);
afterAll(() => redis?.stop());
beforeEach((context) => {
  if (redis === undefined) context.skip(why);
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  if (redis === undefined) return;
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
});

const worker = (...more: string[]): Running =>
  start(['worker', '--redis', redis!.url, '--threads', '1', '--lock', '1', ...more]);
const coordinator = (name: string, cwd?: string): Running =>
  start(['experiment', tank, name, '--redis', redis!.url, '--json'], cwd === undefined ? {} : { cwd });
const tables = new Map<string, string>();
/** What threads of one process say. */
function here(name: string): string {
  const found = tables.get(name) ?? pollux(['experiment', tank, name, '--json'], { cwd: folder }).out;
  tables.set(name, found);
  return found;
}

describe('an experiment over Redis', () => {
  it('gives the bytes of one machine, though workers are killed in the midst of runs', async () => {
    const workers = [worker(), worker(), worker()];
    const running = coordinator('sizes');
    // Each dies once it has answered a block, most likely in the next one; another comes in its place.
    for (const victim of workers.slice(0, 2)) {
      await until(() => doneIn(victim.err()) > 1);
      victim.child.kill('SIGKILL');
    }
    workers.push(worker());
    expect(await running.ended).toBe(0);
    expect(running.out()).toBe(here('sizes'));
    expect(running.err()).toMatch(/\d workers? with \d threads?/);
    const all = workers.map(({ err }) => err()).join('');
    expect(all).toContain('Pollux 0.1.0 (engine ');
  });

  it('gives the same bytes, each run once, whatever moment workers die at', async () => {
    const asked = process.env['POLLUX_SEED'];
    const seed = asked === 'random' ? Date.now() : Number(asked ?? 22_11_2026);
    const next = numbers(seed);
    let workers = [worker(), worker(), worker()];
    const all = [...workers];
    const running = coordinator('sizes');
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    await until(() => isOver || all.some(({ err }) => doneIn(err()) > 0));
    // Kills come from some milliseconds apart to some runs apart: while one takes a block, runs it, answers it, or starts.
    for (let kill = 0; kill < 6 && !isOver; kill += 1) {
      await new Promise((go) => setTimeout(go, 400 * next() ** 2));
      const victim = workers[Math.floor(next() * workers.length)]!;
      victim.child.kill('SIGKILL');
      const another = worker();
      all.push(another);
      workers = [...workers.filter((one) => one !== victim), another];
    }
    expect(await running.ended, `seed ${seed}`).toBe(0);
    expect(running.out(), `seed ${seed}`).toBe(here('sizes'));
    expect(all.length, `seed ${seed}`).toBeGreaterThan(3);
  });

  it('searches as on one machine, where what is next depends on what was found', async () => {
    worker();
    const running = coordinator('noisy');
    expect(await running.ended).toBe(0);
    expect(running.out()).toBe(here('noisy'));
  });

  it('goes on where its coordinator was killed, in another folder, with what was done', async () => {
    const first = worker();
    const killed = coordinator('sizes');
    await until(() => doneIn(first.err()) > 5);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const running = coordinator('sizes', elsewhere);
    expect(await running.ended).toBe(0);
    expect(running.out()).toBe(here('sizes'));
    const done = first.err().match(/runs? [\d–]+ done/g)!;
    expect(new Set(done).size).toBe(done.length);
  });

  it('keeps what is done when it is stopped, and gives it back with --resume', async () => {
    const one = worker();
    const running = coordinator('sizes');
    await until(() => doneIn(one.err()) > 3);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(130);
    expect(running.err()).toMatch(/stopped: \d+ of 360 runs are kept in .*; --resume goes on there/);
    const resumed = start(['experiment', tank, 'sizes', '--redis', redis!.url, '--json', '--resume']);
    expect(await resumed.ended).toBe(0);
    expect(resumed.err()).toMatch(/resumed: \d+ runs were done before/);
    expect(resumed.out()).toBe(here('sizes'));
  });

  it('gives no runs to workers of another version, and says so', async () => {
    const client = new Redis(redis!.url);
    const old = { name: 'old-1', threads: 4, version: '0.0.9', engine: 'abc' };
    await client.set(`${PREFIX}:worker:old-1`, JSON.stringify(old));
    client.disconnect();
    const running = coordinator('few');
    await until(() => running.err().includes('waiting for workers'));
    expect(running.err()).toMatch(
      /old-1 runs Pollux 0\.0\.9 \(engine abc\), and this is 0\.1\.0 \(engine [0-9a-f]{12}\)\. Only equal ones give the same bits/,
    );
    worker();
    expect(await running.ended).toBe(0);
    expect(running.out()).toBe(here('few'));
  });

  it('says that it waits where nobody is there', async () => {
    const running = coordinator('few');
    await until(() => running.err().includes('there is none yet'));
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(143);
  });

  it('names the run that fails wherever it is tried', async () => {
    const running = coordinator('few');
    const name = await queueIn(redis!.url);
    const failing = new Worker(
      name,
      (job) =>
        Promise.reject(new Error(JSON.stringify({ run: job.data.runs[0].run, message: 'out of range' }))),
      { prefix: PREFIX, connection: { url: redis!.url }, skipVersionCheck: true },
    );
    try {
      expect(await running.ended).toBe(1);
      expect(running.err()).toMatch(
        /run \d \(area = [12] m², repetition [12], seed \d+\) failed 3 times: out of range\. What is finished is kept/,
      );
    } finally {
      await failing.close();
    }
  });

  it('names the run that ends every worker', async () => {
    const running = coordinator('few');
    const name = await queueIn(redis!.url);
    const options = {
      prefix: PREFIX,
      connection: { url: redis!.url },
      skipVersionCheck: true,
      lockDuration: 100,
      stalledInterval: 100,
      maxStalledCount: 5,
    };
    // Takes a block, says where it is, and is never heard of again.
    const dying = new Worker(name, null, options);
    await dying.startStalledCheckTimer();
    try {
      await until(async () => {
        const job = await dying.getNextJob('gone', { block: false });
        await job?.updateProgress({ done: 0, run: job.data.runs[0].run, worker: 'gone' });
        return job?.deferredFailure !== undefined;
      });
      await dying.close();
      worker();
      expect(await running.ended).toBe(1);
      expect(running.err()).toMatch(/run \d \(area = [12] m², .*\) ends every worker that takes it/);
    } finally {
      await dying.close();
    }
  });
});

describe('pollux worker', () => {
  it('answers for a block that cannot be run with the run and the reason', async () => {
    const one = worker();
    const name = await queueIn(redis!.url);
    const { artefact } = compiled(text);
    const packed = pack({ manifest: artefact.manifest, wasm: Uint8Array.of(0, 1, 2, 3) });
    const client = new Redis(redis!.url);
    await client.set(`${PREFIX}:artefact:${packed.hash}`, packed.bytes);
    client.disconnect();
    const queue = new Queue(name, {
      prefix: PREFIX,
      connection: { url: redis!.url },
      skipVersionCheck: true,
    });
    const runs = [7, 8].map((run) => ({ run, values: [1], seed: 1 }));
    const block = blockOf(packed.hash, 't.few', runs);
    await queue.add('t.few', block, { jobId: blockName(block), attempts: 2, backoff: 10 });
    await until(async () => (await queue.getJobState(blockName(block))) === 'failed');
    const { failedReason } = (await queue.getJob(blockName(block)))!;
    await queue.close();
    expect(JSON.parse(failedReason)).toMatchObject({ run: 7, message: expect.stringMatching(/WebAssembly/) });
    await until(() => /run 8 failed: .*WebAssembly/.test(one.err()));
    one.child.kill('SIGTERM');
    expect(await one.ended).toBe(0);
  });

  it.skipIf(!hasOpenssl)('(needs openssl) takes a password and a certificate, and shows none', async () => {
    const { files } = certificate(folder);
    const [authority, key] = [files.cert, files.key];
    const tls = ['--port', '0', '--tls-port', 'PORT', '--tls-cert-file', authority, '--tls-key-file', key];
    const secured = await startRedis(
      '--requirepass',
      'geheim%1',
      ...tls,
      '--tls-ca-cert-file',
      authority,
      '--tls-auth-clients',
      'no',
    );
    try {
      const address = `rediss://default:geheim%251@localhost:${secured.port}`;
      const environment = { POLLUX_REDIS_URL: address, POLLUX_REDIS_CA: authority };
      const one = start(['worker', '--threads', '1'], { environment });
      const running = start(['experiment', tank, 'few', '--redis', '--json'], { environment });
      expect(await running.ended).toBe(0);
      expect(running.out()).toBe(here('few'));
      const wrong = pollux(['worker', '--redis', address.replace('%251', '2')], {
        environment: { POLLUX_REDIS_CA: authority },
      });
      expect(wrong.err).toContain(
        `rediss://localhost:${secured.port} cannot be used: user or password are wrong`,
      );
      for (const told of [one.err(), running.err(), wrong.err]) expect(told).not.toContain('geheim');
    } finally {
      await secured.stop();
    }
  });

  it('refuses addresses that cannot be, in a sentence', () => {
    expect(pollux(['worker']).err).toContain('no Redis is named');
    expect(pollux(['worker', '--redis', 'http://user:geheim@x']).err).toMatch(/begins with http:\/\//);
    expect(pollux(['worker', '--redis', 'redis://user:geheim@']).err).not.toContain('geheim');
    expect(pollux(['worker', '--redis', 'redis://127.0.0.1:1']).err).toContain('nothing listens there');
    const both = ['experiment', tank, 'few', '--redis', redis!.url, '--workers', '2'];
    expect(pollux(both).err).toContain('choose one of --workers');
  });
});

/** The queue of the engine that is shipped, once somebody has opened it. */
async function queueIn(url: string): Promise<string> {
  const client = new Redis(url);
  let keys: string[] = [];
  await until(async () => (keys = await client.keys('*:runs-*:meta')).length > 0);
  client.disconnect();
  return keys[0]!.slice(PREFIX.length + 1, -':meta'.length);
}

/** `pollux mcp` as a client meets it: messages of JSON-RPC, a line each, as the protocol of 2025-06-18 has them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const outside = temporaryFolder();

/** dx/dt = -x / (10 s): x = 8 m · exp(-t / 10 s). */
const DECAY = `package trial

/// Something that fades.
asset Decay {
  /// How fast.
  param lag = 10 s in 1 s..100 s
  state x = 8 m
  der(x) = -x / lag
}

scenario fading for Decay {
  run 50 s
}

test "it fades" on fading {
  expect x < 1 m
}
`;

interface Answer {
  result?: {
    content: { type: string; text: string }[];
    isError?: boolean;
    tools: { name: string; inputSchema: { type: string } }[];
    serverInfo: { name: string };
  };
  error?: { code: number; message: string };
}

class Client {
  private readonly server = spawn(process.execPath, [command, 'mcp', folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private asked = 0;

  constructor() {
    createInterface({ input: this.server.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Answer & { id?: number };
      if (message.id !== undefined) this.waiting.get(message.id)?.(message);
    });
  }

  private send(message: object): void {
    this.server.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
  }

  request(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.asked;
    this.send({ id, method, params });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  notify(method: string): void {
    this.send({ method });
  }

  async call(name: string, args: object): Promise<{ text: string; failed: boolean }> {
    const { result, error } = await this.request('tools/call', { name, arguments: args });
    if (result === undefined) return { text: error?.message ?? '', failed: true };
    return { text: result.content.map(({ text }) => text).join('\n'), failed: result.isError === true };
  }

  /** The code with which the process ends once its input does. */
  async end(): Promise<number | null> {
    this.server.stdin.end();
    const [code] = (await once(this.server, 'exit')) as [number | null];
    return code;
  }
}

let client: Client;
let greeting: Answer;

beforeAll(async () => {
  writeFileSync(join(folder, 'decay.twin'), DECAY);
  writeFileSync(join(outside, 'secret.twin'), DECAY);
  mkdirSync(join(folder, 'sub'));
  symlinkSync(outside, join(folder, 'sub', 'way-out'));
  client = new Client();
  greeting = await client.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });
  client.notify('notifications/initialized');
}, 60_000);
afterAll(async () => expect(await client.end()).toBe(0));

describe('a server for agents', () => {
  it('says what it is and what can be asked', async () => {
    expect(greeting.result?.serverInfo.name).toBe('pollux');
    const { result } = await client.request('tools/list');
    expect(result?.tools.map(({ name }) => name)).toEqual([
      'check',
      'explain',
      'outline',
      'run',
      'query',
      'test',
      'diff',
    ]);
    expect(result?.tools.every(({ inputSchema }) => inputSchema.type === 'object')).toBe(true);
  });

  it('checks, and explains what it finds', async () => {
    expect(JSON.parse((await client.call('check', {})).text)).toEqual({ files: 1, diagnostics: [] });
    expect((await client.call('explain', { code: 'PX3001' })).text).toContain('PX3001');
    expect(await client.call('explain', { code: 'PX9999999' })).toMatchObject({ failed: true });
  });

  it('tells what a twin has', async () => {
    const { text } = await client.call('outline', { path: 'decay.twin' });
    expect(JSON.parse(text)).toMatchObject({
      parameters: [{ name: 'lag', unit: 's', range: [1, 100], doc: 'How fast.' }],
      states: [{ name: 'x', unit: 'm' }],
      scenarios: [{ name: 'trial.fading', duration: 50 }],
    });
  });

  it('runs, and answers for the run what the closed form says', async () => {
    const ran = JSON.parse((await client.call('run', { scenario: 'fading', set: ['lag=20 s'] })).text) as {
      run: string;
      hash: string;
    };
    const { text } = await client.call('query', { run: ran.run, names: ['x'], to: 40, points: 3 });
    const [x] = JSON.parse(text) as {
      first: number;
      last: number;
      mean: number;
      minimum: { time: number };
      series: [number, number][];
    }[];
    const exact = (time: number): number => 8 * Math.exp(-time / 20);
    expect(x?.first).toBe(8);
    expect(x?.minimum.time).toBe(40);
    for (const [time, value] of x?.series ?? []) expect(value).toBeCloseTo(exact(time), 4);
    expect(x?.series.map(([time]) => time)).toEqual([0, expect.closeTo(20, 0), 40]);
    // ∫ 8 exp(-t/20) dt / 40, by trapezoids of the rows.
    expect(x?.mean).toBeCloseTo((8 * 20 * (1 - Math.exp(-2))) / 40, 2);
    const again = JSON.parse((await client.call('run', { scenario: 'fading', set: ['lag=20 s'] })).text);
    expect(again).toMatchObject({ hash: ran.hash });
  });

  it('tests', async () => {
    const { text } = await client.call('test', {});
    expect(text).toContain('it fades');
    expect(text).toContain('"pass');
  });

  it('says in a sentence what cannot be had', async () => {
    expect(await client.call('query', { run: 'run-77', names: ['x'] })).toEqual({
      failed: true,
      text: expect.stringContaining('there is no run-77'),
    });
    expect(await client.call('run', { scenario: 'nowhere' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('there is no scenario nowhere'),
    });
    expect((await client.call('run', { duration: -1 })).failed).toBe(true);
    expect((await client.call('query', {})).failed).toBe(true);
  });

  it.each([
    ['check', { paths: ['../../etc'] }],
    ['check', { paths: ['sub/way-out'] }],
    ['run', { path: '/etc/passwd' }],
    ['outline', { path: '..' }],
    ['diff', { base: '..' }],
    ['diff', { base: '/etc' }],
  ])('reads nothing outside its folder: %s %j', async (name, args) => {
    const { text, failed } = await client.call(name, args);
    expect(failed).toBe(true);
    expect(text).toContain('outside');
  });
});

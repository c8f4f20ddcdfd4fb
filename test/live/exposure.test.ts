/** `pollux serve` beyond this machine, `access` and `audit`, as processes. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { example, pollux, temporaryFolder } from '../cli/pollux.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const here = { cwd: folder };
const twin = example('bouncing-ball');

it('a token is shown once, and its hash kept', () => {
  const first = pollux(['access', 'access.json', 'ada', '--role', 'operate'], here);
  expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^pollux_[\w-]{43}\n$/)]);
  expect(pollux(['access', 'access.json', 'bob', '--role', 'view', '--days', '30'], here).code).toBe(0);
  const second = pollux(['access', 'access.json', 'ada', '--role', 'view'], here);
  const text = readFileSync(at('access.json'), 'utf8');
  const { tokens } = JSON.parse(text) as { tokens: { name: string; role: string; expires?: string }[] };
  expect(tokens).toMatchObject([
    { name: 'bob', expires: expect.stringMatching(/^20/) as string },
    { name: 'ada', role: 'view' },
  ]);
  expect(text).not.toContain(first.out.trim());
  expect(text).not.toContain(second.out.trim());
  expect(statSync(at('access.json')).mode & 0o777).toBe(0o600);
});

it.each<[string[], RegExp]>([
  [['--host', '0.0.0.0'], /lets others in: say who may do what with --access FILE/],
  [['--host', '::'], /lets others in/],
  [['--host', '192.0.2.1', '--access', 'a.json'], /sends tokens over a network: name a certificate/],
  [['--tls-cert', 'x.pem'], /belong together/],
  [['--tls-cert', 'x.pem', '--tls-key', 'y.pem', '--tls-elsewhere'], /TLS ends either here/],
  [['--access', 'nowhere.json'], /there is no access file nowhere.json/],
  [['--access', 'empty.json'], /empty.json cannot be used: it lets nobody in/],
  [['--audit', 'broken.jsonl'], /broken.jsonl is not whole: line 1 is not JSON; keep it, and begin another/],
])('serve %j is refused in one sentence', (options, sentence) => {
  writeFileSync(at('empty.json'), '{"format":1}');
  writeFileSync(at('broken.jsonl'), 'hello\n');
  const { code, out, err } = pollux(['serve', twin, ...options], here);
  expect(err).toMatch(sentence);
  expect(err).toMatch(/^pollux: [^\n]+\n$/);
  expect([code, out]).toEqual([1, '']);
});

it('an audit log is checked', () => {
  writeFileSync(at('none.jsonl'), '');
  const whole = pollux(['audit', 'none.jsonl'], here);
  expect([whole.code, whole.out]).toEqual([0, `whole none.jsonl: 0 lines, ${'0'.repeat(64)}\n`]);
  expect(pollux(['audit', 'none.jsonl', '--head', 'ff'], here).code).toBe(3);
  expect(pollux(['audit', 'broken.jsonl'], here).out).toBe('broken broken.jsonl: line 1 is not JSON\n');
});

/** States and recordings on disk: encrypted where a key is given, and readable by no other. */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, isEncrypted, readDataKey } from '../../bundles/envelope.ts';
import type { DataKey } from '../../bundles/envelope.ts';
import { encryptFile, withPlainFile } from '../../cli/at-rest.ts';
import { hashIn, example, pollux, temporaryFolder } from '../cli/pollux.ts';

const keyOf = (fill: number): DataKey => {
  const key = readDataKey(Buffer.alloc(32, fill).toString('base64'));
  if ('problem' in key) throw new Error(key.problem);
  return key;
};
const content = new TextEncoder().encode('level 3 m');

describe('an envelope', () => {
  const sealed = encrypt(content, keyOf(1), 'state');
  it('opens with its key, as what it was', () => {
    expect(isEncrypted(sealed)).toBe(true);
    expect(decrypt(sealed, keyOf(1), 'state')).toEqual({ content });
    expect(Buffer.from(sealed).includes('level')).toBe(false);
    expect(encrypt(content, keyOf(1), 'state')).not.toEqual(sealed);
    expect(decrypt(encrypt(new Uint8Array(), keyOf(1), 'state'), keyOf(1), 'state')).toEqual({
      content: new Uint8Array(),
    });
  });
  it('can be opened by anyone who has the key and the table of bytes', () => {
    const all = Buffer.from(sealed);
    const gcm = (bytes: Buffer, key: Buffer, context: Buffer): Buffer => {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAAD(context).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    };
    const wrapping = Buffer.from(hkdfSync('sha256', keyOf(1).bytes, '', 'pollux data key, wrapping', 32));
    const what = Buffer.from('state');
    const own = gcm(all.subarray(25, 85), wrapping, Buffer.concat([all.subarray(0, 25), what]));
    expect(gcm(all.subarray(85), own, Buffer.concat([all.subarray(0, 85), what]))).toEqual(
      Buffer.from(content),
    );
  });
  it('is refused when any byte was changed, with the reason', () => {
    for (let at = 0; at < sealed.length; at += 1)
      for (const bit of [1, 128]) {
        const copy = sealed.slice();
        copy[at]! ^= bit;
        expect(decrypt(copy, keyOf(1), 'state'), `byte ${at}`).toHaveProperty('problem');
      }
    for (let length = 0; length < sealed.length; length += 1)
      expect(decrypt(sealed.subarray(0, length), keyOf(1), 'state')).toHaveProperty('problem');
    const changed = sealed.slice();
    changed[100]! ^= 1;
    expect(decrypt(changed, keyOf(1), 'state')).toEqual({
      problem: 'it was changed since it was encrypted, or is no state',
    });
    expect(decrypt(sealed, keyOf(2), 'state')).toEqual({ problem: 'it was encrypted with another key' });
    expect(decrypt(sealed, keyOf(1), 'recording')).toHaveProperty('problem');
  });
  it.each(['', 'x', '00'.repeat(31), `${'00'.repeat(31)}zz`, Buffer.alloc(33).toString('base64')])(
    '%j is no key',
    (text) => expect(readDataKey(text)).toHaveProperty('problem'),
  );
});

it('a recording is encrypted and opened in pieces, and not used when a byte was changed', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'long.csv');
  const plain = Buffer.from(Array.from({ length: 300_000 }, (_, n) => `${n},${n / 7}\n`).join(''));
  writeFileSync(file, plain, { mode: 0o640 });
  const before = process.env['POLLUX_DATA_KEY'];
  process.env['POLLUX_DATA_KEY'] = keyOf(3).bytes.toString('hex');
  try {
    encryptFile(file, 'recording');
    const sealed = readFileSync(file);
    expect(sealed.length).toBe(plain.length + 113);
    const opened = decrypt(sealed, keyOf(3), 'recording');
    expect('content' in opened && plain.equals(opened.content)).toBe(true);
    encryptFile(file, 'recording');
    expect(sealed.equals(readFileSync(file))).toBe(true);
    expect(await withPlainFile(file, async (path) => plain.equals(readFileSync(path)))).toBe(true);
    for (const at of [1 << 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      await expect(withPlainFile(file, async () => 'used')).rejects.toThrow(
        /long.csv cannot be read: it was changed since it was encrypted/,
      );
    }
    expect(readdirSync(folder)).toEqual(['long.csv']);
  } finally {
    if (before === undefined) delete process.env['POLLUX_DATA_KEY'];
    else process.env['POLLUX_DATA_KEY'] = before;
  }
});

it('run, restore and upgrade read and write with the key, and say what is wrong without it', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const key = Buffer.alloc(32, 7).toString('hex');
  const withKey = (args: string[], value = key) =>
    pollux(args, { cwd: folder, environment: { POLLUX_DATA_KEY: value } });
  const ball = ['run', example('bouncing-ball'), '--scenario', 'drop'];
  expect(withKey([...ball, '--save', 's.bin', '-o', 'r.csv']).code).toBe(0);
  for (const name of ['s.bin', 'r.csv']) expect(isEncrypted(readFileSync(at(name)))).toBe(true);
  expect(pollux([...ball, '--save', 'plain.bin'], { cwd: folder }).code).toBe(0);
  const again = withKey([...ball, '--restore', 's.bin']);
  expect(hashIn(again.out)).toBe(hashIn(pollux([...ball, '--restore', 'plain.bin'], { cwd: folder }).out));
  const versions = ['--from', example('bouncing-ball'), '--to', example('bouncing-ball'), '-o', 'u.bin'];
  expect(withKey(['upgrade', 's.bin', ...versions]).code).toBe(0);
  expect(isEncrypted(readFileSync(at('u.bin')))).toBe(true);
  const failures: [string, RegExp][] = [
    [pollux([...ball, '--restore', 's.bin'], { cwd: folder }).err, /s.bin is encrypted: set POLLUX_DATA_KEY/],
    [
      withKey([...ball, '--restore', 's.bin'], '00'.repeat(32)).err,
      /s.bin cannot be read: it was encrypted with another key/,
    ],
    [
      withKey([...ball, '--restore', 's.bin'], 'short').err,
      /the data key cannot be used: it is no key of 32 bytes/,
    ],
    [
      withKey(['serve', example('pump-station'), '--root', 'East', '--replay', 's.bin']).err,
      /s.bin cannot be read: it was changed since it was encrypted, or is no recording/,
    ],
  ];
  for (const [said, sentence] of failures) expect(said).toMatch(sentence);
  writeFileSync(
    at('c.twin'),
    'asset A {\n  private state x = 1 m\n  der(x) = 0 m/s\n}\nscenario s for A { run 1 s }\n',
  );
  const refused = pollux(['run', 'c.twin', '--save', 'p.bin'], { cwd: folder });
  expect(refused.err).toMatch(/holds private data, and so is saved encrypted only: set POLLUX_DATA_KEY/);
  expect(withKey(['run', 'c.twin', '--save', 'p.bin']).code).toBe(0);
});

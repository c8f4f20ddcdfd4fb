/** Node ids by OPC 10000-6, 5.3.1.10 and 5.3.1.11, against its own examples and the library's reading of them. */
import fc from 'fast-check';
import { resolveNodeId } from 'node-opcua-client';
import { expect, it } from 'vitest';
import { parseNodeId } from '../../runtime/contract/node-id.ts';

it('reads the examples of the specification', () => {
  const read = (text: string) => parseNodeId(text);
  expect(read('i=13')).toEqual({ namespace: 0, kind: 'i', value: '13' });
  expect(read('ns=10;i=-1')).toHaveProperty('problem');
  expect(read('ns=10;s=Hello:World')).toEqual({ namespace: 10, kind: 's', value: 'Hello:World' });
  expect(read('g=09087e75-8e5e-499b-954f-f2a9603db28a')).toHaveProperty('kind', 'g');
  expect(read('ns=1;b=M/RbKBsRVkePCePcx24oRA==')).toHaveProperty('kind', 'b');
  expect(read('nsu=http://opcfoundation.org/UA/;i=85')).toHaveProperty(
    'namespace',
    'http://opcfoundation.org/UA/',
  );
  expect(read('nsu=urn:a%3Bb%25;s=x')).toHaveProperty('namespace', 'urn:a;b%');
});

it('keeps all of a name, whatever stands in it', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
      fc.nat(65_535),
      (name, index) => {
        expect(parseNodeId(`ns=${index};s=${name}`)).toEqual({ namespace: index, kind: 's', value: name });
      },
    ),
  );
});

it('reads numbers as the library does, and refuses all else in a sentence', () => {
  fc.assert(
    fc.property(fc.nat(65_535), fc.nat(0xffff_ffff), (index, number) => {
      const { namespace, value } = resolveNodeId(`ns=${index};i=${number}`);
      expect(parseNodeId(`ns=${index};i=${number}`)).toEqual({
        namespace,
        kind: 'i',
        value: String(value),
      });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseNodeId(text);
      if ('problem' in parsed) expect(`${parsed.problem} ${parsed.help}`).toMatch(/\.$/);
      else expect(text).toMatch(/[isgb]=/);
    }),
  );
});

/** Bundle ↔ signed bundle. What is signed is `bundle.json`, and so by their digests all files. */
import { pack, writeArchive } from './archive.ts';
import { readContents } from './contents.ts';
import type { Contents } from './contents.ts';
import { readEnvelope, signature, writeEnvelope } from './dsse.ts';
import type { Envelope } from './dsse.ts';
import type { PublicKey, SigningKey } from './keys.ts';
import { CONTENTS_FILE, SIGNATURES_FILE } from './names.ts';
import type { SealedBundle } from './open.ts';

const BUNDLE_PAYLOAD = 'application/vnd.pollux.bundle.v1+json';

/** The archive with one signature more; a second one of the same key takes the place of the first. */
export function signBundle(
  sealed: SealedBundle,
  key: SigningKey,
): { bytes: Uint8Array; signatures: Uint8Array } | { problem: string } {
  const before = signersOf(sealed);
  if ('problem' in before) return before;
  const mine = signature(BUNDLE_PAYLOAD, sealed.contentsBytes, key);
  const signatures = writeEnvelope({
    payload: sealed.contentsBytes,
    payloadType: BUNDLE_PAYLOAD,
    signatures: [...before.signatures.filter((each) => each.key.id !== key.id), mine],
  });
  const entries = sealed.entries.filter(({ name }) => name !== SIGNATURES_FILE);
  return { bytes: writeArchive([...entries, pack(SIGNATURES_FILE, signatures, false)]), signatures };
}

/** Whose signatures fit. */
export interface Signers extends Pick<Envelope, 'signatures'> {
  keys: PublicKey[];
}

/** Who has signed it, all signatures checked; in words what was changed since. Nobody is also an answer. */
export function signersOf(sealed: SealedBundle): Signers | { problem: string } {
  if (sealed.signatures === undefined) return { signatures: [], keys: [] };
  const envelope = readEnvelope(sealed.signatures, BUNDLE_PAYLOAD);
  if ('problem' in envelope) return { problem: `its ${SIGNATURES_FILE} ${envelope.problem}` };
  const { payload, signatures } = envelope;
  if (Buffer.compare(payload, sealed.contentsBytes) === 0)
    return { signatures, keys: signatures.map(({ key }) => key) };
  const signed = readContents(payload);
  return {
    problem:
      'problem' in signed
        ? `its ${SIGNATURES_FILE} signs something else`
        : differenceOf(signed, sealed.contents),
  };
}

/** The file that was changed since it was signed, by name. */
function differenceOf(signed: Contents, now: Contents): string {
  if (signed.name !== now.name) return `its signature is that of another bundle, ${signed.name}`;
  for (const file of signed.files) {
    const there = now.files.find(({ name }) => name === file.name);
    if (there === undefined) return `${file.name} was taken out of it after it was signed`;
    if (there.sha256 !== file.sha256) return `${file.name} was changed after it was signed`;
  }
  const added = now.files.find(({ name }) => !signed.files.some((file) => file.name === name));
  if (added !== undefined) return `${added.name} was added to it after it was signed`;
  return `${CONTENTS_FILE} was changed after it was signed`;
}

import { readFileSync } from 'node:fs';
import type { Artefact, Manifest } from '../../runtime/contract/manifest.ts';
import { Complaint } from './complaint.ts';

/** Reads the two files of a built twin. Throws a `Complaint` when they are not what they should be. */
export function readArtefact(folder: URL): Artefact {
  const read = (name: string): Uint8Array => {
    try {
      return readFileSync(new URL(name, folder));
    } catch {
      throw new Complaint(`${name} should lie beside this file, and cannot be read: unpack the whole bundle`);
    }
  };
  const wasm = read('twin.wasm');
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(read('manifest.json'))) as Manifest;
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint('manifest.json is damaged: unpack the bundle again');
  }
  if (manifest?.format !== 'pollux-twin' || manifest.formatVersion !== 1)
    throw new Complaint(
      'manifest.json is of another version of Pollux than this file: unpack the bundle again',
    );
  const { variables, sensors, alarms, scenarios, handlers } = manifest;
  if (![variables, sensors, alarms, scenarios, handlers].every(Array.isArray))
    throw new Complaint('manifest.json is damaged: unpack the bundle again');
  if (!WebAssembly.validate(wasm as Uint8Array<ArrayBuffer>))
    throw new Complaint('twin.wasm is damaged: unpack the bundle again');
  return { manifest, wasm };
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { sha256 } from '../../bundles/digest.ts';
import { layerIn, MAXIMUM_MANIFEST, pushable, readReference } from '../../bundles/oci.ts';
import type { Reference } from '../../bundles/oci.ts';
import { readSealed, unseal } from '../../bundles/open.ts';
import { judge } from '../../bundles/trust.ts';
import { registryClient } from '../registry/client.ts';
import { credentialsFor } from '../registry/credentials.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { policyOf, sealedAt } from '../trust.ts';
import type { TrustOptions } from '../trust.ts';
import { writeWhole } from '../whole-file.ts';

/** Puts a bundle into an OCI registry. What is damaged is not pushed. */
export async function push(
  path: string,
  to: string,
  options: { json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const reference = referenceIn(to);
  const sealed = sealedAt(path);
  const opened = unseal(sealed);
  if ('problem' in opened) throw new Refusal(`${path} is not pushed: ${opened.problem}`);
  const { manifest, blobs } = pushable(readFileSync(path), sealed);
  const client = registryClient(reference, credentialsFor(reference.registry), 'pull,push');
  for (const blob of blobs) await client.putBlob(blob);
  await client.putManifest(manifest, reference.tag);
  const name = `${reference.registry}/${reference.repository}`;
  if (options.json === true)
    terminal.out(
      `${JSON.stringify({ name, tag: reference.tag, manifest: manifest.digest, digest: sealed.digest }, undefined, 2)}\n`,
    );
  else {
    terminal.out(`${name}:${reference.tag}@${manifest.digest}\n`);
    terminal.err(`Bundle ${sealed.digest}\n`);
  }
  return Exit.fine;
}

/** Gets a bundle from an OCI registry: each digest compared, and the signature where a policy wants one. */
export async function pull(
  from: string,
  options: TrustOptions & { out?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const reference = referenceIn(from);
  const policy = policyOf(options);
  const out = options.out ?? `${reference.repository.split('/').at(-1)!}.pollux`;
  if (existsSync(out) && statSync(out).isDirectory())
    throw new Refusal(`${out} cannot be written: it is a folder`);
  const client = registryClient(reference, credentialsFor(reference.registry), 'pull');
  const manifest = await client.getManifest(reference.digest ?? reference.tag, MAXIMUM_MANIFEST);
  const found = `sha256:${sha256(manifest)}`;
  if (reference.digest !== undefined && reference.digest !== found)
    throw new Refusal(`${from} is not what lies there: its digest is ${found}`);
  const layer = layerIn(manifest);
  if ('problem' in layer) throw new Refusal(`${from} cannot be used: ${layer.problem}`);
  const bytes = await client.getBlob(layer.digest, layer.size);
  const sealed = readSealed(bytes);
  if ('problem' in sealed) throw new Refusal(`${from} cannot be used: ${sealed.problem}`);
  if (layer.bundle !== undefined && layer.bundle !== sealed.digest)
    throw new Refusal(
      `${from} cannot be used: its manifest speaks of another bundle, ${layer.bundle.slice(0, 80)}`,
    );
  const judged = judge(sealed, policy);
  const opened = 'problem' in judged ? judged : unseal(sealed);
  if ('problem' in opened) throw new Refusal(`${from} is not kept: ${opened.problem}`);
  writeWhole(out, bytes);
  terminal.out(`${out}  ${bytes.length} bytes  ${sealed.digest}\n`);
  terminal.err(`From ${reference.registry}/${reference.repository}@${found}\n`);
  return Exit.fine;
}

function referenceIn(text: string): Reference {
  const reference = readReference(text);
  if ('problem' in reference) throw new Refusal(reference.problem);
  return reference;
}

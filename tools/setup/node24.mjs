/**
 * Node 24 for running: TypeScript is run directly and the same V8 runs everywhere. Whoever has it already
 * uses it; otherwise npm brings the binary as a package, into the cache folder.
 */
import { nodePackage } from './node-package.mjs';

/** Lowest version that runs us. */
const major = 24;

/** @returns {Promise<string>} path of a Node binary of at least version 24 */
export async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath;
  return nodePackage(major);
}

/** What files are called: a bundle, and those in it. */
export const BUNDLE_EXTENSION = '.pollux';
export const MANIFEST_FILE = 'manifest.json';
export const WASM_FILE = 'twin.wasm';
export const RUNNER_FILE = 'run.mjs';
export const SBOM_FILE = 'sbom.cdx.json';
export const PROVENANCE_FILE = 'provenance.json';
/** What there is in a bundle, and its digests. */
export const CONTENTS_FILE = 'bundle.json';
export const SIGNATURES_FILE = 'signatures.json';

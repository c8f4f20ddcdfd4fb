/**
 * Who may know whom. A folder that is missing here may be imported by nobody and import nothing, so a new
 * top-level folder has to be placed in this table first.
 */

export interface Rule {
  /** Path prefixes of other top-level folders that may be imported. */
  imports: readonly string[];
  /** Packages and built-in modules that may be imported, as a pattern over the specifier. */
  packages: RegExp;
}

const none = /^$/;
const any = /./;
/** Anything but the editor's own interface. */
const notVscode = /^(?!vscode$)/;

export const folders: Readonly<Record<string, Rule>> = {
  grammar: { imports: [], packages: /^(langium|chevrotain)/ },
  library: { imports: [], packages: none },
  // Text in, data out: no disk, no network, no editor.
  compiler: {
    imports: ['grammar/', 'library/', 'runtime/contract/'],
    packages:
      /^(langium$|langium\/(?!lsp|node)|chevrotain|vscode-languageserver-(types|textdocument)$|vscode-uri$)/,
  },
  // Runs in Node, browsers and whatever comes next, so it relies on none of them.
  runtime: { imports: [], packages: none },
  live: { imports: ['runtime/', 'preview/**/protocol.ts', 'preview/said.ts'], packages: notVscode },
  // Bytes in, bytes out: the disk is the caller's part.
  bundles: {
    imports: ['runtime/', 'docs/reference/schemas/'],
    packages: /^(node:(crypto|zlib|buffer)$|fflate$|canonicalize$)/,
  },
  // Text in, data out, as the compiler: it can run where the compiler can.
  review: { imports: ['compiler/', 'grammar/', 'runtime/'], packages: /^langium$/ },
  // Disk and git; what the texts say is the compiler's part.
  packages: { imports: [], packages: /^(node:|semver(\/|$))/ },
  // Requests to forges; the network and the clock are handed in.
  forge: { imports: [], packages: /^node:zlib$/ },
  'language-server': {
    imports: ['compiler/', 'grammar/', 'library/', 'packages/', 'runtime/contract/'],
    packages: notVscode,
  },
  // Texts and messages in, messages out: whoever starts it reads the disk and holds the streams.
  'debug-adapter': {
    imports: ['compiler/', 'grammar/', 'library/', 'runtime/'],
    packages: /^(langium$|@vscode\/debugprotocol$)/,
  },
  extension: {
    imports: [
      'language-server/**/protocol.ts',
      'live/**/protocol.ts',
      'preview/**/protocol.ts',
      'debug-adapter/**/protocol.ts',
    ],
    packages: any,
  },
  preview: { imports: ['runtime/contract/'], packages: /^(?!vscode|node:|langium)/ },
  cli: {
    imports: [
      'bundles/',
      'compiler/',
      'forge/',
      'runtime/',
      'live/',
      'review/',
      'debug-adapter/',
      'library/',
      'packages/',
      'preview/**/protocol.ts',
      'package.json',
    ],
    packages: notVscode,
  },
};

/** Places inside a folder that may touch what the rest of it may not. */
export const exceptions: Readonly<Record<string, Partial<Rule>>> = {
  // For plain Node, which cannot import a .twin file; everyone else takes library/embedded.ts.
  'library/from-disk.ts': { packages: /^node:/ },
  // The oracle draws the numbers that the runtime draws.
  'compiler/interpret/': { imports: ['runtime/random/'] },
};

/** Folders of the compiler, in the order in which text passes through them. */
export const stages = ['1-parse', '2-check', '3-flatten', '4-generate'] as const;

/** The plain-data forms between the stages, and what each may know of the others. */
export const forms: Readonly<Record<string, readonly string[]>> = {
  diagnostics: ['model'],
  model: ['diagnostics'],
  ir: ['model', 'diagnostics'],
  // What the library is handed in as.
  'library-files.ts': [],
  // Not a stage but the check of one: runs the flat system in the layout of the generated code.
  interpret: ['ir', 'model', 'diagnostics', '4-generate'],
};

/** Whether `file` is matched by `pattern`: a prefix ending in `/`, or a path in which `**` is any folders or none. */
export function matches(file: string, pattern: string): boolean {
  if (pattern.endsWith('/')) return file.startsWith(pattern);
  const expression = pattern.split('/**/').map(escape).join('/(?:.+/)?');
  return new RegExp(`^${expression}$`).test(file);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

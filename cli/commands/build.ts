import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { sha256 } from '../../bundles/digest.ts';
import { shortId } from '../../bundles/keys.ts';
import type { SigningKey } from '../../bundles/keys.ts';
import { makeBundle } from '../../bundles/make.ts';
import type { MadeBundle } from '../../bundles/make.ts';
import { BUNDLE_EXTENSION, CONTENTS_FILE, RUNNER_FILE, SIGNATURES_FILE } from '../../bundles/names.ts';
import { readSealed } from '../../bundles/open.ts';
import { provenanceOf } from '../../bundles/provenance.ts';
import type { BuildFacts } from '../../bundles/provenance.ts';
import { signBundle } from '../../bundles/sign.ts';
import { compile } from '../../compiler/index.ts';
import type { CheckedModel, Diagnostic } from '../../compiler/index.ts';
import { some } from '../../review/names.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { analyseProject, chooseRoot } from '../analyse.ts';
import { writeReportFiles } from '../formats/files.ts';
import { formatOf } from '../formats/names.ts';
import type { FormatOptions } from '../formats/names.ts';
import { failureOf, findingsOf, render, wholeFile, writeFailure } from '../formats/report.ts';
import { commitOf } from '../git.ts';
import { packageFolder } from '../package-folder.ts';
import { sourcesOf } from '../sources.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';
import { signingKeyAt } from './keys.ts';
import packageJson from '../../package.json' with { type: 'json' };

export interface BuildOptions extends FormatOptions {
  root?: string;
  out?: string;
  provenance?: string;
  /** File of a private key. */
  sign?: string;
  /** Values that are private may go with it. */
  withPrivate?: boolean;
}

/** Writes a bundle, or its files when `--out` is a folder (ends in / or is there). All of it or nothing. */
export async function build(path: string, options: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.out?.trim() === '') throw new Refusal('--out is empty: name a bundle or a folder');
  const key = options.sign === undefined ? undefined : signingKeyAt(options.sign);
  const started = new Date().toISOString();
  const format = formatOf(options);
  const project = analyseProject([path]);
  const fails = async (found: readonly Diagnostic[]): Promise<ExitCode> => {
    await writeReportFiles(failureOf('build', found, project.project), options);
    await writeFailure('build', found, project.project, format, terminal);
    return Exit.findings;
  };
  if (project.model === undefined) return fails(project.findings);
  const analysed = { ...project, model: project.model };
  const root = chooseRoot(analysed, options.root);
  const { value, diagnostics } = compile(analysed.model, root);
  if (value === undefined) return fails(diagnostics);
  const secrets = privateValues(analysed.model, value.artefact.manifest);
  if (secrets.length > 0 && options.withPrivate !== true)
    throw new Refusal(
      `the bundle would hold values that are private: ${some(secrets, 6)}. Whoever has it can read them; --with-private builds it all the same`,
    );
  const runner = join(packageFolder(), 'dist', 'standalone', RUNNER_FILE);
  if (!existsSync(runner))
    throw new Refusal('dist/standalone/run.mjs is missing: build Pollux first (npm run build)');
  const facts = { version: packageJson.version, root: `${root.kind} ${root.name}`, ...sourcesOf(analysed) };
  const unsigned = makeBundle({ artefact: value.artefact, runner: readFileSync(runner, 'utf8'), ...facts });
  const made = key === undefined ? unsigned : signed(unsigned, key);
  const shortName = root.name.slice(root.name.lastIndexOf('.') + 1);
  const out = options.out ?? shortName + BUNDLE_EXTENSION;
  const isFolder = out.endsWith('/') || !out.endsWith(BUNDLE_EXTENSION);
  if (isFolder)
    for (const [name, content] of Object.entries(made.files)) writeWhole(join(out, name), content);
  else writeWhole(out, made.bytes);
  const archive = sha256(made.bytes);
  if (options.provenance !== undefined) {
    const subjects = [
      { name: CONTENTS_FILE, sha256: made.digest.replace('sha256:', '') },
      ...(isFolder ? [] : [{ name: basename(out), sha256: archive }]),
    ];
    writeWhole(options.provenance, provenanceText(subjects, facts, started, dirname(resolve(path))));
  }
  const report = {
    root: root.name,
    out: relative('', resolve(out)) || '.',
    digest: made.digest,
    ...(key === undefined ? {} : { signedBy: key.id }),
    bytes: made.bytes.length,
    sha256: archive,
    wasmBytes: value.artefact.wasm.length,
    variables: value.artefact.manifest.variables.length,
  };
  const files = [...project.project.asked].map((uri) => wholeFile(uri).path).toSorted();
  const summary = `${report.out}: ${report.bytes} bytes, ${report.digest}`;
  const said = { command: 'build', findings: findingsOf(project.findings), tests: [], files, summary };
  await writeReportFiles(said, options);
  if (format === 'json') terminal.out(JSON.stringify(report, undefined, 2) + '\n');
  else if (format !== 'text') terminal.out(await render(said, format));
  else {
    terminal.out(`${report.out}  ${report.bytes} bytes  ${report.digest}\n`);
    if (key !== undefined) terminal.err(`Signed by ${shortId(key.id)}.\n`);
    terminal.err(
      isFolder
        ? `Run it: node ${asTyped(join(report.out, RUNNER_FILE))}\n`
        : `Run it: pollux run ${asTyped(report.out)}\n`,
    );
  }
  return Exit.fine;
}

/** A path as one types it: shells cut at blanks. */
const asTyped = (path: string): string => (/[\s&;()<>|]/.test(path) ? `"${path}"` : path);

/** What is declared private and has a value that the text gives it. */
function privateValues({ assets }: CheckedModel, { variables }: Manifest): string[] {
  const declared = new Set(
    Object.values(assets).flatMap((asset) =>
      asset.variables.filter(({ exposure }) => exposure === 'private').map(({ name }) => name),
    ),
  );
  const given = new Set(['parameter', 'input', 'state', 'discrete']);
  return variables
    .filter(
      ({ name, role, private: secret }) =>
        secret === true &&
        given.has(role) &&
        declared.has(name.slice(name.lastIndexOf('.') + 1).replace(/\[.*$/, '')),
    )
    .map(({ name }) => name.replaceAll('[]', ''));
}

function signed(made: MadeBundle, key: SigningKey): MadeBundle {
  const sealed = readSealed(made.bytes);
  const result = 'problem' in sealed ? sealed : signBundle(sealed, key);
  if ('problem' in result) throw new Error(`a new bundle can be signed, and yet: ${result.problem}`);
  return {
    ...made,
    bytes: result.bytes,
    files: { ...made.files, [SIGNATURES_FILE]: result.signatures },
  };
}

/** Who made it when: what no two builds share. */
function provenanceText(
  subjects: Parameters<typeof provenanceOf>[0],
  facts: BuildFacts,
  started: string,
  folder: string,
): string {
  const git = commitOf(folder);
  const statement = provenanceOf(subjects, facts, {
    id: `urn:uuid:${randomUUID()}`,
    started,
    finished: new Date().toISOString(),
    environment: { node: process.versions.node, platform: process.platform, architecture: process.arch },
    ...(git === undefined ? {} : { git }),
  });
  return `${JSON.stringify(statement, undefined, 2)}\n`;
}

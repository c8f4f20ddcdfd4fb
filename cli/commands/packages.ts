/** `pollux add`, `remove`, `install`, `update`: the packages of the project that one stands in. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fetchGit, newestLike, readPackage, taggedVersions } from '../../packages/fetch.ts';
import { install, lockOf, manifestOf, projectFolder } from '../../packages/install.ts';
import type { Installed } from '../../packages/install.ts';
import { isGitAddress, isPackageName, PackageProblem } from '../../packages/manifest.ts';
import type { PackageManifest, Requirement } from '../../packages/manifest.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Adds a requirement for a source, in the newest version that it has unless another is named. */
export async function add(source: string, terminal: Terminal): Promise<ExitCode> {
  return refusing(async () => {
    const project = projectFolder('.') ?? resolve('.');
    const manifest = existsSync(join(project, 'pollux.json')) ? manifestOf(project) : newManifest(project);
    const { name, requirement } = await requirementFor(source, project);
    if (name === manifest.name) throw new Refusal(`${name} is this project itself`);
    const dependencies = { ...manifest.dependencies, [name]: requirement };
    const done = await install(project, progress(terminal), { ...manifest, dependencies });
    tell(done, terminal);
    terminal.out(`Added ${name} ${done.lock.packages[name]!.version}. Use it with: use ${name}\n`);
    return Exit.fine;
  });
}

export async function remove(name: string, terminal: Terminal): Promise<ExitCode> {
  return refusing(async () => {
    const project = projectHere();
    const manifest = manifestOf(project);
    if (manifest.dependencies[name] === undefined) throw notThere(name, manifest);
    const { [name]: _, ...dependencies } = manifest.dependencies;
    const { lock } = await install(project, progress(terminal), { ...manifest, dependencies });
    const still = Object.entries(lock.packages).find(([, each]) => each.dependencies.includes(name));
    terminal.out(
      `Removed ${name}.${still === undefined ? '' : ` It stays installed: ${still[0]} needs it.`}\n`,
    );
    return Exit.fine;
  });
}

export async function installAll({ frozen }: { frozen?: boolean }, terminal: Terminal): Promise<ExitCode> {
  return refusing(async () => {
    const done = await install(projectHere(), { ...progress(terminal), frozen });
    tell(done, terminal);
    const count = Object.keys(done.lock.packages).length;
    terminal.out(`${count} ${count === 1 ? 'package' : 'packages'}, ${done.fetched.length} fetched\n`);
    return Exit.fine;
  });
}

/** Raises versions within their line; a revision such as a branch is looked up anew. */
export async function update(names: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return refusing(async () => {
    const project = projectHere();
    const manifest = manifestOf(project);
    const before = lockOf(project)?.packages ?? {};
    const dependencies = { ...manifest.dependencies };
    for (const name of names) if (dependencies[name] === undefined) throw notThere(name, manifest);
    const wanted = names.length > 0 ? names : Object.keys(dependencies);
    for (const name of wanted) {
      const requirement = dependencies[name]!;
      if (!('version' in requirement)) continue;
      const version = await newestLike(requirement.git, requirement.version);
      if (version !== undefined) dependencies[name] = { git: requirement.git, version };
    }
    const renew = new Set(wanted);
    const { lock } = await install(project, { ...progress(terminal), renew }, { ...manifest, dependencies });
    let changes = 0;
    for (const [name, locked] of Object.entries(lock.packages)) {
      const old = before[name];
      const same = old !== undefined && JSON.stringify(old) === JSON.stringify(locked);
      if (same) continue;
      changes += 1;
      const moved = old?.version === locked.version ? `${locked.version}, a newer commit` : locked.version;
      terminal.out(`${name} ${old === undefined ? 'is new:' : `${old.version} →`} ${moved}\n`);
    }
    if (changes === 0) terminal.out('Everything is the newest of its line.\n');
    return Exit.fine;
  });
}

async function requirementFor(
  source: string,
  project: string,
): Promise<{ name: string; requirement: Requirement }> {
  const [, address = source, version, revision] =
    /^(.*?[^/])(?:@v?(\d[\w.+-]*)|#([\w][\w./-]*))?$/.exec(source) ?? [];
  if (isGitAddress(address)) {
    if (revision !== undefined) {
      const { manifest } = await fetchGit(address, revision);
      return { name: manifest.name, requirement: { git: address, revision } };
    }
    const tagged = await taggedVersions(address);
    const chosen =
      version === undefined
        ? tagged.find((each) => !each.version.includes('-'))
        : tagged.find((each) => each.version === version);
    if (chosen === undefined)
      throw new PackageProblem(
        version === undefined
          ? `${address} has tagged no version; name a branch or commit: pollux add ${address}#main`
          : `${address} has no version ${version}; there are ${tagged.map((each) => each.version).join(', ') || 'none'}`,
      );
    const { manifest } = await fetchGit(address, `refs/tags/${chosen.tag}`);
    return { name: manifest.name, requirement: { git: address, version: chosen.version } };
  }
  if (existsSync(source) && statSync(source).isDirectory()) {
    const path = relative(project, resolve(source)).split(sep).join('/') || '.';
    if (path === '.') throw new Refusal('a project cannot be a package of its own');
    return { name: readPackage(resolve(source), source).manifest.name, requirement: { path } };
  }
  throw new Refusal(
    `${source} is neither a folder nor an address: packages come from git (https://…, ssh://…, git@…) or from a folder`,
  );
}

/** A project that had none gets a manifest with the name that its files give it. */
function newManifest(project: string): PackageManifest {
  const files = readdirSync(project).filter((name) => name.endsWith('.twin'));
  const names = files.flatMap((file) => {
    const name = /^[ \t]*package\s+([\w.]+)/m.exec(readFileSync(join(project, file), 'utf8'))?.[1];
    return name === undefined ? [] : [name];
  });
  const folder = basename(project).replace(/\W+/g, '_').replace(/^(\d)/, '_$1');
  const name = names.toSorted((a, b) => a.length - b.length)[0] ?? folder;
  return { name: isPackageName(name) ? name : 'project', version: '0.1.0', dependencies: {} };
}

function projectHere(): string {
  const project = projectFolder('.');
  if (project === undefined)
    throw new Refusal('there is no pollux.json here or above: pollux add begins one');
  return project;
}

const notThere = (name: string, { dependencies }: PackageManifest): Refusal =>
  new Refusal(
    `${name} is not in pollux.json; there are ${Object.keys(dependencies).join(', ') || 'no packages in it'}`,
  );

const progress = (terminal: Terminal): { onFetch: (name: string, source: string) => void } => ({
  onFetch: (name, source) => terminal.err(terminal.style('dim', `fetching ${name} from ${source}\n`)),
});

function tell({ lock, fetched }: Installed, terminal: Terminal): void {
  for (const name of fetched) {
    const locked = lock.packages[name]!;
    const at = 'commit' in locked ? ` (${locked.commit.slice(0, 10)})` : '';
    terminal.out(`${name} ${locked.version}${at}\n`);
  }
}

async function refusing(action: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PackageProblem) throw new Refusal(error.message);
    throw error;
  }
}

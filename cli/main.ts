/** `pollux`: names the commands and their options. Each command's code is loaded when it is called. */
import nodeModule from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import type { BuildOptions } from './commands/build.ts';
import type { UpgradeOptions } from './commands/upgrade.ts';
import type { TestOptions } from './commands/test.ts';
import { COVERAGE_REPORTS } from './coverage/names.ts';
import type { FormatOptions } from './formats/names.ts';
import {
  positive,
  seed,
  collect,
  whole,
  port,
  trusting,
  shard,
  coverageReports,
  percent,
  report,
  noCache,
  json,
  format,
} from './options.ts';
import type { CacheOptions } from './results-cache.ts';
import { systemSentence } from './terminal/system-error.ts';
import { Exit, processTerminal, Refusal } from './terminal/terminal.ts';
import type { ColorChoice, ExitCode, Terminal } from './terminal/terminal.ts';
import packageJson from '../package.json' with { type: 'json' };

export function commands(run: (action: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>): Command {
  const program = new Command('pollux')
    .description('Digital twins as text: checked, built, run, tested and shown.')
    .version(packageJson.version, '-V, --version')
    .addOption(
      new Option('--color <when>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .showHelpAfterError('(try: pollux --help)')
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .exitOverride();

  program
    .command('init')
    .description('start a new twin: a folder with an asset, a scenario, a test and a view')
    .argument('[folder]', 'where', '.')
    .option('--template <name>', 'what to start from, such as epidemic or production-line', 'tank')
    .action((folder: string, { template }: { template: string }) =>
      run(async (terminal) => (await import('./commands/init.ts')).init(folder, template, terminal)),
    );
  program
    .command('check')
    .description('check files: names, units, equations')
    .argument('[paths...]', 'files and folders', ['.'])
    .addOption(format)
    .addOption(report)
    .addOption(json)
    .addOption(noCache)
    .action((paths: string[], options: FormatOptions & CacheOptions) =>
      run(async (terminal) => {
        const { remembered } = await import('./results-cache.ts');
        return remembered('check', paths, options, terminal, async (hearing, write) =>
          (await import('./commands/check.ts')).check(paths, options, hearing, write),
        );
      }),
    );
  program
    .command('add')
    .description('add a package to the project: from a git repository or a folder')
    .argument('<source>', 'an address (https://…, git@…), with @1.2.0 or #revision behind it, or a folder')
    .action((source: string) =>
      run(async (terminal) => (await import('./commands/packages.ts')).add(source, terminal)),
    );
  program
    .command('remove')
    .description('remove a package from the project')
    .argument('<name>', 'as in pollux.json')
    .action((name: string) =>
      run(async (terminal) => (await import('./commands/packages.ts')).remove(name, terminal)),
    );
  program
    .command('install')
    .description('fetch the packages of the project, as pollux.lock says')
    .option('--frozen', 'fail when pollux.lock would have to change: for CI')
    .action((options: { frozen?: boolean }) =>
      run(async (terminal) => (await import('./commands/packages.ts')).installAll(options, terminal)),
    );
  program
    .command('update')
    .description('take the newest version of packages that breaks nothing')
    .argument('[names...]', 'packages; all when none is named')
    .action((names: string[]) =>
      run(async (terminal) => (await import('./commands/packages.ts')).update(names, terminal)),
    );
  program
    .command('fmt')
    .description('write files in the one canonical format')
    .argument('[paths...]', 'files and folders; - reads standard input', ['.'])
    .option('--check', 'change nothing; exit with 3 when a file is not in the format')
    .addOption(format)
    .addOption(report)
    .action((paths: string[], options: { check?: boolean } & Omit<FormatOptions, 'json'>) =>
      run(async (terminal) => (await import('./commands/fmt.ts')).fmt(paths, options, terminal)),
    );
  program
    .command('build')
    .description('compile a twin into a bundle: one archive, the same bytes for the same input')
    .argument('<path>', 'a file or a folder')
    .option('--root <name>', 'the twin or asset to build; needed where there are several')
    .option('-o, --out <file>', 'the bundle, or a folder to write its files to')
    .option('--sign <key>', 'sign it with this private key')
    .option('--provenance <file>', 'who built it when, as an in-toto statement, to lie beside it')
    .option('--with-private', 'values that are private in the text may go with it')
    .addOption(format)
    .addOption(report)
    .addOption(json)
    .action((path: string, options: BuildOptions) =>
      run(async (terminal) => (await import('./commands/build.ts')).build(path, options, terminal)),
    );
  program
    .command('inspect')
    .description('what is in a bundle: files, digests, who signed it, and what it may reach')
    .argument('<bundle>', 'a bundle')
    .option('--trust <key>', 'a public key that is known; may be repeated', collect)
    .option('--trust-file <file>', 'keys that are known; pollux.trust.json when not said')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .addOption(json)
    .action((path: string, options: object) =>
      run(async (terminal) => (await import('./commands/inspect.ts')).inspect(path, options, terminal)),
    );
  const keys = program
    .command('keys')
    .description('keys to sign bundles with: make a new pair, or show the name of one');
  keys
    .command('new')
    .description('a new pair of ed25519 keys: NAME.key to sign with, NAME.pub to hand out')
    .argument('[name]', 'of the files', 'pollux')
    .action((name: string) =>
      run(async (terminal) => (await import('./commands/keys.ts')).newKeys(name, terminal)),
    );
  keys
    .command('show')
    .description('the name of a key')
    .argument('<file>', 'either half of it')
    .action((file: string) =>
      run(async (terminal) => (await import('./commands/keys.ts')).showKey(file, terminal)),
    );
  program
    .command('sign')
    .description('add a signature to a bundle')
    .argument('<bundle>', 'a bundle')
    .requiredOption('--key <file>', 'the private key')
    .option('-o, --out <file>', 'the signed bundle; the same file when not said')
    .action((path: string, options: { key: string; out?: string }) =>
      run(async (terminal) => (await import('./commands/sign.ts')).sign(path, options, terminal)),
    );
  trusting(
    program
      .command('verify')
      .description('whether a bundle is whole, who signed it, and whether it may run here')
      .argument('<bundle>', 'a bundle'),
  )
    .addOption(json)
    .action((path: string, options: object) =>
      run(async (terminal) => (await import('./commands/sign.ts')).verify(path, options, terminal)),
    );
  program
    .command('push')
    .description('put a bundle into an OCI registry')
    .argument('<bundle>', 'a bundle')
    .argument('<reference>', 'where to: registry.example/plants/east:1.0.0')
    .addOption(json)
    .action((path: string, to: string, options: { json?: boolean }) =>
      run(async (terminal) => (await import('./commands/registry.ts')).push(path, to, options, terminal)),
    );
  trusting(
    program
      .command('pull')
      .description('get a bundle from an OCI registry')
      .argument('<reference>', 'registry.example/plants/east:1.0.0, with @sha256:… where that must be found')
      .option('-o, --out <file>', 'the bundle; named after the repository when not said'),
  ).action((from: string, options: object) =>
    run(async (terminal) => (await import('./commands/registry.ts')).pull(from, options, terminal)),
  );
  trusting(
    program
      .command('deploy')
      .description('write what a bundle needs to run in a container, under systemd or in Kubernetes')
      .addArgument(
        program.createArgument('<target>', 'where').choices(['container', 'systemd', 'kubernetes']),
      )
      .argument('<bundle>', 'a bundle')
      .option('-o, --out <folder>', 'where to; a new folder')
      .option('--port <number>', 'of the page; 8443 when not said', port)
      .option('--image <name>', 'of the container, for Kubernetes')
      .option('--node <path>', 'of Node, for systemd; /usr/bin/node when not said'),
  ).action((target: 'container' | 'systemd' | 'kubernetes', path: string, options: object) =>
    run(async (terminal) => (await import('./commands/deploy.ts')).deploy(target, path, options, terminal)),
  );
  trusting(
    program
      .command('run')
      .description('run a scenario: a summary and a chart, and the recording as CSV, Parquet or JSON')
      .argument('<path>', 'a file, a folder or a bundle')
      .option('--scenario <name>', 'which; needed where there are several')
      .option('--root <name>', 'run a twin or asset without a scenario')
      .option('--duration <time>', 'how long, such as "60 d"; a bare number is in seconds')
      .option('--seed <number>', 'seed of the random streams, a whole number', seed)
      .option('--method <words>', 'how to integrate, such as "auto tolerance 1e-8" or "rk4 step 10 ms"')
      .option(
        '--set <name=value>',
        'a parameter or input in its unit, such as ambient="30 degC"; may be repeated',
        collect,
      )
      .option(
        '--command <call>',
        'a call of a command, such as "at 10 s: start(target = 40 degC)"; may be repeated',
        collect,
      )
      .option('-o, --out <file>', 'recording; .csv, .parquet or .json')
      .option('--save <file>', 'the state at the end')
      .option('--restore <file>', 'begin with a saved state')
      .addOption(json),
  ).action((path: string, options: Record<string, never>) =>
    run(async (terminal) => (await import('./commands/run.ts')).run(path, options, terminal)),
  );
  trusting(
    program
      .command('upgrade')
      .description('carry the saved state of a twin over to another version of it')
      .argument('<state>', 'a saved state (pollux run --save), or the folder of pollux serve --state')
      .requiredOption('--from <path>', 'the version that it was saved by: a bundle, a file or a folder')
      .requiredOption('--to <path>', 'the version that is to go on')
      .option('--root <name>', 'the twin or asset; needed where there are several')
      .option('-o, --out <file>', 'the carried state; the same file when not said')
      .option('--accept-loss', 'write it even if something cannot be carried over'),
  )
    .addOption(json)
    .action((file: string, options: UpgradeOptions) =>
      run(async (terminal) => (await import('./commands/upgrade.ts')).upgrade(file, options, terminal)),
    );
  trusting(
    program
      .command('experiment')
      .description('run an experiment: all its runs on all cores, and what they show')
      .argument('<path>', 'a file, a folder or a bundle')
      .argument('[name]', 'which; needed where there are several')
      .option('--seed <number>', 'seed of the first repetition, a whole number', seed)
      .option('--repeat <number>', 'repetitions of each variant, in place of those written', whole)
      .option('--workers <number>', 'threads; one for each core when not said', whole)
      .option(
        '--redis [url]',
        'workers elsewhere do the runs (pollux worker); address of the Redis or Valkey they share, or POLLUX_REDIS_URL',
      )
      .option('--resume', 'go on with an experiment that was stopped')
      .option('--explain', 'say how the runs are carried out, and why')
      .option('--journal <file>', 'where finished runs are kept; in .pollux/experiments when not said')
      .option('--csv', 'the table as CSV on standard output')
      .addOption(json),
  ).action((path: string, name: string | undefined, options: Record<string, never>) =>
    run(async (terminal) =>
      (await import('./commands/experiment.ts')).experiment(path, name, options, terminal),
    ),
  );
  program
    .command('worker')
    .description('do the runs of experiments on this machine, as they come (pollux experiment --redis)')
    .option('--redis <url>', 'address of the Redis or Valkey that is shared; POLLUX_REDIS_URL when not said')
    .option('--threads <number>', 'runs at a time; one for each core when not said', whole)
    .option('--lock <seconds>', 'silent for so long, it counts as gone; 10 when not said', positive)
    .option('--quiet', 'only that it has begun')
    .action((options: Record<string, never>) =>
      run(async (terminal) => (await import('./commands/worker.ts')).worker(options, terminal)),
    );
  program
    .command('calibrate')
    .description('fit parameters to a recording: values, standard errors, and what the data cannot tell')
    .argument('<path>', 'a file or a folder')
    .argument('[name]', 'which; needed where there are several')
    .option('--data <file>', 'a recording in place of the one written (.csv, .parquet)')
    .option('--write', 'write the fitted values into the text')
    .addOption(json)
    .action((path: string, name: string | undefined, options: Record<string, never>) =>
      run(async (terminal) =>
        (await import('./commands/calibrate.ts')).calibrate(path, name, options, terminal),
      ),
    );
  program
    .command('test')
    .description('run the tests in files')
    .argument('[paths...]', 'files and folders', ['.'])
    .option('--filter <text>', 'only tests whose name contains this')
    .option('--shard <part>', 'only this part of the tests, such as 2/5: for several machines', shard)
    .option('--budget <seconds>', 'begin no test after this time; exit code 4 if any is left', positive)
    .option('--workers <number>', 'threads for probabilities; one for each core when not said', whole)
    .option('--coverage', 'say which rules, branches, modes and steps the tests reach')
    .option('--coverage-report <kinds>', `text, or files: ${COVERAGE_REPORTS.join(', ')}`, coverageReports)
    .option('--coverage-out <folder>', 'where these files go; coverage when not said')
    .option('--coverage-min <percent>', 'fail when the tests reach less', percent)
    .addOption(format)
    .addOption(report)
    .addOption(json)
    .addOption(noCache)
    .action((paths: string[], options: TestOptions & CacheOptions) =>
      run(async (terminal) => {
        const { remembered } = await import('./results-cache.ts');
        return remembered('test', paths, options, terminal, async (hearing, write) =>
          (await import('./commands/test.ts')).test(paths, options, hearing, write),
        );
      }),
    );
  program
    .command('diff')
    .description('what changed between two versions: in the text, in the behaviour, and for others')
    .argument('[versions...]', 'BASE..HEAD, or a revision, and a path; or two files, folders or bundles')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['text', 'json', 'markdown', 'html'])
        .default('text'),
    )
    .option('-o, --out <file>', 'write the report to a file')
    .option('--pictures <folder>', 'draw each signal that differs as SVG')
    .option('--report <folder>', 'write all reports of the review into a folder')
    .addOption(
      new Option('--before <file>', 'for editors: the version before, to run and to show').hideHelp(),
    )
    .option('--no-behaviour', 'compare the texts only; run nothing')
    .option(
      '--recording <file>',
      'a recording that drives both; those beside the models when not said',
      collect,
    )
    .option('--no-recordings', 'run the scenarios only')
    .option('--repeat <number>', 'runs of each version where chance plays a part', whole)
    .addOption(new Option('--limit <characters>', 'of Markdown').argParser(whole).hideHelp())
    .option('--tolerance <share>', "of a signal's range that is no difference", positive)
    .option('--absolute <name=value>', 'a difference of one signal that is none: level="1 cm"', collect)
    .option('--time-tolerance <share>', 'of a run by which something may come earlier or later', positive)
    .addOption(noCache)
    .action((versions: string[], options: object) =>
      run(async (terminal) => (await import('./commands/diff.ts')).diff(versions, options, terminal)),
    );
  program
    .command('breaking')
    .description('what breaks for others between two versions, and which version number that calls for')
    .argument('[versions...]', 'as for pollux diff')
    .option('--no-behaviour', 'compare the texts only; run nothing')
    .option(
      '--recording <file>',
      'a recording that drives both; those beside the models when not said',
      collect,
    )
    .option('--no-recordings', 'run the scenarios only')
    .option('--repeat <number>', 'runs of each version where chance plays a part', whole)
    .addOption(format)
    .addOption(report)
    .addOption(json)
    .addOption(noCache)
    .action((versions: string[], options: object) =>
      run(async (terminal) => (await import('./commands/diff.ts')).breaking(versions, options, terminal)),
    );
  program
    .command('ci')
    .description(
      'all that CI does: check, format, tests, what changed and breaks; a comment and a summary where a forge is',
    )
    .argument('[path]', 'a file or a folder', '.')
    .addOption(new Option('--forge <name>', 'found out when not said').choices(['github', 'gitlab', 'none']))
    .option('--base <revision>', 'the version before; that of the event when not said')
    .option('-o, --out <folder>', 'where reports go; pollux-report when not said')
    .option('--coverage-min <percent>', 'fail when the tests reach less', percent)
    .option('--build <file>', 'build this bundle as well')
    .option('--root <name>', 'the twin or asset to build; needed where there are several')
    .option('--sign <key>', 'sign the bundle with this private key')
    .option('--no-comment', 'leave no comment')
    .option('--no-scanning', 'send nothing to code scanning')
    .option('--comment-key <word>', 'which comment it is, where there are several jobs; ci when not said')
    .option('--comment-author <login>', 'who the token belongs to; github-actions[bot] when not said')
    .option('--comment-from <file>', 'only say what this file holds: after a workflow without rights')
    .addOption(noCache)
    .action((path: string, options: object) =>
      run(async (terminal) => (await import('./commands/ci.ts')).ci(path, options, terminal)),
    );
  const git = program
    .command('git')
    .description('pollux in a git repository: diffs, merges, a check before each commit');
  git
    .command('install')
    .description('set up diff driver, merge driver and pre-commit hook for .twin files')
    .option('--no-hook', 'no check before a commit')
    .action((options: { hook: boolean }) =>
      run(async (terminal) => (await import('./commands/git.ts')).gitInstall(options, terminal)),
    );
  git
    .command('uninstall')
    .description('take all of that away again')
    .action(() => run(async (terminal) => (await import('./commands/git.ts')).gitUninstall(terminal)));
  git
    .command('merge', { hidden: true })
    .description('called by git: merges three versions of a file into the second')
    .argument('<base>')
    .argument('<ours>')
    .argument('<theirs>')
    .argument('[path]')
    .action((base: string, ours: string, theirs: string, path?: string) =>
      run(async (terminal) =>
        (await import('./commands/git.ts')).gitMerge(base, ours, theirs, path, terminal),
      ),
    );
  git
    .command('text', { hidden: true })
    .description('called by git: a file in the canonical format, to be compared')
    .argument('<file>')
    .action((file: string) =>
      run(async (terminal) => (await import('./commands/git.ts')).gitText(file, terminal)),
    );
  git
    .command('hook', { hidden: true })
    .description('called by git: checks what is about to be committed')
    .action(() => run(async (terminal) => (await import('./commands/git.ts')).gitHook(terminal)));
  trusting(
    program
      .command('serve')
      .description('run a twin live, with the preview as a page')
      .argument('<path>', 'a file, a folder or a bundle')
      .option('--root <name>', 'the twin or asset; needed where there are several')
      .option('--port <number>', 'of the page', port, 0)
      .option('--host <address>', 'address to listen on; this machine alone when not said')
      .option('--access <file>', 'who may see and do what')
      .option('--tls-cert <file>', 'certificate of the page, PEM')
      .option('--tls-key <file>', 'its private key, PEM')
      .option('--tls-elsewhere', 'what stands before the page ends TLS')
      .option('--audit <file>', 'write down who did what')
      .option(
        '--broker <url>',
        'MQTT broker; credentials come from the environment (POLLUX_MQTT_USERNAME, POLLUX_MQTT_PASSWORD)',
      )
      .option('--replay <file>', 'a recording (.csv, .parquet) in place of live data')
      .option('--record <file>', 'record what comes in (.csv, .parquet)')
      .option('--state <folder>', 'keep the state here, and go on from it at the next start')
      .option('--state-every <seconds>', 'between two savings; 10 when not said', positive),
  ).action((path: string, options: Record<string, never>) =>
    run(async (terminal) => (await import('./commands/serve.ts')).serve(path, options, terminal)),
  );
  program
    .command('access')
    .description('let somebody in: a new token, and its hash in an access file')
    .argument('<file>', 'the access file; made when it is not there')
    .argument('<name>', 'whose token it is')
    .addOption(
      new Option('--role <role>', 'what they may do')
        .choices(['view', 'operate', 'administer'])
        .makeOptionMandatory(),
    )
    .option('--days <number>', 'how long it holds', positive)
    .action((file: string, name: string, options: { role: string; days?: number }) =>
      run(async (terminal) => (await import('./commands/access.ts')).access(file, name, options, terminal)),
    );
  program
    .command('audit')
    .description('whether an audit log is whole')
    .argument('<file>', 'the log')
    .option('--head <hash>', 'the hash that its last line should have')
    .action((file: string, options: { head?: string }) =>
      run(async (terminal) => (await import('./commands/access.ts')).audit(file, options, terminal)),
    );
  program
    .command('demo')
    .description('all at once on this machine: broker, a simulated plant, the live twin and its preview')
    .argument('[path]', 'a file or a folder', 'examples/pump-station')
    .option('--root <name>', 'the twin')
    .option('--plant <scenario>', 'what the simulated plant does')
    .option('--port <number>', 'of the page', port, 0)
    .addOption(new Option('--speed <factor>', 'clocks run this much faster').argParser(positive).hideHelp())
    .action((path: string, options: Record<string, never>) =>
      run(async (terminal) => (await import('./commands/demo.ts')).demo(path, options, terminal)),
    );
  program
    .command('explain')
    .description('what a diagnostic means, with an example, and how to mend it')
    .argument('<code>', 'such as PX3001')
    .action((code: string) =>
      run(async (terminal) => (await import('./commands/explain.ts')).explain(code, terminal)),
    );
  program
    .command('mcp')
    .description(
      'check, run, ask, test and diff for agents: a server of the Model Context Protocol on standard input and output',
    )
    .argument('[folder]', 'what may be read', '.')
    .action((folder: string) =>
      run(async (terminal) => (await import('./commands/mcp.ts')).mcp(folder, terminal)),
    );
  program
    .command('dap')
    .description(
      'debug a twin, forward and back: an adapter of the Debug Adapter Protocol on standard input and output',
    )
    .action(() => run(async (terminal) => (await import('./commands/dap.ts')).dap(terminal)));
  program
    .command('completion')
    .description('print a completion script: add its output to your shell')
    .addArgument(program.createArgument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      run(async (terminal) =>
        (await import('./commands/completion.ts')).completion(shell, program, terminal),
      ),
    );
  return program;
}

async function main(): Promise<void> {
  const program = commands(async (action) => {
    const terminal = processTerminal(program.opts<{ color: ColorChoice }>().color);
    try {
      process.exitCode = await action(terminal);
    } catch (error) {
      process.exitCode = Exit.failure;
      const sentence = error instanceof Refusal ? error.message : systemSentence(error);
      if (sentence !== undefined) terminal.err(`pollux: ${sentence}\n`);
      else {
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        terminal.err(`pollux: this is a fault of Pollux itself, please report it:\n${detail}\n`);
      }
    }
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? Exit.fine : Exit.failure;
  }
}

// Compiled code is kept between calls, in the folder for temporary files: half of a short command is compiling otherwise.
nodeModule.enableCompileCache?.();
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `pollux run … | head`: the reader has seen enough.
  if (error.code === 'EPIPE') process.exitCode = Exit.fine;
  else throw error;
});
await main();

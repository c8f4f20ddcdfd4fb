/** Commands about changes: what differs between two versions, what breaks, and what CI and git make of it. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { positive, collect, whole, percent, report, noCache, json, format } from './options.ts';
import type { Run } from './run.ts';

/** Of the commands that compare two versions. */
const recording = new Option(
  '--recording <file>',
  'a recording that drives both; those beside the models when not said',
).argParser(collect);

export function reviewCommands(program: Command, run: Run): void {
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
    .addOption(recording)
    .option('--no-recordings', 'run the scenarios only')
    .option('--repeat <number>', 'runs of each version where chance plays a part', whole)
    .option('--workers <number>', 'threads; one for each core when not said', whole)
    .addOption(new Option('--limit <characters>', 'of Markdown').argParser(whole).hideHelp())
    .option('--tolerance <share>', "of a signal's range that is no difference", positive)
    .option('--absolute <name=value>', 'a difference of one signal that is none: level="1 cm"', collect)
    .option('--time-tolerance <share>', 'of a run by which something may come earlier or later', positive)
    .addOption(noCache)
    .action((versions: string[], options: object) =>
      run(async (terminal) => (await import('../commands/diff.ts')).diff(versions, options, terminal)),
    );
  program
    .command('breaking')
    .description('what breaks for others between two versions, and which version number that calls for')
    .argument('[versions...]', 'as for pollux diff')
    .option('--no-behaviour', 'compare the texts only; run nothing')
    .addOption(recording)
    .option('--no-recordings', 'run the scenarios only')
    .option('--repeat <number>', 'runs of each version where chance plays a part', whole)
    .option('--workers <number>', 'threads; one for each core when not said', whole)
    .addOption(format)
    .addOption(report)
    .addOption(json)
    .addOption(noCache)
    .action((versions: string[], options: object) =>
      run(async (terminal) => (await import('../commands/diff.ts')).breaking(versions, options, terminal)),
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
      run(async (terminal) => (await import('../commands/ci.ts')).ci(path, options, terminal)),
    );
  const git = program
    .command('git')
    .description('pollux in a git repository: diffs, merges, a check before each commit');
  git
    .command('install')
    .description('set up diff driver, merge driver and pre-commit hook for .twin files')
    .option('--no-hook', 'no check before a commit')
    .action((options: { hook: boolean }) =>
      run(async (terminal) => (await import('../commands/git.ts')).gitInstall(options, terminal)),
    );
  git
    .command('uninstall')
    .description('take all of that away again')
    .action(() => run(async (terminal) => (await import('../commands/git.ts')).gitUninstall(terminal)));
  git
    .command('merge', { hidden: true })
    .description('called by git: merges three versions of a file into the second')
    .argument('<base>')
    .argument('<ours>')
    .argument('<theirs>')
    .argument('[path]')
    .action((base: string, ours: string, theirs: string, path?: string) =>
      run(async (terminal) =>
        (await import('../commands/git.ts')).gitMerge(base, ours, theirs, path, terminal),
      ),
    );
  git
    .command('text', { hidden: true })
    .description('called by git: a file in the canonical format, to be compared')
    .argument('<file>')
    .action((file: string) =>
      run(async (terminal) => (await import('../commands/git.ts')).gitText(file, terminal)),
    );
  git
    .command('hook', { hidden: true })
    .description('called by git: checks what is about to be committed')
    .action(() => run(async (terminal) => (await import('../commands/git.ts')).gitHook(terminal)));
}

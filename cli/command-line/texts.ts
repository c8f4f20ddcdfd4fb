/** Commands about texts: begun, checked, formatted, and put together from packages. */
import type { Command } from 'commander';
import type { FormatOptions } from '../formats/names.ts';
import type { CacheOptions } from '../results-cache.ts';
import { report, noCache, json, format } from './options.ts';
import type { Run } from './run.ts';

export function textCommands(program: Command, run: Run): void {
  program
    .command('init')
    .description('start a new twin: a folder with an asset, a scenario, a test and a view')
    .argument('[folder]', 'where', '.')
    .option('--template <name>', 'what to start from, such as epidemic or production-line', 'tank')
    .action((folder: string, { template }: { template: string }) =>
      run(async (terminal) => (await import('../commands/init.ts')).init(folder, template, terminal)),
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
        const { remembered } = await import('../results-cache.ts');
        return remembered('check', paths, options, terminal, async (hearing, write) =>
          (await import('../commands/check.ts')).check(paths, options, hearing, write),
        );
      }),
    );
  program
    .command('add')
    .description('add a package to the project: from a git repository or a folder')
    .argument('<source>', 'an address (https://…, git@…), with @1.2.0 or #revision behind it, or a folder')
    .action((source: string) =>
      run(async (terminal) => (await import('../commands/packages.ts')).add(source, terminal)),
    );
  program
    .command('remove')
    .description('remove a package from the project')
    .argument('<name>', 'as in pollux.json')
    .action((name: string) =>
      run(async (terminal) => (await import('../commands/packages.ts')).remove(name, terminal)),
    );
  program
    .command('install')
    .description('fetch the packages of the project, as pollux.lock says')
    .option('--frozen', 'fail when pollux.lock would have to change: for CI')
    .action((options: { frozen?: boolean }) =>
      run(async (terminal) => (await import('../commands/packages.ts')).installAll(options, terminal)),
    );
  program
    .command('update')
    .description('take the newest version of packages that breaks nothing')
    .argument('[names...]', 'packages; all when none is named')
    .action((names: string[]) =>
      run(async (terminal) => (await import('../commands/packages.ts')).update(names, terminal)),
    );
  program
    .command('fmt')
    .description('write files in the one canonical format')
    .argument('[paths...]', 'files and folders; - reads standard input', ['.'])
    .option('--check', 'change nothing; exit with 3 when a file is not in the format')
    .addOption(format)
    .addOption(report)
    .action((paths: string[], options: { check?: boolean } & Omit<FormatOptions, 'json'>) =>
      run(async (terminal) => (await import('../commands/fmt.ts')).fmt(paths, options, terminal)),
    );
}

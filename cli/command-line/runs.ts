/** Commands that run twins: once, many times, against data, and their tests. */
import type { Command } from 'commander';
import type { UpgradeOptions } from '../commands/upgrade.ts';
import type { TestOptions } from '../commands/test.ts';
import type { CacheOptions } from '../results-cache.ts';
import { COVERAGE_REPORTS } from '../coverage/names.ts';
import {
  positive,
  seed,
  collect,
  whole,
  trusting,
  shard,
  coverageReports,
  percent,
  report,
  noCache,
  json,
  format,
} from './options.ts';
import type { Run } from './run.ts';

export function runCommands(program: Command, run: Run): void {
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
    run(async (terminal) => (await import('../commands/run.ts')).run(path, options, terminal)),
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
      run(async (terminal) => (await import('../commands/upgrade.ts')).upgrade(file, options, terminal)),
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
      .option('--html <file>', 'also a page with charts and table, in one file that needs nothing else')
      .option('--events', 'what happens, as it does: a line of JSON each, for editors')
      .addOption(json),
  ).action((path: string, name: string | undefined, options: Record<string, never>) =>
    run(async (terminal) =>
      (await import('../commands/experiment.ts')).experiment(path, name, options, terminal),
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
      run(async (terminal) => (await import('../commands/worker.ts')).worker(options, terminal)),
    );
  program
    .command('calibrate')
    .description('fit parameters to a recording: values, standard errors, and what the data cannot tell')
    .argument('<path>', 'a file or a folder')
    .argument('[name]', 'which; needed where there are several')
    .option('--data <file>', 'a recording in place of the one written (.csv, .parquet)')
    .option('--write', 'write the fitted values into the text')
    .option('--html <file>', 'also a page with charts and table, in one file that needs nothing else')
    .option('--events', 'what happens, as it does: a line of JSON each, for editors')
    .addOption(json)
    .action((path: string, name: string | undefined, options: Record<string, never>) =>
      run(async (terminal) =>
        (await import('../commands/calibrate.ts')).calibrate(path, name, options, terminal),
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
        const { remembered } = await import('../results-cache.ts');
        return remembered('test', paths, options, terminal, async (hearing, write) =>
          (await import('../commands/test.ts')).test(paths, options, hearing, write),
        );
      }),
    );
}

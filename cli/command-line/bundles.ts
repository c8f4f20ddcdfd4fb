/** Commands about bundles: built, looked into, signed, handed on, put where they are to run. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { BuildOptions } from '../commands/build.ts';
import { collect, port, trusting, report, json, format } from './options.ts';
import type { Run } from './run.ts';

export function bundleCommands(program: Command, run: Run): void {
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
      run(async (terminal) => (await import('../commands/build.ts')).build(path, options, terminal)),
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
      run(async (terminal) => (await import('../commands/inspect.ts')).inspect(path, options, terminal)),
    );
  const keys = program
    .command('keys')
    .description('keys to sign bundles with: make a new pair, or show the name of one');
  keys
    .command('new')
    .description('a new pair of ed25519 keys: NAME.key to sign with, NAME.pub to hand out')
    .argument('[name]', 'of the files', 'pollux')
    .action((name: string) =>
      run(async (terminal) => (await import('../commands/keys.ts')).newKeys(name, terminal)),
    );
  keys
    .command('show')
    .description('the name of a key')
    .argument('<file>', 'either half of it')
    .action((file: string) =>
      run(async (terminal) => (await import('../commands/keys.ts')).showKey(file, terminal)),
    );
  program
    .command('sign')
    .description('add a signature to a bundle')
    .argument('<bundle>', 'a bundle')
    .requiredOption('--key <file>', 'the private key')
    .option('-o, --out <file>', 'the signed bundle; the same file when not said')
    .action((path: string, options: { key: string; out?: string }) =>
      run(async (terminal) => (await import('../commands/sign.ts')).sign(path, options, terminal)),
    );
  trusting(
    program
      .command('verify')
      .description('whether a bundle is whole, who signed it, and whether it may run here')
      .argument('<bundle>', 'a bundle'),
  )
    .addOption(json)
    .action((path: string, options: object) =>
      run(async (terminal) => (await import('../commands/sign.ts')).verify(path, options, terminal)),
    );
  program
    .command('push')
    .description('put a bundle into an OCI registry')
    .argument('<bundle>', 'a bundle')
    .argument('<reference>', 'where to: registry.example/plants/east:1.0.0')
    .addOption(json)
    .action((path: string, to: string, options: { json?: boolean }) =>
      run(async (terminal) => (await import('../commands/registry.ts')).push(path, to, options, terminal)),
    );
  trusting(
    program
      .command('pull')
      .description('get a bundle from an OCI registry')
      .argument('<reference>', 'registry.example/plants/east:1.0.0, with @sha256:… where that must be found')
      .option('-o, --out <file>', 'the bundle; named after the repository when not said'),
  ).action((from: string, options: object) =>
    run(async (terminal) => (await import('../commands/registry.ts')).pull(from, options, terminal)),
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
    run(async (terminal) => (await import('../commands/deploy.ts')).deploy(target, path, options, terminal)),
  );
}

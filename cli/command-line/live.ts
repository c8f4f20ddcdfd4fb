/** Commands of a twin that runs live, and of who may see and do what there. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { positive, port, trusting } from './options.ts';
import type { Run } from './run.ts';

export function liveCommands(program: Command, run: Run): void {
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
      .option(
        '--opcua <url>',
        'OPC UA server; security and credentials come from the environment (POLLUX_OPCUA_USERNAME, POLLUX_OPCUA_PASSWORD …)',
      )
      .option('--replay <file>', 'a recording (.csv, .parquet) in place of live data')
      .option('--record <file>', 'record what comes in (.csv, .parquet)')
      .option('--state <folder>', 'keep the state here, and go on from it at the next start')
      .option('--state-every <seconds>', 'between two savings; 10 when not said', positive),
  ).action((path: string, options: Record<string, never>) =>
    run(async (terminal) => (await import('../commands/serve.ts')).serve(path, options, terminal)),
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
      run(async (terminal) => (await import('../commands/access.ts')).access(file, name, options, terminal)),
    );
  program
    .command('audit')
    .description('whether an audit log is whole')
    .argument('<file>', 'the log')
    .option('--head <hash>', 'the hash that its last line should have')
    .action((file: string, options: { head?: string }) =>
      run(async (terminal) => (await import('../commands/access.ts')).audit(file, options, terminal)),
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
      run(async (terminal) => (await import('../commands/demo.ts')).demo(path, options, terminal)),
    );
}

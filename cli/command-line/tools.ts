/** Commands for people and programs that work with Pollux: explanations, agents, debuggers, shells. */
import type { Command } from 'commander';
import type { Run } from './run.ts';

export function toolCommands(program: Command, run: Run): void {
  program
    .command('explain')
    .description('what a diagnostic means, with an example, and how to mend it')
    .argument('<code>', 'such as PX3001')
    .action((code: string) =>
      run(async (terminal) => (await import('../commands/explain.ts')).explain(code, terminal)),
    );
  program
    .command('mcp')
    .description(
      'check, run, ask, test and diff for agents: a server of the Model Context Protocol on standard input and output',
    )
    .argument('[folder]', 'what may be read', '.')
    .action((folder: string) =>
      run(async (terminal) => (await import('../commands/mcp.ts')).mcp(folder, terminal)),
    );
  program
    .command('dap')
    .description(
      'debug a twin, forward and back: an adapter of the Debug Adapter Protocol on standard input and output',
    )
    .action(() => run(async (terminal) => (await import('../commands/dap.ts')).dap(terminal)));
  program
    .command('completion')
    .description('print a completion script: add its output to your shell')
    .addArgument(program.createArgument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      run(async (terminal) =>
        (await import('../commands/completion.ts')).completion(shell, program, terminal),
      ),
    );
}

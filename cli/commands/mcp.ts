/** `pollux mcp`: the commands for agents, over the Model Context Protocol on standard input and output. */
import { realpathSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import packageJson from '../../package.json' with { type: 'json' };
import { sentenceOf, toolsOf } from '../agents/tools.ts';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

const INSTRUCTIONS =
  'Pollux compiles and runs digital twins written in .twin files. Check after each edit; every finding names a code that ' +
  '`explain` knows. `run` keeps what it recorded: ask `query` for numbers instead of guessing. Times are in seconds, values ' +
  'in the units they are told with.';

/** Ends with its input. */
export async function mcp(folder: string, terminal: Terminal): Promise<ExitCode> {
  const root = realpathSync(folder);
  // Revisions of git and places in messages are told from here.
  process.chdir(root);
  const handle = serveStdio(() => serverOf(root), {
    onerror: (error) => terminal.err(`pollux mcp: ${error.message}\n`),
  });
  await new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  await handle.close();
  return Exit.fine;
}

function serverOf(folder: string): McpServer {
  const server = new McpServer(
    { name: 'pollux', title: 'Pollux', version: packageJson.version },
    { instructions: INSTRUCTIONS },
  );
  for (const { name, title, description, input, call } of toolsOf(folder)) {
    const annotations = { readOnlyHint: true, openWorldHint: false };
    server.registerTool(name, { title, description, inputSchema: input, annotations }, async (given) => {
      try {
        return { content: [{ type: 'text' as const, text: await call(given as never) }] };
      } catch (error) {
        return { content: [{ type: 'text' as const, text: sentenceOf(error) }], isError: true };
      }
    });
  }
  return server;
}

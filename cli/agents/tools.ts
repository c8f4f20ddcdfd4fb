/** What an agent can ask of Pollux: the commands, with results as data. Nothing here writes a file. */
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { timeText } from '../../runtime/trouble.ts';
import { artefactOf } from '../artefact.ts';
import { systemSentence } from '../terminal/system-error.ts';
import { Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { outlineOf } from './outline.ts';
import { Runs } from './runs.ts';

export interface Tool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  /** The text that the agent reads. */
  call(input: never): Promise<string>;
}

const EVENTS_TOLD = 50;
/** Of a run, on disk. */
const VALUES_KEPT = 50_000_000;
const COLUMNS_TOLD = 200;

const paths = z
  .array(z.string())
  .default(['.'])
  .describe('Files and folders below the folder of the server.');
const path = z.string().default('.').describe('A .twin file, a folder of them or a bundle.');
const root = z.string().optional().describe('The twin or asset, where there are several.');

function tool<Input extends z.ZodObject>(
  name: string,
  title: string,
  description: string,
  input: Input,
  call: (input: z.output<Input>) => Promise<string>,
): Tool {
  return { name, title, description, input, call };
}

/** `folder` bounds what can be read: the paths that an agent names lie below it. */
export function toolsOf(folder: string): Tool[] {
  const runs = new Runs();
  const inside = (named: string): string => below(folder, named);
  return [
    tool(
      'check',
      'Check',
      'Checks names, units and equations. Each finding has its code, place, message, help and fixes as edits.',
      z.object({ paths }),
      async (input) => {
        const { check } = await import('../commands/check.ts');
        return heard((terminal) => check(input.paths.map(inside), { format: 'json' }, terminal));
      },
    ),
    tool(
      'explain',
      'Explain a diagnostic',
      'What a diagnostic code such as PX3001 means, with an example and how to mend it.',
      z.object({ code: z.string() }),
      async ({ code }) => {
        const { explain } = await import('../commands/explain.ts');
        return heard(async (terminal) => explain(code, terminal));
      },
    ),
    tool(
      'outline',
      'Outline a twin',
      'The parameters, inputs, states, sensors, scenarios and tests of a twin, with units, ranges and documentation.',
      z.object({ path, root }),
      async (input) => {
        const { terminal, text } = listening();
        const artefact = artefactOf(inside(input.path), { root: input.root }, terminal);
        if (artefact === undefined) throw new Refusal(text());
        return JSON.stringify(outlineOf(artefact.manifest));
      },
    ),
    tool(
      'run',
      'Run',
      'Runs a twin, with a scenario or for a duration, and keeps the run to be asked about with `query`. ' +
        'The same seed gives the same run, to the last bit.',
      z.object({
        path,
        root,
        scenario: z.string().optional(),
        duration: z
          .union([z.number().positive().max(1e10), z.string()])
          .optional()
          .describe('s, or with a unit: "60 d"; a scenario has its own.'),
        seed: z.int().optional(),
        set: z.array(z.string()).optional().describe('Parameters and inputs: "ambient=30 degC".'),
        commands: z.array(z.string()).optional().describe('Commands at times: "reset() at 30 s".'),
      }),
      async ({ path: named, commands, duration, ...options }) => {
        const { perform } = await import('../commands/run.ts');
        const { terminal, text } = listening();
        const wanted = {
          ...options,
          ...(duration === undefined ? {} : { duration: String(duration) }),
          ...(commands === undefined ? {} : { command: commands }),
        };
        const ran = await perform(inside(named), wanted, terminal, 'all', VALUES_KEPT);
        if (ran === undefined) throw new Refusal(text());
        const { twin, recorded, events } = ran;
        const names = recorded.columns.map(({ name, unit }) =>
          unit.text === '' ? name : `${name} [${unit.text}]`,
        );
        return JSON.stringify({
          run: runs.keep(recorded),
          time: timeText(twin.time()),
          seed: twin.seed,
          hash: twin.hash(),
          trouble: twin.trouble() ?? null,
          events: events.first.slice(0, EVENTS_TOLD),
          moreEvents: Math.max(0, events.count - EVENTS_TOLD),
          recorded: names.slice(0, COLUMNS_TOLD),
          moreRecorded: Math.max(0, names.length - COLUMNS_TOLD),
        });
      },
    ),
    tool(
      'query',
      'Ask about a run',
      'Of recorded variables of a run: first and last value, extremes with their times, the mean over time, and a series.',
      z.object({
        run: z.string().describe('As `run` named it.'),
        names: z.array(z.string()).min(1).max(20),
        from: z.number().optional().describe('s'),
        to: z.number().optional().describe('s'),
        points: z.int().min(1).max(1000).default(20),
      }),
      async ({ run, ...question }) => JSON.stringify(runs.ask(run, question)),
    ),
    tool(
      'test',
      'Run tests',
      'Runs the tests of files, with the margin by which each requirement holds or fails.',
      z.object({ paths, filter: z.string().optional().describe('Part of the names.') }),
      async (input) => {
        const { test } = await import('../commands/test.ts');
        const options = {
          format: 'json',
          ...(input.filter === undefined ? {} : { filter: input.filter }),
        } as const;
        return heard((terminal) => test(input.paths.map(inside), options, terminal));
      },
    ),
    tool(
      'diff',
      'Compare two versions',
      'What changed between two versions in what they say and in how they behave. A version is a git revision (`main`, `HEAD~1`), ' +
        'a folder or a file; without a second one the working tree is compared.',
      z.object({
        base: z.string(),
        head: z.string().optional(),
        behaviour: z.boolean().default(true).describe('Also run both.'),
      }),
      async ({ base, head, behaviour }) => {
        const { diff } = await import('../commands/diff.ts');
        const words = [base, ...(head === undefined ? [] : [head])];
        for (const word of words) mustNotLead(folder, word);
        return heard(async (terminal) => diff(words, { format: 'markdown', behaviour }, terminal));
      },
    ),
  ];
}

/** In a sentence, whatever went wrong. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return systemSentence(error) ?? `This is a fault of Pollux itself, please report it: ${String(error)}`;
}

/** A terminal that remembers. What went to `err` is told only when nothing went to `out`. */
function listening(): { terminal: Terminal; text: () => string } {
  const [results, remarks]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (text) => void results.push(text),
    err: (text) => void remarks.push(text),
    style: (_, text) => text,
    width: 100,
    interactive: false,
  };
  return { terminal, text: () => (results.length > 0 ? results : remarks).join('').trim() };
}

async function heard(command: (terminal: Terminal) => Promise<ExitCode>): Promise<string> {
  const { terminal, text } = listening();
  await command(terminal);
  return text();
}

function below(folder: string, named: string): string {
  const path = resolve(folder, named);
  const way = relative(realpathSync(folder), realOf(path));
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new Refusal(`${named} is outside ${folder}, the folder of this server`);
  return path;
}

/** A revision names no file; what names one must not lead out. */
function mustNotLead(folder: string, word: string): void {
  for (const part of [word, ...word.split('..')])
    if (part !== '' && existsSync(resolve(folder, part))) below(folder, part);
}

/** Links are followed, of a path that need not exist. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

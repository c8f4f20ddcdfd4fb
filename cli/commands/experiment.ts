import { availableParallelism } from 'node:os';
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { seedOf } from '../../runtime/experiments/design.ts';
import { defaultsOf, reportsOf } from '../../runtime/experiments/one-run.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import type { Candidate } from '../../runtime/experiments/search/by-runs.ts';
import { methodOf, whyAlone } from '../../runtime/experiments/replicas.ts';
import { summarise } from '../../runtime/experiments/summary.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { askedText, DEFAULT_METHOD } from '../../runtime/solvers/method.ts';
import type { Structure } from '../experiments/job.ts';
import { createJournal, journalAt, journalFile, keyOf, readJournal } from '../experiments/journal.ts';
import { openPool } from '../experiments/pool.ts';
import type { Pool, Run, Runs } from '../experiments/pool.ts';
import { prepare } from '../experiments/prepare.ts';
import type { Prepared } from '../experiments/prepare.ts';
import { runSearch } from '../experiments/search-runs.ts';
import type { Searched } from '../experiments/search-runs.ts';
import { gradientsText, searchCsv, searchJson, writeSearch } from '../experiments/search-report.ts';
import { KeptResults } from '../experiments/kept-results.ts';
import { valueText, writeSummary } from '../experiments/report.ts';
import type { Outcome } from '../experiments/report.ts';
import { aside, tellExperiment, writer } from '../experiments/events.ts';
import { pageFile } from '../experiments/page-file.ts';
import { asCsv, asJson } from '../experiments/report-pieces.ts';
import { meter } from '../terminal/progress.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { TrustOptions } from '../trust.ts';

export interface ExperimentOptions extends TrustOptions {
  seed?: number;
  workers?: number;
  /** The address of a queue from which workers elsewhere take the runs. */
  redis?: string | true;
  repeat?: number;
  resume?: boolean;
  /** Say how the runs are carried out. */
  explain?: boolean;
  journal?: string;
  json?: boolean;
  csv?: boolean;
  /** What happens, as it does, for whoever shows it. */
  events?: boolean;
  /** A page with what was found. */
  html?: string;
}

export async function experiment(
  path: string,
  name: string | undefined,
  options: ExperimentOptions,
  outer: Terminal,
): Promise<ExitCode> {
  if ([options.json, options.csv, options.events].filter((one) => one === true).length > 1)
    throw new Refusal('choose one of --json, --csv and --events');
  const terminal = options.events === true ? aside(outer) : outer;
  if (options.redis !== undefined && options.workers !== undefined)
    throw new Refusal('choose one of --workers, for threads here, and --redis, for workers elsewhere');
  const page = options.html === undefined ? undefined : pageFile(options.html);
  const prepared = prepare(path, name, options, terminal);
  if (prepared === undefined) return Exit.findings;
  const { experiment, design, structures } = prepared;
  const reports = reportsOf(structures[0]!.manifest, experiment);
  const key = keyOf(structures, { experiment, seed: design.seed }, design.variants());
  const file = options.journal ?? journalFile(experiment.name, key);
  const found = journalAt(file, key);
  if (found === 'another')
    throw new Refusal(
      `${file} holds runs of another experiment, or of another text, seed, data or version of Pollux: they stay. Name another file with --journal, or remove this one`,
    );
  if (found === 'noJournal')
    throw new Refusal(`${file} is there and no journal of an experiment: name another file with --journal`);
  const total = experiment.search === undefined ? design.count * design.repeat : experiment.search.runs;
  const kept = new KeptResults(total, reports.length, design.repeat);
  /** Of a search, which asks for runs as it goes, and whose runs may bring slopes. */
  const known = new Map<number, RunResult>();
  if (options.resume === true)
    readJournal(file, key, (run, result) => {
      if (experiment.search === undefined) kept.put(run, result);
      else known.set(run, result);
    });
  const before = kept.finished + known.size;
  if (before > 0) terminal.err(`resumed: ${before} runs were done before\n`);
  else if (options.resume === true)
    terminal.err(
      'nothing to resume: no finished runs of this text, seed and data by this version of Pollux are kept; starting anew\n',
    );
  else if (found === 'own')
    terminal.err(
      `${file} holds finished runs of this experiment; they stay there, and are done again: --resume goes on from them\n`,
    );
  // What is done again comes to the same, so what was kept is kept until all is done.
  const journal = createJournal(file, key, found === 'own');
  if (options.explain === true) terminal.err(`${howRunsGo(structures, experiment)}\n`);
  let stopped: ExitCode | undefined;
  const ears = whenStopped((code) => (stopped = code));
  const started = performance.now();
  const workers = Math.min(options.workers ?? availableParallelism(), total);
  const pool =
    options.redis === undefined
      ? openPool(experiment.name, structures, workers, ears.busy)
      : await openElsewhere(prepared, options.redis, terminal);
  const shown = meter(terminal, experiment.name, total);
  let finished = 0;
  const runAll = async (runs: Runs, take: (run: number, result: RunResult) => void): Promise<void> =>
    pool.run(
      runs,
      (batch) => {
        for (const { run, result } of batch) take(run, result);
        journal.add(batch);
        finished += batch.length;
        shown.at(finished);
        told?.came(batch, finished);
      },
      () => stopped !== undefined,
    );
  /** Results in the order of the runs; those that were stopped before are missing. */
  const runSome = async (runs: readonly Run[]): Promise<(RunResult | undefined)[]> => {
    await runAll(
      runs.filter(({ run }) => !known.has(run)),
      (run, result) => known.set(run, result),
    );
    return runs.map(({ run }) => {
      const result = known.get(run);
      known.delete(run);
      return result;
    });
  };
  const { manifest } = structures[0]!;
  const defaults = defaultsOf(manifest, kernelFactory(structures[0]!), experiment);
  // Of results that are there when it is asked.
  const summary = summarise(design, experiment.factors, defaults, reports, kept);
  const planned = { manifest, experiment, design, reports, defaults, root: prepared.root };
  const told =
    options.events === true
      ? tellExperiment(planned, { results: kept, summary, kept: before }, writer(outer))
      : undefined;
  const candidates: Candidate[] = [];
  /** All that was found, once it is: in the order of the variants, however the runs came. */
  const writePage = (searched?: Searched): void => {
    if (page === undefined) return;
    const done = before + finished;
    const onPage = tellExperiment(planned, { results: kept, summary, kept: done }, page.take, () => null);
    if (searched !== undefined) {
      onPage.candidates(candidates);
      if (searched.gradients !== undefined) onPage.gradients(gradientsText(searched.gradients));
    }
    onPage.end('done');
    page.write(experiment.name, terminal);
  };
  try {
    let searched: Searched | undefined;
    if (experiment.search === undefined)
      await runAll(runsToDo(prepared, kept), (run, result) => kept.put(run, result));
    else
      searched = await runSearch(experiment, design.seed, defaults, prepared.gradients, runSome, (found) => {
        told?.candidates(found);
        if (page !== undefined) candidates.push(...found);
      });
    shown.clear();
    if (searched === undefined && (experiment.search !== undefined || kept.finished < total)) {
      journal.flush();
      told?.end('stopped');
      terminal.err(
        `stopped: ${before + finished} of ${experiment.search === undefined ? '' : 'at most '}${total} runs are kept in ${journal.file}; --resume goes on there\n`,
      );
      return stopped ?? Exit.failure;
    }
    // Before the journal goes: where the page cannot be written, its runs need not be done again.
    writePage(searched);
    journal.remove();
    const seconds = (performance.now() - started) / 1000;
    if (searched !== undefined) {
      const found = { experiment, reports, defaults, seed: design.seed, result: searched, seconds };
      if (searched.gradients !== undefined) told?.gradients(gradientsText(searched.gradients));
      if (told !== undefined) told.end('done');
      else if (options.json === true) terminal.out(searchJson(found) + '\n');
      else if (options.csv === true) terminal.out(searchCsv(found));
      else writeSearch(found, terminal);
      return searched.best.feasible && searched.best.trouble === undefined ? Exit.fine : Exit.findings;
    }
    told?.end('done');
    return await show({ experiment, design, reports, results: kept, summary, seconds }, options, terminal);
  } catch (error) {
    shown.clear();
    if (before + finished > 0) journal.flush();
    throw error;
  } finally {
    ears.forget();
    await pool.close();
    kept.close();
  }
}

/**
 * By a signal, or by whoever has started this with a channel: a message `stop`, or the channel's end.
 *
 * @param stop told with which code the command ends
 */
function whenStopped(stop: (code: ExitCode) => void): {
  /** Does work in which nothing can be heard: signals do then what they always do. */
  busy: <Result>(work: () => Result) => Result;
  forget: () => void;
} {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const bySignal = (signal: NodeJS.Signals): void =>
    stop(signal === 'SIGTERM' ? Exit.terminated : Exit.interrupted);
  const atEnd = (): void => stop(Exit.failure);
  const hear = (message: unknown): void => {
    if (message === 'stop') atEnd();
  };
  const listen = (): void => {
    for (const signal of signals) process.once(signal, bySignal);
  };
  const unheard = (): void => {
    for (const signal of signals) process.off(signal, bySignal);
  };
  listen();
  process.on('message', hear).once('disconnect', atEnd);
  return {
    busy: (work) => {
      unheard();
      try {
        return work();
      } finally {
        listen();
      }
    },
    forget: () => {
      unheard();
      process.off('message', hear).off('disconnect', atEnd);
    },
  };
}

/** In words: how steps are made, and whether replicas go side by side. */
function howRunsGo(structures: readonly Structure[], { name }: ManifestExperiment): string {
  const reasons = structures.flatMap(({ manifest }) => {
    const own = manifest.experiments!.find((one) => one.name === name)!;
    return whyAlone(manifest, own) ?? [];
  });
  const [reason] = reasons;
  const { manifest } = structures[0]!;
  const own = manifest.experiments!.find((one) => one.name === name)!;
  return [
    ...(manifest.layout.states.count === 0
      ? []
      : [`runs are integrated by ${askedText(methodOf(manifest, own) ?? DEFAULT_METHOD)}`]),
    reason === undefined
      ? 'eight runs at a time go side by side, two in the lanes of a vector'
      : `runs go one by one: ${reason}`,
  ].join('\n');
}

async function openElsewhere(
  { experiment, design, structures }: Prepared,
  redis: string | true,
  terminal: Terminal,
): Promise<Pool> {
  const { addressOf } = await import('../experiments/remote/connection.ts');
  const { openRemotePool } = await import('../experiments/remote/coordinator.ts');
  return openRemotePool(experiment.name, structures, {
    address: addressOf(redis, process.env),
    describe: ({ run, values, seed }) =>
      [
        ...values.map((value, at) => {
          const factor = experiment.factors[at]!;
          return `${factor.text} = ${valueText(value, factor)}`;
        }),
        ...(design.repeat > 1 ? [`repetition ${(run % design.repeat) + 1}`] : []),
        `seed ${seed}`,
      ].join(', '),
    tell: (text) => terminal.err(`${terminal.style('dim', text)}\n`),
  });
}

/** All variants with all repetitions, without those that were done before. */
function runsToDo({ design, structureOf }: Prepared, kept: KeptResults): Runs {
  const runOf = (run: number): Run => {
    const variant = Math.floor(run / design.repeat);
    const seed = seedOf(design.seed, run % design.repeat);
    return { run, structure: structureOf(variant), values: design.variant(variant), seed };
  };
  if (kept.finished === 0) return { length: kept.count, at: runOf };
  const left = new Float64Array(kept.count - kept.finished);
  let filled = 0;
  for (let run = 0; run < kept.count; run += 1) if (!kept.has(run)) left[filled++] = run;
  return { length: left.length, at: (position) => runOf(left[position]!) };
}

/** Written in pieces, as fast as they are taken. */
const BLOCK = 65536;

async function show(
  outcome: Outcome,
  { json, csv, events }: ExperimentOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (json === true || csv === true) {
    let waiting = '';
    for (const piece of json === true ? asJson(outcome) : asCsv(outcome)) {
      waiting += piece;
      if (waiting.length < BLOCK) continue;
      terminal.out(waiting);
      waiting = '';
      await terminal.drained?.();
    }
    terminal.out(waiting);
  } else if (events !== true) writeSummary(outcome, terminal);
  const { design, experiment, results } = outcome;
  const { failed, firstFailed: first } = results;
  if (first === undefined) return Exit.fine;
  const values = design.variant(Math.floor(first.run / design.repeat));
  const which = [
    ...values.map(
      (value, at) => `${experiment.factors[at]!.text} = ${valueText(value, experiment.factors[at]!)}`,
    ),
    `seed ${seedOf(design.seed, first.run % design.repeat)}`,
  ].join(', ');
  terminal.err(
    `${terminal.style(['red', 'bold'], 'stopped early')}: ${failed} of ${results.count} runs, which count nowhere. ` +
      `The first, run ${first.run + 1} with ${which}: ${first.trouble}\n`,
  );
  return Exit.findings;
}

/** `pollux experiment` as it is shipped: threads, journals, tables. */
import { execFileSync, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { ExperimentPlan, StudyEvent } from '../../preview/study/protocol.ts';
import { best as bestOf, csvOf } from '../../preview/study/results.ts';
import { StudyStore } from '../../preview/study/state.ts';
import { command, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const tank = join(folder, 'tank.twin');
writeFileSync(
  tank,
  `package t

asset Tank {
  param area  = 2 m2
  param drain = 0.01 m2/s
  fixed cells = 2
  input inflow = 0.02 m3/s
  state level = 1 m
  state heat[cells] = 20 degC
  der(level) = (inflow - drain * level) / area
  for i in 1..cells { der(heat[i]) = (30 degC - heat[i]) / 100 s }
  sensor gauge measures level every 1 s noise normal(0.1 m)
}

experiment sizes on Tank {
  vary area in 1 m2..4 m2 step 0.5 m2
  repeat 60
  run 5 min after warmup 1 min
  report level, max of gauge as cm
}
experiment cells on Tank {
  vary cells in [1, 3]
  run 100 s
  report sum(heat[*]) - 20 degC, level
}
/// Into the cheapest tank that still holds half a metre after a minute.
experiment best on Tank {
  inflow = 0
  choose area in 0.1 m2..4 m2, drain in 0.005..0.02 m2/s
  subject to level > 0.5 m
  minimise area - 20 s * drain
  search by gradient with 400 runs
  run 1 min
}
experiment noisy on Tank {
  choose inflow in 0..0.05 m3/s
  minimise abs(gauge - 1.5 m)
  search by cmaes with 300 runs
  repeat 3
  run 20 min
}
asset Blast {
  param rate = 1
  state x = 1
  der(x) = rate * x^2 / 1 s
}
experiment blasts on Blast { vary rate in 0..1.4 step 0.2  repeat 2  seed 5  run 1 s  report x }
experiment loudest on Blast { choose rate in 0..5  maximise x  search by nelderMead with 40 runs  run 1 s }
asset Patient { param dose = 500 mg  let twice = 2 * dose }
experiment doses on Patient { vary dose in [250 mg, 500 mg, 1000 mg]  run 1 s  report twice }
experiment elements on Tank { vary cells in [1, 3]  run 1 s  report heat[*] }
`,
);
const run = (...args: string[]) => pollux(['experiment', tank, ...args], { cwd: folder });

interface Told {
  base: number;
  variants: { values: number[]; reports: { mean: number }[]; runs: { seed: number; values: number[] }[] }[];
}

describe('pollux experiment', () => {
  it('gives the same bytes for any number of threads', () => {
    const [one, two, three] = ['1', '2', '3'].map((workers) => run('sizes', '--json', '--workers', workers));
    expect(one!.code).toBe(0);
    const told = JSON.parse(one!.out) as Told;
    expect(told.variants).toHaveLength(7);
    expect(told.variants[0]!.runs).toHaveLength(60);
    expect(told.base).toBe(2);
    expect(two!.out).toBe(one!.out);
    expect(three!.out).toBe(one!.out);
    expect(one!.out).toBe(`${JSON.stringify(told, undefined, 2)}\n`);
  });

  it('says how runs are carried out, and why', () => {
    expect(run('sizes', '--repeat', '2', '--explain').err).toContain(
      'runs are integrated by auto tolerance 0.000001\nruns go one by one: its equations go over arrays',
    );
  });

  it('prints a table, what differs, and a chart', () => {
    const { code, out } = run('sizes', '--repeat', '5');
    expect(code).toBe(0);
    expect(out).toContain('7 variants, 5 runs each of 6 min (1 min of warm-up), seed 1');
    expect(out).toMatch(/area \[m²\]\s+level \[m\]\s+max of gauge \[cm\]/);
    expect(out).toMatch(/\n +2 +1\.8347 +\d+\.\d ± \d+\.\d +as written\n/);
    expect(out).toContain('Difference from area = 2 m²');
    expect(out).toContain('level [m] over area [m²]');
  });

  it('writes CSV with units in its heads', () => {
    const { data } = Papa.parse<Record<string, number>>(run('sizes', '--csv', '--repeat', '2').out.trim(), {
      header: true,
      dynamicTyping: true,
    });
    expect(data).toHaveLength(7);
    expect(data[2]!['area [m2]']).toBe(2);
    const doses = run('doses', '--csv').out.trim().split('\n').slice(1);
    expect(doses.map((row) => row.split(',')[0])).toEqual(['250', '500', '1000']);
    // From the closed form: the level tends to 2 m with a time constant of area / drain.
    expect(data[2]!['level [m]']).toBeCloseTo(2 - Math.exp(-360 / 200), 5);
  });

  it('says which run stopped early first, and how many did', () => {
    // x = 1 / (1 - rate t) is infinite after 1 s / rate.
    const { code, out, err } = run('blasts');
    expect(code).toBe(3);
    expect(out).toMatch(/\n +0\.8 +5 *\n/);
    expect(err).toContain(
      '4 of 16 runs, which count nowhere. The first, run 13 with rate = 1.2, seed 5: PX9005',
    );
    expect(run('loudest').out).toMatch(
      /\d+ of 40 candidates stopped early, .*The first, with rate = \S+: PX90/,
    );
  });

  it('compiles each fixed value anew', () => {
    const { code, out } = run('cells', '--json');
    expect(code).toBe(0);
    const heat = 293.15 + 10 * (1 - Math.exp(-1));
    const sums = (JSON.parse(out) as Told).variants.map(({ reports }) => reports[0]!.mean);
    expect(sums[0]).toBeCloseTo(heat - 293.15, 4);
    expect(sums[1]).toBeCloseTo(3 * heat - 293.15, 3);
  });

  it('finds the best within constraints, as the closed form has it', () => {
    const { code, out } = run('best', '--json');
    expect(code).toBe(0);
    const { best, gradients, runs } = JSON.parse(out) as {
      best: { values: number[]; feasible: boolean; objective: number };
      gradients: { by: string };
      runs: number;
    };
    expect(gradients).toEqual({ by: 'exact' });
    expect(runs).toBeLessThan(400);
    // level = exp(-drain t / area) = 1/2 at the bound, so area = drain 60 s / ln 2, which costs more than drain saves.
    const area = (0.005 * 60) / Math.LN2;
    expect(best.feasible).toBe(true);
    expect(best.values[1]).toBeCloseTo(0.005, 6);
    expect(best.values[0]).toBeCloseTo(area, 4);
    expect(best.objective).toBeCloseTo(area - 20 * 0.005, 4);
    expect(run('best').out).toMatch(/area \[m²\] +0\.4328\d* +2 +0\.1 +4/);
    expect(run('best', '--csv').out.split('\n')[0]).toBe(
      'area [m2],drain [m2/s],area - 20 s * drain [m2],margin of level > 0.5 m [m]',
    );
  });

  it('searches alike with any number of threads, and with noise', () => {
    const [one, two] = ['1', '2'].map((workers) => run('noisy', '--json', '--workers', workers));
    expect(two!.out).toBe(one!.out);
    const { best } = JSON.parse(one!.out) as { best: { values: number[] } };
    // In the end the level is inflow / drain.
    expect(best.values[0]! / 0.01).toBeCloseTo(1.5, 0);
  });

  it('refuses what it cannot do, in a sentence', () => {
    expect(run().err).toContain(
      'say which experiment: there are t.sizes, t.cells, t.best, t.noisy, t.blasts, t.loudest and 2 more',
    );
    expect(run('size').err).toContain('there is no experiment size; there are t.sizes');
    expect(run('elements').err).toMatch(/cells = 3 there are 3 reported values, not 1/);
    expect(run('sizes', '--workers', '0').err).toContain('whole number');
    expect(run('sizes', '--csv', '--json').err).toContain('choose one');
  });

  it('goes on where it was killed', async () => {
    const whole = run('sizes', '--json', '--repeat', '500').out;
    const journals = join(folder, '.pollux', 'experiments');
    const child = spawn(process.execPath, [command, 'experiment', tank, 'sizes', '--repeat', '500'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const lines = (): number => {
      const [file] = existsSync(journals) ? readdirSync(journals) : [];
      return file === undefined ? 0 : readFileSync(join(journals, file), 'utf8').split('\n').length;
    };
    while (lines() < 20 && child.exitCode === null) await new Promise((go) => setTimeout(go, 20));
    child.kill('SIGKILL');
    await new Promise((go) => child.once('exit', go));
    expect(lines()).toBeGreaterThanOrEqual(20);
    // Nothing of it is lost to what else is begun.
    const [name] = readdirSync(journals);
    const journal = join(journals, name!);
    const kept = readFileSync(journal, 'utf8');
    expect(run('cells', '--journal', journal).err).toContain('holds runs of another experiment');
    expect(run('sizes', '--repeat', '500', '--seed', '2', '--journal', journal).err).toContain('they stay');
    expect(run('cells', '--journal', tank).err).toContain('no journal of an experiment');
    expect(readFileSync(journal, 'utf8')).toBe(kept);
    const resumed = run('sizes', '--json', '--repeat', '500', '--resume');
    expect(resumed.err).toMatch(/resumed: \d+ runs were done before/);
    expect(resumed.out).toBe(whole);
    expect(readdirSync(journals)).toEqual([]);
    expect(run('cells', '--resume').err).toContain('nothing to resume');
  });

  it('tells what happens in lines that come to the same as its table', async () => {
    const told = run('sizes', '--events');
    expect(told.code).toBe(0);
    const events = linesOf(told.out);
    const plan = events[0]!.type === 'plan' ? events[0].plan : undefined;
    expect(plan).toMatchObject({ kind: 'variants', name: 't.sizes', root: 't.Tank', count: 7, total: 420 });
    expect(events.at(-1)).toMatchObject({ type: 'end', how: 'done' });
    const store = new StudyStore();
    store.take(events);
    const { variants } = JSON.parse(run('sizes', '--json').out) as {
      variants: { values: number[]; reports: Record<string, number>[]; runs: { values: number[] }[] }[];
    };
    expect(store.rows.value).toHaveLength(7);
    store.rows.value.forEach(({ values, reports }, variant) => {
      const known = variants[variant]!;
      expect(values).toEqual(known.values);
      reports.forEach(({ count, mean, half }, at) => {
        const { count: runs, mean: middle, low, high } = known.reports[at]!;
        expect(count).toBe(runs);
        expect(mean).toBeCloseTo(middle!, 9);
        expect(mean! - half!).toBeCloseTo(low!, 9);
        expect(mean! + half!).toBeCloseTo(high!, 9);
        expect(store.valuesOf(at, variant)).toEqual(known.runs.map((each) => each.values[at]));
      });
    });
    // The page makes the same CSV of it as the command does.
    const parsed = (text: string) =>
      Papa.parse<number[]>(text, { dynamicTyping: true, skipEmptyLines: true }).data;
    const [ours, theirs] = [
      parsed(csvOf(store.plan.value as ExperimentPlan, store.rows.value)),
      parsed(run('sizes', '--csv').out),
    ];
    expect(ours[0]).toEqual(theirs[0]);
    ours
      .slice(1)
      .forEach((row, n) => row.forEach((value, at) => expect(value).toBeCloseTo(theirs[n + 1]![at]!, 9)));
  });

  it('tells the candidates of a search, and the best among them', () => {
    const store = new StudyStore();
    store.take(linesOf(run('best', '--events').out));
    const { best, candidates } = JSON.parse(run('best', '--json').out) as {
      best: { values: number[]; objective: number };
      candidates: number;
    };
    expect(store.candidates.value).toHaveLength(candidates);
    const found = bestOf(store.candidates.value)!.candidate;
    expect(found.values).toEqual(best.values);
    expect(found.objective).toBe(best.objective);
    expect(store.gradients.value).toBe('gradients exact');
  });

  it('stops when whoever started it says so, keeps what is done, and goes on from there', async () => {
    const args = ['experiment', tank, 'sizes', '--repeat', '20000', '--events'];
    const start = (more: string[]) =>
      fork(command, [...args, ...more], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const heard = async (child: ReturnType<typeof start>): Promise<StudyEvent[]> => {
      let out = '';
      let asked = false;
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        if (asked || !out.includes('"rows"')) return;
        asked = true;
        child.send('stop');
      });
      await new Promise((resolve) => child.once('close', resolve));
      return linesOf(out);
    };
    const finishedOf = (events: readonly StudyEvent[]) =>
      events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    const first = await heard(start([]));
    expect(first.at(-1)).toMatchObject({ type: 'end', how: 'stopped' });
    const done = finishedOf(first).at(-1)!.finished;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(140_000);
    const second = await heard(start(['--resume']));
    expect(finishedOf(second)[0]).toMatchObject({ finished: done, kept: done });
  });
});

const linesOf = (out: string): StudyEvent[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StudyEvent);

/** Fast at first, and then a run that would take years. */
const SPRING = `package s

asset Spring {
  param w = 1 Hz
  state x = 1
  state v = 0 Hz
  der(x) = v
  der(v) = -w * w * x
}

experiment first on Spring { vary w in [1 GHz, 2 GHz, 3 GHz]  run 1 d  report x }
experiment later on Spring { vary w in [1 uHz, 2 uHz, 3 uHz, 4 uHz, 1 GHz, 2 GHz]  run 1 d  report x }
`;

const LONG = ['run', 'first', 'later', 'later --workers 1', 'diff', 'diff --workers 1'];

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it.each(LONG)('is heard in a long %s', async (what) => {
    const cwd = mkdtempSync(join(folder, 'signal-'));
    const other = mkdtempSync(join(folder, 'other-'));
    const text = `${SPRING}\nscenario long for Spring {\n  w = 1 GHz\n  run 1 d\n}\n`;
    writeFileSync(join(cwd, 'spring.twin'), text);
    writeFileSync(join(other, 'spring.twin'), text.replace('param w = 1 Hz', 'param w = 2 Hz'));
    const [named = '', ...options] = what.split(' ');
    const asked = { run: ['run', '.', '--out', 'x.csv'], diff: ['diff', '.', other, ...options] }[named] ?? [
      'experiment',
      '.',
      ...what.split(' '),
    ];
    const child = spawn(process.execPath, [command, ...asked], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.on('exit', (...how) => resolve(how)),
    );
    // Until it is at work: two seconds of processor time are more than it takes to start.
    const busy = (): number =>
      execFileSync('ps', ['-o', 'time=', '-p', String(child.pid)], { encoding: 'utf8' })
        .trim()
        .split(/[-:]/)
        .reduce((seconds, part) => 60 * seconds + Number(part), 0);
    await expect.poll(busy, { timeout: 120_000 }).toBeGreaterThanOrEqual(2);
    child.kill(signal);
    const [code, by] = await ended;
    expect(by ?? code).toBe(by === null ? (signal === 'SIGINT' ? 130 : 143) : signal);
    expect(readdirSync(cwd).filter((name) => name.includes('csv'))).toEqual([]);
  });
});

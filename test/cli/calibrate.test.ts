/** `pollux calibrate` as it is shipped: a twin with known parameters, found again and written into its text. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StudyEvent } from '../../preview/study/protocol.ts';
import { example, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const text = (power: string, twin: string): string => `package t

asset Boiler {
  param power   = ${power}
  param content = 200 kJ/K
  param loss    = 8 W/K    in 0..100 W/K
  input room    = 20 degC
  input heating: Boolean = true
  state water   = 20 degC

  der(water) = ((if heating then power else 0 W) - loss * (water - room)) / content

  sensor probe measures water every 10 s  noise normal(0.05 K)
}

twin East: ${twin}

scenario day for East {
  at 40 min: set heating = false
  output every 10 s
  method tsit5 tolerance 1e-9
  run 80 min
}

/// Its boiler, as measured.
calibrate East from "day.csv" {
  content = 170 kJ/K
  fit power in 0..5 kW, loss
  compare probe
}

calibrate start on Boiler from "day.csv" {
  fit water in 0 degC..40 degC, power
  compare water with "T" as degC
}

calibrate held on East from "day.csv" {
  content = 170 kJ/K
  fit power in 0..5 kW, loss
  compare probe
  test after 60 min
}

/// While it heats, loss and content cannot be told from a smaller power.
calibrate careless on East from "day.csv" {
  content = 170 kJ/K
  loss = 2 W/K
  fit power in 0..5 kW
  compare probe
  test after 40 min
}

calibrate late on East from "day.csv" {
  fit power
  compare probe
  test after 3 h
}

calibrate blind on Boiler from "day.csv" {
  fit power, content, loss
  compare probe
}
`;
const file = join(folder, 'boiler.twin');
const data = join(folder, 'day.csv');
const run = (...args: string[]) => pollux(['calibrate', file, ...args], { cwd: folder });

interface Told {
  converged: boolean;
  condition: number;
  weakest: string[];
  parameters: { name: string; value: number; error: number | null; before: number; atBound: string | null }[];
  compared: { rms: number; points: number }[];
}

// The truth: 2.4 kW, 170 kJ/K, 11 W/K; the recording is the twin's own, with the noise of its sensor.
writeFileSync(file, text('2 kW', 'Boiler(power = 2.4 kW, content = 170 kJ/K, loss = 11 W/K)'));
const recorded = pollux(['run', file, '--scenario', 'day', '-o', 'all.csv', '--json'], { cwd: folder });
const [head = '', ...rows] = readFileSync(join(folder, 'all.csv'), 'utf8').trim().split('\r\n');
const at = (name: string): number => head.split(',').findIndex((cell) => cell.startsWith(name));
const cells = rows.map((row) => row.split(','));
const [time, probe, heating] = [at('time'), at('probe'), at('heating')];
writeFileSync(
  data,
  `time [s],probe [degC],heating,T,note\n${cells
    .map((row) => `${row[time]},${row[probe]},${row[heating]},${row[at('water')]},1`)
    .join('\n')}\n`,
);
writeFileSync(file, text('2 kW', 'Boiler(loss = 9 W/K)'));

// In this order: the one but last changes the text.
describe('pollux calibrate', { shuffle: false }, () => {
  it('finds known parameters again, within their errors', () => {
    expect(recorded.code).toBe(0);
    const { code, out } = run('East', '--json');
    expect(code).toBe(0);
    const { converged, parameters, compared } = JSON.parse(out) as Told;
    expect(converged).toBe(true);
    expect(compared[0]!.rms).toBeCloseTo(0.05, 2);
    [2.4, 11].forEach((truth, i) => {
      const { value, error } = parameters[i]!;
      expect(Math.abs(value - truth)).toBeLessThan(4 * error!);
      expect(error! / truth).toBeLessThan(0.01);
    });
    expect(parameters.map(({ before }) => before)).toEqual([2, 9]);
  });

  it('prints values with as many digits as they have, and what columns are not used', () => {
    const { out, err } = run('East');
    expect(out).toMatch(/power \[kW\] +2\.(39|40)\d* +± 0\.000\d+ +2/);
    expect(out).toContain('correlation');
    expect(err).toContain('columns not used: T, note');
  });

  it('tells how well it does on what was held out', () => {
    const { code, out } = run('held', '--json');
    expect(code).toBe(0);
    const { compared, tested } = JSON.parse(out) as Told & { tested: Told['compared'] };
    // From 60 to 80 min every 10 s, both ends; the rest is fitted to.
    expect(tested[0]!.points).toBe(121);
    expect(compared[0]!.points).toBe(rows.length - 121);
    expect(tested[0]!.rms).toBeCloseTo(0.05, 2);
    expect(run('held').out).toMatch(
      /held out +points[^\n]*\n +probe \[K\] +121 +0\.0\d+ +\S+ +(0\.9|1)\S* ×/,
    );
  });

  it('tells what happens in lines: what was measured, the model before and after, and the values with their intervals', () => {
    const { code, out } = run('held', '--events');
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as StudyEvent);
    expect(events[0]).toMatchObject({
      type: 'plan',
      plan: {
        kind: 'calibration',
        name: 't.held',
        parameters: [{ name: 'power', low: 0, high: 5 }, { name: 'loss' }],
      },
    });
    expect(events.at(-1)).toMatchObject({ type: 'end', how: 'done' });
    const fit = events.flatMap((event) => (event.type === 'fit' ? [event.fit] : []))[0]!;
    const known = JSON.parse(run('held', '--json').out) as Told;
    fit.parameters.forEach(({ value, error, low, high, written, text: literal }, n) => {
      const same = known.parameters[n]!;
      expect([value, error, written]).toEqual([same.value, same.error, same.before]);
      // With hundreds of points Student's t is nearly the normal's 1.96.
      expect((high! - low!) / (2 * error!)).toBeCloseTo(1.96, 1);
      expect(parseFloat(literal)).toBeCloseTo(value!, 3);
    });
    expect(fit.heldOut).toEqual({ from: 3600, to: null });
    const course = fit.compared[0]!.course!;
    expect(course.times).toEqual(cells.map((row) => Number(row[time])));
    course.measured.forEach((value, n) => expect(value).toBeCloseTo(Number(cells[n]![probe]), 9));
    // The difference from what was measured is what the table says it is, of what was fitted to.
    const offs = course.times.flatMap((t, n) => (t < 3600 ? [course.fitted[n]! - course.measured[n]!] : []));
    const rms = Math.sqrt(offs.reduce((sum, off) => sum + off * off, 0) / offs.length);
    expect(rms).toBeCloseTo(known.compared[0]!.rms, 9);
    // 2 kW less the loss of 9 W/K, at the first instant: the water is as warm as the room.
    expect(course.written[1]! - course.written[0]!).toBeCloseTo((2000 * 10) / 170_000, 3);
  });

  it('warns where it does much worse on what was held out', () => {
    const { out } = run('careless');
    expect(out).toMatch(/where it has not been fitted, probe is \S+ times as far off/);
    expect(run('held').out).not.toContain('where it has not been fitted');
  });

  it('refuses to hold out what was not measured', () => {
    const { code, err } = run('late');
    expect(code).toBe(1);
    expect(err).toContain('nothing is measured in the time that test holds out');
  });

  it('passes over what was recorded before the start, and says so', () => {
    const whole = readFileSync(data, 'utf8');
    const before = run('East', '--json').out;
    writeFileSync(data, whole.replace('\n', '\n-120,5,off,5,1\n-60,5,off,5,1\n'));
    try {
      expect(run('East', '--json').out).toBe(before);
      expect(run('East').out).toContain(
        '2 rows of the recording could not be used, the first in line 2: its time',
      );
    } finally {
      writeFileSync(data, whole);
    }
  });

  it('fits start values, and reads other columns', () => {
    const { parameters } = JSON.parse(run('start', '--json').out) as Told;
    expect(parameters[0]!.value).toBeGreaterThan(15);
    expect(parameters[0]!.value).toBeLessThan(25);
  });

  it('names what the data cannot tell', () => {
    // Of power, content and loss only ratios show: a boiler of twice the size with twice the power runs alike.
    const { out } = run('blind');
    expect(out).toMatch(/note.*: the data hardly tell power, content and loss from each other/);
  });

  it('refuses in a sentence', () => {
    expect(run().err).toContain(
      'say which calibration: there are t.East, t.start, t.held, t.careless, t.late, t.blind',
    );
    expect(run('West').err).toContain('there is no calibration West');
    expect(run('East', '--data', 'none.csv').err).toContain('there is no file');
    writeFileSync(join(folder, 'other.csv'), 'time [s],power [kW]\n0,1\n');
    expect(run('East', '--data', join(folder, 'other.csv')).err).toContain(
      'has no column probe for probe; it has time, power',
    );
    writeFileSync(join(folder, 'unit.csv'), 'time [s],probe [kW]\n0,1\n');
    expect(run('East', '--data', join(folder, 'unit.csv')).err).toContain(
      'measures something else than degC',
    );
  });

  it('writes the values into the text, and nothing else', () => {
    expect(run('East', '--write').code).toBe(0);
    const changed = readFileSync(file, 'utf8');
    expect(changed).toMatch(/twin East: Boiler\(loss = 1[01]\.\d+ W\/K, power = 2\.\d+ kW\)\n/);
    expect(changed.replace(/twin East: .*/, '')).toBe(text('2 kW', '').replace(/twin East: .*/, ''));
    // The fit of what is fitted stays.
    const { parameters } = JSON.parse(run('East', '--json').out) as Told;
    for (const { value, before, error } of parameters)
      expect(Math.abs(value - before)).toBeLessThan(error! / 10);
  });

  it('takes a name in full before one that only ends so', () => {
    const two = mkdtempSync(join(folder, 'two-'));
    const rows = [0, 1, 2, 3].map((n) => `${n},${5 - 0.3 * n}`);
    writeFileSync(join(two, 'falls.csv'), ['time [s],level [m]', ...rows, ''].join('\n'));
    const leak = `asset Leak {
      param rate = 0.1 m/s in 0..1 m/s
      state level = 5 m
      der(level) = -rate
    }
    calibrate Leak from "falls.csv" { fit rate  compare level with "level" as m }\n`;
    writeFileSync(join(two, 'one.twin'), leak);
    writeFileSync(join(two, 'other.twin'), `package other\n\n${leak}`);
    const found = (name: string) => pollux(['calibrate', two, name, '--json'], { cwd: two });
    expect(JSON.parse(found('Leak').out)).toMatchObject({ name: 'Leak' });
    expect(JSON.parse(found('other.Leak').out)).toMatchObject({ name: 'other.Leak' });
  });

  it('fits the patient of the example', () => {
    copyFileSync(example('pharmacokinetics/patient.twin'), join(folder, 'patient.twin'));
    copyFileSync(example('pharmacokinetics/levels.csv'), join(folder, 'levels.csv'));
    const { code, out } = pollux(
      ['calibrate', join(folder, 'patient.twin'), 'Patient', '--json', '--write'],
      {
        cwd: folder,
      },
    );
    expect(code).toBe(0);
    expect((JSON.parse(out) as Told).parameters[1]!.value).toBeCloseTo(4.559, 2);
    expect(readFileSync(join(folder, 'patient.twin'), 'utf8')).toMatch(
      /param clearance +  = 4\.559\d* L\/h +in 0\.1\.\.100 L\/h/,
    );
  });
});

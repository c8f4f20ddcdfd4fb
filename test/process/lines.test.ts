/** Lines, networks and shops whose stationary state is known exactly. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, expectNear, finished } from './flows.ts';

/** Stationary probabilities of a Markov chain from its rates, by Gaussian elimination. */
function stationary(rates: readonly (readonly number[])[]): number[] {
  const n = rates.length;
  const rows = Array.from({ length: n }, (_, to) => [
    ...Array.from({ length: n }, (__, from) =>
      from === to ? -rates[from]!.reduce((a, b) => a + b, 0) : rates[from]![to]!,
    ),
    0,
  ]);
  rows[n - 1] = [...Array.from({ length: n }, () => 1), 1];
  for (let column = 0; column < n; column += 1) {
    const pivot = rows.findIndex((row, at) => at >= column && Math.abs(row[column]!) > 1e-12);
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row += 1) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      rows[row] = rows[row]!.map((value, at) => value - factor * rows[column]![at]!);
    }
  }
  return rows.map((row, at) => row[n]! / row[at]!);
}

/** A saturated line of two exponential stations with a buffer of some places between them. */
function twoStations(first: number, second: number, places: number): number {
  // State: items that the first station has finished and the second has not, 0 … places + 2 (the last: it is blocked).
  const n = places + 3;
  const rates = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let state = 0; state < n; state += 1) {
    if (state < n - 1) rates[state]![state + 1] = first;
    if (state > 0) rates[state]![state - 1] = second;
  }
  return second * (1 - stationary(rates)[0]!);
}

describe('it should pass items on as the exact solution says', () => {
  it.each([0, 1, 4])('two stations that never starve or wait outside, %d places between', (places) => {
    expectNear(
      compiled(
        `resource a
         resource b
         process piece {
           arrive on demand
           use a for exponential(1 s)
           queue buffer[${places}] when full: block
           use b for exponential(0.9 s)
         }
         kpi out = rate(piece.left)`,
        'run 20000 s after warmup 500 s',
      ),
      { out: twoStations(1, 1 / 0.9, places) },
    );
  });

  it('machine repairman: six machines, two who repair', () => {
    const [machines, repairers, fails, mends] = [6, 2, 1 / 10, 1 / 4];
    const rates = Array.from({ length: machines + 1 }, (_, down) =>
      Array.from({ length: machines + 1 }, (__, to) =>
        to === down + 1 ? (machines - down) * fails : to === down - 1 ? Math.min(down, repairers) * mends : 0,
      ),
    );
    const expected = stationary(rates).reduce((sum, chance, down) => sum + down * chance, 0);
    expectNear(
      compiled(
        `resource machine[6] { breaks after exponential(10 s)   repair exponential(4 s) by fitter }
         resource fitter[2]
         process nothing { arrive at 0 s   leave }
         kpi down = mean(machine.down)`,
        'run 20000 s after warmup 100 s',
      ),
      { down: expected },
    );
  });

  it('Jackson: an open network with feedback and routing by probability', () => {
    // Arrivals 0.3/s to a; a → b with 0.6, → out with 0.4; b → a with 0.5, → out with 0.5.
    const throughA = 0.3 / (1 - 0.6 * 0.5);
    const throughB = 0.6 * throughA;
    const [rhoA, rhoB] = [throughA * 1.5, (throughB * 4) / 2];
    const b = (1 + 2 * rhoB + (2 * rhoB ** 2) / (1 - rhoB)) ** -1;
    const insideB = 2 * rhoB + (b * (2 * rhoB) ** 2 * rhoB) / (2 * (1 - rhoB) ** 2);
    expectNear(
      compiled(
        `resource a
         resource b[2]
         process job {
           arrive every exponential(10/3 * 1 s)
           station first
           use a for exponential(1.5 s)
           choose 60 % -> second, else -> leave
           station second
           use b for exponential(4 s)
           choose 50 % -> first, else -> leave
         }
         kpi atA = mean(a.waiting) + mean(a.busy)
         kpi atB = mean(b.waiting) + mean(b.busy)`,
        'run 60000 s after warmup 1000 s',
      ),
      { atA: rhoA / (1 - rhoA), atB: insideB },
    );
  });

  it('M/M/1 with breakdowns of the working server that are repaired and the work resumed', () => {
    // Completion time: White and Christie (1958). Breaks with rate f while busy, repairs with rate r.
    const [arrive, serve, f, r] = [0.5, 1, 0.1, 0.5];
    const effective = (1 / serve) * (1 + f / r);
    const rho = arrive * effective;
    const second = 2 * effective ** 2 + (2 * f) / (serve * r * r);
    expectNear(
      compiled(
        `resource server { breaks after exponential(10 s) of busy   repair exponential(2 s)   interrupted: resume }
         process job {
           arrive every exponential(2 s)
           use server for exponential(1 s)
         }
         kpi stay = mean(job.stay)`,
        'run 60000 s after warmup 1000 s',
      ),
      { stay: effective + (arrive * second) / (2 * (1 - rho)) },
    );
  });

  it('two classes with preemptive priority: the urgent ones see no others', () => {
    const [urgent, rest] = [0.3, 0.4];
    const t1 = 1 / (1 - urgent);
    const t2 = 1 / ((1 - urgent) * (1 - urgent - rest));
    expectNear(
      compiled(
        `resource server
         process fast {
           arrive every exponential(10/3 * 1 s)
           use server for exponential(1 s) priority 1 preempting
         }
         process slow {
           arrive every exponential(2.5 s)
           use server for exponential(1 s)
         }
         kpi fastStay = mean(fast.stay)
         kpi slowStay = mean(slow.stay)`,
        'run 60000 s after warmup 1000 s',
      ),
      { fastStay: t1, slowStay: t2 },
    );
  });

  it('impatient customers: M/M/1 + M, who give up at rate theta', () => {
    const [arrive, serve, theta] = [1, 0.8, 0.25];
    const n = 80;
    const rates = Array.from({ length: n }, (_, k) =>
      Array.from({ length: n }, (__, to) =>
        to === k + 1 ? arrive : to === k - 1 ? serve + (k - 1) * theta : 0,
      ),
    );
    const p = stationary(rates);
    const waiting = p.reduce((sum, chance, k) => sum + Math.max(k - 1, 0) * chance, 0);
    expectNear(
      compiled(
        `resource server
         process caller {
           arrive every exponential(1 s)
           queue line patience exponential(4 s)
           use server for exponential(1.25 s)
         }
         kpi waiting = mean(line.length)
         kpi lost = rate(caller.reneged)`,
        'run 30000 s after warmup 500 s',
      ),
      { waiting, lost: waiting * theta },
    );
  });
});

describe('it should keep to what is said', () => {
  it('counts what arrives, leaves and stays', () => {
    const [arrived, left, inside, scrap, balked] = finished(
      compiled(
        `resource m[2]
         process p {
           arrive every exponential(1 s)
           queue q[3] when full: balk
           use m for exponential(1.8 s)
           choose 10 % -> scrap, else -> leave
           exit scrap
         }`,
        'run 5000 s',
      ),
      ['p.arrived', 'p.left', 'p.inside', 'p.scrap', 'p.balked'],
    );
    expect(arrived).toBe(left! + inside! + scrap! + balked!);
    expect(scrap! / (scrap! + left!)).toBeCloseTo(0.1, 1);
  });

  it('takes shifts, setups, batches, conveyors and crews as they are', () => {
    const [left, done, boxes] = finished(
      compiled(
        `resource people[2] { shifts weekdays 06:00..14:00 }
         resource oven
         process p {
           arrive every 10 min
           item colour = if mod(floor(time / 1 h), 2) == 0 then 1 else 2
           queue q
           use oven with people for 5 min setup 2 min when colour changes
           convey belt 6 m at 0.1 m/s spacing 0.5 m
           batch 4
           use people for 1 min
           unbatch
           leave
         }
         kpi done = rate(p.left)
         kpi boxes = mean(belt.wait)`,
        'run 1 d',
      ),
      ['p.left', 'p.inside', 'boxes'],
    );
    // 144 come in a day; those that come before 6:00 wait, and after 14:00 nothing goes on.
    expect(left).toBeGreaterThan(70);
    expect(left! + done!).toBe(144);
    expect(boxes).toBeGreaterThanOrEqual(60);
  });
});

describe('it should leave the same bits when walked', () => {
  it.each([
    [
      'breakdowns, crews and preemption',
      `resource m[2] { breaks after weibull(1.6, 40 s) of busy   repair lognormal(20 s, 10 s) by crew   interrupted: restart }
       resource crew { shifts daily 00:00..00:10 }
       process p {
         arrive every exponential(3 s)
         queue q[5] order lifo when full: balk
         use m for triangular(2 s, 2.5 s, 4 s) priority 1
         choose 2 % -> scrap, else -> leave
         exit scrap
       }
       process q2 { arrive every 30 s  use m for 3 s priority 2 preempting }`,
      'run 2000 s',
    ],
    [
      'items, batches, conveyors and patience',
      `resource a
       resource b[2]
       process p {
         arrive every exponential(2 s) in groups of 2
         item weight = normal(5 kg, 1 kg)
         queue line[20] order highest weight when full -> away patience 30 s -> away
         use a for 1 s setup 0.5 s when floor(weight / 1 kg) changes
         choose weight > 6 kg -> heavy, 50 % -> light, else -> light
         station heavy
         split 2
         station light
         convey belt 3 m at 1 m/s spacing 0.4 m
         batch 3
         use 2 of b for 2 s
         unbatch
         leave
         exit away
       }
       kpi stay = mean(p.stay)
       kpi tail = quantile(p.stay, 95 %)`,
      'run 600 s after warmup 60 s',
    ],
  ])('%s', (_, members, run) => expectAgreement(members, run));
});

/** Models as engineers write them, each against a Markov chain that is solved here, or a closed form. */
import { describe, it } from 'vitest';
import { compiled, expectNear } from './flows.ts';

type State = readonly number[];

/** Finds the states that come of a first one, and their long-run shares; gives the mean of what is asked of a state. */
function chain(
  first: State,
  moves: (state: State) => [State, number][],
): (of: (state: State) => number) => number {
  const states = [first];
  const places = new Map([[first.join(), 0]]);
  const rates: [number, number, number][] = [];
  for (let at = 0; at < states.length; at += 1)
    for (const [to, rate] of moves(states[at]!)) {
      const key = to.join();
      if (!places.has(key)) places.set(key, states.push(to) - 1);
      rates.push([at, places.get(key)!, rate]);
    }
  const n = states.length;
  // Columns sum to nothing, so that one equation is that the shares are 1 together.
  const rows = Array.from({ length: n }, () => new Float64Array(n + 1));
  for (const [from, to, rate] of rates) {
    rows[to]![from]! += rate;
    rows[from]![from]! -= rate;
  }
  rows[n - 1]!.fill(1);
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row += 1) {
      const by = rows[row]![column]! / rows[column]![column]!;
      if (row !== column && by !== 0)
        for (let k = column; k <= n; k += 1) rows[row]![k]! -= by * rows[column]![k]!;
    }
  }
  return (of) => states.reduce((sum, state, at) => sum + (of(state) * rows[at]![n]!) / rows[at]![at]!, 0);
}

const threeStations = (): Record<string, number> => {
  type Line = [number, number, number, number, number];
  /** Waiting, a (1 works, 2 is blocked), between, b, c. */
  const settled = ([n, a, q, b, c]: Line): Line =>
    b === 2 && c === 0
      ? settled([n, a, q, 0, 1])
      : b === 0 && q > 0
        ? settled([n, a, q - 1, 1, c])
        : a === 2 && b === 0
          ? settled([n, 0, q, 1, c])
          : a === 2 && q < 1
            ? settled([n, 0, q + 1, b, c])
            : a === 0 && n > 0
              ? settled([n - 1, 1, q, b, c])
              : [n, a, q, b, c];
  const mean = chain([0, 0, 0, 0, 0], (state) => {
    const [n, a, q, b, c] = state as unknown as Line;
    const to: [State, number][] = [];
    if (n < 3) to.push([settled([n + 1, a, q, b, c]), 1 / 1.5]);
    if (a === 1) to.push([settled([n, 2, q, b, c]), 1]);
    if (b === 1) to.push([settled([n, a, q, 2, c]), 1 / 1.1]);
    if (c === 1) to.push([settled([n, a, q, b, 0]), 1 / 0.9]);
    return to;
  });
  return {
    out: mean(([, , , , c]) => c! / 0.9),
    blockedA: mean(([, a]) => Number(a === 2)),
    blockedB: mean(([, , , b]) => Number(b === 2)),
    works: mean(([, a]) => Number(a === 1)),
  };
};

const machinesThatBreak = (): Record<string, number> => {
  type Shop = [number, number, number, number];
  /** In the queue, interrupted, worked on, machines that are down. */
  const settled = ([q, w, b, d]: Shop): Shop =>
    b + d < 3 && w > 0
      ? settled([q, w - 1, b + 1, d])
      : b + d < 3 && q > 0
        ? settled([q - 1, w, b + 1, d])
        : [q, w, b, d];
  const mean = chain([0, 0, 0, 0], (state) => {
    const [q, w, b, d] = state as unknown as Shop;
    const to: [State, number][] = [];
    if (q < 4) to.push([settled([q + 1, w, b, d]), 1 / 1.2]);
    if (b > 0) to.push([settled([q, w, b - 1, d]), b / 2], [settled([q, w + 1, b - 1, d + 1]), b / 10]);
    if (d > 0) to.push([settled([q, w, b, d - 1]), 1 / 6]);
    return to;
  });
  return {
    down: mean(([, , , d]) => d!),
    works: mean(([, , b]) => b! / 3),
    mends: mean(([, , , d]) => Number(d! > 0)),
    lost: mean(([q]) => (q === 4 ? 1 / 1.2 : 0)),
  };
};

const retrying = (): Record<string, number> => {
  const most = 14;
  const mean = chain([0, 0], ([n, o]) => {
    const to: [State, number][] = [];
    if (n! < most) to.push([[n! + 1, o!], 0.4]);
    if (n! > 0) to.push([[n! - 1, o!], 1 / 1.5]);
    if (n! > 1 && o! < most) to.push([[n! - 1, o! + 1], (n! - 1) / 2]);
    if (o! > 0 && n! < most) to.push([[n! + 1, o! - 1], o! / 4]);
    return to;
  });
  return { waits: mean(([n]) => Math.max(0, n! - 1)), inside: mean(([n, o]) => n! + o!) };
};

const centralServer = (): Record<string, number> => {
  const mean = chain([6, 0, 0], ([t, a, b]) => {
    const to: [State, number][] = [];
    if (t! > 0) to.push([[t! - 1, a! + 1, b!], t! / 5]);
    if (a! > 0)
      to.push(
        [[t! + 1, a! - 1, b!], (Math.min(a!, 2) / 2) * 0.7],
        [[t!, a! - 1, b! + 1], (Math.min(a!, 2) / 2) * 0.3],
      );
    if (b! > 0) to.push([[t! + 1, a!, b! - 1], 1 / 3]);
    return to;
  });
  return {
    works: mean(([, a]) => Math.min(a!, 2) / 2),
    disk: mean(([, , b]) => Number(b! > 0)),
    waits: mean(([, a]) => Math.max(0, a! - 2)),
  };
};

const channels = (): Record<string, number> => {
  const mean = chain([0, 0], ([x, y]) => {
    const used = x! + 2 * y!;
    const to: [State, number][] = [];
    if (used < 4) to.push([[x! + 1, y!], 1]);
    if (used < 3) to.push([[x!, y! + 1], 1 / 3]);
    if (x! > 0) to.push([[x! - 1, y!], x! / 1.5]);
    if (y! > 0) to.push([[x!, y! - 1], y! / 2]);
    return to;
  });
  return {
    lostA: mean(([x, y]) => Number(x! + 2 * y! >= 4)),
    lostB: mean(([x, y]) => Number(x! + 2 * y! >= 3) / 3),
  };
};

const stock = (): Record<string, number> => {
  const mean = chain([6], ([k]) => [
    ...(k! > 0 ? [[[k! - 1], 1] as [State, number]] : []),
    ...(k! <= 2 ? [[[6], 1 / 3] as [State, number]] : []),
  ]);
  return { lost: mean(([k]) => Number(k === 0)), orders: mean(([k]) => Number(k! <= 2) / 3) };
};

/** Cobham (1954): waits by class, the most urgent first; of uses that are interrupted, times inside. */
function priorities(
  classes: readonly [rate: number, mean: number, second: number][],
  preempts: boolean,
): number[] {
  const all = classes.reduce((sum, [rate, , second]) => sum + (rate * second) / 2, 0);
  let [before, rest] = [0, 0];
  return classes.map(([rate, mean, second]) => {
    const until = before + rate * mean;
    rest += (rate * second) / 2;
    const time = preempts
      ? mean / (1 - before) + rest / ((1 - before) * (1 - until))
      : all / ((1 - before) * (1 - until));
    before = until;
    return time;
  });
}

const ARRIVES = 'arrive every exponential(1 s)';
const [urgent, middle, rest] = priorities(
  [
    [0.2, 1, 2],
    [0.25, 1.2, 1.44],
    [0.1, 2, 4 + 1 / 3],
  ],
  false,
);
const [first, second, third] = priorities(
  [
    [0.2, 1.5, 2.25 + 1 / 3],
    [0.25, 1.2, 1.44],
    [0.1, 1, 1.5],
  ],
  true,
);
/** Of the server with setups: 1.5 s of 4 s. */
const small = 1.5 / 4;
/** The share of time of Erlang's 3 stages, of M/M/1: the root of σ = A(μ(1 − σ)). */
const sigma = Array.from({ length: 200 }).reduce<number>((s) => (1 + 0.5 * (1 - s)) ** -3, 0.5);

const MODELS: [name: string, members: string, expected: Record<string, number>][] = [
  [
    'three stations that block each other',
    `resource a\nresource b\nresource c
     process p {
       arrive every exponential(1.5 s)
       queue q0[3] when full: balk
       use a for exponential(1 s)
       queue q1[1] when full: block
       use b for exponential(1.1 s)
       queue q2[0] when full: block
       use c for exponential(0.9 s)
     }
     kpi out = rate(p.left)\n kpi blockedA = mean(a.blocked)\n kpi blockedB = mean(b.blocked)\n kpi works = utilisation(a)`,
    threeStations(),
  ],
  [
    'machines that break as they work, and one who mends',
    `resource m[3] { breaks after exponential(10 s) of busy   repair exponential(6 s) by crew }
     resource crew
     process p { arrive every exponential(1.2 s)\n queue q[4] when full: balk\n use m for exponential(2 s) }
     kpi down = mean(m.down)\n kpi works = utilisation(m)\n kpi mends = utilisation(crew)\n kpi lost = rate(p.balked)`,
    machinesThatBreak(),
  ],
  [
    'who gives up comes again later',
    `resource m
     process p {
       arrive every exponential(2.5 s)
       station again
       queue q patience exponential(2 s) -> away
       use m for exponential(1.5 s)
       leave
       station away
       wait exponential(4 s)
       go to again
     }
     kpi waits = mean(q.length)\n kpi inside = mean(p.inside)`,
    retrying(),
  ],
  [
    'a closed network',
    `resource m[2]\nresource d
     process p {
       arrive at 0 s in groups of 6
       station start
       wait exponential(5 s)
       use m for exponential(2 s)
       choose 30 % -> disk, else -> start
       station disk
       use d for exponential(3 s)
       go to start
     }
     kpi works = utilisation(m)\n kpi disk = utilisation(d)\n kpi waits = mean(m.waiting)`,
    centralServer(),
  ],
  [
    'calls of one channel and of two',
    `resource line[4]
     process a { ${ARRIVES}\n queue q1[0] when full: balk\n use line for exponential(1.5 s) }
     process b { arrive every exponential(3 s)\n queue q2[0] when full: balk\n use 2 of line for exponential(2 s) }
     kpi lostA = rate(a.balked)\n kpi lostB = rate(b.balked)`,
    channels(),
  ],
  [
    'a stock that is filled up to six from two on',
    `state stock = 6\n state ordered = false
     process customer {
       ${ARRIVES}
       choose stock <= 0 -> none, else -> some
       station some
       set stock = stock - 1
       leave
       exit none
     }
     process order {
       arrive when stock <= 2 and not ordered
       set ordered = true
       wait exponential(3 s)
       set stock = 6
       set ordered = false
     }
     kpi lost = rate(customer.none)\n kpi orders = rate(order.left)`,
    stock(),
  ],
  [
    'Cobham: three classes that wait for the one before to be done',
    `resource s
     process a { arrive every exponential(5 s)\n queue qa\n use s for exponential(1 s) priority 3 }
     process b { arrive every exponential(4 s)\n queue qb\n use s for 1.2 s priority 2 }
     process c { arrive every exponential(10 s)\n queue qc\n use s for uniform(1 s, 3 s) priority 1 }
     kpi wa = mean(qa.wait)\n kpi wb = mean(qb.wait)\n kpi wc = mean(qc.wait)`,
    { wa: urgent!, wb: middle!, wc: rest! },
  ],
  [
    'three classes of which the more urgent interrupts, and work goes on where it was',
    `resource s
     process a { arrive every exponential(5 s)\n use s for uniform(0.5 s, 2.5 s) priority 3 preempting }
     process b { arrive every exponential(4 s)\n use s for 1.2 s priority 2 preempting }
     process c { arrive every exponential(10 s)\n use s for gamma(2, 0.5 s) priority 1 }
     kpi ta = mean(a.stay)\n kpi tb = mean(b.stay)\n kpi tc = mean(c.stay)`,
    { ta: first!, tb: second!, tc: third! },
  ],
  [
    'work of 3 s that begins anew when interrupted',
    `resource s { interrupted: restart }
     process a { arrive every exponential(8 s)\n use s for exponential(1 s) priority 3 preempting }
     process c { arrive on demand\n use s for 3 s priority 1 }
     kpi done = rate(c.left)\n kpi urgent = mean(a.stay)`,
    { done: 1 / ((Math.exp(3 / 8) - 1) * (8 + 8 / 7)), urgent: 8 / 7 },
  ],
  [
    'batches of three are a queue with arrivals by Erlang',
    `resource m
     process p { ${ARRIVES}\n batch 3\n queue q\n use m for exponential(2 s)\n unbatch }
     kpi waits = mean(q.length)\n kpi stay = mean(p.stay)`,
    { waits: (2 * sigma) / (1 - sigma) / 3, stay: 3 + (2 * sigma) / (1 - sigma) },
  ],
  [
    'the shorter of two first, by the order of a queue',
    `resource s
     process p {
       arrive every exponential(2 s)
       item long = draw binomial(1, 0.5)
       item work: Time = if long > 0.5 then 2 s else 0.5 s
       queue q order lowest work
       use s for work
     }
     kpi wait = mean(q.wait)`,
    // All in all 0.53125 s of work are under way; a share of 0.125 is of the short ones, 0.5 of the long.
    { wait: ((0.5 * 4.25) / 4 / (1 - 0.125) + (0.5 * 4.25) / 4 / ((1 - 0.125) * (1 - 0.625))) / 2 },
  ],
  [
    'patience that is 3 s for all',
    `resource s
     process a { ${ARRIVES}\n queue q patience 3 s\n use s for exponential(0.9 s) }
     kpi lost = rate(a.reneged)`,
    (() => {
      const [serve, e] = [1 / 0.9, Math.exp(-(1 / 0.9 - 1) * 3)];
      return { lost: e / serve / (1 + (1 - e) / (serve - 1) + e / serve) };
    })(),
  ],
  [
    'a setup when one of two colours changes',
    `resource m
     process p {
       arrive every exponential(4 s)
       item colour = draw binomial(1, 0.5)
       queue q
       use m for exponential(1 s) setup exponential(1 s) when colour changes
     }
     kpi wait = mean(q.wait)\n kpi works = utilisation(m)`,
    { wait: (0.25 * 4) / (2 * (1 - small)), works: small },
  ],
];

describe('as theory says', () => {
  it.each(MODELS)('%s', (_, members, expected) => {
    expectNear(compiled(members, 'run 40000 s after warmup 1000 s'), expected);
  });
});

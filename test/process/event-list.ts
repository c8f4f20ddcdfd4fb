/**
 * A network of stations, simulated by a list of events as textbooks have it (A. Law, Simulation Modeling and Analysis, ch. 1): plain
 * objects and functions, and nothing of the compiler or the runtime. Times come from the numbers of items, so that the twin meets the same ones.
 */

export interface Station {
  servers: number;
  /** Places in front; absent: any number. */
  capacity?: number;
  full: 'block' | 'balk';
  order: 'fifo' | 'lifo' | 'highest';
  /** s */
  patience?: number;
  /** s: a time of service is the base and a share of the spread. */
  base: number;
  spread: number;
  phase: number;
  /** Where items go next: the first whose modulus divides number + visits; then `otherwise`. -1: out. */
  routes: { modulus: number; to: number }[];
  otherwise: number;
}

export interface Network {
  /** s between arrivals, and what varies of it; how many come. */
  gap: number;
  spread: number;
  most: number;
  /** Visits after which an item leaves. */
  visits: number;
  stations: Station[];
}

export const ITEM_PHASE = 0.6180339887;
export const varied = (number: number, visits: number, phase: number): number => {
  const x = number * ITEM_PHASE + visits * phase;
  return x - Math.floor(x);
};

interface Item {
  number: number;
  visits: number;
  arrived: number;
  /** The station whose unit it has. */
  at: number;
  waits: boolean;
  key: number;
  order: number;
  /** Which wait it is. */
  turn: number;
}

interface Event {
  time: number;
  made: number;
  happen: () => void;
}

export interface Counts {
  arrived: number;
  left: number;
  balked: number;
  reneged: number;
  inside: number;
  lengths: number[];
  busy: number[];
  blocked: number[];
}
export interface Totals {
  counts: Counts;
  /** Integrals over time. */
  inside: number;
  lengths: number[];
  busy: number[];
  blocked: number[];
  /** Of those that left. */
  stays: number[];
  /** s of work begun, by station. */
  work: number[];
}

/** Runs up to a time; counts as they are then. */
export function simulate(network: Network, until: number): Totals {
  const { stations } = network;
  const events: Event[] = [];
  let made = 0;
  let now = 0;
  let since = 0;
  let entered = 0;
  const counts: Counts = {
    arrived: 0,
    left: 0,
    balked: 0,
    reneged: 0,
    inside: 0,
    lengths: stations.map(() => 0),
    busy: stations.map(() => 0),
    blocked: stations.map(() => 0),
  };
  const totals: Totals = {
    counts,
    inside: 0,
    lengths: stations.map(() => 0),
    busy: stations.map(() => 0),
    blocked: stations.map(() => 0),
    stays: [],
    work: stations.map(() => 0),
  };
  /** Taken or promised. */
  const places = stations.map(() => 0);
  const moving: (() => void)[] = [];
  const waiting: Item[][] = stations.map(() => []);
  const inFront: Item[][] = stations.map(() => []);

  const at = (time: number, happen: () => void): void => {
    events.push({ time, made, happen });
    made += 1;
    events.sort((a, b) => b.time - a.time || b.made - a.made);
  };
  const clockTo = (time: number): void => {
    const passed = time - since;
    totals.inside += passed * counts.inside;
    stations.forEach((_, s) => {
      totals.lengths[s]! += passed * counts.lengths[s]!;
      totals.busy[s]! += passed * counts.busy[s]!;
      totals.blocked[s]! += passed * counts.blocked[s]!;
    });
    since = time;
    now = time;
  };

  const out = (item: Item, how: 'left' | 'balked' | 'reneged'): void => {
    giveBack(item);
    counts[how] += 1;
    counts.inside -= 1;
    if (how === 'left') totals.stays.push(now - item.arrived);
  };
  const giveBack = (item: Item): void => {
    const had = item.at;
    if (had < 0) return;
    item.at = -1;
    counts.busy[had]! -= 1;
    serve(had);
  };
  const goTo = (item: Item, to: number): void => {
    if (to < 0) return out(item, 'left');
    const { capacity = Infinity, full } = stations[to]!;
    if (places[to]! < capacity && inFront[to]!.length === 0) {
      places[to]! += 1;
      return enter(item, to);
    }
    if (full === 'balk') return out(item, 'balked');
    if (item.at >= 0) counts.blocked[item.at]! += 1;
    inFront[to]!.push(item);
  };
  const enter = (item: Item, to: number): void => {
    counts.lengths[to]! += 1;
    giveBack(item);
    const { patience, order } = stations[to]!;
    item.key = order === 'highest' ? varied(item.number, item.visits, 0.37) : 0;
    item.order = order === 'lifo' ? -entered : entered;
    entered += 1;
    item.waits = true;
    waiting[to]!.push(item);
    waiting[to]!.sort((a, b) => b.key - a.key || a.order - b.order);
    const turn = entered;
    item.turn = turn;
    if (patience !== undefined)
      at(now + patience, () => {
        if (!item.waits || item.turn !== turn) return;
        waiting[to]!.splice(waiting[to]!.indexOf(item), 1);
        item.waits = false;
        placeFreed(to);
        out(item, 'reneged');
      });
    serve(to);
  };
  /** The first in front has the place at once, and goes there when whoever moves now has come to rest. */
  const placeFreed = (to: number): void => {
    counts.lengths[to]! -= 1;
    const next = inFront[to]!.shift();
    if (next === undefined) {
      places[to]! -= 1;
      return;
    }
    moving.push(() => {
      if (next.at >= 0) counts.blocked[next.at]! -= 1;
      enter(next, to);
    });
  };
  const serve = (to: number): void => {
    const { servers, base, spread, phase } = stations[to]!;
    while (counts.busy[to]! < servers && waiting[to]!.length > 0) {
      const item = waiting[to]!.shift()!;
      item.waits = false;
      item.at = to;
      counts.busy[to]! += 1;
      const length = base + spread * varied(item.number, item.visits, phase);
      totals.work[to]! += length;
      at(now + length, () => finished(item, to));
      placeFreed(to);
    }
  };
  const finished = (item: Item, from: number): void => {
    item.visits += 1;
    if (item.visits >= network.visits) return out(item, 'left');
    const { routes, otherwise } = stations[from]!;
    const route = routes.find(({ modulus }) => (item.number + item.visits) % modulus === 0);
    goTo(item, route?.to ?? otherwise);
  };

  const gapAfter = (count: number): number => network.gap + network.spread * varied(count, 0, 0);
  const arrive = (): void => {
    counts.arrived += 1;
    counts.inside += 1;
    const item: Item = {
      number: counts.arrived,
      visits: 0,
      arrived: now,
      at: -1,
      waits: false,
      key: 0,
      order: 0,
      turn: 0,
    };
    if (counts.arrived < network.most) at(now + gapAfter(counts.arrived), arrive);
    goTo(item, 0);
  };
  at(gapAfter(0), arrive);
  for (let event = events.at(-1); event !== undefined && event.time <= until; event = events.at(-1)) {
    events.pop();
    clockTo(event.time);
    event.happen();
    for (let next = moving.shift(); next !== undefined; next = moving.shift()) next();
  }
  clockTo(until);
  return totals;
}

/** The same network, as members of an asset. */
export function textOf({ gap, spread, most, visits, stations }: Network): string {
  const times = (base: number, more: number, of: string): string =>
    `(${base} + ${more} * mod(${of}, 1)) * 1 s`;
  const named = (to: number): string => (to < 0 ? 'leave' : `q${to}`);
  const steps = stations.map(
    ({ capacity, full, order, patience, base, spread: more, phase, routes, otherwise }, s) => `
    queue q${s}${capacity === undefined ? '' : `[${capacity}]`}${
      order === 'highest'
        ? ` order highest mod(number * ${ITEM_PHASE} + visits * 0.37, 1)`
        : order === 'lifo'
          ? ' order lifo'
          : ''
    } when full: ${full}${patience === undefined ? '' : ` patience ${patience} s`}
    use s${s} for ${times(base, more, `number * ${ITEM_PHASE} + visits * ${phase}`)}
    set visits = visits + 1
    choose visits >= ${visits} -> leave, ${routes
      .map(({ modulus, to }) => `mod(number + visits, ${modulus}) == 0 -> ${named(to)}, `)
      .join('')}else -> ${named(otherwise)}`,
  );
  return `
  ${stations.map(({ servers }, s) => `resource s${s}[${servers}]`).join('\n  ')}
  process job {
    items at most ${most}
    arrive every ${times(gap, spread, `job.arrived * ${ITEM_PHASE} + 0 * 0`)} at most ${most}
    item number = job.arrived
    item visits = 0${steps.join('')}
  }
  kpi stay = mean(job.stay)
  kpi inside = mean(job.inside)
  ${stations
    .map(
      (_, s) => `kpi length${s} = mean(q${s}.length)
  kpi held${s} = mean(s${s}.busy)
  kpi worked${s} = utilisation(s${s})
  kpi wait${s} = mean(q${s}.wait)`,
    )
    .join('\n  ')}`;
}

/** In which order `every` of one time take effect: what statistics have seen is known before anything reads it. */
import type { FlatHandler, FlatSystem, VariableId } from './flat-system.ts';
import { readsOf } from './reads.ts';

type Parts = Pick<FlatSystem, 'dynamics' | 'outputs' | 'handlers' | 'sensors'>;

/**
 * Gives statistics turn 0, those of statistics 1, and so on, and all other `every` the turn after them. Statistics that read each
 * other in a circle look together. Where sensors measure statistics, those that need no sensor look before samples are taken. Without
 * statistics there are no turns. Marks crossings of what statistics see (`ofLooks`).
 */
export function takeTurns({ dynamics, outputs, handlers, sensors }: Parts): void {
  const ticking = handlers.filter(({ kind }) => kind === 'every');
  const looks = ticking.filter(isLook);
  if (looks.length === 0) return;
  const blocks = [...dynamics, ...outputs].map((block) =>
    block.kind === 'assign'
      ? { reads: readsOf(block.value), writes: [block.target.variable] }
      : { reads: readsOf(block.residuals), writes: block.unknowns.map(({ variable }) => variable) },
  );
  const targets = new Set(looks.flatMap(({ actions }) => actions.map(({ target }) => target.variable)));
  const inputs = looks.map((handler) => ({
    handler,
    writes: handler.actions.map(({ target }) => target.variable),
    reads: handler.actions.flatMap(({ value, target }) =>
      [...readsOf(value)].filter((read) => read !== target.variable),
    ),
  }));
  /** How many statistics stand behind each variable, one behind the other. */
  const behind = new Map<VariableId, number>([...targets].map((target) => [target, 1]));
  const most = (reads: Iterable<VariableId | 'past'>): number => {
    let found = 0;
    for (const read of reads) if (read !== 'past') found = Math.max(found, behind.get(read) ?? 0);
    return found;
  };
  // Blocks are in the order in which they are computed: one pass takes along one more statistic.
  let settled = false;
  for (let pass = 0; !settled && pass <= looks.length; pass += 1) {
    for (const { reads, writes } of blocks) {
      const depth = most(reads);
      if (depth > 0) for (const variable of writes) if (!targets.has(variable)) behind.set(variable, depth);
    }
    settled = true;
    for (const { reads, writes } of inputs) {
      const depth = most(reads) + 1;
      for (const variable of writes)
        if (behind.get(variable) !== depth) {
          behind.set(variable, depth);
          settled = false;
        }
    }
  }
  const sampled = sensors.some(({ target }) => most(readsOf(target)) > 0)
    ? measuredIn(sensors, [...blocks, ...inputs])
    : undefined;
  const early = (handler: FlatHandler): number =>
    sampled === undefined || handler.actions.some(({ target }) => sampled.has(target.variable))
      ? 0
      : looks.length;
  const turnOf = (handler: FlatHandler): number =>
    settled ? behind.get(handler.actions[0]!.target.variable)! - 1 : 0;
  const last = Math.max(...looks.map(turnOf)) + 1;
  for (const handler of ticking) {
    const turn = isLook(handler) ? turnOf(handler) - early(handler) : last;
    if (turn !== 0) handler.turn = turn;
  }
  for (const handler of handlers)
    if (handler.kind === 'at' && most(readsOf(handler.condition!)) > 0) handler.ofLooks = true;
}

/** What follows from samples. */
function measuredIn(
  sensors: Parts['sensors'],
  steps: readonly { reads: Iterable<VariableId | 'past'>; writes: readonly VariableId[] }[],
): ReadonlySet<VariableId> {
  const found = new Set(sensors.flatMap(({ measured, predicted, stale }) => [measured, predicted, stale]));
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { reads, writes } of steps)
      if ([...reads].some((read) => read === 'past' || found.has(read)))
        for (const variable of writes) found.add(variable);
  }
  return found;
}

/** A statistic looks at its signal. */
const isLook = ({ kind, actions }: FlatHandler): boolean =>
  kind === 'every' && actions.some(({ value }) => value.kind === 'window');

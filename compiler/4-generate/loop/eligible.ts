/** Which systems' events the kernel can carry out by itself, as long as nobody listens. */
import { loads, some } from '../../ir/expressions.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatHandler, FlatSystem } from '../../ir/flat-system.ts';
import { solveBlocks } from '../../ir/solve-blocks.ts';

/** What such an expression says changes by a hand from outside alone. */
function isSteady(system: FlatSystem, expression: FlatExpression | undefined): boolean {
  if (expression === undefined) return true;
  const moves = some(expression, ({ kind }) =>
    ['time', 'draw', 'delayed', 'window', 'sampled', 'attribute', 'quantile'].includes(kind),
  );
  return (
    !moves && loads(expression).every(({ load }) => system.variables[load.variable]!.role === 'parameter')
  );
}

export const isTicking = ({ kind, renewed }: FlatHandler): boolean => kind === 'every' && renewed !== true;

/** An `every` of several instances with one steady period. */
export const ticksTogether = (system: FlatSystem, handler: FlatHandler): boolean =>
  isTicking(handler) &&
  handler.loops.length > 0 &&
  [handler.period, handler.offset].every(
    (one) =>
      isSteady(system, one) &&
      (one === undefined ||
        (!some(one, ({ kind }) => kind === 'position') &&
          loads(one).every(({ load }) => load.index.every((i) => typeof i === 'number')))),
  );

export const isWaiting = ({ kind, duration }: FlatHandler): boolean =>
  kind !== 'every' && duration !== undefined;

export function carriesOutEvents(system: FlatSystem): boolean {
  if (system.flow !== undefined || system.delays.length > 0 || solveBlocks(system).length > 0) return false;
  // An input on a line lies in the saved state, and has to be put back with all that is shown.
  if (system.variables.some(({ driven }) => driven?.line !== undefined)) return false;
  if (!system.sensors.every(({ period }) => isSteady(system, period))) return false;
  return system.handlers.every(
    (handler) =>
      handler.yields === undefined &&
      handler.elseOf === undefined &&
      handler.restarts === undefined &&
      (!isTicking(handler) || (isSteady(system, handler.period) && isSteady(system, handler.offset))) &&
      (handler.alarm === undefined ||
        handler.actions.some(({ target }) => target.variable === system.alarms[handler.alarm!]!.active)),
  );
}

/**
 * Whether all instances of all `every` may be carried out at once, in place: they tick together, and none reads or writes what
 * another one writes.
 */
export function ticksInColumns(system: FlatSystem): boolean {
  const ticking = system.handlers.filter(isTicking);
  const written = new Map<number, FlatHandler>();
  for (const handler of ticking) {
    const own = (index: readonly unknown[]): boolean =>
      index.length === handler.loops.length &&
      index.every((one, axis) => {
        const { variable } = handler.loops[axis]!;
        return (
          typeof one === 'object' &&
          one !== null &&
          'loop' in one &&
          'offset' in one &&
          one.loop === variable &&
          one.offset === 0
        );
      });
    for (const { target } of handler.actions) {
      if (written.has(target.variable) || !own(target.index)) return false;
      written.set(target.variable, handler);
    }
    if (handler.loops.length > 0 && !ticksTogether(system, handler)) return false;
  }
  return ticking.every((handler) =>
    handler.actions.every(({ value, guard }) =>
      [value, ...(guard === undefined ? [] : [guard])].every(
        (expression) =>
          !some(expression, ({ kind }) => ['draw', 'window', 'let', 'lookup', 'quantile'].includes(kind)) &&
          loads(expression).every(({ load }) => {
            const writer = written.get(load.variable);
            if (writer === undefined) return true;
            return (
              writer === handler &&
              load.index.length === handler.loops.length &&
              load.index.every(
                (one, axis) =>
                  typeof one === 'object' && one.loop === handler.loops[axis]!.variable && one.offset === 0,
              )
            );
          }),
      ),
    ),
  );
}

import type { Expression } from '../../model/expression.ts';
import { lowerDraw, placeAt } from '../expressions/draws.ts';
import { lower } from '../expressions/lower.ts';
import { scopeOf } from '../expressions/scope.ts';
import { loopName } from '../../ir/expressions.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';
import { elementAt } from '../expressions/vectors.ts';

/** Fills in what sensors measure, how often and with which error; their variables are declared already. */
export function completeSensors(flattening: Flattening): void {
  for (const group of flattening.groups)
    for (const sensor of group.type.sensors) {
      const flat = flattening.sensors[group.sensors.get(sensor.name)!]!;
      const around = scopeOf(group);
      const own = flat.dims.slice(group.dims.length).map((size, axis) => ({
        variable: loopName(around.loops.length + axis),
        from: 0,
        to: size,
      }));
      const loops = [...around.loops, ...own];
      const scope: Scope = { ...around, loops, used: { count: loops.length } };
      const into = (expression: Expression) => lower(flattening, expression, scope);
      const element = own.map((loop) => ({ loop: loop.variable, offset: 0 }));
      flat.loops = loops;
      flat.target = elementAt(flattening, sensor.target, scope, element);
      if (sensor.period) flat.period = into(sensor.period);
      if (sensor.noise)
        flat.noise = lowerDraw(flattening, sensor.noise, {
          ...scope,
          draws: placeAt(flat.name, scope.loops, sensor.source),
        });
    }
}

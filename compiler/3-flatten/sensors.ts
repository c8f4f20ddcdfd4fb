import type { Expression } from '../model/expression.ts';
import { lowerDraw, placeAt } from './draws.ts';
import { lower, scopeOf } from './lower.ts';
import type { Flattening } from './lower.ts';

/** Fills in what sensors measure, how often and with which error; their variables are declared already. */
export function completeSensors(flattening: Flattening): void {
  for (const group of flattening.groups)
    for (const sensor of group.type.sensors) {
      const flat = flattening.sensors[group.sensors.get(sensor.name)!]!;
      const scope = scopeOf(group);
      const into = (expression: Expression) => lower(flattening, expression, scope);
      flat.loops = [...scope.loops];
      flat.target = into(sensor.target);
      if (sensor.period) flat.period = into(sensor.period);
      if (sensor.noise)
        flat.noise = lowerDraw(flattening, sensor.noise, {
          ...scope,
          draws: placeAt(flat.name, scope.loops, sensor.source),
        });
    }
}

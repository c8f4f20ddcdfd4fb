import type { Expression } from '../model/expression.ts';
import { number } from '../ir/expressions.ts';
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
      const { noise } = sensor;
      if (noise?.distribution === 'normal')
        flat.noise = {
          distribution: 'normal',
          a: noise.mean ? into(noise.mean) : number(0),
          b: into(noise.sd),
        };
      else if (noise) flat.noise = { distribution: 'uniform', a: into(noise.low), b: into(noise.high) };
    }
}

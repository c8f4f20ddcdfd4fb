import type { Context } from './context.ts';
import { choice } from './events.ts';
import { number } from './expression.ts';
import { f64 } from './wasm/index.ts';
import type { FunctionBuilder, ValueType } from './wasm/index.ts';

/** `noise(sensor, instance)`: a draw of the sensor's measurement error from the instance's own stream. */
export function measurementError(context: Context): FunctionBuilder<Record<string, ValueType>> {
  return choice(
    context,
    'noise',
    'sensor',
    context.system.sensors.map(({ name, loops, noise }) => ({
      name,
      loops,
      value: (scope) => (noise === undefined ? f64.const(0) : number(scope, noise)),
    })),
  );
}

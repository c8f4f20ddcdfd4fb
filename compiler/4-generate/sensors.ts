import type { Context } from './context.ts';
import { choice } from './events.ts';
import { number } from './expression.ts';
import { randomFunctions } from './random/index.ts';
import { call, f64, i32 } from './wasm/index.ts';
import type { FunctionBuilder, ValueType } from './wasm/index.ts';

/** `noise(sensor, instance)`: a draw of the sensor's measurement error from the instance's own stream. */
export function measurementError(context: Context): FunctionBuilder<Record<string, ValueType>> {
  const { streams, streamBytes } = context.plan.manifest.layout;
  const random = randomFunctions(context.module, context.elementary);
  return choice(
    context,
    'noise',
    'sensor',
    context.system.sensors.map((sensor, id) => ({
      name: sensor.name,
      loops: sensor.loops,
      value: (scope, instance) => {
        if (sensor.noise === undefined) return f64.const(0);
        const first = streams.address + streamBytes * context.plan.manifest.sensors[id]!.offset;
        const stream = i32.add(i32.mul(instance, streamBytes), first);
        const { distribution, a, b } = sensor.noise;
        return call<'f64'>(random[distribution], stream, number(scope, a), number(scope, b));
      },
    })),
  );
}

/** Samples and values one after another → columns, where many of a sensor have one time. */
import type { Twin } from '../twin.ts';

/** Takes what is to be offered; in ascending time there are the fewest columns. */
export interface Together {
  /** `again`: it was counted before. */
  sample(sensor: number, instance: number, time: number, value: number, again?: true): void;
  input(variable: number, element: number, time: number, value: number, again?: true): void;
  /** Offers what has not been yet. */
  flush(): void;
}

interface Gathered {
  instances: number[];
  values: number[];
}

export function together(twin: Pick<Twin, 'offerColumns' | 'offerInput'>): Together {
  const bySensor = new Map<number, Gathered>();
  let last: Gathered | undefined;
  let lastSensor = -1;
  let time = NaN;
  let again: true | undefined;
  const flush = (): void => {
    for (const [sensor, gathered] of bySensor) {
      const { instances, values } = gathered;
      if (values.length === 0) continue;
      gathered.instances = [];
      gathered.values = [];
      twin.offerColumns({ sensor, instances, time, values }, again);
    }
  };
  const at = (when: number, counted: true | undefined): void => {
    if (when === time && counted === again) return;
    flush();
    time = when;
    again = counted;
  };
  return {
    sample: (sensor, instance, when, value, counted) => {
      at(when, counted);
      if (sensor !== lastSensor || last === undefined) {
        last = bySensor.get(sensor);
        if (last === undefined) bySensor.set(sensor, (last = { instances: [], values: [] }));
        lastSensor = sensor;
      }
      last.instances.push(instance);
      last.values.push(value);
    },
    input: (variable, element, when, value, counted) => {
      at(when, counted);
      twin.offerInput(variable, element, when, value, counted);
    },
    flush,
  };
}

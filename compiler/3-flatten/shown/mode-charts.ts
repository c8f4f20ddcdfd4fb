import type { FlatChart } from '../../ir/modes.ts';
import { join } from '../instances/instances.ts';
import type { Flattening } from '../flattening.ts';

/** The diagrams of all groups. */
export function chartsOf({ groups }: Flattening): FlatChart[] {
  return groups.flatMap((group) =>
    group.type.charts.map((chart) => ({
      ...chart,
      name: join(group.path, chart.name),
      dims: [...group.dims],
      regions: chart.regions.map((region) => ({
        ...region,
        variable: group.variables.get(region.variable)!,
      })),
    })),
  );
}

import type { ModeChart } from '../model/modes.ts';
import type { VariableId } from './flat-system.ts';

/** The diagram of a `modes` block in all instances along one path of parts. */
export interface FlatChart extends Omit<ModeChart, 'regions'> {
  dims: number[];
  regions: (Omit<ModeChart['regions'][number], 'variable'> & { variable: VariableId })[];
}

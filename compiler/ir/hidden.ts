/** Variables that the compiler makes for itself: the text has no name for them, and nobody is shown one unasked. */
import { NO_UNIT } from '../model/asset.ts';
import { NUMBER } from '../model/expression.ts';
import type { FlatVariable } from './flat-system.ts';

/** A number without a unit, where nothing else is said of it. */
export const hiddenVariable = (
  own: Pick<FlatVariable, 'name' | 'role' | 'dims' | 'source'> & Partial<FlatVariable>,
): FlatVariable => ({
  type: NUMBER,
  quantity: '',
  unit: NO_UNIT,
  doc: '',
  visible: false,
  final: false,
  ...own,
});

/** A session → what an editor shows of it in hovers. */
import type { Session } from '../session/contract.ts';
import type { FromHost } from './protocol.ts';

export const valuesOf = (session: Session): Extract<FromHost, { type: 'values' }> => ({
  type: 'values',
  time: session.twin()?.time() ?? 0,
  values: { ...session.values(), ...session.names() },
  integration: session.integration(),
});

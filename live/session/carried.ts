import type { Carried } from '../../runtime/carry.ts';
import type { Said } from '../../preview/protocol.ts';
import { say } from '../said.ts';

/** How many values a new version took over, how many begin, how many are lost. */
export const carriedText = ({ carried, begins, lost }: Carried): Said =>
  say('versionCarried', ...[carried, begins.length, lost.length].map(String));

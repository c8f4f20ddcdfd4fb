import type { Carried } from '../../runtime/carry.ts';

/** `new version; the run goes on: 12 values carried over, 1 lost` */
export function carriedText({ carried, begins, lost }: Carried): string {
  const parts = [`${carried} values carried over`];
  if (begins.length > 0) parts.push(`${begins.length} new`);
  if (lost.length > 0) parts.push(`${lost.length} lost`);
  return `new version; the run goes on: ${parts.join(', ')}`;
}

/** A place in a kernel's memory where a page of a state that is kept elsewhere is held against one of its own. */
import type { Layout } from './layout.ts';

/** Bytes in which states to go back to are kept. */
export const STATE_PAGE = 16384;

const MEMORY_PAGE = 65536;

/** Its address: in the last page of memory, which nothing else is written to. */
export const besideOf = ({ pages }: Pick<Layout, 'pages'>): number => pages * MEMORY_PAGE - STATE_PAGE;

/** Of a state smaller than this, looking at each number by itself takes no longer. */
export const isHeldBeside = ({ savedBytes }: Pick<Layout, 'savedBytes'>): boolean =>
  savedBytes >= 4 * STATE_PAGE;

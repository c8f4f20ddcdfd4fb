/** Where something stands in a text. What runs says it of what it came from, so the contract has it. */
export type { SourceRange } from '../../runtime/contract/manifest.ts';

/** What other stages, the language server and the command line may use of this stage. */
export { createChecker, type Checker } from './checker.ts';
export { isTyped } from './file-checks.ts';
export type { ReadData } from './tables/files.ts';
export { isDrawnPlace, WRITTEN as DISTRIBUTION_NAMES } from './distributions.ts';
export { FUNCTIONS, type FunctionInfo } from './functions.ts';
export { OVER_TIME } from './over-time.ts';
export { PROTOCOLS } from './rules/bindings.ts';
export { SAMPLE_METHODS, SEARCH_METHODS, STATISTICS } from './experiments.ts';
export { type Type } from './type.ts';

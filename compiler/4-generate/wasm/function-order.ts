/** What the printers of bytes and of text must agree on: numbers of functions and locals, and which bodies are whole. */
import type { FunctionHandle, Local, Statement, ValueType } from './nodes.ts';

/** Functions in order of first mention; the printers of bytes and text both number them so. */
export class FunctionOrder {
  readonly functions: FunctionHandle[] = [];
  private readonly indexes = new Map<FunctionHandle, number>();

  indexOf(handle: FunctionHandle): number {
    let index = this.indexes.get(handle);
    if (index === undefined) {
      index = this.functions.length;
      this.functions.push(handle);
      this.indexes.set(handle, index);
    }
    return index;
  }
}

export const declarationOrder: readonly ValueType[] = ['i32', 'i64', 'f64', 'v128'];

/** The locals after the parameters, grouped by type: the order of their WebAssembly indexes. */
export function declaredLocals(handle: FunctionHandle): Local[] {
  const own = handle.locals.slice(handle.parameters.length);
  return declarationOrder.flatMap((type) => own.filter((local) => local.type === type));
}

/** A function with results must end in `returns` (or in what is never passed); this is our own bug otherwise. */
export function assertReturns(handle: FunctionHandle): void {
  const last = handle.body.at(-1);
  if (handle.results.length > 0 && last?.kind !== 'return' && last?.kind !== 'unreachable')
    throw new Error(`${handle.name} has results and must end in returns(…)`);
}

/** Whether anything but comments stands in the list: an `else` of comments alone is not encoded. */
export const hasCode = (list: readonly Statement[]): boolean => list.some((node) => node.kind !== 'comment');

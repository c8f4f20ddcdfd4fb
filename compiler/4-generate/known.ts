/** Elements whose values are at hand in locals. What is known inside loops builds on what is known around them. */
import type { FlatTarget } from '../ir/flat-expression.ts';
import type { VariableId } from '../ir/flat-system.ts';
import type { Local } from './wasm/index.ts';

type Value = Local<'f64'> | undefined;

/** An element among those of its variable; undefined for the only one. */
export const elementKey = ({ index }: FlatTarget): string | undefined =>
  index.length === 0
    ? undefined
    : index.map((i) => (typeof i === 'number' ? i : `${i.loop}+${i.offset}`)).join(',');

export class KnownElements {
  private readonly around: KnownElements | undefined;
  /** Of variables that are one element. */
  private readonly single = new Map<VariableId, Value>();
  private readonly elements = new Map<VariableId, Map<string, Value>>();
  /** Variables of whose elements nothing is known any more from around. */
  private readonly forgotten = new Set<VariableId>();

  constructor(around?: KnownElements) {
    this.around = around;
  }

  get(target: FlatTarget): Value {
    const key = elementKey(target);
    return key === undefined ? this.ofSingle(target.variable) : this.ofElement(target.variable, key);
  }

  has(target: FlatTarget): boolean {
    return this.get(target) !== undefined;
  }

  set(target: FlatTarget, value: Value): void {
    const key = elementKey(target);
    if (key === undefined) {
      this.single.set(target.variable, value);
      return;
    }
    const own = this.elements.get(target.variable);
    if (own === undefined) this.elements.set(target.variable, new Map([[key, value]]));
    else own.set(key, value);
  }

  delete(target: FlatTarget): void {
    this.set(target, undefined);
  }

  /** Forgets all elements of a variable. */
  forget(variable: VariableId): void {
    this.single.set(variable, undefined);
    this.elements.delete(variable);
    this.forgotten.add(variable);
  }

  private ofSingle(variable: VariableId): Value {
    const own = this.single.get(variable);
    if (own !== undefined || this.around === undefined || this.single.has(variable)) return own;
    return this.around.ofSingle(variable);
  }

  private ofElement(variable: VariableId, key: string): Value {
    const own = this.elements.get(variable);
    const found = own?.get(key);
    if (found !== undefined || this.around === undefined || own?.has(key) === true) return found;
    return this.forgotten.has(variable) ? undefined : this.around.ofElement(variable, key);
  }
}

import { encodeModule } from './encode.ts';
import type { FunctionHandle, Global, Local, Statement, ValueType } from './nodes.ts';
import { printModule } from './print.ts';

export interface MemoryImport {
  readonly module: string;
  readonly name: string;
  /** Pages of 64 KiB that the module needs at least. */
  readonly minimumPages: number;
  readonly maximumPages?: number;
}

export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What a printer reads of a module. */
export interface ModuleContent {
  readonly memory: MemoryImport | undefined;
  readonly globals: readonly Global[];
  readonly exports: readonly { readonly name: string; readonly target: FunctionHandle | Global }[];
  readonly data: readonly DataSegment[];
}

type ParameterLocals<P extends Readonly<Record<string, ValueType>>> = {
  readonly [N in keyof P]: Local<P[N]>;
};

/** A function under construction. Write its statements to `body`; it must end in `returns` if it has results. */
export class FunctionBuilder<
  P extends Readonly<Record<string, ValueType>> = Readonly<Record<never, ValueType>>,
> implements FunctionHandle {
  readonly name: string;
  /** Parameters by name; each is a local. */
  readonly params: ParameterLocals<P>;
  readonly parameters: readonly Local[];
  readonly results: readonly ValueType[];
  /** Parameters, then locals in order of creation. */
  readonly locals: Local[] = [];
  body: Statement[] = [];
  inPairs?: () => FunctionHandle;

  constructor(name: string, params: P, results: readonly ValueType[]) {
    this.name = name;
    this.results = results;
    for (const [parameter, type] of Object.entries(params)) this.local(type, parameter);
    this.parameters = [...this.locals];
    this.params = Object.fromEntries(this.locals.map((local) => [local.name, local])) as ParameterLocals<P>;
  }

  /** A new local, zero at entry. The name is for listings; it need not be unique. */
  local<T extends ValueType>(type: T, name: string = type): Local<T> {
    const local: Local<T> = { kind: 'local', type, name, ordinal: this.locals.length };
    this.locals.push(local);
    return local;
  }

  /** New locals of one type, one for each name. */
  named<T extends ValueType, const N extends readonly string[]>(
    type: T,
    ...names: N
  ): { -readonly [K in keyof N]: Local<T> } {
    return names.map((name) => this.local(type, name)) as { -readonly [K in keyof N]: Local<T> };
  }

  /** For each name as many: `x 1`, `x 2`, …. */
  namedEach<T extends ValueType, const N extends readonly string[]>(
    type: T,
    count: number,
    ...names: N
  ): { -readonly [K in keyof N]: Local<T>[] } {
    return names.map((name) =>
      Array.from({ length: count }, (_, n) => this.local(type, `${name} ${n + 1}`)),
    ) as { -readonly [K in keyof N]: Local<T>[] };
  }
}

/** What needs locals, and nothing else of a function. */
export type LocalOwner = Pick<FunctionBuilder, 'local' | 'named' | 'namedEach'>;

/**
 * A WebAssembly module under construction. Only functions that an export reaches are printed, in order of first
 * mention from the exports on: the same calls give the same bytes.
 */
export class ModuleBuilder implements ModuleContent {
  memory: MemoryImport | undefined;
  readonly globals: Global[] = [];
  readonly exports: { readonly name: string; readonly target: FunctionHandle | Global }[] = [];
  readonly data: DataSegment[] = [];
  private constants: { address: number; most: number; known: Map<bigint, number> } | undefined;

  /** Imports the memory as `env.memory`; the only import there is. A second call raises the page counts. */
  importMemory(minimumPages: number, maximumPages?: number): void {
    this.memory = {
      module: 'env',
      name: 'memory',
      minimumPages: Math.max(minimumPages, this.memory?.minimumPages ?? 0),
      maximumPages,
    };
  }

  function<P extends Readonly<Record<string, ValueType>> = Readonly<Record<never, ValueType>>>(
    name: string,
    signature: { readonly params?: P; readonly results?: readonly ValueType[] } = {},
  ): FunctionBuilder<P> {
    return new FunctionBuilder(name, (signature.params ?? {}) as P, signature.results ?? []);
  }

  /** A module variable of a number type (not v128). */
  global<T extends Exclude<ValueType, 'v128'>>(
    name: string,
    type: T,
    initial: number | bigint,
    mutable = true,
  ): Global<T> {
    const global: Global<T> = { kind: 'global', type, name, mutable, initial, ordinal: this.globals.length };
    this.globals.push(global);
    return global;
  }

  export(name: string, target: FunctionHandle | Global): void {
    if (this.exports.some((other) => other.name === name)) throw new Error(`two exports named ${name}`);
    this.exports.push({ name, target });
  }

  /** Constants that are asked for by address lie from there on, as far as there is room. */
  keepConstants(address: number, most: number): void {
    this.constants = { address, most, known: new Map() };
  }

  /** Where a number, or bits, lie in memory twice; undefined where none do. V8 takes three instructions to make a vector of a constant, and one to read it. */
  constantAt(value: number | bigint): number | undefined {
    if (this.constants === undefined) return undefined;
    const { address, most, known } = this.constants;
    const bits = typeof value === 'bigint' ? value : new BigUint64Array(new Float64Array([value]).buffer)[0]!;
    const at = known.get(bits);
    if (at !== undefined || known.size === most) return at;
    const next = address + 16 * known.size;
    known.set(bits, next);
    this.dataSegment(next, new Uint8Array(new BigUint64Array([bits, bits]).buffer));
    return next;
  }

  /** Bytes to be in memory after instantiation. */
  dataSegment(address: number, bytes: Uint8Array): void {
    this.data.push({ address, bytes });
  }

  /** The binary module. `names` adds the name section, so that traps and profiles show function names. */
  encode(options: { readonly names?: boolean } = {}): Uint8Array<ArrayBuffer> {
    return encodeModule(this, options.names ?? true);
  }

  /** The text format (WAT), indented, with comments: for people and golden tests. */
  print(): string {
    return printModule(this);
  }
}

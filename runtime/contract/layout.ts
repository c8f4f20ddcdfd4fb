/** Where everything lies in the memory of a kernel: of a twin, and of replicas in the lanes of vectors. */
/**
 * Replicas of a twin in the lanes of vectors: `Kernel.replicasRk4`. Byte addresses beyond `layout.pages`, in a memory of so many more
 * `pages`; at each there are `width` f64, one for each replica.
 */
export type ManifestReplicas =
  | {
      width: number;
      /** The first state; the others follow. */
      states: number;
      /** f64, once for all. */
      time: number;
      /** The first of the cells that hold what equations read: the numbers at the addresses `reads` of each twin. */
      cells: number;
      reads: number[];
      pages: number;
    }
  /** Why they go one by one. */
  | { alone: string };

/** Byte addresses in the kernel's memory. All numbers are f64 unless said. The saved state is [0, savedBytes). */
export interface Layout {
  /** Length of the saved state: the following regions up to `given`. */
  savedBytes: number;
  /** Whole memory, in 64 KiB pages. */
  pages: number;
  /** f64: seconds since the start. */
  time: number;
  /** Runtime's own cells (clock, step counters, step size …), `runtimeCells` f64. */
  runtime: number;
  runtimeCells: number;
  /** States, contiguous. */
  states: Region;
  /** Parameters, inputs and discrete variables. */
  parameters: Region;
  inputs: Region;
  discretes: Region;
  /** Per handler instance: last truth (0, 1); time since which it has been true (NaN when not); ticks counted. */
  truths: Region;
  since: Region;
  ticks: Region;
  /** Per sensor instance: samples taken; time of the last sample (NaN before the first). */
  samples: Region;
  sampleTimes: Region;
  /** Random streams of `streamBytes` each; see `ManifestStream`. */
  streams: Region;
  streamBytes: number;
  /** One byte for each element of parameters, inputs, discretes, states (in this order): 1 = given from outside. Saved too. */
  given: Region;
  /** The machine of the process flow, in bytes; its first cells are in `FlowCell`. Saved too. */
  flow?: Region;
  /** Absent where no kink is located. */
  kinks?: Kinks;

  /** Not saved from here on. */
  derivatives: Region;
  algebraics: Region;
  crossings: Region;
  /** Crossing functions at the last committed time, and a step earlier; the time of the latter, NaN after an event. */
  located: { begin: Region; before: Region; time: number };
  absoluteTolerances: Region;
  /** Status: 5 × i32, see `Status`. */
  status: number;
  /** Queue of `detect`: pairs of i32. */
  queue: Region;
}

/**
 * The last crossing functions are of kinks, in three runs: of what is compared, of that which is integrated as well, of what is integrated
 * alone. See `runtime/contract/sides.ts`.
 */
export interface Kinks {
  /** Positions among the crossing functions at which the runs begin. */
  first: number;
  bending: number;
  alone: number;
  count: number;
  /** `count` f64 each, saved: the side (1 or -1), what is added to the value times the side, the greatest value so far. */
  side: number;
  slack: number;
  greatest: number;
  /** `count` f64 each, not saved: the value, and the size of what it is the difference of. */
  value: number;
  size: number;
}

/** `count` is in elements of the region's kind. */
export interface Region {
  address: number;
  count: number;
}

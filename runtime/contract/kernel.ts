/**
 * The functions of a compiled system over one flat memory, laid out as `Manifest.layout` says.
 * Everything reads its arguments from memory and writes its results there; nothing else is kept anywhere.
 */
export interface Kernel {
  readonly memory: ArrayBuffer;
  /** Bytes of it, from its start, that anything is written to. */
  readonly used?: number;

  /** Fills parameters that are not marked as given with their defaults. */
  parameters(): void;
  /** Fills inputs, discrete variables and states that are not marked as given with their start values. */
  start(): void;
  /** Algebraic variables needed by derivatives, and the derivatives, at the time in the time cell. */
  derivatives(): void;
  /** The other algebraic variables; expects `derivatives` to be up to date. */
  outputs(): void;
  /** Moves the states onto the equations that tie them to each other, to the nearest place, at the time in the time cell. */
  project(): void;
  /** Writes all crossing functions; expects `derivatives` and `outputs` to be up to date. */
  crossings(): void;
  /**
   * Where kinks are located. Remembers on which side each of them is now, by the values that `crossings` has written last, and writes their crossing
   * functions anew. `passed` 1: the step has ended where kinks were to be passed.
   */
  sides?(passed: number): void;
  /**
   * Where a rate may be divided by zero: writes for each such place (`Manifest.poles`) the sign of the divisor, times 2 where what it divides is negative and 3 where
   * that is zero; 0 where another branch is taken. Expects `derivatives` to be up to date.
   */
  poles?(): void;
  /**
   * Compares every handler's condition with its last truth, updates that, and lists the changes in the queue:
   * returns how many. An entry is two i32: `handler` and `instance << 1 | becameTrue`. At most `layout.queue.capacity` are listed a call.
   * With `learn` 1 the truths are only recorded, for handlers that do not fire at the start.
   */
  detect(learn: number): number;
  /**
   * Computes the actions of one handler's instance into the pending cells. A second writer of the same cell in the
   * same microstep is recorded in the status cell (see `Status`).
   */
  fire(handler: number, instance: number): void;
  /** Moves pending cells into the variables; returns how many variables took a different value. */
  commit(): number;
  /**
   * Carries out every `every` that is due now, whose period is not drawn, as one microstep after so many. 0: there was none. 1: something was amiss, and
   * memory is as it was. 2: all is evaluated, and all are numbers. Absent where events are the host's.
   */
  tickAll?(microstep: number): number;
  /** Seconds of `for` or `every` of a handler's instance, evaluated now. */
  interval(handler: number, instance: number): number;
  /** Seconds from which an `every` of a handler's instance counts, now; NaN if none is said. */
  phase(handler: number, instance: number): number;
  /** Seconds between samples of a sensor's instance; NaN if none is said. */
  samplePeriod(sensor: number, instance: number): number;
  /** The model's value for a sensor's instance, now. */
  predict(sensor: number, instance: number): number;
  /**
   * All instances of a sensor are sampled now, apart from what they measured, which the caller writes: what is predicted, that they are not
   * stale, when, and how often. Returns 0 where their predictions may read what samples write, and nothing is done. `act` 0: only says that.
   */
  sampleAll?(sensor: number, act: number): number;
  /** Draws the sensor's measurement error from its stream (0 without noise). */
  noise(sensor: number, instance: number): number;
  /** Evaluates a probe's instance, now. */
  probe(probe: number, instance: number): number;

  /** Takes the present values of what is delayed into their histories. `bends`: 1 where their curves may bend, or jump, now. */
  remember(bends: number): void;
  /** The earliest time, s, beyond which a step from the state in memory must not go; infinite where there is none. */
  limit(): number;
  /**
   * With a process flow. Sources, units and shifts begin; statistics begin anew at `warmUp` (s; NaN: never).
   */
  flowStart?(warmUp: number): void;
  /** Time of the flow's next event; Infinity for none. */
  flowNext?(): number;
  /**
   * Carries out all events up to and including `until`, at their times, and leaves the time there: how many there were.
   * Negative: trouble, which the first cells of `layout.flow` tell (see `FlowCell`).
   */
  flowRun?(until: number): number;

  /**
   * Steps of a method from the committed, evaluated state in which nothing happens: not beyond `limit` (s; a step is cut there), ended
   * before `before` and not later than `bound`, until `after` is reached or `most` steps are taken. The result's lowest two bits say
   * why it stopped: 0: the next step would go too far; 1: something happens in it, or may; 2: `after` or `most`. Above
   * them is the number of steps. Absent where steps have to be taken one by one. With a `span` (s, not NaN: the run's length) nobody listens, and
   * `every`, conditions and durations are carried out as far as that can be done.
   */
  goRk4?(
    step: number,
    limit: number,
    before: number,
    bound: number,
    after: number,
    most: number,
    span: number,
  ): number;
  goTime?(
    maxStep: number,
    limit: number,
    before: number,
    bound: number,
    after: number,
    most: number,
    span: number,
  ): number;
  goEuler?: Kernel['goRk4'];
  goTsit5?(
    relativeTolerance: number,
    maxStep: number,
    limit: number,
    before: number,
    bound: number,
    after: number,
    most: number,
    span: number,
    looks: number,
  ): number;
  goRodas?: Kernel['goTsit5'];
  /**
   * The fastest rate of the system at the committed state (1/s), as `runtime/solvers/stiffness.ts` finds it. Where it is, `goTsit5` looks itself at whether
   * the system has become stiff, if `looks` is not 0, and ends before a look that speaks for another method for good.
   */
  fastestRate?(relativeTolerance: number): number;

  /**
   * Steps of replicas side by side, which `Manifest.replicas` places: on the grid of `step`, a step is cut at `limit`, steps end before
   * `before` and not later than `bound`. The result's lowest bit says that soon something is no number: from there on each goes alone. Above
   * it is the number of steps.
   */
  replicasRk4?(step: number, limit: number, before: number, bound: number): number;
  replicasEuler?(step: number, limit: number, before: number, bound: number): number;

  /** One classical Runge–Kutta step from t over h; leaves time at `next` (the caller's t + h without drift). */
  rk4(t: number, h: number, next: number): void;
  /**
   * Where conditions in equations are located: 1 where a stage of the step that `rk4`, `tsit5Try` or `rodasTry` took last saw another side of one of them than the committed state is on.
   */
  sawBeyond?(): number;
  euler(t: number, h: number, next: number): void;
  /**
   * A trial step of Tsitouras 5(4): new states in place, old ones kept in scratch. Returns the mean square of the
   * scaled errors (accept when at most 1). `fresh` 1: the first stage must be computed; 0: the last stage of the step before serves.
   */
  tsit5Try(t: number, h: number, relativeTolerance: number, fresh: number): number;
  /** States at t + theta h within the last trial step, by its free interpolant. */
  tsit5Interpolate(theta: number): void;
  /** Back to the states before the trial step. */
  tsit5Restore(): void;

  /**
   * The same of Rodas5P, for stiff systems; absent where no matrix was made. Negative where it is singular: -1 - the unknown (a state, or
   * one of `Manifest.implicit`) at which. `fresh` 0: a trial from the same state came before, whose matrix serves.
   */
  rodasTry?(t: number, h: number, relativeTolerance: number, fresh: number): number;
  rodasInterpolate?(theta: number): void;
  rodasRestore?(): void;
  /**
   * One implicit Euler step from t over h to `next`, by a bounded number of rounds of Newton's method. Returns the last correction as trial
   * steps do their errors (fine when at most 1), or negative as `rodasTry`.
   */
  implicitEuler?(t: number, h: number, next: number, relativeTolerance: number): number;
  /**
   * The matrix of the rates by itself, for methods that use it for many steps: its entries, for what was evaluated last, into the place that `Manifest.implicit` says;
   * factors of `diagonal` less that (0, or 1 + the unknown at which it is singular); what they make of the vector there, in place.
   */
  matrix?(): void;
  factor?(diagonal: number): number;
  solve?(): void;

  /** Whether so many bytes (eights of them, at most `STATE_PAGE`) from an address on are those at `besideOf`: 1 or 0. Absent where states are small. */
  alike?(address: number, bytes: number): number;
}

/** Values of the status cell (i32 code, then i32 detail, i32 instance, i32 first, i32 second). 0 is fine. */
export const Status = {
  ok: 0,
  /** Newton's method did not converge. detail: solve block, instance. */
  noConvergence: 1,
  /** The Jacobian is singular. detail: solve block, instance. */
  singular: 2,
  /** Two handlers set the same variable in one microstep. detail: variable, instance: its element; first, second: the handlers. */
  twoWriters: 3,
  /** A number was drawn from a distribution that does not exist with such parameters. detail: address of the stream. */
  noDistribution: 4,
  /** A value changed too often for its history. detail: the delay. */
  historyFull: 5,
  /** A delay is not longer than 0 s. detail: the delay. */
  noDelay: 6,
} as const;

/** Positions of the cells (i32) in which a flow says what stopped it; of the value that did, as f64. */
export const FlowCell = { trouble: 6, detail: 7, instance: 8, value: 11 } as const;

/** What `flowNext` and `flowRun` leave in `FlowCell.trouble`; 0: nothing is wrong. */
export const FlowTrouble = {
  /** More items inside than allowed. detail: the process. */
  tooMany: 1,
  /** Items go round in circles without time passing. detail: code of a step. */
  endless: 2,
  /** A negative time, or none. detail: code of the step. */
  duration: 3,
  /** A value that cannot be. detail: position in `ManifestFlow.values`. */
  value: 4,
  /** An item gives back more units than it holds. detail: code of the step; the value is the resource. */
  notHeld: 5,
  /** An item leaves with units that it holds. The same. */
  held: 6,
} as const;

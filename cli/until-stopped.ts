/** Ctrl-C, and how things are brought to an end. */

/** ms that closing may take. */
const PATIENCE = 800;

/** Also when a terminal is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface StopSignal {
  /** Resolves with the first signal. */
  readonly came: Promise<void>;
  /** Signals do again what they always do. */
  forget(): void;
}

/** Listens for SIGINT and SIGTERM from now on, so that what is under way is brought to an end. A second signal ends the process at once. */
export function stopSignal(): StopSignal {
  let stop = (): void => {};
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  const came = new Promise<void>((resolve) => {
    stop = () => {
      forget();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
  return { came, forget };
}

/** Waits for SIGINT or SIGTERM, then closes everything, last opened first. */
export async function untilStopped(
  closing: readonly (() => unknown)[],
  signal: StopSignal = stopSignal(),
): Promise<void> {
  await signal.came;
  await closeAll(closing);
  // Whatever still holds the process open has had its time; a timer that is not counted runs only if something does.
  setTimeout(() => process.exit(), 100).unref();
}

/** Closes everything, last opened first. What fails or does not close in time is left, and what comes after it is closed all the same. */
export async function closeAll(closing: readonly (() => unknown)[]): Promise<void> {
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, PATIENCE).unref();
  });
  for (const close of closing.toReversed()) {
    const closed = (async () => close())().catch(() => undefined);
    await Promise.race([closed, late]);
  }
}

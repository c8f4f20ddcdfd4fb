/** Ctrl-C, and how things are brought to an end. */

/** ms that closing may take. */
const PATIENCE = 800;

/** Waits for SIGINT or SIGTERM, then closes everything, last opened first. A second signal ends the process at once. */
export async function untilStopped(closing: readonly (() => unknown)[]): Promise<void> {
  // Also when a terminal is closed.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      // Without a listener a signal does what it always does.
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
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

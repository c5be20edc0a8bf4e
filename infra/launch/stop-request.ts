/** Two requests within this time are one Ctrl-C: npm passes on the signal that the terminal has sent already. In ms. */
const SAME_REQUEST_MS = 250;
/** How often the parent is looked at, in ms. */
const PARENT_WATCH_MS = 500;

/** The wish that everything should stop. */
export type StopRequest = {
  /** Aborted when somebody asked to stop; its reason says who. */
  signal: AbortSignal;
  /** Asks to stop from within. */
  stop(reason: string): void;
};

/**
 * Listens to SIGINT, SIGTERM and SIGHUP, and watches the npm that started this process: npm ended by SIGKILL cannot pass
 * anything on. `insist` is called when a person asks a second time.
 */
export function listenForStop(insist: () => void): StopRequest {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (reason: string) => {
    if (controller.signal.aborted) return;
    firstAt = Date.now();
    controller.abort(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted && Date.now() - firstAt > SAME_REQUEST_MS) insist();
      stop(signal);
    });
  }
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop('npm is gone'), PARENT_WATCH_MS).unref();
  }
  return { signal: controller.signal, stop };
}

/** Keeps the screen on while live, where the browser can. The lock is lost with each hiding and taken again after it. */
export class ScreenLock {
  readonly #listening = new AbortController();
  #sentinel: WakeLockSentinel | undefined;

  constructor() {
    const { signal } = this.#listening;
    document.addEventListener('visibilitychange', () => void this.#take(), { signal });
    void this.#take();
  }

  /** Lets the screen go. May be called again. */
  close(): void {
    this.#listening.abort();
    void this.#sentinel?.release();
    this.#sentinel = undefined;
  }

  async #take(): Promise<void> {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    // Refused when the battery is low: the page still works, the host has to keep the screen on.
    const sentinel = await navigator.wakeLock.request('screen').catch(() => undefined);
    if (this.#listening.signal.aborted) void sentinel?.release();
    else this.#sentinel = sentinel;
  }
}

/** Calls `listener` when the network, or the person, comes back, as far as the environment tells; until `signal` aborts. */
export function onNetworkReturn(listener: () => void, signal: AbortSignal): void {
  globalThis.addEventListener?.('online', listener, { signal });
  globalThis.document?.addEventListener(
    'visibilitychange',
    () => {
      if (!document.hidden) listener();
    },
    { signal },
  );
}

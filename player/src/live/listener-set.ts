/** Those who listen to events by name. What one of them throws surfaces as an uncaught error and harms no other. */
export class ListenerSet<Events extends object> {
  readonly #byName = new Map<keyof Events, Set<(body: never) => void>>();

  /** Listens to an event; returns what stops listening. */
  on<Name extends keyof Events>(name: Name, listener: (body: Events[Name]) => void): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Tells all who listen to this event now. */
  tell<Name extends keyof Events>(name: Name, body: Events[Name]): void {
    for (const listener of this.#byName.get(name) ?? []) {
      try {
        (listener as (body: Events[Name]) => void)(body);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Nobody listens any more. */
  clear(): void {
    this.#byName.clear();
  }
}

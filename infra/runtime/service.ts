/** Something that runs until it is stopped: the owner of resources. */
export type Service = {
  /** Stops and frees everything; may be called again and settles when all is gone. */
  close(reason?: string): Promise<void> | void;
};

/**
 * Releases in reverse order of acquisition; the first error is kept and thrown in the end. `close` may be called again
 * and returns the same promise.
 */
export class ReleaseStack implements Service {
  readonly #releases: (() => Promise<void> | void)[] = [];
  #closing: Promise<void> | undefined;

  /** Takes charge of a service and hands it back. */
  use<T extends Service>(service: T): T {
    this.defer(() => service.close());
    return service;
  }

  /** Adds a release. */
  defer(release: () => Promise<void> | void): void {
    if (this.#closing !== undefined) throw new Error('A release was added after closing had begun.');
    this.#releases.push(release);
  }

  /** Runs all releases, the last one first. */
  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.#releases.reverse()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

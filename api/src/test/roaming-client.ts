import { type JoinAnswer, KEPT_EVENTS } from '@awaz/infra/contract';
import { pause } from '@awaz/infra/runtime';
import { connectLive, type LiveClient } from './live-client.ts';

/** Wait between two attempts to connect, in ms. */
const RETRY_MS = 200;

/**
 * Follows a station as a careful client does: after a cut it connects to the next server and gives the place that it
 * knows. Notes all it is told, so that what is missing or told twice shows.
 */
export class RoamingClient {
  /** Places of kept events in the order in which they were told; of `reset` the word. */
  readonly told: string[] = [];
  readonly #origins: readonly string[];
  readonly #station: string;
  #next: number;
  #since: string | undefined;
  #client: LiveClient | undefined;
  #cutUntil = 0;
  #closed = false;
  readonly #running: Promise<void>;

  constructor(origins: readonly string[], station: string, first = 0) {
    this.#origins = origins;
    this.#station = station;
    this.#next = first;
    this.#running = this.#run();
  }

  /** Whether it follows the station now. */
  get isThere(): boolean {
    return this.#client?.socket.connected === true;
  }

  /** Goes, and does not come back before so many ms have passed. */
  cut(ms: number): void {
    this.#cutUntil = Date.now() + ms;
    this.#client?.socket.io.engine.close();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#client?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const waitMs = this.#cutUntil - Date.now();
      if (waitMs > 0) await pause(waitMs);
      await this.#visit().catch(() => undefined); // the server is gone, or Redis: it tries the next one
      this.#client = undefined;
      if (!this.#closed) await pause(RETRY_MS);
    }
  }

  /** Stays on one server as long as that lasts. */
  async #visit(): Promise<void> {
    const origin = this.#origins[this.#next++ % this.#origins.length] ?? '';
    const client = await connectLive(origin);
    const gone = new Promise<void>((resolve) => client.socket.once('disconnect', () => resolve()));
    try {
      const since = this.#since === undefined ? {} : { since: this.#since };
      const answer = await client.call('stream:join', { station: this.#station, ...since });
      if (!answer.ok) return;
      this.#take(answer as unknown as JoinAnswer);
      this.#client = client;
      let taken = 0;
      const takeHeard = () => {
        for (const { data } of client.heard.slice(taken)) this.#tell(data.position);
        taken = client.heard.length;
      };
      takeHeard();
      for (const event of KEPT_EVENTS) client.socket.on(event, takeHeard);
      if (this.#closed) client.close();
      await gone;
    } finally {
      client.close();
    }
  }

  #take({ position, missed, reset }: JoinAnswer): void {
    if (reset === true) this.told.push('reset');
    for (const { data } of missed ?? []) this.#tell(data.position);
    this.#since = position;
  }

  #tell(position: string): void {
    this.told.push(position);
    this.#since = position;
  }
}

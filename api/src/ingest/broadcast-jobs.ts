import { BROADCAST_QUEUE, type RedisHandle } from '@awaz/infra/redis';
import { Queue } from 'bullmq';

/** How long the record of a finished job stays for those who look, in seconds. */
const KEEP_FINISHED_S = 3600;

/** Hands broadcasts to the transcoders: one job each, for as long as the broadcast lasts. `close` may be repeated. */
export class BroadcastJobs {
  readonly #queue: Queue;

  constructor(handle: RedisHandle) {
    const { name, prefix } = BROADCAST_QUEUE;
    this.#queue = new Queue(name, { prefix, connection: handle.connect('prompt') });
    this.#queue.on('error', () => undefined); // told by the call that failed
  }

  /** Makes sure that a broadcast has its job; nothing happens while it has one. */
  async ensure(station: string, broadcastId: string): Promise<void> {
    await this.#queue.add(
      'broadcast',
      { station, broadcastId },
      // A job that failed must not keep its broadcast from getting another one.
      { jobId: broadcastId, attempts: 1, removeOnComplete: { age: KEEP_FINISHED_S }, removeOnFail: true },
    );
  }

  /** Broadcasts that no transcoder has taken yet. */
  async waiting(): Promise<number> {
    return this.#queue.getWaitingCount();
  }

  /** Ends the use of the queue; its connection is the Redis handle's. */
  async close(): Promise<void> {
    await this.#queue.close();
  }
}

import { BROADCAST_QUEUE, type RedisHandle } from '@awaz/infra/redis';
import { Queue } from 'bullmq';

/** Events of the queue that are kept, about. */
const KEPT_EVENTS = 100;

/** Hands broadcasts to the transcoders: one job each, for as long as the broadcast lasts. `close` may be repeated. */
export class BroadcastJobs {
  readonly #queue: Queue;

  constructor(handle: RedisHandle) {
    const { name, prefix } = BROADCAST_QUEUE;
    // Nobody reads the queue's events.
    const streams = { events: { maxLen: KEPT_EVENTS } };
    this.#queue = new Queue(name, { prefix, connection: handle.connect('prompt'), streams });
    this.#queue.on('error', () => undefined); // told by the call that failed
  }

  /** Makes sure that a broadcast has its job; nothing happens while it has one. */
  async ensure(station: string, broadcastId: string): Promise<void> {
    await this.#queue.add(
      'broadcast',
      { station, broadcastId },
      // A job that failed must not keep its broadcast from getting another one, and none outlives its broadcast.
      { jobId: broadcastId, attempts: 1, removeOnComplete: true, removeOnFail: true },
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

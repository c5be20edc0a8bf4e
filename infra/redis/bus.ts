import type { RedisHandle } from './connection.ts';
import { BUS_CHANNEL } from './keys.ts';

/** What programs tell each other. The record in Redis is the truth, a message only says that it is worth a look. */
export type BusMessage =
  | { type: 'broadcast_started'; station: string; broadcastId: string }
  | { type: 'broadcast_on_air'; station: string; broadcastId: string }
  | { type: 'broadcast_ended'; station: string; broadcastId: string; reason: string }
  /** The transcoder that has it hands it to another one, if one is free. */
  | { type: 'move_broadcast'; station: string; broadcastId: string }
  /** The encoder refused an epoch's bytes; its publisher has to be told `bad_media`. */
  | { type: 'media_refused'; station: string; broadcastId: string; epoch: string; detail: string }
  | { type: 'publisher_replaced'; station: string; token: string }
  | { type: 'key_revoked'; station: string; keyId: string }
  | { type: 'station_removed'; station: string }
  /** Settings, people or listen tokens; who keeps what he has read of it has to read again. */
  | { type: 'station_changed'; station: string }
  /** Role, or whether it may sign in; who holds connections of it has to look again. */
  | { type: 'account_changed'; accountId: string };

type Listener = (message: BusMessage) => void;

/** At-most-once messages between all programs on one Redis. Opens one connection; `close` ends it and may be repeated. */
export class ControlBus {
  readonly #handle: RedisHandle;
  readonly #subscriber;
  readonly #listeners = new Set<Listener>();

  constructor(handle: RedisHandle) {
    this.#handle = handle;
    this.#subscriber = handle.subscriber();
    this.#subscriber.on('message', (_channel: string, text: string) => this.#deliver(text));
    this.#subscriber.subscribe(BUS_CHANNEL).catch(() => undefined); // only fails when closed first; ioredis resubscribes by itself
  }

  /** Sends to every program, this one too. */
  async publish(message: BusMessage): Promise<void> {
    await this.#handle.commands.publish(BUS_CHANNEL, JSON.stringify(message));
  }

  /** Calls `listener` for each message; returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the subscription. */
  close(): void {
    this.#listeners.clear();
    this.#subscriber.disconnect();
  }

  #deliver(text: string): void {
    let message: BusMessage;
    try {
      message = JSON.parse(text) as BusMessage;
    } catch {
      return;
    }
    for (const listener of this.#listeners) listener(message);
  }
}

import type { Acknowledgement } from '@awaz/infra/contract';
import type { ReadonlySignal } from '@preact/signals';
import type { StationFeed } from '../live/index.ts';

/** What a chat needs of the server. Calls settle with what was answered and never reject. */
export type ChatLink = {
  feed: Pick<StationFeed, 'on' | 'state' | 'snapshot' | 'station'>;
  /** Whether the server cannot be reached just now. */
  isOffline: ReadonlySignal<boolean>;
  /** `key` is the same when the same message is sent again. */
  send(text: string, key: string): Promise<Acknowledgement<{ id: string; at: number }>>;
  /** Deletes an own message, or any one for staff. */
  remove(id: string): Promise<Acknowledgement>;
  report(id: string): Promise<Acknowledgement>;
  /** For staff: somebody may write nothing for so long. */
  mute(target: string, seconds: number): Promise<Acknowledgement<{ until: number }>>;
  /** For staff: somebody may write nothing any more. */
  ban(target: string): Promise<Acknowledgement>;
  /** The name of whoever writes as a guest; empty when none was given yet. */
  guestName: { get(): string; set(name: string): void };
};

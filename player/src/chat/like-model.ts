import type { Acknowledgement } from '@awaz/infra/contract';
import { computed, signal } from '@preact/signals';
import type { StationFeed } from '../live/index.ts';

/** Least time between two likes of this page, in ms; presses in between count for nothing. */
const LEAST_BETWEEN_MS = 250;

/** Most likes that wait for the connection; further ones count for nothing. */
const MAX_WAITING = 10;

/** What likes need of the server. */
export type LikeLink = {
  feed: Pick<StationFeed, 'on' | 'snapshot' | 'state'>;
  like(): Promise<Acknowledgement<{ count: number }>>;
};

/** Likes of the broadcast: the server's count, and on top of it those of this page that it has not counted yet. */
export class LikeModel {
  readonly #told = signal(0);
  readonly #uncounted = signal(0);
  readonly #link: LikeLink;
  #likedAt = Number.NEGATIVE_INFINITY;
  #isJoined: boolean;
  #waiting = 0;
  /** What is shown. */
  readonly count = computed(() => this.#told.value + this.#uncounted.value);

  constructor(link: LikeLink) {
    this.#link = link;
    this.#told.value = link.feed.snapshot?.likes ?? 0;
    this.#isJoined = link.feed.state === 'joined';
    link.feed.on('state', (state) => {
      this.#isJoined = state === 'joined';
    });
    link.feed.on('snapshot', ({ snapshot }) => {
      this.#tell(snapshot.likes);
      for (; this.#waiting > 0; this.#waiting--) void this.#send();
    });
    link.feed.on('interaction:like', ({ count }) => this.#tell(count));
    link.feed.on('stream:started', () => {
      this.#told.value = 0;
    });
  }

  /** Likes what is heard now; false when the last one was a moment ago. */
  like(): boolean {
    const now = performance.now();
    if (now - this.#likedAt < LEAST_BETWEEN_MS || this.#waiting >= MAX_WAITING) return false;
    this.#likedAt = now;
    this.#uncounted.value++;
    if (this.#isJoined) void this.#send();
    else this.#waiting++;
    return true;
  }

  async #send(): Promise<void> {
    const answer = await this.#link.like();
    this.#uncounted.value--;
    if (answer.ok) this.#tell(answer.count);
  }

  /** Counts only grow within a broadcast, but answers and events may overtake each other. */
  #tell(count: number): void {
    this.#told.value = Math.max(this.#told.value, count);
  }
}

import { LISTEN_TOKEN_PATTERN } from '@awaz/infra/contract';
import { effect, type ReadonlySignal } from '@preact/signals';
import type { PlaybackState, Player } from '../playback/index.ts';
import type { LiveSide } from './live-side.tsx';

/** What {@link VisitorRight.seek} watches and does. */
export type RightSearch = {
  playback: ReadonlySignal<{ state: PlaybackState } | undefined>;
  /** Fetches what finds out who is signed in. */
  openLive: () => void;
  player: Pick<Player, 'admit'>;
  /** Asks for what the page knows of the station, again. */
  ask: () => Promise<void>;
};

/** The right that a visitor brings to a private station: the token of a link, or whoever is signed in. */
export class VisitorRight {
  /** The token of the link that the page was opened by. */
  readonly listenToken: string | undefined;
  readonly #live: ReadonlySignal<Pick<LiveSide, 'accessToken' | 'accountId'> | undefined>;
  #triedAccount: string | undefined;

  constructor(query: URLSearchParams, live: ReadonlySignal<Pick<LiveSide, 'accessToken' | 'accountId'> | undefined>) {
    const token = query.get('token') ?? '';
    this.listenToken = LISTEN_TOKEN_PATTERN.test(token) ? token : undefined;
    this.#live = live;
  }

  /** The token as it is now. Where the station is open to everybody, no access token is sent with its media. */
  get token(): string | undefined {
    if (this.listenToken !== undefined) return this.listenToken;
    return this.#triedAccount === undefined ? undefined : this.#live.peek()?.accessToken();
  }

  /** A station that seems unknown may be a private one: whoever is signed in is asked for a right to it, once. */
  seek({ playback, openLive, player, ask }: RightSearch): void {
    effect(() => {
      const state = playback.value?.state;
      if (state?.kind !== 'error' || state.fault !== 'unknown_station') return;
      openLive();
      const account = this.#live.value?.accountId.value;
      if (account === undefined || account === this.#triedAccount) return;
      this.#triedAccount = account;
      player.admit();
      void ask();
    });
  }
}

import type { ListenerCount, ProgrammeMetadata } from '@awaz/infra/contract';
import { computed, signal } from '@preact/signals';
import { AccountLink } from '../account/account-link.tsx';
import { AccountSession } from '../account/account-session.ts';
import { hasSessionMark } from '../account/session-mark.ts';
import { ChatPanel, LikeButton, openLiveStation } from '../chat/index.ts';
import type { Player } from '../playback/index.ts';

/** All listeners of a station hear at once that it went on air; their questions to the origin are spread over this, in ms. */
const ASK_WITHIN_MS = 500;

/** What the live side belongs to; `listenToken` came with the address of the page. */
export type LivePlace = { station: string; player: Player; listenToken: string | undefined };

/**
 * What comes after Play or when the page is idle: live figures, titles, chat, likes and who one is. A chunk of its own.
 * Lives as long as the page.
 */
export function openLiveSide({ station, player, listenToken }: LivePlace) {
  const session = new AccountSession();
  if (hasSessionMark()) void session.start();
  else session.assumeGuest();
  const listeners = signal<ListenerCount>();
  const announced = signal<ProgrammeMetadata | null>(null);
  const live = openLiveStation({
    ...{ station, account: session, session: player.snapshot().session, listenToken },
    figures: () => player.snapshot(),
    mediaTime: () => heardAt(player),
  });
  const announce = (programme: ProgrammeMetadata | null) => {
    announced.value = programme;
    if (programme !== null) player.programme.take([programme]);
  };
  const { feed } = live;
  feed.on('snapshot', ({ snapshot }) => {
    listeners.value = snapshot.listeners;
    announce(snapshot.metadata);
    if ((snapshot.live !== null) !== player.onAir) player.askAboutAir(ASK_WITHIN_MS);
  });
  feed.on('stream:listeners', ({ count, peak, exact }) => {
    listeners.value = { count, peak, exact };
  });
  feed.on('stream:metadata', ({ show, host, track, at }) => announce({ show, host, track, at }));
  feed.on('stream:started', () => {
    announced.value = null;
    player.askAboutAir(ASK_WITHIN_MS);
  });
  feed.on('stream:stopped', () => {
    announced.value = null;
    player.askAboutAir(ASK_WITHIN_MS);
  });
  return {
    /** Access token of whoever is signed in; undefined for a guest. */
    accessToken: () => session.tokenNow() || undefined,
    /** Who is signed in. */
    accountId: computed(() => session.account.value?.id),
    listeners,
    /** What is on air now by the server's word, for those who do not listen. */
    announced,
    Account: () => <AccountLink session={session} />,
    Chat: () => <ChatPanel model={live.chat} />,
    Like: () => <LikeButton model={live.likes} />,
  };
}

/** See {@link openLiveSide}. */
export type LiveSide = ReturnType<typeof openLiveSide>;

function heardAt(player: Player): number | undefined {
  const { latencyMs } = player.snapshot();
  return latencyMs === null || player.audio.paused ? undefined : Date.now() - latencyMs;
}

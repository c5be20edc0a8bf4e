import type { ListenerCount, StreamQuality } from '@awaz/infra/contract';
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { AccountSession } from '../account/index.ts';
import { type LiveStation, openLiveStation, whenLive } from '../chat/index.ts';
import { ShowModel } from './show-model.ts';

/** What the owner of a station, or a moderator, sees of its listeners, and says to them. Who opened it closes it. */
export type OwnerDesk = {
  live: LiveStation;
  show: ShowModel;
  listeners: ReadonlySignal<ListenerCount | undefined>;
  /** How the stream does from end to end; undefined before the first word. */
  quality: ReadonlySignal<StreamQuality | undefined>;
  /** Whether the station is on air, as far as this page knows. */
  isOnAir: ReadonlySignal<boolean>;
  /** May be called again. */
  close(): void;
};

/** What a desk is opened with. */
export type OwnerDeskOptions = {
  station: string;
  account: AccountSession;
  /** Whether this page is on air with the station; for those who only look after it, the server's word is taken. */
  isOnAir?: ReadonlySignal<boolean>;
};

/** Opens the desk of a station for its owner, or for a moderator. */
export function openOwnerDesk({ station, account, isOnAir }: OwnerDeskOptions): OwnerDesk {
  const live = openLiveStation({ station, account });
  const onAir = isOnAir ?? toldOnAir(live);
  const listeners = signal<ListenerCount>();
  const quality = signal<StreamQuality>();
  const show = new ShowModel(async (body) => {
    const studio = await whenLive(live.staff());
    return studio.call('stream:metadata:set', { station, ...body });
  });
  live.feed.on('snapshot', ({ snapshot }) => {
    listeners.value = snapshot.listeners;
    show.adopt(snapshot.metadata);
  });
  live.feed.on('stream:listeners', ({ count, peak, exact }) => {
    listeners.value = { count, peak, exact };
  });
  live.feed.on('stream:metadata', (programme) => show.adopt(programme));
  live.feed.on('stream:quality', ({ ingest, encoder, listeners: audience }) => {
    quality.value = { ingest, encoder, listeners: audience };
  });
  const endFollowing = effect(() => {
    if (onAir.value) show.wentOnAir();
  });
  const close = () => {
    endFollowing();
    live.close();
  };
  return { live, show, listeners, quality, isOnAir: onAir, close };
}

/** Whether a station is on air, by what the server tells. */
function toldOnAir({ feed }: LiveStation): ReadonlySignal<boolean> {
  const onAir = signal(false);
  feed.on('snapshot', ({ snapshot }) => {
    onAir.value = snapshot.live !== null;
  });
  feed.on('stream:started', () => {
    onAir.value = true;
  });
  feed.on('stream:stopped', () => {
    onAir.value = false;
  });
  return onAir;
}

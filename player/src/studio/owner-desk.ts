import type { ListenerCount, StreamQuality } from '@awaz/infra/contract';
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { AccountSession } from '../account/index.ts';
import { type LiveStation, openLiveStation, whenLive } from '../chat/index.ts';
import { ShowModel } from './show-model.ts';

/** What the owner of a station sees of its listeners, and says to them. The owner closes it. */
export type OwnerDesk = {
  live: LiveStation;
  show: ShowModel;
  listeners: ReadonlySignal<ListenerCount | undefined>;
  /** How the stream does from end to end; undefined before the first word. */
  quality: ReadonlySignal<StreamQuality | undefined>;
  /** May be called again. */
  close(): void;
};

/** Opens the desk of a station for its owner; `isOnAir` tells whether this page is on air with it. */
export function openOwnerDesk(options: {
  station: string;
  account: AccountSession;
  isOnAir: ReadonlySignal<boolean>;
}): OwnerDesk {
  const { station, account, isOnAir } = options;
  const live = openLiveStation({ station, account });
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
    if (isOnAir.value) show.wentOnAir();
  });
  const close = () => {
    endFollowing();
    live.close();
  };
  return { live, show, listeners, quality, close };
}

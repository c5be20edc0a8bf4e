import { signal } from '@preact/signals';
import { onAccountChange } from '../account/account-changes.ts';
import type { AccountSession } from '../account/account-session.ts';
import { liveToken } from '../account/live-token.ts';
import { LiveClient, type StationFeed, type StationFeedOptions } from '../live/index.ts';
import type { ChatLink } from './chat-link.ts';
import { ChatModel } from './chat-model.ts';
import { recallGuestName, rememberGuestName } from './guest-name.ts';
import { LikeModel } from './like-model.ts';

/** What a live station is made of. */
export type LiveStationOptions = StationFeedOptions & {
  station: string;
  account: AccountSession;
  /** Programme date-time that is heard now, ms since 1970; undefined when nothing is. */
  mediaTime?: () => number | undefined;
};

/** A station as it is now: its events, its chat and its likes, over one connection. */
export type LiveStation = {
  feed: StationFeed;
  chat: ChatModel;
  likes: LikeModel;
  /** For calls that this does not wrap. */
  staff: () => LiveClient<'/studio'>;
  /** Ends connections and models. */
  close(): void;
};

/** Follows a station, as whoever is signed in or as a guest. The owner closes it. */
export function openLiveStation({ station, account, mediaTime, ...options }: LiveStationOptions): LiveStation {
  const name = signal(recallGuestName());
  const token = liveToken(account);
  const client = new LiveClient({ namespace: '/', token, name: () => name.peek() || undefined });
  const feed = client.join(station, options);
  const isOffline = signal(false);
  client.onState(({ state }) => {
    if (state === 'live' || state === 'offline' || state === 'refused') isOffline.value = state !== 'live';
  });
  let studio: LiveClient<'/studio'> | undefined;
  const staff = () => {
    studio ??= new LiveClient({ namespace: '/studio', token });
    return studio;
  };
  const endChange = onAccountChange(account, () => {
    client.renew();
    studio?.renew();
  });
  const link: ChatLink = {
    feed,
    isOffline,
    send: (text, key) => client.call('chat:send', { station, text, key, ...timed(mediaTime) }),
    remove: (id) => client.call('chat:delete', { station, id }),
    report: (id) => client.call('chat:report', { station, id }),
    mute: async (target, seconds) => (await whenLive(staff())).call('chat:mute', { station, target, seconds }),
    ban: async (target) => (await whenLive(staff())).call('chat:ban', { station, target }),
    guestName: {
      get: () => name.value,
      set: (chosen) => {
        name.value = chosen;
        rememberGuestName(chosen);
        client.renew();
      },
    },
  };
  const chat = new ChatModel(link);
  const likes = new LikeModel({ feed, like: () => client.call('interaction:like', { station, ...timed(mediaTime) }) });
  const close = () => {
    endChange();
    chat.close();
    client.close();
    studio?.close();
  };
  return { feed, chat, likes, staff, close };
}

function timed(mediaTime: (() => number | undefined) | undefined): { mediaTime?: number } {
  const at = mediaTime?.();
  return at === undefined ? {} : { mediaTime: at };
}

/** Settles when the connection is there, or will not be: the call then says so. */
export function whenLive<Client extends Pick<LiveClient<'/studio'>, 'state' | 'onState'>>(
  client: Client,
): Promise<Client> {
  if (client.state !== 'connecting') return Promise.resolve(client);
  return new Promise((resolve) => {
    const end = client.onState(({ state }) => {
      if (state === 'connecting') return;
      end();
      resolve(client);
    });
  });
}

import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import {
  type Actor,
  type DirectoryStation,
  type EventPosition,
  type ListenerCount,
  listenPath,
  mayChatIn,
  mayDo,
  multivariantPath,
  parseEventId,
  type SocketIdentity,
  type StationSnapshot,
} from '@awaz/infra/contract';
import type { LiveSources } from './live-sources.ts';
import { SharedLoad } from './shared-load.ts';

/** What a view tells of a station's record; what is not there is told as null. */
export type ViewedStation = {
  slug: string;
  title: string;
  public: boolean;
  language?: string | undefined;
  tags?: readonly string[] | undefined;
  /** Path or address of the picture. */
  artwork?: string | undefined;
};

/** What a view reads. */
export type LiveViewOptions = {
  stations: { get(slug: string): Promise<ViewedStation | undefined>; list(): Promise<ViewedStation[]> };
  registry: Pick<BroadcastRegistry, 'get'>;
  sources: LiveSources;
};

type SharedSnapshot = Omit<StationSnapshot, 'you'>;

/** Nobody counts. */
const NOT_COUNTED: ListenerCount = { count: 0, peak: 0, exact: false };

/** What is going on now, as pages need it when they come. Never older than the question. */
export class LiveView {
  readonly #options: LiveViewOptions;
  readonly #snapshots: SharedLoad<SharedSnapshot>;
  readonly #directory: SharedLoad<DirectoryStation[]>;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#snapshots = new SharedLoad((station) => this.#read(station));
    this.#directory = new SharedLoad(() => this.#list());
  }

  /** The public stations. Rejects when Redis does not answer. */
  directory(): Promise<DirectoryStation[]> {
    return this.#directory.get('');
  }

  /** A station as somebody may see it, with chat messages up to `until`. Rejects when Redis does not answer. */
  async snapshot(
    station: string,
    who: { identity: SocketIdentity; actor: Actor; address: string },
    until: EventPosition,
  ): Promise<StationSnapshot> {
    const { identity, actor, address } = who;
    const [shared, held] = await Promise.all([
      this.#snapshots.get(station),
      this.#options.sources.chat.held(station, { id: identity.id, actor, address }),
    ]);
    const mayChat = held === undefined && mayDo(actor, 'chat.send') && mayChatIn(shared.settings.mode, actor);
    const chat = shared.chat.filter(({ position }) => !isAfter(position, until));
    const you = { ...identity, station: actor as StationSnapshot['you']['station'], mayChat };
    return { ...shared, chat, you: held === undefined ? you : { ...you, held } };
  }

  async #read(station: string): Promise<SharedSnapshot> {
    const { registry, stations, sources } = this.#options;
    const [record, about, programme, listeners, likes, chat, settings] = await Promise.all([
      registry.get(station),
      stations.get(station),
      sources.programme(station),
      sources.listeners?.count(station),
      sources.likes?.count(station),
      sources.chat.recent(station),
      sources.chat.settings(station),
    ]);
    const isLive = record?.state === 'live' && record.onAir;
    const metadata = isLive ? programme : null;
    const facts = { title: about?.title ?? station, host: metadata?.host ?? null, url: multivariantPath(station) };
    return {
      live: isLive ? { broadcastId: record.broadcastId, startedAt: record.startedAt, ...facts } : null,
      metadata,
      listeners: listeners ?? NOT_COUNTED,
      likes: likes ?? 0,
      chat,
      settings,
    };
  }

  async #list(): Promise<DirectoryStation[]> {
    const all = await this.#options.stations.list();
    return Promise.all(all.filter((station) => station.public).map((station) => this.#brief(station)));
  }

  async #brief(about: ViewedStation): Promise<DirectoryStation> {
    const { registry, sources } = this.#options;
    const { slug, title, language = null, tags = [], artwork = null } = about;
    const record = await registry.get(slug);
    const live = record?.state === 'live' && record.onAir;
    const [listeners, programme] = live
      ? await Promise.all([sources.listeners?.count(slug), sources.programme(slug)])
      : [];
    return {
      ...{ station: slug, title, live, host: programme?.host ?? null, startedAt: live ? record.startedAt : null },
      ...{ listeners: listeners ?? null, language, tags: [...tags], artwork },
      ...{ url: multivariantPath(slug), page: listenPath(slug) },
    };
  }
}

function isAfter(position: string, place: EventPosition): boolean {
  const parsed = parseEventId(position);
  return parsed !== undefined && parsed.epoch === place.epoch && parsed.offset > place.offset;
}

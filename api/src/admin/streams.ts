import type { AlarmBoard } from '@awaz/infra/alarms';
import type { BroadcastRegistry, LiveRecord } from '@awaz/infra/broadcasts';
import type { AdminStream } from '@awaz/infra/contract';
import type { QualityBoard } from '@awaz/infra/quality';
import type { Station, StationStore } from '../stations/index.ts';

/** Stations that are looked up at the same time. */
const AT_ONCE = 200;

/** Where what is known of streams is read. */
export type StreamSources = {
  stations: Pick<StationStore, 'list'>;
  registry: Pick<BroadcastRegistry, 'get'>;
  board: Pick<QualityBoard, 'read'>;
  alarms: Pick<AlarmBoard, 'read'>;
};

/** Every broadcast that is live, in the order in which the stations were made. */
export async function liveStreams(sources: StreamSources): Promise<AdminStream[]> {
  const all = await sources.stations.list();
  const streams: AdminStream[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE) {
    const found = await Promise.all(all.slice(i, i + AT_ONCE).map((station) => streamOf(station, sources)));
    streams.push(...found.filter((stream) => stream !== undefined));
  }
  return streams;
}

async function streamOf(station: Station, sources: StreamSources): Promise<AdminStream | undefined> {
  const live = await sources.registry.get(station.slug);
  if (live?.state !== 'live') return undefined;
  const { slug, title, ownerId = null } = station;
  const { broadcastId, startedAt, onAir, openedBy } = live;
  return {
    ...{ station: slug, title, public: station.public, ownerId, broadcastId, startedAt, onAir, openedBy },
    ...(await soundOf(live, sources)),
  };
}

async function soundOf(live: LiveRecord, { board, alarms }: StreamSources) {
  const [told, known] = await Promise.all([board.read(live.station), alarms.read(live)]);
  const { sound } = (told.get('encoder') ?? {}) as {
    sound?: { levelDbfs: number | null; shortTermLufs: number | null };
  };
  return {
    levelDbfs: sound?.levelDbfs ?? null,
    shortTermLufs: sound?.shortTermLufs ?? null,
    alarms: [...known].flatMap(([alarm, { level, since }]) => (level === 'off' ? [] : [{ alarm, level, since }])),
  };
}

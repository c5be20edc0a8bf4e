import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import type { AdminStream } from '@awaz/infra/contract';
import type { Station, StationStore } from '../stations/index.ts';

/** Stations that are looked up at the same time. */
const AT_ONCE = 200;

/** Every broadcast that is live, in the order in which the stations were made. */
export async function liveStreams(
  stations: Pick<StationStore, 'list'>,
  registry: Pick<BroadcastRegistry, 'get'>,
): Promise<AdminStream[]> {
  const all = await stations.list();
  const streams: AdminStream[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE) {
    const found = await Promise.all(all.slice(i, i + AT_ONCE).map((station) => streamOf(station, registry)));
    streams.push(...found.filter((stream) => stream !== undefined));
  }
  return streams;
}

async function streamOf(station: Station, registry: Pick<BroadcastRegistry, 'get'>): Promise<AdminStream | undefined> {
  const live = await registry.get(station.slug);
  if (live?.state !== 'live') return undefined;
  const { slug, title, ownerId = null } = station;
  const { broadcastId, startedAt, onAir, openedBy } = live;
  return { station: slug, title, public: station.public, ownerId, broadcastId, startedAt, onAir, openedBy };
}

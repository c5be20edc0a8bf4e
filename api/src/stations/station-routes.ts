import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError, type ListenerCount, listenPath, multivariantPath, type StationView } from '@awaz/infra/contract';
import {
  listenTokenQuerySchema,
  stationListSchema,
  stationQuerySchema,
  stationViewSchema,
} from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { decodeCursor, defineRoute, encodeCursor, type Route } from '../rest/index.ts';
import { BriefCache } from './brief-cache.ts';
import type { Station } from './station.ts';
import { stationFilter } from './station-filter.ts';

/** How long an answer is kept, in ms. */
const CACHE_MS = 1000;

/** Most stations whose answer is kept; the oldest answer is dropped beyond it. */
const CACHE_ENTRIES = 1000;

/** What the routes read; the station store is one. */
export type StationReader = {
  get(slug: string): Promise<Station | undefined>;
  list(): Promise<Station[]>;
};

/** What the routes need. */
export type StationRoutesOptions = {
  stations: StationReader;
  registry: Pick<BroadcastRegistry, 'get'>;
  /** Knows who listens to a station on air; presence is one. */
  presence: { count(station: string): Promise<ListenerCount> };
};

const NOBODY: ListenerCount = { count: 0, peak: 0, exact: true };

/** `GET stations` (the public ones) and `GET stations/{station}` (private ones too, for those who may listen). */
export function stationRoutes({ stations, registry, presence }: StationRoutesOptions): Route[] {
  const view = async (station: Station): Promise<StationView> => {
    const { slug, title } = station;
    const record = await registry.get(slug);
    const live = record?.state === 'live';
    const startedAt = live ? record.startedAt : null;
    const listeners = live ? await presence.count(slug) : NOBODY;
    const { description = '', language = null, tags, artwork = null } = station;
    return {
      ...{ slug, title, live, startedAt, listeners, description, language, tags, artwork },
      ...{ url: multivariantPath(slug), page: listenPath(slug) },
    };
  };
  const directory = new BriefCache(CACHE_MS, 1, async () => {
    const all = await stations.list();
    return Promise.all(all.filter((station) => station.public).map(view));
  });
  const single = new BriefCache(CACHE_MS, CACHE_ENTRIES, async (slug) => {
    const station = await stations.get(slug);
    return station && view(station);
  });
  const tag = 'stations' as const;
  return [
    defineRoute({
      ...{ method: 'GET', path: '/stations', summary: 'The public stations', tag, access: 'public' },
      query: stationQuerySchema,
      answer: stationListSchema,
      handler: async ({ query }) => {
        const found = (await directory.get('')).filter(stationFilter(query));
        const from = decodeCursor(query.cursor, z.number().int().min(0)) ?? 0;
        const to = from + query.limit;
        return { stations: found.slice(from, to), next: to < found.length ? encodeCursor(to) : null };
      },
    }),
    defineRoute({
      ...{ method: 'GET', path: '/stations/:station', summary: 'A station', tag, action: 'directory.read' },
      query: listenTokenQuerySchema,
      listenToken: true,
      answer: stationViewSchema,
      handler: async ({ station: { slug } }) => {
        const found = await single.get(slug);
        if (found === undefined) throw new AwazError('unknown_station', 'There is no station by this name.');
        return found;
      },
    }),
  ];
}

import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError, listenPath, multivariantPath, SLUG_PATTERN } from '@awaz/infra/contract';
import Router from 'koa-router';
import { BriefCache } from './brief-cache.ts';
import type { Station } from './station.ts';

/** How long an answer is kept, in ms. */
const CACHE_MS = 1000;

/** Most stations whose answer is kept; the oldest answer is dropped beyond it. */
const CACHE_ENTRIES = 1000;

/** What the router reads; the station store is one. */
export type StationReader = {
  get(slug: string): Promise<Station | undefined>;
  list(): Promise<Station[]>;
};

/** What the router needs. */
export type StationsRouterOptions = {
  stations: StationReader;
  registry: Pick<BroadcastRegistry, 'get'>;
};

/** A station as `GET /api/v1/stations` tells it. */
export type StationView = {
  slug: string;
  title: string;
  live: boolean;
  /** Start of the broadcast, ms since 1970; null when off air. */
  startedAt: number | null;
  /** Multivariant playlist, relative to the server. */
  url: string;
  /** Listener page, relative to the server. */
  page: string;
};

/**
 * `GET /api/v1/stations` (the public ones) and `GET /api/v1/stations/{station}`. Throws `unknown_station`, which the
 * application answers as `application/problem+json`.
 */
export function stationsRouter({ stations, registry }: StationsRouterOptions): Router {
  const view = async (station: Station): Promise<StationView> => {
    const { slug, title } = station;
    const record = await registry.get(slug);
    const live = record?.state === 'live';
    const startedAt = live ? record.startedAt : null;
    return { slug, title, live, startedAt, url: multivariantPath(slug), page: listenPath(slug) };
  };
  const directory = new BriefCache(CACHE_MS, 1, async () => {
    const all = await stations.list();
    return Promise.all(all.filter((station) => station.public).map(view));
  });
  const single = new BriefCache(CACHE_MS, CACHE_ENTRIES, async (slug) => {
    const station = await stations.get(slug);
    return station?.public ? view(station) : undefined;
  });

  const router = new Router({ prefix: '/api/v1/stations' });
  router.get('/', async (context) => {
    context.set('cache-control', 'no-cache');
    context.body = { stations: await directory.get('') };
  });
  router.get('/:station', async (context) => {
    const { station = '' } = context.params;
    const found = SLUG_PATTERN.test(station) ? await single.get(station) : undefined;
    if (found === undefined) throw new AwazError('unknown_station', 'There is no station by this name.');
    context.set('cache-control', 'no-cache');
    context.body = found;
  });
  return router;
}

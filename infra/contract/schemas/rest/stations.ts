import { z } from 'zod';

/** A station as `GET /api/v1/stations` tells it. */
export const stationViewSchema = z.object({
  slug: z.string().describe('Names the station in addresses'),
  title: z.string(),
  live: z.boolean(),
  startedAt: z.number().nullable().describe('Start of the broadcast, ms since 1970; null when off air'),
  url: z.string().describe('Multivariant playlist, relative to the server'),
  page: z.string().describe('Listener page, relative to the server'),
});

/** Answer of `GET /api/v1/stations`. */
export const stationListSchema = z.object({ stations: z.array(stationViewSchema) });

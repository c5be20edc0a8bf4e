import { z } from 'zod';

/** How many listen to a station. */
export const listenerCountSchema = z.object({
  count: z.number().int().describe('Sessions that listen now'),
  peak: z.number().int().describe('Most at the same time in the broadcast on air'),
  exact: z.boolean().describe('False where the number cannot be known, because a cache in front hides who listens'),
});

/** A station as `GET /api/v1/stations` tells it. */
export const stationViewSchema = z.object({
  slug: z.string().describe('Names the station in addresses'),
  title: z.string(),
  live: z.boolean(),
  startedAt: z.number().nullable().describe('Start of the broadcast, ms since 1970; null when off air'),
  listeners: listenerCountSchema.describe('Nobody when off air'),
  url: z.string().describe('Multivariant playlist, relative to the server'),
  page: z.string().describe('Listener page, relative to the server'),
});

/** Answer of `GET /api/v1/stations`. */
export const stationListSchema = z.object({ stations: z.array(stationViewSchema) });

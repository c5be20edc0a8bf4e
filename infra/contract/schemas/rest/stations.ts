import { z } from 'zod';
import { normalTag } from '../../station-facts.ts';

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
  description: z.string(),
  language: z.string().nullable().describe('BCP 47'),
  tags: z.array(z.string()),
  artwork: z.string().nullable().describe('Address of the picture, relative to the server'),
  url: z.string().describe('Multivariant playlist, relative to the server'),
  page: z.string().describe('Listener page, relative to the server'),
});

/** Answer of `GET /api/v1/stations`. */
export const stationListSchema = z.object({
  stations: z.array(stationViewSchema),
  next: z.string().nullable().describe('`cursor` of the next page; null when this is the last one'),
});

/** Query of `GET /api/v1/stations`; what is given must all hold. */
export const stationQuerySchema = z.object({
  q: z.string().max(100).optional().describe('Text in title, description, address or tags; case makes no difference'),
  tag: z.string().max(100).transform(normalTag).optional(),
  language: z.string().max(60).optional().describe('BCP 47; `en` finds `en-GB` too'),
  live: z.enum(['true', 'false']).optional().describe('Only those on air, or off air'),
  cursor: z.string().max(500).optional().describe('`next` of the page before; left out for the first page'),
  limit: z.coerce.number().int().min(1).max(100).default(100).describe('Most stations of the answer'),
});

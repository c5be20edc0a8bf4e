import { z } from 'zod';

const figure = z.number().nullable();

/** How a stream does, from end to end; null where nothing is measured. */
export const streamQualitySchema = z.object({
  ingest: z
    .object({
      kbps: figure,
      jitterMs: figure,
      rttMs: figure,
      lostChunks: figure,
      levelDbfs: figure,
      clipped: figure,
      silentMs: figure,
    })
    .describe('The owner’s uplink'),
  encoder: z
    .object({
      speed: figure.describe('Seconds of audio per second; 1 keeps up'),
      delayMs: figure.describe('Age of the last sample of a part when it was published'),
    })
    .describe('From the store to the published part'),
  listeners: z
    .object({
      latencyMs: z.object({ p50: figure, p95: figure }),
      stallRatio: figure.describe('Share of the pages that stalled within the last minute'),
    })
    .describe('What pages say in their heartbeats'),
});

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
      lateMs: figure.describe('How much later audio arrives than at its best within 30 s'),
      levelDbfs: figure.describe('Largest sample of the last second; -100 is digital silence'),
      rmsDbfs: figure.describe('Root mean square of the last second'),
      clipped: figure.describe('Runs of three or more samples at full scale within the last 10 s'),
      silentMs: figure.describe('For how long nothing was above -50 dBFS'),
      momentaryLufs: figure.describe('Loudness (EBU R 128) of the last 400 ms; -70 is the least'),
      shortTermLufs: figure.describe('Of the last 3 s'),
      integratedLufs: figure.describe('Of the broadcast, as far as one transcoder has had it'),
    })
    .describe('The owner’s uplink, and his sound before the limiter'),
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

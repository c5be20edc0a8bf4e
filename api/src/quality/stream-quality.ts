import type { StreamQuality } from '@awaz/infra/contract';
import type { QualitySource } from '@awaz/infra/quality';
import { LatencySketch } from './latency-sketch.ts';
import type { ListenerFigures } from './listener-reports.ts';

/** Nothing is measured. */
export const UNMEASURED: StreamQuality = {
  ingest: {
    ...{ kbps: null, jitterMs: null, rttMs: null, lostChunks: null, lateMs: null },
    ...{ levelDbfs: null, rmsDbfs: null, clipped: null, silentMs: null },
    ...{ momentaryLufs: null, shortTermLufs: null, integratedLufs: null },
  },
  encoder: { speed: null, delayMs: null },
  listeners: { latencyMs: { p50: null, p95: null }, stallRatio: null },
};

/** Puts together what all sources told of a stream. */
export function streamQualityOf(told: ReadonlyMap<QualitySource, unknown>): StreamQuality {
  const encoder = told.get('encoder') as { sound?: object } | undefined;
  return {
    ingest: filled(UNMEASURED.ingest, { ...(told.get('ingest') as object | undefined), ...encoder?.sound }),
    encoder: filled(UNMEASURED.encoder, told.get('encoder')),
    listeners: listenersOf(
      [...told].filter(([source]) => source.startsWith('listeners:')).map(([, figures]) => figures as ListenerFigures),
    ),
  };
}

/** The fields of `empty` with the numbers that were told for them; further fields are left out. */
function filled<Figures extends Record<string, number | null>>(empty: Figures, told: unknown): Figures {
  const given = (told ?? {}) as Record<string, unknown>;
  const entries = Object.keys(empty).map((name) => [name, typeof given[name] === 'number' ? given[name] : null]);
  return Object.fromEntries(entries) as Figures;
}

function listenersOf(all: readonly ListenerFigures[]): StreamQuality['listeners'] {
  const sketch = new LatencySketch();
  for (const { latencies } of all) sketch.merge(latencies);
  const pages = all.reduce((sum, figures) => sum + figures.pages, 0);
  const stalled = all.reduce((sum, figures) => sum + figures.stalled, 0);
  return {
    latencyMs: { p50: sketch.quantile(0.5), p95: sketch.quantile(0.95) },
    stallRatio: pages === 0 ? null : Math.round((stalled / pages) * 1000) / 1000,
  };
}

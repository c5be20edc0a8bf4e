import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';
import { SoundMetrics } from '../sound/sound-metrics.ts';

/** What transcode sessions measure; one set for each worker. */
export type SessionMetrics = {
  sessions: Gauge;
  parts: Counter;
  titles: Counter;
  frames: Counter<'kind'>;
  restarts: Counter<'cause'>;
  slowed: Counter;
  publishDelay: Histogram;
  publishRetries: Counter;
  sound: SoundMetrics;
};

/** Registers the figures of transcode sessions. */
export function createSessionMetrics(registry: Registry): SessionMetrics {
  const registers = [registry];
  return {
    sound: new SoundMetrics(registry),
    sessions: new Gauge({ name: 'awaz_transcode_sessions', help: 'Broadcasts this worker owns', registers }),
    parts: new Counter({ name: 'awaz_parts_published_total', help: 'Parts published', registers }),
    titles: new Counter({ name: 'awaz_titles_published_total', help: 'Titles published with their parts', registers }),
    frames: new Counter({
      name: 'awaz_frames_total',
      help: 'AAC frames by what became of them: source, filler, dropped',
      labelNames: ['kind'],
      registers,
    }),
    restarts: new Counter({
      name: 'awaz_encoder_restarts_total',
      help: 'Encoder runs replaced, by cause',
      labelNames: ['cause'],
      registers,
    }),
    slowed: new Counter({
      name: 'awaz_encoders_slowed_total',
      help: 'Encoders that used far more CPU than their audio explains and got the lowest priority',
      registers,
    }),
    publishDelay: new Histogram({
      name: 'awaz_part_publish_delay_seconds',
      help: 'Age of the last sample of a part when it was published',
      buckets: [0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60],
      registers,
    }),
    publishRetries: new Counter({
      name: 'awaz_part_publish_retries_total',
      help: 'Failed writes to the part log',
      registers,
    }),
  };
}

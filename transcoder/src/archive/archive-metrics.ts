import { Counter, Gauge, type Registry } from '@awaz/infra/runtime';

/** What is measured of recordings; one set for each process. */
export type ArchiveMetrics = {
  segments: Counter;
  bytes: Counter;
  failures: Counter<'reason'>;
  lostSeconds: Counter;
  lag: Gauge;
  open: Gauge;
};

/** Registers the figures of recordings. */
export function createArchiveMetrics(registry: Registry): ArchiveMetrics {
  const registers = [registry];
  return {
    segments: new Counter({ name: 'awaz_recording_segments_total', help: 'Segments of recordings written', registers }),
    bytes: new Counter({ name: 'awaz_recording_bytes_total', help: 'Bytes of recordings written', registers }),
    failures: new Counter({
      name: 'awaz_recording_failures_total',
      help: 'Steps of recordings that failed and are tried again: disk_full, error',
      labelNames: ['reason'],
      registers,
    }),
    lostSeconds: new Counter({
      name: 'awaz_recording_lost_seconds_total',
      help: 'Audio that was gone from the part log before it could be recorded',
      registers,
    }),
    lag: new Gauge({
      name: 'awaz_recording_lag_seconds',
      help: 'How old the oldest published audio is that is in no recording yet; above 120 it gets lost',
      registers,
    }),
    open: new Gauge({ name: 'awaz_recordings_open', help: 'Recordings that this process writes', registers }),
  };
}

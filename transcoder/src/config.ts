import { availableParallelism } from 'node:os';
import { commonEnv } from '@awaz/infra/runtime';
import { z } from 'zod';

/** Broadcasts that one core can encode with the default ladder, with room for peaks. */
const BROADCASTS_PER_CORE = 12;

/** Environment of the transcoder. */
export const transcoderEnv = {
  ...commonEnv,
  /** ffmpeg to use; otherwise it is looked for. */
  FFMPEG_PATH: z.string().optional(),
  /** Broadcasts taken at the same time. */
  TRANSCODER_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(BROADCASTS_PER_CORE * availableParallelism()),
  /** Lateness of audio in ms beyond which filler goes on air; when unset 1.15 parts. More suits very unsteady uplinks. */
  FILLER_GRACE_MS: z.coerce.number().min(50).max(60_000).optional(),
  /** Days after which complete recordings are removed; 0 keeps them. */
  ARCHIVE_RETENTION_DAYS: z.coerce.number().min(0).max(36_500).default(0),
  /** Most that all recordings together may take, in GB (1e9 bytes): the oldest complete ones go first. No limit when unset. */
  ARCHIVE_MAX_GB: z.coerce.number().positive().optional(),
  /** Port for this program's own `/healthz` and `/metrics` on 127.0.0.1; none when 0. */
  TRANSCODER_METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
};

/** Ceiling of what is given to the encoders, in dBFS. */
export const LIMITER_CEILING_DBFS = -1;

/** Look-ahead of the limiter, in ms: how much longer audio stays in ffmpeg. */
const LIMITER_ATTACK_MS = 5;

/** Time in which the limiter lets go, in ms. */
const LIMITER_RELEASE_MS = 50;

/** Samples by which `alimiter` is late at 48 kHz: its buffer holds 240, of which one is the newest. */
const LIMITER_DELAY = 239;

/** What the graph of one encoder run depends on. */
export type FilterGraphOptions = {
  /** Decoded samples (48 kHz) to leave out at the start. */
  skipSamples: number;
  renditions: number;
  /** Whether peaks are held below {@link LIMITER_CEILING_DBFS}. */
  limiter: boolean;
};

/**
 * The filters from the decoder to the outputs `[r0]`, `[r1]`, … of the renditions, and to `[sound]`, which is what came in:
 * it is measured.
 *
 * Counting samples instead of trusting timestamps: MediaRecorder's jitter, and after a restart they would make ffmpeg
 * fill the time before with silence.
 */
export function filterGraph({ skipSamples, renditions, limiter }: FilterGraphOptions): string {
  const skip = skipSamples > 0 ? `,atrim=start_sample=${skipSamples},asetpts=N/SR/TB` : '';
  const format = 'aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo';
  const outputs = Array.from({ length: renditions }, (_, index) => `[r${index}]`).join('');
  const limit = limiter ? `${limiterFilters()},` : '';
  return `[0:a:0]aresample=48000,${format},asetpts=N/SR/TB${skip},asplit=2[air][sound];[air]${limit}asplit=${renditions}${outputs}`;
}

/**
 * A limiter that moves no sample: as much silence as it is late is put at the end and cut off at the start. (Its own option
 * `latency` came with ffmpeg 5 and is not in older builds.) Where nothing is above the ceiling samples pass unchanged.
 */
function limiterFilters(): string {
  const limit = (10 ** (LIMITER_CEILING_DBFS / 20)).toFixed(6);
  const limiter = `alimiter=limit=${limit}:attack=${LIMITER_ATTACK_MS}:release=${LIMITER_RELEASE_MS}:level=0`;
  return `apad=pad_len=${LIMITER_DELAY},${limiter},atrim=start_sample=${LIMITER_DELAY},asetpts=N/SR/TB`;
}

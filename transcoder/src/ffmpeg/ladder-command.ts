import type { Rung } from '@awaz/infra/contract';
import createFfmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { filterGraph } from './filter-graph.ts';

/** Address space of one ffmpeg in KiB (600 MB); hostile input that makes it grow is stopped by the kernel. */
export const ADDRESS_SPACE_LIMIT_KIB = 600_000;

/** Largest single allocation inside ffmpeg, in bytes. */
const MAX_ALLOC_BYTES = 64_000_000;

/** First of the inherited descriptors that renditions are written to. */
export const FIRST_OUTPUT_FD = 3;

/** What the encoder reads. */
export type LadderInput = {
  /** Forced demuxer; from the allow-list of the container scanners. */
  demuxer: string;
  /** For raw PCM only: samples per second. */
  sampleRate?: number | undefined;
  /** For raw PCM only: channels. */
  channels?: number | undefined;
};

/** What one encoder run is to do. */
export type LadderJob = {
  /** Path of the ffmpeg binary. */
  ffmpegPath: string;
  input: LadderInput;
  /** Decoded samples (48 kHz) to leave out at the start, so that frames keep the grid of the run before. */
  skipSamples: number;
  ladder: Rung[];
  /** Whether the limiter is on. */
  limiter: boolean;
};

/** The descriptor on which the sound comes as it came in: 16-bit stereo at 48 kHz, little endian. */
export function soundFd(ladder: readonly Rung[]): number {
  return FIRST_OUTPUT_FD + ladder.length;
}

/**
 * Named, because the default differs from build to build. Fewer clever guesses than `twoloop` from 64 kbit/s on, for
 * about 60 % of its CPU time.
 */
const AAC_CODER = 'fast';

type SpawnOptions = { stdio?: string[]; captureStdout?: boolean; stdoutLines?: number };
type Spawn = (args: string[], options: SpawnOptions, ...callbacks: unknown[]) => void;

function inputOptions({ input }: LadderJob): string[] {
  const raw =
    input.sampleRate === undefined ? [] : ['-ar', String(input.sampleRate), '-ac', String(input.channels ?? 2)];
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
    ...['-max_alloc', String(MAX_ALLOC_BYTES)],
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0', '-threads', '1'],
    ...raw,
  ];
}

/**
 * The command for one input and one ADTS output for each rung, on descriptors 3, 4, …, and the sound on the one after
 * them. Not started yet.
 */
export function ladderCommand(job: LadderJob): FfmpegCommand {
  const command = createFfmpeg({ stdoutLines: 50 })
    .input('pipe:0')
    .inputFormat(job.input.demuxer)
    .inputOptions(inputOptions(job))
    .complexFilter(filterGraph({ ...job, renditions: job.ladder.length }));
  job.ladder.forEach((rung, index) => {
    command
      .output(`pipe:${FIRST_OUTPUT_FD + index}`)
      .outputOptions(['-map', `[r${index}]`, '-map_metadata', '-1', '-threads', '1', '-flush_packets', '1'])
      .outputOptions(['-aac_coder', AAC_CODER])
      .audioCodec('aac')
      .audioBitrate(rung.kbps)
      .audioFrequency(48_000)
      .audioChannels(2)
      .format('adts');
  });
  // In pieces of 32 KiB (171 ms): its reader is to be woken as rarely as can be.
  command
    .output(`pipe:${soundFd(job.ladder)}`)
    .outputOptions(['-map', '[sound]', '-map_metadata', '-1', '-threads', '1', '-flush_packets', '0'])
    .audioCodec('pcm_s16le')
    .format('s16le');
  return confine(command, job);
}

/**
 * fluent-ffmpeg gives a command neither further descriptors nor limits, so its spawn is taken over: a shell sets the
 * limits and becomes ffmpeg, which keeps the process id.
 */
function confine(command: FfmpegCommand, job: LadderJob): FfmpegCommand {
  const open = command as unknown as { _spawnFfmpeg: Spawn };
  const spawn = open._spawnFfmpeg;
  const limits = `ulimit -v ${ADDRESS_SPACE_LIMIT_KIB}; ulimit -c 0; exec "$0" "$@"`;
  command.setFfmpegPath('/bin/sh');
  open._spawnFfmpeg = function (args, options, ...callbacks) {
    const encodes = args.includes('pipe:0'); // the others ask ffmpeg what it can do
    const confined = ['-c', limits, job.ffmpegPath, ...args];
    const outputs = [...job.ladder, 'sound'].map(() => 'pipe');
    const ownOptions = encodes
      ? { ...options, captureStdout: false, stdio: ['pipe', 'ignore', 'pipe', ...outputs] }
      : options;
    spawn.call(this, confined, ownOptions, ...callbacks);
  };
  return command;
}

import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { testFfmpeg } from '../testkit/index.ts';

/** Sound as separate channels, floats between -1 and 1. */
export type Pcm = { rate: number; channels: Float32Array[] };

/** Everything here is compared at this rate, in samples per second. */
export const PCM_RATE = 48_000;

/** Runs ffmpeg over bytes, whole or in pieces; resolves to what it writes. Rejects with its complaint when it fails. */
export async function throughFfmpeg(
  args: readonly string[],
  input: Uint8Array | Iterable<Uint8Array>,
): Promise<Buffer> {
  const { path } = await testFfmpeg();
  const child = spawn(path, ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args], { stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // what it did not like it says on stderr
  if (input instanceof Uint8Array) child.stdin.end(input);
  else Readable.from(input).pipe(child.stdin);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, complaint, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')} failed: ${complaint.toString()}`);
  return output;
}

/** Decodes a file of the given demuxer (`mp4`, `webm`, …) to 48 kHz stereo. `options` go before the input. */
export async function decodeAudio(bytes: Uint8Array, demuxer: string, options: readonly string[] = []): Promise<Pcm> {
  const args = [...options, '-f', demuxer, '-i', 'pipe:0', '-map', '0:a:0', '-af', 'aresample=48000'];
  const raw = await throughFfmpeg([...args, '-ac', '2', '-f', 'f32le', 'pipe:1'], bytes);
  return splitChannels(new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length)), 2);
}

/** Interleaved samples as separate channels. */
export function splitChannels(samples: Float32Array, channels: number): Pcm {
  const length = Math.floor(samples.length / channels);
  const split = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length }, (_, i) => samples[i * channels + channel] ?? 0),
  );
  return { rate: PCM_RATE, channels: split };
}

/** Index of the first sample louder than `level`; -1 when there is none. */
export function onsetOf(samples: Float32Array, level = 0.05): number {
  return samples.findIndex((sample) => Math.abs(sample) > level);
}

/** A stretch to look for, and around which place. */
export type LagSearch = { from: number; length: number; around: number; within: number };

/**
 * How many samples later than in `reference` a stretch is heard in `found`: the lag with the strongest correlation of all
 * channels together among those up to `within` samples from `around`. One channel alone would not do: encoders of low
 * rungs shift and swap what is in single channels.
 */
export function lagOf(reference: Pcm, found: Pcm, search: LagSearch): number {
  let best = { lag: Number.NaN, sum: Number.NEGATIVE_INFINITY };
  for (let lag = search.around - search.within; lag <= search.around + search.within; lag++) {
    let sum = 0;
    for (const [channel, samples] of reference.channels.entries()) {
      const other = found.channels[channel] ?? new Float32Array();
      for (let i = search.from; i < search.from + search.length; i++) sum += (samples[i] ?? 0) * (other[i + lag] ?? 0);
    }
    if (sum > best.sum) best = { lag, sum };
  }
  return best.lag;
}

/** Signal-to-noise ratio in dB of `found` against `reference` from sample `from` to `to`, apart from a constant gain. */
export function snrDb(
  reference: Float32Array,
  found: Float32Array,
  { lag, from, to }: { lag: number; from: number; to: number },
): number {
  let power = 0;
  let cross = 0;
  let foundPower = 0;
  for (let i = from; i < to; i++) {
    const [a, b] = [reference[i] ?? 0, found[i + lag] ?? 0];
    power += a * a;
    cross += a * b;
    foundPower += b * b;
  }
  const gain = cross / power;
  const noise = foundPower - gain * cross;
  return 10 * Math.log10((gain * gain * power) / Math.max(noise, Number.MIN_VALUE));
}

/** Share of the full scale (rms) of a stretch. */
export function rmsOf(samples: Float32Array, from = 0, to: number = samples.length): number {
  let power = 0;
  for (let i = from; i < to; i++) power += (samples[i] ?? 0) ** 2;
  return Math.sqrt(power / Math.max(1, to - from));
}

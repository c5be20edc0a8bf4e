import { spawnSync } from 'node:child_process';

/**
 * A signal of which every 20 ms are different: two tones that sweep at their own pace. Returns 16-bit stereo samples at
 * 48 kHz, little endian.
 */
export function sweep(seconds: number): Buffer {
  const frames = Math.round(seconds * 48_000);
  const bytes = Buffer.alloc(frames * 4);
  for (let i = 0; i < frames; i++) {
    const t = i / 48_000;
    const left =
      9000 * Math.sin(2 * Math.PI * (400 * t + 90 * t * t)) +
      4000 * Math.sin(2 * Math.PI * 3000 * t + 9 * Math.sin(7 * t));
    const right = 9000 * Math.sin(2 * Math.PI * (2500 * t - 55 * t * t));
    bytes.writeInt16LE(Math.round(left), i * 4);
    bytes.writeInt16LE(Math.round(right), i * 4 + 2);
  }
  return bytes;
}

/** Decodes a media file to 16-bit stereo at 48 kHz; throws when ffmpeg complains about anything. */
export function decode(ffmpegPath: string, file: Buffer, format = 'mp4'): Int16Array {
  const { stdout, stderr, status } = spawnSync(
    ffmpegPath,
    [
      '-hide_banner',
      '-loglevel',
      'warning',
      '-f',
      format,
      '-i',
      'pipe:0',
      '-f',
      's16le',
      '-ar',
      '48000',
      '-ac',
      '2',
      'pipe:1',
    ],
    { input: file, maxBuffer: 200_000_000 },
  );
  if (status !== 0 || stderr.length > 0) throw new Error(`ffmpeg complained (${status}): ${stderr}`);
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.byteLength / 2);
}

/** Encodes 16-bit stereo at 48 kHz by the given output arguments of ffmpeg. */
export function encode(ffmpegPath: string, sound: Buffer, args: string[]): Buffer {
  const input = ['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', 'pipe:0'];
  const { stdout, stderr, status } = spawnSync(ffmpegPath, ['-loglevel', 'error', ...input, ...args, 'pipe:1'], {
    input: sound,
    maxBuffer: 200_000_000,
  });
  if (status !== 0) throw new Error(`ffmpeg could not encode: ${stderr}`);
  return stdout;
}

/** 16-bit samples of a buffer. */
export function samplesOf(bytes: Buffer): Int16Array {
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Signal to noise in dB of `got` against `wanted` over `count` stereo frames from `from` on, `got` being `lag` frames later. */
export function snrDb(
  wanted: Int16Array,
  got: Int16Array,
  place: { from: number; count: number; lag: number },
): number {
  let signal = 0;
  let noise = 0;
  for (let i = place.from * 2; i < (place.from + place.count) * 2; i++) {
    const value = wanted[i] ?? 0;
    signal += value * value;
    noise += (value - (got[i + place.lag * 2] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1));
}

/** The lag in frames within ±`reach` of `around` at which `got` is most like `wanted`. */
export function bestLag(
  wanted: Int16Array,
  got: Int16Array,
  search: { from: number; count: number; around: number; reach: number },
): number {
  let best = { lag: search.around, db: Number.NEGATIVE_INFINITY };
  for (let lag = search.around - search.reach; lag <= search.around + search.reach; lag++) {
    const db = snrDb(wanted, got, { from: search.from, count: search.count, lag });
    if (db > best.db) best = { lag, db };
  }
  return best.lag;
}

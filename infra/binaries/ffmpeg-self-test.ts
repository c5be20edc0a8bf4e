import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, complaint } from './capture.ts';

/** What a working ffmpeg showed. */
export type FfmpegTrial = {
  /** As the program calls itself, for example `5.1.9-0+deb12u1`. */
  version: string;
  /** Payload of one AAC frame of silence (48 kHz stereo), made by that very encoder. */
  silentFrame: Uint8Array;
};

/** 200 ms of 48 kHz stereo in 16 bits. */
const SILENCE_BYTES = 0.2 * 48_000 * 2 * 2;
const BITRATES = ['64k', '128k', '256k'] as const;
/** AAC frames that 200 ms of sound must at least give. */
const LEAST_FRAMES = 9;

/**
 * Tries a program out: it must tell its version and make three AAC streams out of raw sound at once, which is what a
 * broadcast needs. Rejects with what it complained about.
 */
export async function tryFfmpeg(path: string): Promise<FfmpegTrial> {
  const answer = await capture(path, ['-hide_banner', '-version'], { timeoutMs: 15_000 });
  const version = /^ffmpeg version (\S+)/.exec(answer.stdout.toString())?.[1];
  if (answer.code !== 0 || version === undefined) throw new Error(`it does not tell its version: ${complaint(answer)}`);
  const work = await mkdtemp(join(tmpdir(), 'awaz-ffmpeg-'));
  try {
    const files = BITRATES.map((bitrate) => join(work, `${bitrate}.aac`));
    const encoded = await capture(path, encodeSilence(files), {
      input: Buffer.alloc(SILENCE_BYTES),
      timeoutMs: 30_000,
    });
    if (encoded.code !== 0) throw new Error(`it cannot make AAC: ${complaint(encoded)}`);
    const streams = await Promise.all(files.map(async (file) => adtsPayloads(await readFile(file))));
    const frames = streams.map((payloads) => payloads.length);
    if (Math.min(...frames) < LEAST_FRAMES || new Set(frames).size !== 1) {
      throw new Error(`200 ms of sound gave ${frames.join(', ')} AAC frames`);
    }
    // The first frames carry the encoder's name or its start; the last one is silence alone.
    const silentFrame = streams[0]?.at(-1) ?? new Uint8Array();
    return { version, silentFrame };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function encodeSilence(files: readonly string[]): string[] {
  const input = [
    '-hide_banner',
    '-nostdin',
    '-loglevel',
    'error',
    '-f',
    's16le',
    '-ar',
    '48000',
    '-ac',
    '2',
    '-i',
    'pipe:0',
  ];
  const split = ['-filter_complex', `[0:a:0]asplit=${files.length}${files.map((_, index) => `[o${index}]`).join('')}`];
  const outputs = files.flatMap((file, index) => [
    ...['-map', `[o${index}]`, '-c:a', 'aac', '-b:a', BITRATES[index] ?? '128k', '-ar', '48000', '-ac', '2'],
    ...['-f', 'adts', '-y', file],
  ]);
  return [...input, ...split, ...outputs];
}

/** The frames of an ADTS stream without their headers (ISO/IEC 14496-3, 1.A.3). */
function adtsPayloads(bytes: Buffer): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at + 7 <= bytes.length; ) {
    if (bytes.readUInt16BE(at) >> 4 !== 0xfff) break;
    const hasChecksum = ((bytes[at + 1] ?? 0) & 1) === 0;
    // aac_frame_length: 13 bits that begin with the last two of the fourth byte.
    const length = (bytes.readUInt32BE(at + 2) >> 5) & 0x1fff;
    if (length < 7 || at + length > bytes.length) break;
    payloads.push(bytes.subarray(at + (hasChecksum ? 9 : 7), at + length));
    at += length;
  }
  return payloads;
}

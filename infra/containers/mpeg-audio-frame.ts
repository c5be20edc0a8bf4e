import { byteAt, hasText, u16, u24, u32 } from './byte-fields.ts';
import type { FrameFormat, FrameHeader, InfoFrame } from './frame-header.ts';

/** kbit/s by index (ISO/IEC 11172-3 2.4.2.3, 13818-3 2.4.2.3): MPEG-1 layer III, MPEG-1 layer II, MPEG-2 layers II and III. */
const BITRATES = {
  layer3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  layer2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  low: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;

const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

const VERSION = { mpeg25: 0, reserved: 1, mpeg2: 2, mpeg1: 3 } as const;
const LAYER = { reserved: 0, three: 1, two: 2, one: 3 } as const;
const MONO = 3;

/** A header of MPEG-1, 2 or 2.5 layer II or III; free format has no size in it and is none of ours, as in ffmpeg. */
function readHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if ((u16(bytes, at) & 0xffe0) !== 0xffe0) return undefined;
  const version = (byteAt(bytes, at + 1) >> 3) & 3;
  const layer = (byteAt(bytes, at + 1) >> 1) & 3;
  const second = byteAt(bytes, at + 2);
  const baseRate = SAMPLE_RATES[(second >> 2) & 3];
  if (version === VERSION.reserved || layer === LAYER.reserved || layer === LAYER.one || baseRate === undefined) {
    return undefined;
  }
  const isLow = version !== VERSION.mpeg1;
  const table = isLow ? BITRATES.low : layer === LAYER.three ? BITRATES.layer3 : BITRATES.layer2;
  const kbps = table[second >> 4] ?? 0;
  if (kbps === 0) return undefined;
  const sampleRate = baseRate >> (version === VERSION.mpeg1 ? 0 : version === VERSION.mpeg2 ? 1 : 2);
  const samples = isLow && layer === LAYER.three ? 576 : 1152;
  const size = Math.floor((samples * 125 * kbps) / sampleRate) + ((second >> 1) & 1);
  const isMono = byteAt(bytes, at + 3) >> 6 === MONO;
  const signature = (version << 6) | (layer << 4) | (((second >> 2) & 3) << 1) | (isMono ? 1 : 0);
  return { size, samples, sampleRate, signature };
}

/** Bytes of side information behind the header (ISO/IEC 11172-3 2.4.1.7), after which a Xing tag stands. */
function sideInformationBytes(bytes: Uint8Array, at: number): number {
  const isMpeg1 = ((byteAt(bytes, at + 1) >> 3) & 3) === VERSION.mpeg1;
  const isMono = byteAt(bytes, at + 3) >> 6 === MONO;
  if (isMpeg1) return isMono ? 17 : 32;
  return isMono ? 9 : 17;
}

const XING = { frames: 1, size: 2, toc: 4, quality: 8 } as const;

/** Samples of delay that every MP3 decoder adds to the encoder's (LAME's tag counts only the latter). */
const DECODER_DELAY_SAMPLES = 529;

/** Delay that the encoder wrote behind its name (LAME tag; also by libavformat), with the decoder's; 0 without. */
function startDelay(bytes: Uint8Array, name: number): number {
  const isKnown = ['LAME', 'Lavf', 'Lavc'].some((encoder) => hasText(bytes, name, encoder));
  return isKnown ? (u24(bytes, name + 21) >> 12) + DECODER_DELAY_SAMPLES : 0;
}

/**
 * A frame with a Xing, Info or VBRI tag. ffmpeg reads it as a header and drops the encoder's delay; the number of frames
 * in it is set to 0 in the feed, so that no version trims where the file once ended: more may follow. Where ffmpeg would
 * play the tag as a frame (no size in it), and for VBRI, which has no delay, the frame is left out.
 */
function readInfo(bytes: Uint8Array, at: number, header: FrameHeader): InfoFrame | undefined {
  const left: InfoFrame = { feed: undefined, preSkip: 0 };
  const isLayer3 = ((byteAt(bytes, at + 1) >> 1) & 3) === LAYER.three;
  const tag = at + 4 + sideInformationBytes(bytes, at);
  const end = at + header.size;
  if (!isLayer3 || end < tag + 8) return undefined;
  if (hasText(bytes, at + 36, 'VBRI')) return left;
  if (!hasText(bytes, tag, 'Xing') && !hasText(bytes, tag, 'Info')) return undefined;
  const flags = u32(bytes, tag + 4);
  const hasFrames = (flags & XING.frames) !== 0;
  const size = tag + 8 + (hasFrames ? 4 : 0);
  let name = size + 4;
  if ((flags & XING.toc) !== 0) name += 100;
  if ((flags & XING.quality) !== 0) name += 4;
  const hasSize = (flags & XING.size) !== 0 && u32(bytes, size) > 0;
  if (!hasSize || name + 24 > end) return left;
  const feed = bytes.slice(at, end);
  if (hasFrames) feed.fill(0, tag + 8 - at, tag + 12 - at);
  return { feed, preSkip: startDelay(bytes, name) };
}

/** MPEG audio, layers III and II. */
export const MPEG_AUDIO: FrameFormat = { name: 'MP3', demuxer: 'mp3', headerBytes: 4, readHeader, readInfo };

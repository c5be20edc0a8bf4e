import { byteAt, hasText, u16le } from './byte-fields.ts';
import type { PacketCodec } from './packet-codec.ts';

/** Sample rate at which Opus counts (RFC 7845 4). */
const OPUS_SAMPLE_RATE = 48_000;

/** RFC 6716 3.2.5 R5: the audio of one packet must not be longer than 120 ms. */
const MAX_PACKET_SAMPLES = 5760;

/** RFC 6716 3.2.1 R2: no frame is longer. */
const MAX_FRAME_BYTES = 1275;

const SILK_FRAME_SAMPLES = [480, 960, 1920, 2880] as const;

/** Samples of one frame by the configuration in the TOC byte (RFC 6716 3.1, table 2). */
function frameSamples(toc: number): number {
  const config = toc >> 3;
  if (config < 12) return SILK_FRAME_SAMPLES[(config & 3) as 0 | 1 | 2 | 3];
  if (config < 16) return (config & 1) === 1 ? 960 : 480;
  return 120 << (config & 3);
}

/** Where the lengths of a code 3 packet begin and how long it is without its padding (RFC 6716 3.2.5). */
function withoutPadding(bytes: Uint8Array, start: number, length: number): { at: number; length: number } {
  let at = 2;
  let payload = length;
  if ((byteAt(bytes, start + 1) & 0x40) === 0) return { at, length: payload };
  let more = 255;
  while (more === 255 && at < length && start + at < bytes.length) {
    more = byteAt(bytes, start + at++);
    payload -= more === 255 ? 254 : more;
  }
  return { at, length: payload };
}

/** Number of frames in a code 3 packet (RFC 6716 3.2.5); 0 when its framing is broken. */
function codeThreeFrames(bytes: Uint8Array, start: number, length: number): number {
  const flags = byteAt(bytes, start + 1);
  const count = flags & 0x3f;
  const payload = withoutPadding(bytes, start, length);
  const rest = payload.length - payload.at;
  if (length < 2 || count === 0 || rest < 0) return 0;
  const isVariable = (flags & 0x80) !== 0;
  if (isVariable) return variableFramesFit(bytes, start + payload.at, { count, length: rest }) ? count : 0;
  return rest % count === 0 && rest / count <= MAX_FRAME_BYTES ? count : 0;
}

function variableFramesFit(bytes: Uint8Array, start: number, packet: { count: number; length: number }): boolean {
  let at = 0;
  let sum = 0;
  for (let frame = 0; frame < packet.count - 1; frame++) {
    if (start + at >= bytes.length && at < packet.length) return true;
    let size = byteAt(bytes, start + at++);
    if (size >= 252) size += 4 * byteAt(bytes, start + at++);
    sum += size;
    if (at + sum > packet.length) return false;
  }
  return packet.length - at - sum <= MAX_FRAME_BYTES;
}

/** RFC 6716 3.2.4: two frames, the first one's length in front. */
function twoFramesFit(bytes: Uint8Array, start: number, length: number): boolean {
  return length >= 2 && variableFramesFit(bytes, start + 1, { count: 2, length: length - 1 });
}

function frameCount(bytes: Uint8Array, start: number, length: number): number {
  switch (byteAt(bytes, start) & 3) {
    case 0:
      return length - 1 <= MAX_FRAME_BYTES ? 1 : 0;
    case 1:
      return (length - 1) % 2 === 0 && (length - 1) / 2 <= MAX_FRAME_BYTES ? 2 : 0;
    case 2:
      return twoFramesFit(bytes, start, length) ? 2 : 0;
    default:
      return codeThreeFrames(bytes, start, length);
  }
}

/** Samples at 48 kHz in an Opus packet; 0 when it breaks the framing rules of RFC 6716 3.4, as decoders refuse it then. */
export function opusPacketSamples(bytes: Uint8Array, start: number, length: number): number {
  if (length < 1) return 0;
  const samples = frameSamples(byteAt(bytes, start)) * frameCount(bytes, start, length);
  return samples <= MAX_PACKET_SAMPLES ? samples : 0;
}

/** Opus with so many samples of pre-skip. */
export function opusCodec(preSkip: number): PacketCodec {
  return { sampleRate: OPUS_SAMPLE_RATE, preSkip, swallowsFirstPacket: false, samplesOf: opusPacketSamples };
}

/** Opus as its identification header describes it (RFC 7845 5.1); undefined when that is none. */
export function opusCodecFromHead(head: Uint8Array): PacketCodec | undefined {
  if (head.length < 19 || !hasText(head, 0, 'OpusHead') || byteAt(head, 8) >> 4 !== 0) return undefined;
  return opusCodec(u16le(head, 10));
}

import { byteAt, hasText, u16, u24 } from './byte-fields.ts';
import type { PacketCodec } from './packet-codec.ts';

/** Bytes of the frame or sample number, coded like UTF-8 (RFC 9639 9.1.5). */
function codedNumberBytes(first: number): number {
  return first < 0x80 ? 1 : Math.max(1, Math.clz32(~(first << 24)));
}

/** Samples in a FLAC frame by its header (RFC 9639 9.1.1); 0 when it is none. */
export function flacFrameSamples(bytes: Uint8Array, start: number, length: number): number {
  if (length < 6 || (u16(bytes, start) & 0xfffe) !== 0xfff8) return 0;
  const code = byteAt(bytes, start + 2) >> 4;
  const behindNumber = start + 4 + codedNumberBytes(byteAt(bytes, start + 4));
  if (code === 0) return 0;
  if (code === 1) return 192;
  if (code < 6) return 144 << code;
  if (code === 6) return byteAt(bytes, behindNumber) + 1;
  if (code === 7) return u16(bytes, behindNumber) + 1;
  return 1 << code;
}

/** FLAC as the first packet of its Ogg mapping describes it (RFC 9639 10.1); undefined when that is none. */
export function flacCodecFromOgg(head: Uint8Array): PacketCodec | undefined {
  if (head.length < 51 || !hasText(head, 0, '\x7fFLAC\x01') || !hasText(head, 9, 'fLaC')) return undefined;
  const sampleRate = u24(head, 27) >> 4;
  if (sampleRate === 0) return undefined;
  return { sampleRate, preSkip: 0, swallowsFirstPacket: false, samplesOf: flacFrameSamples };
}

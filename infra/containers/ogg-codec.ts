import { hasText, textBytes } from './byte-fields.ts';
import { flacCodecFromOgg } from './flac-frame.ts';
import { opusCodecFromHead } from './opus-packet.ts';
import type { PacketCodec } from './packet-codec.ts';
import { vorbisCodec } from './vorbis-packet.ts';

/** How a codec's headers stand in Ogg. */
export type OggMapping = {
  /** Whether a packet after the first is a header and not audio. */
  isHeader(bytes: Uint8Array, start: number): boolean;
  /** Whether a header packet must be kept whole. */
  isNeeded(packet: Uint8Array): boolean;
  /** The codec, once enough headers have come; undefined when they are damaged. */
  open(first: Uint8Array, needed: Uint8Array | undefined): PacketCodec | undefined;
  /** Header packets for a new decoder: the needed ones with empty comments. */
  headers(first: Uint8Array, needed: Uint8Array | undefined): Uint8Array[];
  /** Whether the audio begins once the needed header has come. */
  readonly lastIsNeeded: boolean;
  /** Whether all decoders trim the end by the last granule position; ffmpeg's versions differ for Vorbis. */
  readonly trimsEnd: boolean;
};

/** A comment header without comments: vendor string and list are empty (Vorbis I 5.2.1). */
const EMPTY_COMMENTS = [0, 0, 0, 0, 0, 0, 0, 0];

/** RFC 7845 3: the identification header, one comment header, then audio. */
const OPUS: OggMapping = {
  isHeader: (bytes, start) => hasText(bytes, start, 'OpusTags'),
  isNeeded: () => false,
  open: (first) => opusCodecFromHead(first),
  headers: (first) => [first, new Uint8Array([...textBytes('OpusTags'), ...EMPTY_COMMENTS])],
  lastIsNeeded: false,
  trimsEnd: true,
};

/** Vorbis I A.2: identification, comment and set-up; header packets have an odd first byte. */
const VORBIS: OggMapping = {
  isHeader: (bytes, start) => ((bytes[start] ?? 0) & 1) === 1,
  isNeeded: (packet) => hasText(packet, 0, '\x05vorbis'),
  open: (first, setup) => (setup === undefined ? undefined : vorbisCodec(first, setup)),
  headers: (first, setup) => [
    first,
    new Uint8Array([...textBytes('\x03vorbis'), ...EMPTY_COMMENTS, 1]),
    ...(setup === undefined ? [] : [setup]),
  ],
  lastIsNeeded: true,
  trimsEnd: false,
};

/** RFC 9639 10.1: stream info in the first packet, then metadata blocks; a frame begins with its sync code. */
const FLAC: OggMapping = {
  isHeader: (bytes, start) => bytes[start] !== 0xff,
  isNeeded: () => false,
  open: (first) => flacCodecFromOgg(first),
  headers: (first) => {
    const head = first.slice();
    head.set([0, 1], 7); // one more header packet
    const lastBlockOfComments = 0x84;
    return [head, new Uint8Array([lastBlockOfComments, 0, 0, EMPTY_COMMENTS.length, ...EMPTY_COMMENTS])];
  },
  lastIsNeeded: false,
  trimsEnd: false,
};

/** The mapping that a logical stream's first packet announces; undefined when it is none of ours. */
export function oggMapping(first: Uint8Array): OggMapping | undefined {
  if (hasText(first, 0, 'OpusHead')) return OPUS;
  if (hasText(first, 0, '\x01vorbis')) return VORBIS;
  return hasText(first, 0, '\x7fFLAC') ? FLAC : undefined;
}

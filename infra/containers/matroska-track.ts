import { AwazError } from '../contract/index.ts';
import { byteAt, u16 } from './byte-fields.ts';
import { type EbmlChild, ebmlChildren, readFloat, readUnsigned } from './ebml.ts';
import { MATROSKA_ID } from './matroska-ids.ts';
import { opusCodec, opusCodecFromHead } from './opus-packet.ts';
import type { PacketCodec } from './packet-codec.ts';
import { vorbisCodec } from './vorbis-packet.ts';

/** The audio track of a Matroska stream. */
export type MatroskaTrack = {
  number: number;
  codec: PacketCodec;
  /** Its TrackEntry element as it was received, head included. */
  entry: Uint8Array;
};

/** Largest TrackEntry: Vorbis headers take up to about 10 kB. */
const MAX_TRACK_ENTRY_BYTES = 65_536;

type TrackFields = {
  number: number;
  type: number;
  codecId: string;
  codecPrivate: Uint8Array;
  encoded: boolean;
  sampleRate: number;
  channels: number;
  bitDepth: number;
};

function readAudio(bytes: Uint8Array, audio: EbmlChild, fields: TrackFields): void {
  for (const child of ebmlChildren(bytes, audio.start, audio.end)) {
    if (child.id === MATROSKA_ID.samplingFrequency) fields.sampleRate = Math.round(readFloat(bytes, child));
    if (child.id === MATROSKA_ID.channels) fields.channels = readUnsigned(bytes, child);
    if (child.id === MATROSKA_ID.bitDepth) fields.bitDepth = readUnsigned(bytes, child);
  }
}

function readTrackEntry(bytes: Uint8Array, entry: EbmlChild): TrackFields {
  const fields: TrackFields = {
    number: 0,
    type: 0,
    codecId: '',
    codecPrivate: new Uint8Array(0),
    encoded: false,
    sampleRate: 8000, // RFC 9559 5.1.4.1.29.1: default
    channels: 1,
    bitDepth: 0,
  };
  for (const child of ebmlChildren(bytes, entry.start, entry.end)) {
    if (child.id === MATROSKA_ID.trackNumber) fields.number = readUnsigned(bytes, child);
    if (child.id === MATROSKA_ID.trackType) fields.type = readUnsigned(bytes, child);
    if (child.id === MATROSKA_ID.codecId) {
      fields.codecId = String.fromCharCode(...bytes.subarray(child.start, Math.min(child.end, child.start + 32)));
    }
    if (child.id === MATROSKA_ID.codecPrivate) fields.codecPrivate = bytes.subarray(child.start, child.end);
    if (child.id === MATROSKA_ID.contentEncodings) fields.encoded = true;
    if (child.id === MATROSKA_ID.audio) readAudio(bytes, child, fields);
  }
  return fields;
}

/** The three Vorbis headers in a CodecPrivate: their number less one, sizes of all but the last, then the headers. */
function vorbisFromPrivate(codecPrivate: Uint8Array): PacketCodec | undefined {
  const sizes: number[] = [];
  let at = 1;
  for (let header = 0; header < 2; header++) {
    let size = 0;
    let more = 255;
    while (more === 255 && at < codecPrivate.length) {
      more = byteAt(codecPrivate, at++);
      size += more;
    }
    sizes.push(size);
  }
  const [identification = 0, comment = 0] = sizes;
  const setup = at + identification + comment;
  return vorbisCodec(codecPrivate.subarray(at, at + identification), codecPrivate.subarray(setup));
}

function pcmCodec({ sampleRate, channels, bitDepth }: TrackFields): PacketCodec | undefined {
  const frameBytes = (channels * bitDepth) / 8;
  if (!Number.isInteger(frameBytes) || frameBytes < 1 || frameBytes > 64 || sampleRate < 1) return undefined;
  const samplesOf = (_bytes: Uint8Array, _start: number, length: number) => Math.floor(length / frameBytes);
  return { sampleRate, preSkip: 0, swallowsFirstPacket: false, samplesOf };
}

function codecOf(fields: TrackFields): PacketCodec | undefined {
  switch (fields.codecId.replace(/\0+$/, '')) {
    case 'A_OPUS':
      return fields.codecPrivate.length === 0 ? opusCodec(0) : opusCodecFromHead(fields.codecPrivate);
    case 'A_VORBIS':
      return u16(fields.codecPrivate, 0) >> 8 === 2 ? vorbisFromPrivate(fields.codecPrivate) : undefined;
    case 'A_PCM/INT/LIT':
    case 'A_PCM/INT/BIG':
    case 'A_PCM/FLOAT/IEEE':
      return pcmCodec(fields);
    default:
      return undefined;
  }
}

/** The first audio track in the content of a Tracks element. Throws `bad_media` when there is none that can be pushed. */
export function readAudioTrack(bytes: Uint8Array, start: number, end: number): MatroskaTrack {
  let headStart = start;
  let fault = 'has no audio track';
  for (const child of ebmlChildren(bytes, start, end)) {
    const entry = bytes.slice(headStart, child.end);
    headStart = child.end;
    if (child.id !== MATROSKA_ID.trackEntry) continue;
    const fields = readTrackEntry(bytes, child);
    if (fields.type !== 2) continue;
    const codec = fields.encoded ? undefined : codecOf(fields);
    if (codec !== undefined && fields.number > 0 && entry.length <= MAX_TRACK_ENTRY_BYTES)
      return { number: fields.number, codec, entry };
    const name = fields.codecId.replaceAll(/[^\w/.-]/g, '?');
    fault = fields.encoded ? 'has a compressed or encrypted track' : `has a "${name}" track that cannot be read`;
    break;
  }
  throw new AwazError('bad_media', `The WebM stream ${fault}. Push Opus, Vorbis or PCM.`);
}

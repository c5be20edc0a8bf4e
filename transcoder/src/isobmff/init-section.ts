import { ascii, box, type Content, fixed16, flatten, fullBox, u8, u16, u24, u32, zeros } from './box.ts';

/** Facts of an AAC-LC track. */
export type AacTrack = {
  /** Samples per second; the track's timescale too. */
  sampleRate: number;
  /** Channels, 1 or 2. */
  channels: number;
  /** Average bitrate in bit/s, for the decoder configuration. */
  bitrate: number;
};

/** The one track's id. */
export const TRACK_ID = 1;

/** RFC 6381 name of AAC-LC. */
export const AAC_LC_CODEC = 'mp4a.40.2';

/** Matrix of a track that is shown as it is (ISO/IEC 14496-12, 8.2.2). */
export const IDENTITY_MATRIX = [...fixed16(1), ...zeros(12), ...fixed16(1), ...zeros(12), ...u32(0x40000000)];

const SAMPLE_RATE_INDEX: Record<number, number> = { 48000: 3, 44100: 4, 32000: 5, 24000: 6, 22050: 7, 16000: 8 };

/** AudioSpecificConfig of AAC-LC with 1024 samples a frame (ISO/IEC 14496-3, 1.6.2.1). Throws on an unknown rate. */
export function audioSpecificConfig({ sampleRate, channels }: Pick<AacTrack, 'sampleRate' | 'channels'>): number[] {
  const index = SAMPLE_RATE_INDEX[sampleRate];
  if (index === undefined) throw new RangeError(`AAC sample rate ${sampleRate} has no index`);
  const objectType = 2; // AAC LC
  return u16((objectType << 11) | (index << 7) | (channels << 3));
}

function descriptor(tag: number, content: Content[]): Content {
  const body = flatten(content);
  return [u8(tag), u8(body.length), body];
}

/** Elementary stream descriptor (ISO/IEC 14496-1, 7.2.6.5; 14496-14, 5.6). */
function esds(track: AacTrack): Content {
  return fullBox(
    'esds',
    {},
    descriptor(0x03, [
      u16(TRACK_ID), // ES_ID
      u8(0), // flags and stream priority
      descriptor(0x04, [
        u8(0x40), // objectTypeIndication: Audio ISO/IEC 14496-3
        u8(0x15), // streamType audio, upStream 0, reserved 1
        u24(0), // bufferSizeDB
        u32(track.bitrate), // maxBitrate
        u32(track.bitrate), // avgBitrate
        descriptor(0x05, [audioSpecificConfig(track)]),
      ]),
      descriptor(0x06, [u8(0x02)]), // SLConfigDescriptor: reserved for MP4
    ]),
  );
}

/** Sample entry of an AAC-LC track (ISO/IEC 14496-14, 5.6). */
export function mp4a(track: AacTrack): Content {
  return box(
    'mp4a',
    zeros(6), // reserved
    u16(1), // data_reference_index
    zeros(8), // reserved
    u16(track.channels), // channelcount
    u16(16), // samplesize
    zeros(4), // pre_defined, reserved
    fixed16(track.sampleRate), // samplerate
    esds(track),
  );
}

function stbl(track: AacTrack): Content {
  return box(
    'stbl',
    fullBox('stsd', {}, u32(1), mp4a(track)),
    fullBox('stts', {}, u32(0)),
    fullBox('stsc', {}, u32(0)),
    fullBox('stsz', {}, u32(0), u32(0)),
    fullBox('stco', {}, u32(0)),
  );
}

/** `hdlr` and `minf` of a sound track whose media are in the same file (ISO/IEC 14496-12, 8.4.3 and 8.4.4). */
export function soundMedia(stbl: Content): [hdlr: Content, minf: Content] {
  return [
    fullBox('hdlr', {}, zeros(4), ascii('soun'), zeros(12), ascii('Awaz\0')),
    box(
      'minf',
      fullBox('smhd', {}, zeros(4)), // balance, reserved
      box('dinf', fullBox('dref', {}, u32(1), fullBox('url ', { flags: 1 }))),
      stbl,
    ),
  ];
}

function mdia(track: AacTrack): Content {
  return box(
    'mdia',
    fullBox('mdhd', {}, zeros(8), u32(track.sampleRate), u32(0), u16(0x55c4), u16(0)), // times, timescale, duration, language und
    ...soundMedia(stbl(track)),
  );
}

function trak(track: AacTrack): Content {
  const tkhd = fullBox(
    'tkhd',
    { flags: 3 }, // enabled, in movie
    zeros(8), // creation and modification time
    u32(TRACK_ID),
    zeros(4), // reserved
    u32(0), // duration
    zeros(8), // reserved
    u16(0), // layer
    u16(0), // alternate_group
    u16(0x0100), // volume 1.0
    zeros(2), // reserved
    IDENTITY_MATRIX,
    zeros(8), // width, height
  );
  return box('trak', tkhd, mdia(track));
}

function mvhd(timescale: number): Content {
  return fullBox(
    'mvhd',
    {},
    zeros(8), // creation and modification time
    u32(timescale),
    u32(0), // duration
    fixed16(1), // rate
    u16(0x0100), // volume 1.0
    zeros(10), // reserved
    IDENTITY_MATRIX,
    zeros(24), // pre_defined
    u32(TRACK_ID + 1), // next_track_ID
  );
}

/** `ftyp` + `moov` of one AAC-LC track whose samples all come in fragments (CMAF header, ISO/IEC 23000-19). */
export function initSection(track: AacTrack): Uint8Array<ArrayBuffer> {
  const trex = fullBox('trex', {}, u32(TRACK_ID), u32(1), u32(1024), u32(0), u32(0x02000000)); // description, duration, size, flags: sync
  return flatten([
    box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('cmfc'), ascii('mp41')),
    box('moov', mvhd(track.sampleRate), trak(track), box('mvex', trex)),
  ]);
}

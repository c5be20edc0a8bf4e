import type { Container, IngestFormat } from '../contract/index.ts';
import { ADTS } from './adts-frame.ts';
import { byteAt, hasText, u32 } from './byte-fields.ts';
import { MATROSKA_ID } from './matroska-ids.ts';
import { MPEG_AUDIO } from './mpeg-audio-frame.ts';
import { OGG_FLAG } from './ogg-page.ts';

/** Whether bytes begin with the header that all streams of a container begin with; absent where frames stand alone. */
const HEADERS: Partial<Record<Container, (bytes: Uint8Array) => boolean>> = {
  webm: (bytes) => u32(bytes, 0) === MATROSKA_ID.ebml,
  ogg: (bytes) => hasText(bytes, 0, 'OggS\0') && (byteAt(bytes, 5) & OGG_FLAG.first) !== 0,
  mp4: (bytes) => hasText(bytes, 4, 'ftyp'),
  wav: (bytes) => (hasText(bytes, 0, 'RIFF') || hasText(bytes, 0, 'RF64')) && hasText(bytes, 8, 'WAVE'),
};

/**
 * Whether a stream of this format may begin with these bytes (the first dozen are looked at). ADTS and MP3 begin with any
 * frame or a tag, L16 with anything: so this cannot tell a new stream in the middle of them; see {@link looksLikeNewStream}.
 */
export function looksLikeStart(format: IngestFormat, bytes: Uint8Array): boolean {
  switch (format.container) {
    case 'adts':
      return hasText(bytes, 0, 'ID3') || ADTS.readHeader(bytes, 0) !== undefined;
    case 'mp3':
      return hasText(bytes, 0, 'ID3') || MPEG_AUDIO.readHeader(bytes, 0) !== undefined;
    case 'l16':
      return bytes.length > 0;
    default:
      return HEADERS[format.container]?.(bytes) ?? false;
  }
}

/**
 * Whether a message in the middle of a stream begins another one: it starts with a container header. Always false for ADTS,
 * MP3 and L16, which have none.
 */
export function looksLikeNewStream(format: IngestFormat, bytes: Uint8Array): boolean {
  return HEADERS[format.container]?.(bytes) ?? false;
}

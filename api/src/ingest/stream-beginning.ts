import { looksLikeStart } from '@awaz/infra/containers';
import { AwazError, type Container, type IngestFormat } from '@awaz/infra/contract';

/** Bytes that are enough to know a container by. */
const TELLING_BYTES = 12;

/** How streams begin, `?` for any byte; for pieces too short to be known. */
const BEGINNINGS: Record<Container, readonly string[]> = {
  webm: ['\x1a\x45\xdf\xa3'],
  ogg: ['OggS'],
  mp4: ['\0\0??ftyp'],
  adts: ['\xff', 'ID3'],
  mp3: ['\xff', 'ID3'],
  wav: ['RIFF????WAVE', 'RF64????WAVE'],
  l16: ['?'],
};

/** Throws `bad_media` when the first bytes of an epoch cannot be the beginning of its container. */
export function requireStart(format: IngestFormat, bytes: Uint8Array): void {
  if (looksLikeStart(format, bytes)) return;
  if (bytes.byteLength < TELLING_BYTES && BEGINNINGS[format.container].some((text) => mayBecome(text, bytes))) return;
  throw new AwazError(
    'bad_media',
    `The first bytes are not the beginning of ${format.mime}. Check the format and the recorder.`,
  );
}

function mayBecome(beginning: string, bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => {
    const expected = beginning[at];
    return expected === undefined || expected === '?' || expected.charCodeAt(0) === byte;
  });
}

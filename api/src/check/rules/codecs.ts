import type { OriginView } from '../origin-view.ts';

/** Names of audio codecs (RFC 6381) up to their first dot. */
const AUDIO = new Set(['mp4a', 'opus', 'flac', 'alac', 'ac-3', 'ec-3', 'ac-4', 'mhm1', 'mhm2']);

/** The codecs that the multivariant playlist names for a rendition. */
export function listedCodecs(view: OriginView, rendition: number): string[] {
  const codecs = view.renditions[rendition]?.variant?.codecs;
  return codecs === undefined ? [] : codecs.split(',').map((codec) => codec.trim());
}

/** Whether a codec is one of audio. */
export function isAudioCodec(codec: string): boolean {
  return AUDIO.has((codec.split('.', 1)[0] ?? '').toLowerCase());
}

/** Whether a rendition holds audio alone, by its init section or else by what the multivariant playlist says. */
export function isAudioOnly(view: OriginView, rendition: number): boolean {
  const tracks = view.tracks[rendition] ?? [];
  if (tracks.length > 0) return tracks.every(({ handler }) => handler === 'soun');
  const codecs = listedCodecs(view, rendition);
  return codecs.length > 0 && codecs.every(isAudioCodec);
}

import { type Attributes, quotedString, renderAttributes, requireAttribute } from './attribute-list.ts';
import { PlaylistSyntaxError } from './playlist-lines.ts';

/** `EXT-X-PRELOAD-HINT` (RFC 8216bis 4.4.5.3): what will be published next and may be asked for already. */
export type PreloadHint = { type: 'PART' | 'MAP'; uri: string };

/**
 * Renders the tag. "[The URI] MUST match the URI that will be subsequently added to the Playlist as a non-hinted resource
 * (for example, the URI of an EXT-X-PART tag)."
 */
export function renderPreloadHint(hint: PreloadHint): string {
  return `#EXT-X-PRELOAD-HINT:${renderAttributes([
    ['TYPE', hint.type],
    ['URI', quotedString(hint.uri)],
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parsePreloadHint(attributes: Attributes, line: number): PreloadHint {
  const type = requireAttribute(attributes, 'TYPE', line);
  if (type !== 'PART' && type !== 'MAP') throw new PlaylistSyntaxError(line, `TYPE=${type} is neither PART nor MAP`);
  return { type, uri: requireAttribute(attributes, 'URI', line) };
}

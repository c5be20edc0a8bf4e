import {
  numberAttribute,
  parseAttributes,
  quotedString,
  renderAttributes,
  requireAttribute,
} from './attribute-list.ts';
import { PlaylistSyntaxError, readPlaylistLines } from './playlist-lines.ts';

/** A line of the multivariant playlist: `EXT-X-STREAM-INF` and the URI of its media playlist (RFC 8216bis 4.4.6.2). */
export type VariantStream = {
  /** Relative to the multivariant playlist. */
  uri: string;
  /** Peak segment bit rate, bit/s. */
  bandwidth: number;
  /** Average segment bit rate, bit/s. */
  averageBandwidth?: number;
  /** RFC 6381, like `mp4a.40.2`. */
  codecs?: string;
};

/** A Multivariant Playlist (RFC 8216bis 4.4.6) of variants only, without alternative renditions. */
export type MultivariantPlaylist = { independentSegments: boolean; variants: readonly VariantStream[] };

/** Renders a multivariant playlist. None of its tags asks for a version, so it names none. */
export function renderMultivariantPlaylist(playlist: MultivariantPlaylist): string {
  let text = playlist.independentSegments ? '#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n' : '#EXTM3U\n';
  for (const variant of playlist.variants) {
    text += `#EXT-X-STREAM-INF:${renderAttributes([
      ['BANDWIDTH', String(variant.bandwidth)],
      ['AVERAGE-BANDWIDTH', variant.averageBandwidth === undefined ? undefined : String(variant.averageBandwidth)],
      ['CODECS', variant.codecs === undefined ? undefined : quotedString(variant.codecs)],
    ])}\n${variant.uri}\n`;
  }
  return text;
}

/** Parses a multivariant playlist. Throws a {@link PlaylistSyntaxError}, also for a media playlist. */
export function parseMultivariantPlaylist(text: string): MultivariantPlaylist {
  const lines = readPlaylistLines(text);
  const variants: VariantStream[] = [];
  let independentSegments = false;
  lines.forEach((line, index) => {
    if (line.kind === 'uri') return;
    if (line.name === '#EXTINF') throw new PlaylistSyntaxError(line.line, 'this is a media playlist');
    if (line.name === '#EXT-X-INDEPENDENT-SEGMENTS') independentSegments = true;
    if (line.name !== '#EXT-X-STREAM-INF') return;
    // RFC 8216bis 4.4.6.2: "The URI line … MUST follow the EXT-X-STREAM-INF tag", on the next line.
    const next = lines[index + 1];
    if (next?.kind !== 'uri') throw new PlaylistSyntaxError(line.line, 'no URI follows this EXT-X-STREAM-INF');
    variants.push(readVariant(line.value, line.line, next.uri));
  });
  return { independentSegments, variants };
}

function readVariant(value: string, line: number, uri: string): VariantStream {
  const attributes = parseAttributes(value, line);
  requireAttribute(attributes, 'BANDWIDTH', line);
  const averageBandwidth = numberAttribute(attributes, 'AVERAGE-BANDWIDTH', line);
  const codecs = attributes.get('CODECS');
  return {
    uri,
    bandwidth: numberAttribute(attributes, 'BANDWIDTH', line) ?? 0,
    ...(averageBandwidth === undefined ? {} : { averageBandwidth }),
    ...(codecs === undefined ? {} : { codecs }),
  };
}

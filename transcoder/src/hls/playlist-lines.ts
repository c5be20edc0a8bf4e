/** Thrown by the parsers: what is wrong, and in which line (from 1). */
export class PlaylistSyntaxError extends Error {
  override name = 'PlaylistSyntaxError';
  /** Line of the playlist, from 1. */
  readonly line: number;

  constructor(line: number, fault: string) {
    super(`Line ${line} of the playlist: ${fault}.`);
    this.line = line;
  }
}

/** One line of a playlist that says something. */
export type PlaylistLine =
  /** A tag: `name` with its `#`, `value` behind the colon (empty when there is none). */
  { kind: 'tag'; line: number; name: string; value: string } | { kind: 'uri'; line: number; uri: string };

/** Splits a playlist into tags and URIs; blank lines and comments are left out. Throws when it is no playlist. */
export function readPlaylistLines(text: string): PlaylistLine[] {
  const rows = text.split(/\r?\n/);
  // RFC 8216bis 4.4.1.1: "It MUST be the first line of every Media Playlist and every Multivariant Playlist."
  if (rows[0] !== '#EXTM3U') throw new PlaylistSyntaxError(1, '#EXTM3U must be the first line');
  const lines: PlaylistLine[] = [];
  rows.forEach((row, index) => {
    const line = index + 1;
    if (row.startsWith('#EXT')) {
      const colon = row.indexOf(':');
      const name = colon < 0 ? row : row.slice(0, colon);
      lines.push({ kind: 'tag', line, name, value: colon < 0 ? '' : row.slice(colon + 1) });
    } else if (row !== '' && !row.startsWith('#')) {
      lines.push({ kind: 'uri', line, uri: row });
    }
  });
  return lines;
}

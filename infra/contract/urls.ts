/** What a station's slug looks like. */
export const SLUG_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** What a stream key looks like. */
export const STREAM_KEY_PATTERN = /^[a-z0-9]{32}$/;

/** What a listen token of a private station looks like. */
export const LISTEN_TOKEN_PATTERN = /^listen_[a-z0-9]{32}$/;

/** What a listener session in a media path looks like: `~` and 22 base64url characters. */
export const SESSION_PATTERN = /^~[A-Za-z0-9_-]{22}$/;

/** What a broadcast id looks like. */
export const BROADCAST_ID_PATTERN = /^[a-z0-9]{10,32}$/;

/** Public URL of a station's multivariant playlist, relative to the server. */
export const multivariantPath = (station: string): string => `/live/${station}/index.m3u8`;

/** The same of a private station, for players that know nothing but a URL; opens a listener session by its token. */
export const privateMultivariantPath = (station: string, token: string): string =>
  `${multivariantPath(station)}?token=${token}`;

/** A media playlist, relative to the multivariant playlist. */
export const mediaPlaylistUri = (session: string, broadcastId: string, rendition: string): string =>
  `${session}/${broadcastId}/${rendition}/playlist.m3u8`;

/** The init section, relative to its media playlist. */
export const INIT_URI = 'init.mp4';

/** A media segment, relative to its media playlist. */
export const segmentUri = (msn: number): string => `${msn}.m4s`;

/** A part, relative to its media playlist. */
export const partUri = (msn: number, index: number): string => `${msn}.${index}.m4s`;

/** Another rendition's playlist, relative to a media playlist of the same broadcast. */
export const siblingPlaylistUri = (rendition: string): string => `../${rendition}/playlist.m3u8`;

/** A station's picture by the hash of its bytes: what is at this address never changes. */
export const artworkPath = (station: string, hash: string): string => `/artwork/${station}/${hash}.webp`;

/** A station's listener page. */
export const listenPath = (station: string): string => `/s/${station}`;

/** The same of a private station, for whoever has a listen token. */
export const privateListenPath = (station: string, token: string): string => `${listenPath(station)}?token=${token}`;

/** The studio page with station and key in the fragment, which browsers do not send to servers. */
export const studioPath = (station: string, key: string): string => `/studio#station=${station}&key=${key}`;

/** The studio page of a station for whoever is signed in and owns it. */
export const ownStudioPath = (station: string): string => `/studio?station=${station}`;

/** The page of a station for whoever is a moderator of it. */
export const moderationPath = (station: string): string => `/studio?moderate=${station}`;

/** The page that takes a one-time sign-in link; the token is in the fragment, which browsers do not send to servers. */
export const signInPath = (token: string): string => `/sign-in#token=${token}`;

/** The ingest WebSocket of a station. */
export const ingestPath = (station: string): string => `/ingest/${station}`;

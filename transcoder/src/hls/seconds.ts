/** A span of media in seconds, the way playlists count it. */
export type Seconds = number;

/** Decimals of a printed duration: 10 us, far below one sample of drift over a segment of parts. */
const DECIMALS = 1e5;

/** The value that {@link formatSeconds} prints; attributes that depend on each other are computed from it. */
export function roundSeconds(seconds: Seconds): Seconds {
  return Math.round(seconds * DECIMALS) / DECIMALS;
}

/** A decimal-floating-point (RFC 8216bis 4.2) with at most five decimals. */
export function formatSeconds(seconds: Seconds): string {
  return String(roundSeconds(seconds));
}

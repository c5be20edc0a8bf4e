/** Kinds of answers that caches treat differently. `blocking`: the request named what to wait for. */
export type CacheClass =
  /** `index.m3u8`: hands out a session, so nobody else may have it. */
  | 'multivariant'
  | 'playlist'
  | 'blocking playlist'
  | 'part'
  /** Segments and init sections. */
  | 'segment'
  /** There is nothing at this address. */
  | 'missing'
  | 'blocking missing'
  /** Refused, expired, off air, broken: true for this moment only. */
  | 'passing';

/** How long a segment may be kept: as long as it is listed, in seconds. */
const SEGMENT_SECONDS = 60;

/**
 * Value of `Cache-Control` for an answer of a broadcast with this target duration in seconds. The durations are those
 * that RFC 8216bis B.1 asks servers to set.
 */
export function cacheControl(cacheClass: CacheClass, targetDuration: number): string {
  switch (cacheClass) {
    case 'multivariant':
    case 'passing':
      return 'no-store';
    // A plain playlist that is kept for long leaves those who get it behind the others for good.
    case 'playlist':
      return maxAge(targetDuration / 2);
    case 'missing':
      return maxAge(targetDuration);
    case 'blocking missing':
      return maxAge(4 * targetDuration);
    // The address names a moment, for all who ask for it the first time: shared caches may keep it. Who asks again wants
    // what came since, not the browser's own copy: video.js does, and otherwise stands still until that copy is old.
    case 'blocking playlist':
      return `public, max-age=0, s-maxage=${6 * targetDuration}`;
    case 'part':
      return maxAge(6 * targetDuration);
    case 'segment':
      return `${maxAge(SEGMENT_SECONDS)}, immutable`;
  }
}

/** The same for an answer that only whoever asked may have: caches that many share keep none of it. */
export function privateCacheControl(value: string): string {
  return value.replace(/^public\b/, 'private').replace(/, s-maxage=\d+/, '');
}

function maxAge(seconds: number): string {
  return `public, max-age=${Math.max(1, Math.floor(seconds))}`;
}

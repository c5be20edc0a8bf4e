/** How long before now the sound may have been that somebody hears, in ms: the live window and some minutes. */
export const MAX_MEDIA_AGE_MS = 360_000;

/** How far ahead of the server's clock programme date-times may be, in ms. */
export const MAX_MEDIA_AHEAD_MS = 60_000;

/**
 * The programme date-time that somebody says to hear (ms since 1970), to the ms; undefined when nobody can hear it now.
 * A time that is wrong is left out rather than refused: what it came with is worth more.
 */
export function heardMediaTime(mediaTime: number | undefined, now: number): number | undefined {
  if (mediaTime === undefined || !Number.isFinite(mediaTime)) return undefined;
  const age = now - mediaTime;
  return age <= MAX_MEDIA_AGE_MS && age >= -MAX_MEDIA_AHEAD_MS ? Math.round(mediaTime) : undefined;
}

/** Longest text of a title, artist, show or host, in characters. */
export const MAX_PROGRAMME_TEXT = 200;

/** Longest address of an artwork, in characters. */
export const MAX_ART_URL = 500;

/** How far ahead a title may be set, in ms. */
export const MAX_TITLE_AHEAD_MS = 24 * 3_600_000;

/** What breaks lines or is no character at all; joiners and marks, which many scripts need, are not among it. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Whether a text may be shown as it is: something to read, not too long, in one line. */
export function isProgrammeText(text: string): boolean {
  UNFIT.lastIndex = 0;
  return text.trim() !== '' && [...text].length <= MAX_PROGRAMME_TEXT && !UNFIT.test(text);
}

/**
 * Makes a text of a file's tags fit: control characters become spaces, what is too long is cut. Undefined when nothing
 * is left to read.
 */
export function programmeTextOf(tag: string | undefined): string | undefined {
  const line = (tag ?? '').replaceAll(UNFIT, ' ').replaceAll(/ {2,}/g, ' ').trim();
  return line === '' ? undefined : [...line].slice(0, MAX_PROGRAMME_TEXT).join('').trim();
}

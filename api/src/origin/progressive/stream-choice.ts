import type { Rung } from '@awaz/infra/contract';

/** Bitrate up to which a rendition may be the one that listeners begin with, in kbit/s. */
export const FIRST_RENDITION_KBPS = 192;

/** Place in the ladder of the rendition that most networks carry well; 0 for an empty ladder. */
export function firstRendition(ladder: readonly Rung[]): number {
  return Math.max(
    0,
    ladder.findLastIndex((rung) => rung.kbps <= FIRST_RENDITION_KBPS),
  );
}

/** Place in the ladder of the rung nearest to the `kbps` of a query; the usual one when it names no number. */
export function chosenRendition(ladder: readonly Rung[], query: string): number {
  const asked = new URLSearchParams(query).get('kbps') ?? '';
  if (!/^\d{1,6}$/.test(asked)) return firstRendition(ladder);
  const distances = ladder.map((rung) => Math.abs(rung.kbps - Number(asked)));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}

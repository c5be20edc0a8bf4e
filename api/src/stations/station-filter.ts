import { canonicalLanguage, type StationView } from '@awaz/infra/contract';

/** What a search asks for; all that is given must hold. */
export type StationSearch = {
  /** Words, each of which must be found somewhere. */
  q?: string | undefined;
  tag?: string | undefined;
  /** BCP 47; finds what begins with it too. */
  language?: string | undefined;
  live?: 'true' | 'false' | undefined;
};

/** Says whether a station is one of those that are looked for. */
export function stationFilter({ q = '', tag, language, live }: StationSearch): (station: StationView) => boolean {
  const words = folded(q).split(/\s+/u).filter(Boolean);
  const range = language === undefined ? undefined : (canonicalLanguage(language) ?? language).toLowerCase();
  return (station) =>
    (live === undefined || station.live === (live === 'true')) &&
    (tag === undefined || station.tags.includes(tag)) &&
    (range === undefined || isWithin(station.language, range)) &&
    words.every((word) => textOf(station).includes(word));
}

/** Basic filtering (RFC 4647 3.3.1). */
function isWithin(language: string | null, range: string): boolean {
  const own = language?.toLowerCase();
  return own !== undefined && (own === range || own.startsWith(`${range}-`));
}

function textOf({ slug, title, description, tags }: StationView): string {
  return folded([slug, title, description, ...tags].join('\n'));
}

/** Text without what makes no difference to a search: case, marks over Latin letters, widths. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/gu, '')
    .toLowerCase();
}

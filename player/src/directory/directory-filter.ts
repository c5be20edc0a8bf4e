import { languageName } from '../i18n/index.ts';
import type { ListedStation } from './station-list.ts';

/** Which stations are looked for; what is empty does not matter. In the address under the names that the API takes. */
export type DirectoryFilter = {
  /** Words. */
  q: string;
  /** A language (BCP 47); finds what begins with it too. */
  language: string;
  tag: string;
  /** Only those on air. */
  live: boolean;
};

/** Everything. */
export const NO_FILTER: DirectoryFilter = { q: '', language: '', tag: '', live: false };

/** Longest text of a filter that is taken from an address, in characters. */
const MAX_TEXT = 100;

/** Reads a filter from the query of an address; what is odd there is left out. */
export function readFilter(search: string): DirectoryFilter {
  const query = new URLSearchParams(search);
  const text = (name: string) => (query.get(name) ?? '').slice(0, MAX_TEXT);
  return { q: text('q'), language: text('language'), tag: text('tag'), live: query.get('live') === 'true' };
}

/** Writes a filter as a query, `?` and all; empty for {@link NO_FILTER}. */
export function filterQuery({ q, language, tag, live }: DirectoryFilter): string {
  const given = Object.entries({ q: q.trim(), language, tag, live: live ? 'true' : '' });
  const query = new URLSearchParams(given.filter(([, text]) => text !== ''));
  return query.size === 0 ? '' : `?${query}`;
}

/** Whether a filter leaves anything out. */
export function isFiltered(filter: DirectoryFilter): boolean {
  return filterQuery(filter) !== '';
}

/** What one can choose from. */
export type Facets = { languages: { tag: string; name: string }[]; tags: string[] };

/** Most tags that are offered. */
const MAX_TAGS = 14;

/** Languages of stations by their names, and their tags, those of most stations first. */
export function facetsOf(stations: readonly ListedStation[]): Facets {
  const languages = new Set(stations.flatMap(({ language }) => (language === null ? [] : [primaryOf(language)])));
  const counts = new Map<string, number>();
  for (const tag of stations.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const byUse = [...counts].toSorted(([a, many], [b, more]) => more - many || a.localeCompare(b));
  return {
    languages: [...languages]
      .map((tag) => ({ tag, name: languageName(tag) }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    tags: byUse.slice(0, MAX_TAGS).map(([tag]) => tag),
  };
}

/** The facets with what a filter has chosen, which must stay in sight even when no station has it. */
export function withChosen({ languages, tags }: Facets, { language, tag }: DirectoryFilter): Facets {
  const hasLanguage = language === '' || languages.some((one) => one.tag === language);
  return {
    languages: hasLanguage ? languages : [...languages, { tag: language, name: languageName(language) }],
    tags: tag === '' || tags.includes(tag) ? tags : [tag, ...tags],
  };
}

function primaryOf(language: string): string {
  return language.split('-', 1)[0] ?? language;
}

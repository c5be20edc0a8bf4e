import { describe, expect, test } from '@jest/globals';
import { facetsOf, filterQuery, isFiltered, NO_FILTER, readFilter, withChosen } from './directory-filter.ts';
import { readStations } from './station-list.ts';

const stations = readStations({
  stations: [
    { slug: 'a', title: 'A', language: 'ur', tags: ['talk', 'news'] },
    { slug: 'b', title: 'B', language: 'en-GB', tags: ['talk'] },
    { slug: 'c', title: 'C', language: 'en', tags: ['music', 7] },
    { slug: 'd', title: 'D', language: null, tags: 'talk' },
  ],
});

describe('a filter in the address', () => {
  test('is read as it was written', () => {
    const filter = { q: 'صبح & more', language: 'ur', tag: 'hip hop', live: true };
    expect(readFilter(filterQuery(filter))).toEqual(filter);
  });

  test('is nothing when nothing is asked for', () => {
    expect(filterQuery(NO_FILTER)).toBe('');
    expect(isFiltered({ ...NO_FILTER, q: '  ' })).toBe(false);
    expect(readFilter('')).toEqual(NO_FILTER);
  });

  test('leaves out what is odd', () => {
    expect(readFilter('?live=perhaps&x=1&q=%E0%A4%A')).toMatchObject({ live: false, language: '' });
    expect(readFilter(`?q=${'a'.repeat(500)}`).q).toHaveLength(100);
  });
});

describe('what one can choose from', () => {
  test('is each language once, by its name, and tags by how many have them', () => {
    expect(facetsOf(stations)).toEqual({
      languages: [
        { tag: 'en', name: 'English' },
        { tag: 'ur', name: 'Urdu' },
      ],
      tags: ['talk', 'music', 'news'],
    });
  });

  test('holds what is chosen even when no station has it', () => {
    const chosen = withChosen(facetsOf(stations), { ...NO_FILTER, language: 'xx-no-language', tag: 'rare' });
    expect(chosen.languages.at(-1)).toEqual({ tag: 'xx-no-language', name: expect.any(String) });
    expect(chosen.tags[0]).toBe('rare');
  });
});

import { expect, test } from '@jest/globals';
import { readStations } from '../directory/station-list.ts';
import { readStation } from './station-data.ts';

test('a station is read as the API sends it', () => {
  const listeners = { count: 12, peak: 40, exact: true };
  const artwork = '/artwork/radio/0123456789abcdef0123456789abcdef.webp';
  const body = {
    slug: 'radio',
    title: 'Radio Lahore',
    live: true,
    startedAt: 1_700_000_000_000,
    listeners,
    artwork,
    description: '',
  };
  expect(readStation(body, 'radio')).toEqual({
    title: 'Radio Lahore',
    live: true,
    startedAt: 1_700_000_000_000,
    listeners: { count: 12, exact: true },
    show: null,
    host: null,
    artwork,
    description: null,
  });
});

test.each([null, 7, {}, { count: -1 }, { count: '12' }, { count: 1.5 }])('%j is no number of listeners', (listeners) =>
  expect(readStation({ listeners }, 'radio').listeners).toBeNull(),
);

test.each([null, 'text', [], { title: '  ', startedAt: 'never', live: 'yes' }])(
  'from an odd answer (%j) the page still has a title',
  (body) => expect(readStation(body, 'radio')).toMatchObject({ title: 'radio', live: false, startedAt: null }),
);

test('the directory shows stations on air first, then by title, and leaves out what is none', () => {
  const row = (slug: string, title: string, live: boolean) => ({ slug, title, live, startedAt: null });
  const body = {
    stations: [row('b', 'Beta', false), null, row('z', 'Zeta', true), row('a', 'Alpha', false), { slug: 1 }],
  };
  expect(readStations(body).map(({ slug }) => slug)).toEqual(['z', 'a', 'b']);
  expect(readStations({ error: true })).toEqual([]);
});

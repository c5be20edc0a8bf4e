import { isOdd, type Mutation, notFound, oddText, parts, second, segments } from './mutation.ts';

/** Mutations of parts in playlists. */
export const PART_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '16a',
    how: 'a part without DURATION',
    also: ['1a'],
    faults: oddText((text) => text.replace('#EXT-X-PART:DURATION=1.024,', '#EXT-X-PART:')),
  },
  {
    breaks: '16b',
    how: 'a part longer than PART-TARGET',
    faults: oddText((text) => text.replaceAll('#EXT-X-PART:DURATION=1.024', '#EXT-X-PART:DURATION=1.03')),
    also: ['21b'],
  },
  {
    breaks: '17a',
    how: 'short parts that are not independent',
    also: ['18', '21b', '21c'],
    faults: { model: (playlist) => parts(playlist, (part) => ({ ...part, durationSeconds: 0.8, independent: false })) },
  },
  {
    breaks: '17b',
    how: 'short parts that are independent',
    also: ['21b', '21c'],
    faults: { model: (playlist) => parts(playlist, (part) => ({ ...part, durationSeconds: 0.8 })) },
  },
  {
    breaks: '18',
    how: 'audio parts without INDEPENDENT',
    faults: { model: (playlist) => parts(playlist, (part) => ({ ...part, independent: false })) },
  },
  {
    breaks: '19a',
    how: 'BYTERANGE without an offset and without a part before it',
    faults: oddText((text) => text.replace(/(#EXT-X-PART:.*)/, '$1,BYTERANGE="100"')),
  },
  {
    breaks: '20a',
    how: 'EXT-X-PROGRAM-DATE-TIME behind the parts',
    faults: oddText((text) => text.replace(/(#EXT-X-PROGRAM-DATE-TIME.*\n)((?:#EXT-X-PART:.*\n)+)/, '$2$1')),
  },
  {
    breaks: '20b',
    how: 'EXT-X-PROGRAM-DATE-TIME only once a segment is complete',
    faults: {
      model: (playlist) =>
        playlist.openSegment === undefined
          ? playlist
          : { ...playlist, openSegment: { ...playlist.openSegment, programDateTime: undefined } },
    },
  },
  {
    breaks: '23a',
    how: 'the newest part cannot be loaded when it is listed',
    faults: {
      answer: (answer, asked) =>
        asked.kind === 'part' &&
        asked.index === 2 &&
        asked.rendition === 1 &&
        asked.request.headers.range === undefined &&
        !asked.wasHeld &&
        asked.msn % 3 === 0
          ? notFound
          : answer,
    },
    also: ['24b'],
  },
  {
    breaks: '27',
    how: 'the URI of a part changes once its segment is complete',
    also: ['30b'],
    faults: {
      model: (playlist) =>
        segments(playlist, (segment) => ({
          ...segment,
          parts: segment.parts.map((part) => ({ ...part, uri: `${part.uri}?late` })),
        })),
    },
  },
  {
    breaks: '28',
    how: 'parts that are gaps in a segment that is none',
    faults: {
      model: (playlist, asked) => (isOdd(asked) ? parts(playlist, (part) => ({ ...part, gap: true })) : playlist),
    },
  },
  {
    breaks: '67',
    how: 'one rendition without parts',
    faults: second((text) => text.replace(/#EXT-X-PART.*\n/g, '').replace(/#EXT-X-PRELOAD.*\n/g, '')),
  },
];

import { ends, flipped, isFragment, type Mutation, moved, oddText, segments } from './mutation.ts';

/** Mutations of media bytes and preload hints. */
export const MEDIA_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '21a',
    how: 'a segment with one other byte than its parts',
    faults: { media: (bytes, { kind }) => (kind === 'segment' ? flipped(bytes, -1) : bytes) },
  },
  {
    breaks: '21b',
    how: 'parts that add up to 24 ms too little',
    faults: oddText((text) => text.replaceAll('PART:DURATION=1.024', 'PART:DURATION=1.02')),
  },
  {
    breaks: '21c',
    how: 'samples that last longer than the playlist says',
    also: ['29a'],
    faults: { media: (bytes, { kind }) => (kind === 'init' ? flipped(bytes, bytes.length - 10) : bytes) },
  },
  {
    breaks: '29a',
    how: 'decode times that jump at a segment',
    faults: { media: (bytes, asked) => (isFragment(asked) && asked.msn > 100 ? moved(bytes, 512) : bytes) },
  },
  {
    breaks: '29b',
    how: 'parts that are cut off',
    also: ['21a'],
    faults: {
      media: (bytes, { kind, rendition, index }) =>
        kind === 'part' && rendition === 1 && index === 3 ? bytes.subarray(0, -10) : bytes,
    },
  },
  {
    breaks: '29c',
    how: 'another init section without a discontinuity',
    faults: {
      model: (playlist) =>
        segments(playlist, (segment, msn) => (msn === 97 ? { ...segment, map: { uri: 'init.mp4?two' } } : segment)),
    },
  },
  {
    breaks: '51c',
    how: 'one rendition is cut 10 ms later',
    faults: { media: (bytes, asked) => (isFragment(asked) && asked.rendition === 1 ? moved(bytes, 480) : bytes) },
  },
  { breaks: '30a', how: 'no preload hint', faults: oddText((text) => text.replace(/#EXT-X-PRELOAD-HINT.*\n/, '')) },
  {
    breaks: '30b',
    how: 'a hint for another URI',
    faults: {
      model: (playlist) =>
        playlist.preloadHint === undefined
          ? playlist
          : { ...playlist, preloadHint: { type: 'PART', uri: `${playlist.preloadHint.uri}?hint` } },
    },
  },
  {
    breaks: '31',
    how: 'a new init section without a hint',
    faults: {
      model: (playlist) => {
        const msn = playlist.mediaSequence + (playlist.skip?.skippedSegments ?? 0) + playlist.segments.length;
        const change = { map: { uri: 'init.mp4?two' }, discontinuity: true };
        const { openSegment } = playlist;
        const changed = segments(playlist, (segment, number) => (number === 101 ? { ...segment, ...change } : segment));
        return openSegment === undefined || msn !== 101
          ? changed
          : { ...changed, openSegment: { ...openSegment, ...change } };
      },
    },
  },
  { breaks: '32a', how: 'hinted parts are not found until they are there', faults: { refuseHints: true } },
  {
    breaks: '32b',
    how: 'hinted parts trickle',
    faults: {
      answer: (answer, { kind, wasHeld }) => (kind === 'part' && wasHeld ? { ...answer, trickleMs: 300 } : answer),
    },
  },
  {
    breaks: '32c',
    how: 'a hinted part has other bytes than the listed one',
    faults: {
      answer: (answer, { kind, wasHeld }) =>
        kind === 'part' && wasHeld ? { ...answer, body: flipped(answer.body, -1) } : answer,
    },
  },
  {
    breaks: '33a',
    how: 'unknown media are answered with 200',
    faults: { answer: (answer, { msn }) => (msn > 1000 ? { ...answer, status: 200 } : answer) },
  },
  {
    breaks: '33b',
    how: 'cancelled hints are answered with 500',
    also: ['32a'],
    faults: ends({
      answer: (answer, { kind, wasHeld }) =>
        kind === 'part' && wasHeld && answer.status === 404 ? { ...answer, status: 500 } : answer,
    }),
  },
  {
    breaks: '34',
    how: 'a hint with a length and no start',
    faults: oddText((text) => text.replace('#EXT-X-PRELOAD-HINT:', '#EXT-X-PRELOAD-HINT:BYTERANGE-LENGTH=100,')),
  },
  {
    breaks: '35',
    how: 'a hint after the end',
    faults: ends({
      text: (text) => text.replace('#EXT-X-ENDLIST', '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="x.m4s"\n#EXT-X-ENDLIST'),
    }),
  },
];

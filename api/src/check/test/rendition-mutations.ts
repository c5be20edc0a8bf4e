import { type Mutation, oddText, second } from './mutation.ts';
import { syntheticInit } from './synthetic-media.ts';

/** Mutations of renditions beside each other. */
export const RENDITION_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '49a',
    how: 'no rendition report',
    faults: oddText((text) => text.replace(/#EXT-X-RENDITION-REPORT.*\n/, '')),
  },
  {
    breaks: '49b',
    how: 'an absolute URI in a rendition report',
    faults: oddText((text) => text.replace('URI="../128k', 'URI="https://origin.example/live/128k')),
  },
  {
    breaks: '49c',
    how: 'a rendition report without LAST-MSN',
    also: ['1a'],
    faults: oddText((text) => text.replace(/LAST-MSN=\d+,/, '')),
  },
  {
    breaks: '49d',
    how: 'a rendition report without LAST-PART',
    faults: oddText((text) => text.replace(/,LAST-PART=\d+/, '')),
  },
  {
    breaks: '49e',
    how: 'a rendition report that is behind',
    faults: {
      model: (playlist) => ({
        ...playlist,
        renditionReports: playlist.renditionReports.map((report) => ({ ...report, lastMsn: report.lastMsn - 1 })),
      }),
    },
  },
  {
    breaks: '50',
    how: 'one rendition comes later',
    also: ['22a', '49e'],
    faults: {
      answer: (answer, { rendition, wasHeld, kind }) =>
        rendition === 1 && wasHeld && kind === 'playlist' ? { ...answer, trickleMs: 1500 } : answer,
    },
  },
  {
    breaks: '51a',
    how: 'other durations in one rendition',
    also: ['21b', '15e', '21c'],
    faults: second((text) => text.replaceAll('EXTINF:6.144', 'EXTINF:6.155')),
  },
  {
    breaks: '51b',
    how: 'a discontinuity in one rendition alone',
    faults: second((text) => text.replace('#EXT-X-DISCONTINUITY\n', '')),
  },
  {
    breaks: '52a',
    how: 'CODECS that are not in the media',

    faults: { multivariant: (text) => text.replace('mp4a.40.2', 'opus') },
  },
  {
    breaks: '52b',
    how: 'BANDWIDTH of half the truth',
    also: ['52c'],
    faults: { multivariant: (text) => text.replace(/,BANDWIDTH=\d+|:BANDWIDTH=\d+/, ':BANDWIDTH=5000') },
  },
  {
    breaks: '52c',
    how: 'BANDWIDTH slightly too low',
    faults: {
      multivariant: (text) =>
        text.replace(/:BANDWIDTH=(\d+)/, (_, value) => `:BANDWIDTH=${Math.round(Number(value) * 0.9)}`),
    },
  },
  {
    breaks: '52d',
    how: 'AVERAGE-BANDWIDTH of half the truth',
    seconds: 20,
    faults: {
      multivariant: (text) =>
        text.replace(/AVERAGE-BANDWIDTH=(\d+)/, (_, value) => `AVERAGE-BANDWIDTH=${Math.round(Number(value) / 2)}`),
    },
  },
  {
    breaks: '52e',
    how: 'RESOLUTION of audio',
    faults: { multivariant: (text) => text.replace('STREAM-INF:', 'STREAM-INF:RESOLUTION=640x360,') },
  },
  {
    breaks: '52f',
    how: 'mono in all renditions',
    faults: { media: (bytes, { kind }) => (kind === 'init' ? syntheticInit({ channels: 1 }) : bytes) },
  },
  {
    breaks: '52g',
    how: 'HE-AAC at 100 kbit/s',
    faults: {
      media: (bytes, { kind, rendition }) =>
        kind === 'init' && rendition === 0 ? syntheticInit({ objectType: 5 }) : bytes,
      multivariant: (text) =>
        text.replace(/BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="mp4a.40.2"/, 'BANDWIDTH=100000,CODECS="mp4a.40.5"'),
    },
  },
  {
    breaks: '52h',
    how: 'no variant below 192 kbit/s',
    faults: { multivariant: (text) => text.replace(/:BANDWIDTH=\d+/g, ':BANDWIDTH=500000') },
  },
  {
    breaks: '53a',
    how: 'another date range in one rendition',
    faults: second((text) => text.replace('DURATION=7200', 'DURATION=7300')),
  },
  {
    breaks: '53b',
    how: 'a date range that changes',
    faults: {
      text: (text, { elapsedMs }) => (elapsedMs > 4000 ? text.replace('DURATION=7200', 'DURATION=7300') : text),
    },
  },
  {
    breaks: '53c',
    how: 'a date range that goes too early',
    faults: {
      model: (playlist, { elapsedMs }) =>
        elapsedMs > 4000
          ? { ...playlist, dateRanges: playlist.dateRanges.filter(({ id }) => id !== 'show') }
          : playlist,
    },
  },
];

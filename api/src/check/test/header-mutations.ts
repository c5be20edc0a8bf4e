import { allText, control, type Mutation, oddText, second, usual } from './mutation.ts';

/** Mutations of the head of playlists. */
export const HEADER_MUTATIONS: readonly Mutation[] = [
  { breaks: '1a', how: 'a playlist without #EXTM3U', faults: oddText((text) => text.replace('#EXTM3U\n', '')) },
  {
    breaks: '1b',
    how: 'EXT-X-SESSION-DATA in a media playlist',
    faults: oddText((text) => `${text}#EXT-X-SESSION-DATA:DATA-ID="a",VALUE="b"\n`),
  },
  {
    breaks: '1c',
    how: 'EXT-X-VERSION twice',
    faults: allText((text) => text.replace(/#EXT-X-VERSION.*\n/, (tag) => tag + tag)),
  },
  {
    breaks: '1d',
    how: 'version 6 beside EXT-X-SKIP',
    faults: allText((text) => text.replace(/VERSION:(9|10)/, 'VERSION:6')),
  },
  { breaks: '1e', how: 'version 12', faults: allText((text) => text.replace(/VERSION:\d+/, 'VERSION:12')) },
  {
    breaks: '2a',
    how: 'a target duration of 6.5',
    also: ['2b'],
    faults: oddText((text) => text.replace('TARGETDURATION:6', 'TARGETDURATION:6.5')),
  },
  {
    breaks: '2b',
    how: 'a target duration that changes',
    faults: oddText((text) => text.replace('TARGETDURATION:6', 'TARGETDURATION:7')),
  },
  {
    breaks: '3a',
    how: 'segments of 6.144 s with a target duration of 5',
    also: ['4b'],
    faults: { setup: { targetDuration: 5 } },
  },
  {
    breaks: '4a',
    how: 'another target duration in one rendition',
    also: ['4b'],
    faults: second((text) => text.replace('TARGETDURATION:6', 'TARGETDURATION:7')),
  },
  { breaks: '4b', how: 'a target duration of 7', faults: { setup: { targetDuration: 7 } } },
  {
    breaks: '5a',
    how: 'parts without EXT-X-PART-INF',
    faults: oddText((text) => text.replace(/#EXT-X-PART-INF.*\n/, '')),
  },
  {
    breaks: '5b',
    how: 'a PART-TARGET that changes',
    faults: oddText((text) => text.replace('PART-TARGET=1.024', 'PART-TARGET=1.1')),
  },
  {
    breaks: '6a',
    how: 'no EXT-X-SERVER-CONTROL',
    also: ['10'],
    faults: oddText((text) => text.replace(/#EXT-X-SERVER-CONTROL.*\n/, '')),
  },
  {
    breaks: '6b',
    how: 'another HOLD-BACK in one rendition',
    faults: second((text) => text.replace(',HOLD-BACK=24', ',HOLD-BACK=25')),
  },
  { breaks: '7a', how: 'no PART-HOLD-BACK', faults: control({ partHoldBack: undefined }) },
  { breaks: '7b', how: 'PART-HOLD-BACK of 1.5 part targets', also: ['7c'], faults: control({ partHoldBack: 1.536 }) },
  { breaks: '7c', how: 'PART-HOLD-BACK of 2.5 part targets', faults: control({ partHoldBack: 2.56 }) },
  {
    breaks: '7d',
    how: 'a rendition with a larger PART-TARGET',
    also: ['7c'],
    faults: second((text) => text.replace('PART-TARGET=1.024', 'PART-TARGET=1.201')),
  },
  {
    breaks: '7e',
    how: 'a HOLD-BACK that changes',
    faults: oddText((text) => text.replace(',HOLD-BACK=24', ',HOLD-BACK=25')),
  },
  { breaks: '8', how: 'HOLD-BACK of 17 s', faults: control({ holdBack: 17 }) },
  { breaks: '9a', how: 'CAN-SKIP-UNTIL of five target durations', faults: control({ canSkipUntil: 30 }) },
  { breaks: '9b', how: 'CAN-SKIP-DATERANGES alone', faults: control({ canSkipUntil: undefined }) },
  {
    breaks: '9c',
    how: 'a window of 150 s without delta updates',
    faults: {
      setup: { windowSeconds: 150, serverControl: { ...usual, canSkipUntil: undefined, canSkipDateRanges: false } },
    },
  },
  { breaks: '9d', how: 'date ranges without CAN-SKIP-DATERANGES', faults: control({ canSkipDateRanges: false }) },
  {
    breaks: '10',
    how: 'no CAN-BLOCK-RELOAD',
    also: ['7e'],
    faults: oddText((text) => text.replace('CAN-BLOCK-RELOAD=YES,', '')),
  },
  {
    breaks: '13',
    seconds: 20,
    how: 'EXT-X-PLAYLIST-TYPE:EVENT that slides',
    faults: allText((text) => text.replace('#EXT-X-MEDIA-SEQ', '#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQ')),
  },
];

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  measureBandwidth,
  PlaylistSyntaxError,
  parseMediaPlaylist,
  parseMultivariantPlaylist,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from './index.ts';
import { samplePlaylist } from './sample-playlist.fixture.ts';

describe('the playlist parsers', () => {
  it('read back what was rendered', () => {
    for (const segments of [1, 5, 31]) {
      for (const openParts of [0, 1]) {
        const playlist = samplePlaylist({ segments, openParts });
        expect(parseMediaPlaylist(renderMediaPlaylist(playlist))).toEqual(playlist);
      }
    }
    const multivariant = {
      independentSegments: true,
      variants: [{ uri: 'a/playlist.m3u8', bandwidth: 147_000, averageBandwidth: 130_000, codecs: 'mp4a.40.2' }],
    };
    expect(renderMultivariantPlaylist(multivariant)).toBe(
      '#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n' +
        '#EXT-X-STREAM-INF:BANDWIDTH=147000,AVERAGE-BANDWIDTH=130000,CODECS="mp4a.40.2"\na/playlist.m3u8\n',
    );
    expect(parseMultivariantPlaylist(renderMultivariantPlaylist(multivariant))).toEqual(multivariant);
  });

  it('understand line ends of other systems, comments and tags they do not know', () => {
    const text =
      '#EXTM3U\r\n# a note\r\n\r\n#EXT-X-FUTURE:1\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:5.99,a, title\r\nx.ts\r\n';
    expect(parseMediaPlaylist(text)).toMatchObject({
      targetDuration: 6,
      segments: [{ uri: 'x.ts', durationSeconds: 5.99, parts: [] }],
    });
  });

  it.each([
    ['', 1],
    ['\uFEFF#EXTM3U\n', 1],
    ['#EXTM3U\n#EXT-X-TARGETDURATION:x\n', 2],
    ['#EXTM3U\n#EXTINF:1,\na\n', 1],
    ['#EXTM3U\n#EXT-X-TARGETDURATION:2\na.m4s\n', 3],
    ['#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART:DURATION=1\n', 3],
    ['#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART:URI="a",URI="b",DURATION=1\n', 3],
    ['#EXTM3U\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n', 3],
    ['#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:soon\n', 3],
    ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nx\n', 2],
  ])('name the line of the fault in %j', (text, line) => {
    expect(() => parseMediaPlaylist(text)).toThrow(PlaylistSyntaxError);
    expect(() => parseMediaPlaylist(text)).toThrow(`Line ${line} of the playlist`);
  });

  it('refuse a variant without URI', () => {
    expect(() => parseMultivariantPlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n')).toThrow(PlaylistSyntaxError);
    expect(() => parseMultivariantPlaylist('#EXTM3U\n#EXTINF:1,\na\n')).toThrow('media playlist');
  });

  it('throw nothing but their own error whatever they read', () => {
    const tags = fc.constantFrom(
      '#EXTINF:',
      '#EXT-X-PART:',
      '#EXT-X-SKIP:',
      '#EXT-X-MAP:',
      '#EXT-X-DATERANGE:ID="a",',
      'uri',
    );
    const rows = fc.array(fc.tuple(tags, fc.string()).map(([tag, value]) => tag + value));
    fc.assert(
      fc.property(rows, (lines) => {
        try {
          parseMediaPlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines].join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(PlaylistSyntaxError);
        }
      }),
    );
  });
});

describe('the bandwidth of a rendition', () => {
  const target = { kbps: 128, partTarget: 0.192, targetDuration: 2 };
  const segment = (bytes: number, filler = false, durationSeconds = 1.92) => ({ bytes, filler, durationSeconds });

  it('is what the encoder is set to while there is hardly anything to measure', () => {
    const nominal = { bandwidth: 147_467, averageBandwidth: 134_667 };
    expect(measureBandwidth([], target)).toEqual(nominal);
    expect(measureBandwidth([segment(900, true), segment(900, true), segment(30_000)], target)).toEqual(nominal);
  });

  it('is never below the peak that was sent, and its average is what was sent', () => {
    const sent = [segment(100, true), ...[30_000, 31_000, 40_000, 30_000, 31_000].map((bytes) => segment(bytes))];
    expect(measureBandwidth(sent, target)).toEqual({ bandwidth: 166_667, averageBandwidth: 135_000 });
  });

  it('does not take the short last segment for a peak', () => {
    expect(measureBandwidth([segment(5000, false, 0.1)], target).bandwidth).toBe(147_467);
  });
});

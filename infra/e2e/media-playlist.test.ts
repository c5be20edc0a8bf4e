import { expect, test } from '@jest/globals';
import { readMediaPlaylist, readMultivariant } from './media-playlist.ts';

const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-VERSION:9
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.576
#EXT-X-PART-INF:PART-TARGET=0.192
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:00:00.000Z
#EXT-X-PART:DURATION=0.192,INDEPENDENT=YES,URI="7.0.m4s"
#EXTINF:0.192,
7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:00:01.920Z
#EXT-X-PART:DURATION=0.192,INDEPENDENT=YES,URI="8.0.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.1.m4s"
`;

test('a media playlist is read with its parts, the growing segment included', () => {
  const playlist = readMediaPlaylist(PLAYLIST, 'http://h/live/x/b1/64k/playlist.m3u8?_HLS_msn=7');
  expect(playlist).toMatchObject({ targetDurationS: 2, partTargetS: 0.192, ended: false });
  expect(playlist.initUrl).toBe('http://h/live/x/b1/64k/init.mp4');
  const [segment] = playlist.segments;
  expect(segment).toMatchObject({ msn: 7, durationS: 0.192, url: 'http://h/live/x/b1/64k/7.m4s' });
  expect(segment?.programDateTime).toBe(Date.UTC(2026, 10, 21, 20));
  expect(segment?.parts).toEqual([{ msn: 7, index: 0, durationS: 0.192, url: 'http://h/live/x/b1/64k/7.0.m4s' }]);
  expect(playlist.growing).toMatchObject({ msn: 8, parts: [{ msn: 8, index: 0 }] });
});

test('variants are read with absolute addresses', () => {
  const text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="mp4a.40.2"\n~s/b1/64k/playlist.m3u8\n';
  expect(readMultivariant(text, 'http://h/live/x/index.m3u8')).toEqual([
    { url: 'http://h/live/x/~s/b1/64k/playlist.m3u8', bandwidth: 70_000, codecs: 'mp4a.40.2' },
  ]);
});

test('what is no playlist is refused with its beginning', () => {
  expect(() => readMediaPlaylist('{"code":"off_air"}', 'http://h/x')).toThrow(/is no playlist: \{"code":"off_air"/);
});

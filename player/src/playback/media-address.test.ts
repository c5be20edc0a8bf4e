import { describe, expect, test } from '@jest/globals';
import { addressOf, firstVariantUri, stationUrl } from './media-address.ts';

const SESSION = '~AbCdEfGhIjKlMnOpQrStUv';
const PLAYLIST = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="mp4a.40.2"
${SESSION}/b1234567890/64k/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=140000,CODECS="mp4a.40.2"
${SESSION}/b1234567890/128k/playlist.m3u8
`;

describe('the address of a media playlist', () => {
  test('is read from a relative URI and from a whole URL', () => {
    const address = { session: SESSION, broadcastId: 'b1234567890' };
    expect(addressOf(`${SESSION}/b1234567890/64k/playlist.m3u8`)).toEqual(address);
    expect(addressOf(`https://radio.example/live/x/${SESSION}/b1234567890/64k/playlist.m3u8`)).toEqual(address);
  });

  test.each(['', 'b1234567890/64k/playlist.m3u8', `${SESSION}`, `${SESSION}/no/64k/playlist.m3u8`])(
    'is undefined for "%s"',
    (uri) => expect(addressOf(uri)).toBeUndefined(),
  );

  test('is the first line of a multivariant playlist that is no tag', () => {
    expect(firstVariantUri(PLAYLIST)).toBe(`${SESSION}/b1234567890/64k/playlist.m3u8`);
    expect(firstVariantUri(PLAYLIST.replaceAll('\n', '\r\n'))).toBe(`${SESSION}/b1234567890/64k/playlist.m3u8`);
    expect(firstVariantUri('#EXTM3U\n')).toBeUndefined();
  });
});

test('a known session goes on with the next request of the multivariant playlist', () => {
  expect(stationUrl('radio', undefined)).toBe('/live/radio/index.m3u8');
  expect(stationUrl('radio', SESSION)).toBe(`/live/radio/index.m3u8?session=${SESSION}`);
});

test('a token opens the session of a private station', () => {
  expect(stationUrl('radio', undefined, 'listen_1')).toBe('/live/radio/index.m3u8?token=listen_1');
  expect(stationUrl('radio', SESSION, 'a.b-c')).toBe(`/live/radio/index.m3u8?session=${SESSION}&token=a.b-c`);
});

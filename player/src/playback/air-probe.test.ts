import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { probeAir, retryAfter } from './air-probe.ts';
import { pauseAfter } from './air-watch.ts';

const SESSION = '~AbCdEfGhIjKlMnOpQrStUv';
const MULTIVARIANT = `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${SESSION}/b1234567890/64k/playlist.m3u8\n`;

let server: Server;
let answer: RequestListener;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/radio/index.m3u8`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const probe = (extra: object = {}) => probeAir({ url, signal: AbortSignal.timeout(5000), ...extra });

describe('asking for a station', () => {
  test('a multivariant playlist means on air and tells session and broadcast', async () => {
    answer = (_, response) => response.end(MULTIVARIANT);
    expect(await probe()).toEqual({ air: 'on', address: { session: SESSION, broadcastId: 'b1234567890' } });
  });

  test('the playlist of a broadcast that is known to be over means off air', async () => {
    answer = (_, response) => response.end(MULTIVARIANT);
    expect(await probe({ endedBroadcastId: 'b1234567890' })).toEqual({ air: 'off', retryAfterMs: undefined });
  });

  test('in doubt the media playlist decides by its end tag', async () => {
    let media = '#EXTM3U\n#EXT-X-ENDLIST\n';
    answer = ({ url: path = '' }, response) => response.end(path.includes('playlist') ? media : MULTIVARIANT);
    expect(await probe({ checkEnd: true })).toMatchObject({ air: 'off' });
    media = '#EXTM3U\n';
    expect(await probe({ checkEnd: true })).toMatchObject({ air: 'on' });
  });

  test('404 means off air, with the time to ask again', async () => {
    answer = (_, response) => response.writeHead(404, { 'retry-after': '7' }).end('{"code":"off_air"}');
    expect(await probe()).toEqual({ air: 'off', retryAfterMs: 7000 });
  });

  test('404 for an unknown station is told apart', async () => {
    answer = (_, response) => response.writeHead(404).end('{"code":"unknown_station"}');
    expect(await probe()).toEqual({ air: 'unknown_station' });
  });

  test('a server in trouble, nonsense and no server at all mean that nothing is known', async () => {
    answer = (_, response) => response.writeHead(503).end();
    expect(await probe()).toEqual({ air: 'unreachable' });
    answer = (_, response) => response.end('<html>');
    expect(await probe()).toEqual({ air: 'unreachable' });
    answer = (request) => request.destroy();
    expect(await probe()).toEqual({ air: 'unreachable' });
  });
});

test('Retry-After counts in seconds; a date is left alone', () => {
  expect(retryAfter('3')).toBe(3000);
  expect(retryAfter('Wed, 21 Oct 2026 07:28:00 GMT')).toBeUndefined();
  expect(retryAfter(null)).toBeUndefined();
});

test('the next question waits as long as the server asks, within 1 to 30 s, and longer on a hidden page', () => {
  expect(pauseAfter({ air: 'off', retryAfterMs: 5000 }, false)).toBe(5000);
  expect(pauseAfter({ air: 'off', retryAfterMs: 1 }, false)).toBe(1000);
  expect(pauseAfter({ air: 'off', retryAfterMs: 600_000 }, false)).toBe(30_000);
  expect(pauseAfter({ air: 'off', retryAfterMs: 5000 }, true)).toBe(15_000);
  expect(pauseAfter({ air: 'unreachable' }, false)).toBe(10_000);
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../testkit/index.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

let origin: Server;
let proxy: CountingProxy;

beforeAll(async () => {
  origin = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://origin');
    if (pathname === '/refused') response.writeHead(400, { 'content-type': 'text/plain' }).end('no such part');
    else if (pathname === '/broken')
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
    else if (pathname === '/held') return;
    else response.writeHead(200, { 'x-seen-range': request.headers.range ?? '' }).end(`body of ${request.url}`);
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const files = new Map([['/page', { type: 'text/html', body: '<p>' }]]);
  const { port } = origin.address() as AddressInfo;
  proxy = await startCountingProxy({ origin: `http://127.0.0.1:${port}`, files });
});
afterAll(async () => {
  await proxy.close();
  origin.closeAllConnections();
  origin.close();
});

describe('the counting proxy', () => {
  test('passes headers and bodies on in both directions and counts parts and blocking playlists', async () => {
    const answer = await fetch(`${proxy.url}/a/7.3.m4s?x=1`, { headers: { range: 'bytes=0-' } });
    expect(await answer.text()).toBe('body of /a/7.3.m4s?x=1');
    expect(answer.headers.get('x-seen-range')).toBe('bytes=0-');
    await (await fetch(`${proxy.url}/playlist.m3u8?_HLS_msn=7&_HLS_part=4`)).text();
    expect(proxy.counts).toMatchObject({ blocking: 1, parts: 1 });
    expect(proxy.counts.byStatus.get(200)).toBe(2);
  });

  test('serves its own files without counting them', async () => {
    const before = proxy.counts.byStatus.get(200);
    expect(await (await fetch(`${proxy.url}/page`)).text()).toBe('<p>');
    expect(proxy.counts.byStatus.get(200)).toBe(before);
  });

  test('keeps what was refused and why', async () => {
    const answer = await fetch(`${proxy.url}/refused?_HLS_part=-1`);
    expect([answer.status, await answer.text()]).toEqual([400, 'no such part']);
    expect(proxy.counts.byStatus.get(400)).toBe(1);
    expect(proxy.counts.refusals).toMatchObject([{ status: 400, path: '/refused?_HLS_part=-1', body: 'no such part' }]);
  });

  test('an answer that breaks off breaks off for the player too, and is kept', async () => {
    await expect(fetch(`${proxy.url}/broken`).then((answer) => answer.text())).rejects.toThrow();
    await until(() => proxy.counts.broken.length === 1, { what: 'the break is known' });
    expect(proxy.counts.broken[0]).toMatch(/^\/broken: /);
  });

  test('a player that does not wait is not taken for a fault of the origin', async () => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.write('GET /held HTTP/1.1\r\nHost: proxy\r\n\r\n');
    const held = once(origin, 'request');
    await held;
    socket.destroy();
    await until(() => proxy.counts.byStatus.get(0) === 1, { what: 'it is counted as given up' });
    expect(proxy.counts.broken).toHaveLength(1);
  });
});

import { get } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { type NginxScene, pathOf, playlistPath, playlistThrough, tuneIn } from './scene.ts';

/** HTTP as listeners see it: protocols, compression, HEAD, ranges, preflights, errors. */
export async function lookAtHttp(scene: NginxScene): Promise<void> {
  await protocols(scene);
  const { variants } = await tuneIn(scene);
  const [variant] = variants;
  if (variant === undefined) throw new Error('No variant is listed.');
  await compression(scene, playlistPath(variant));
  const segment = (await playlistThrough(scene.wire, variant)).segments.at(-2);
  if (segment === undefined) throw new Error('No segment is listed.');
  await ranges(scene, pathOf(segment.url));
  await errors(scene, playlistPath(variant));
}

async function protocols({ wire, proxy, station, found }: NginxScene): Promise<void> {
  const { alpn, tls } = wire.protocols;
  found.row('protocol by ALPN', `${alpn} over ${tls}`);
  found.expect(alpn === 'h2', `ALPN chose "${alpn}", not h2`);
  found.expect(tls === 'TLSv1.3', `the handshake agreed on ${tls}`);
  const older = await olderClient(`${proxy.url}/live/${station.slug}/index.m3u8`);
  found.expect(older === 'HTTP/1.1 200', `a client without HTTP/2 got ${older}`);
  for (const path of ['/healthz', '/readyz', `/s/${station.slug}`]) {
    const { status } = await wire.get(path);
    found.expect(status === 200, `${path} answered ${status}`);
  }
}

function olderClient(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false, agent: false }, (response) => {
      resolve(`HTTP/${response.httpVersion} ${response.statusCode}`);
      response.resume();
    }).once('error', reject);
  });
}

async function compression({ wire, found }: NginxScene, path: string): Promise<void> {
  const zipped = await wire.get(path, { 'accept-encoding': 'gzip' });
  const { 'content-encoding': coding = 'none', vary = '' } = zipped.headers;
  found.expect(coding === 'gzip' && /accept-encoding/i.test(vary), `a playlist has coding ${coding}, Vary "${vary}"`);
  if (coding === 'gzip')
    found.expect(gunzipSync(zipped.body).toString().startsWith('#EXTM3U'), 'a compressed playlist is broken');
  const plain = await wire.get(path);
  found.expect(plain.headers['content-encoding'] === undefined, 'a client that knows no gzip got it');
  found.expect(plain.headers['x-cache'] === undefined, 'a playlist went through the cache');
}

async function ranges({ wire, found }: NginxScene, path: string): Promise<void> {
  // The first one fills the cache, the second one is answered from it.
  for (const turn of ['first', 'second']) {
    const piece = await wire.get(path, { range: 'bytes=100-299' });
    const whole = await wire.get(path);
    const { length } = whole.body;
    const place = piece.headers['content-range'];
    found.expect(
      piece.status === 206 && place === `bytes 100-299/${length}`,
      `the ${turn} range of ${path} got ${piece.status}, ${place}`,
    );
    found.expect(piece.body.equals(whole.body.subarray(100, 300)), `the ${turn} range of ${path} has other bytes`);
    const beyond = await wire.get(path, { range: `bytes=${length}-` });
    found.expect(beyond.status === 416, `a range beyond the end got ${beyond.status}`);
    const head = await wire.get(path, {}, 'HEAD');
    found.expect(
      head.status === 200 && head.body.length === 0 && head.headers['content-length'] === String(length),
      `HEAD ${path} got ${head.status}, length ${head.headers['content-length']} for ${length} bytes`,
    );
    found.expect(whole.headers['access-control-allow-origin'] === '*', `${path} is not open to other sites' pages`);
    const keep = whole.headers['cache-control'] ?? '';
    found.expect(/max-age=60\b/.test(keep), `a segment's Cache-Control is "${keep}"`);
  }
}

async function errors({ wire, found }: NginxScene, path: string): Promise<void> {
  const preflight = await wire.get(
    path,
    { origin: 'https://x.test', 'access-control-request-method': 'GET' },
    'OPTIONS',
  );
  const open = preflight.headers['access-control-allow-origin'];
  found.expect(preflight.status === 204 && open === '*', `a preflight got ${preflight.status}, ${open}`);
  const wrong = await wire.get(`${path}?_HLS_part=1`);
  const kind = wrong.headers['content-type'];
  found.expect(
    wrong.status === 400 && kind === 'application/problem+json',
    `a wrong directive got ${wrong.status} ${kind}`,
  );
  const absent = await wire.get('/live/no-such-station/index.m3u8');
  found.expect(absent.status === 404, `a station that is not there got ${absent.status}`);
}

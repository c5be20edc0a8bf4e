import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { ChunkLogReader } from '@awaz/infra/chunk-log';
import type { RedisHandle } from '@awaz/infra/redis';
import {
  runProgram,
  startTestRedis,
  type TestRedis,
  tempDir,
  testFfmpeg,
  until,
  writeTestCertificate,
} from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../../test/api-node.ts';
import { gatherPeople, type People } from '../../test/api-people.ts';
import { wavPiece } from '../../test/ingest-media.ts';
import { startFakeTranscoder } from '../../test/ingest-node.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let transcoder: { close(): Promise<void> };
let station = '';
let key = '';
let names = 0;
const clients: Socket[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
  transcoder = await startFakeTranscoder(redis);
}, 60_000);

beforeEach(async () => {
  station = `source-${names++}`;
  key = await people.addStation(station);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

afterAll(async () => {
  people.close();
  await transcoder.close();
  await node.close();
  await redis.close();
});

/** A source client: sends what it is told and notes what comes back. */
function source(socket: Socket = connect(node.port, '127.0.0.1')) {
  clients.push(socket);
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  return {
    socket,
    heard: () => heard,
    hears: (text: string) => until(() => heard.includes(text), { what: `"${text}" after ${JSON.stringify(heard)}` }),
    closed: () => (socket.closed ? Promise.resolve() : once(socket, 'close')),
  };
}

const basic = (password: string) => `Authorization: Basic ${Buffer.from(`source:${password}`).toString('base64')}`;

function head(first: string, ...lines: string[]): string {
  return [first.replace('STATION', station), basic(key), 'Content-Type: audio/wav', ...lines, '', ''].join('\r\n');
}

async function stored(): Promise<Buffer> {
  const record = await new BroadcastRegistry(handle).get(station);
  if (record === undefined) return Buffer.alloc(0);
  const entries = await new ChunkLogReader(handle, record).range('-', '+');
  return Buffer.concat(entries.flatMap((entry) => (entry.kind === 'chunk' ? [entry.payload] : [])));
}

const sound = Buffer.concat(Array.from({ length: 5 }, (_, n) => wavPiece(n)));
const storesAll = () => until(async () => (await stored()).equals(sound), { what: 'all of the sound is stored' });

function chunked(bytes: Buffer): Buffer {
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 50), bytes.subarray(50)];
  const coded = pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)};x=1\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...coded, Buffer.from('0\r\n\r\n')]);
}

describe('an Icecast source client', () => {
  it.each([
    ['SOURCE /ingest/STATION HTTP/1.0', 'HTTP/1.0 200 OK\r\n'],
    ['SOURCE /ingest/STATION ICE/1.0', 'HTTP/1.0 200 OK\r\n'],
    ['PUT /ingest/STATION HTTP/1.1', 'HTTP/1.1 200 OK\r\n'],
  ])('publishes by %s with nothing but sound behind the head', async (first, answer) => {
    const client = source();
    client.socket.write(head(first));
    await client.hears(answer);
    client.socket.write(sound);
    await storesAll();
    expect(await new BroadcastRegistry(handle).get(station)).toMatchObject({ state: 'live' });
  });

  it('publishes by PUT with 100-continue and in pieces, whose end is that of the broadcast', async () => {
    const client = source();
    client.socket.write(head('PUT /ingest/STATION HTTP/1.1', 'Expect: 100-continue', 'Transfer-Encoding: chunked'));
    await client.hears('HTTP/1.1 100 Continue\r\n\r\n');
    const bytes = chunked(sound);
    const cuts = [0, 7, 60, bytes.length - 5];
    for (const [at, from] of cuts.slice(0, 3).entries()) client.socket.write(bytes.subarray(from, cuts[at + 1]));
    await storesAll();
    client.socket.write(bytes.subarray(bytes.length - 5, bytes.length - 3));
    client.socket.write(bytes.subarray(bytes.length - 3));
    await client.hears('HTTP/1.1 200 OK\r\n');
    await client.closed();
    expect(await new BroadcastRegistry(handle).get(station)).toMatchObject({ reason: 'ended_by_owner' });
  });

  it('publishes a body of a known length, also when all comes byte by byte', async () => {
    const client = source();
    client.socket.setNoDelay(true);
    const all = Buffer.concat([
      Buffer.from(head('PUT /ingest/STATION HTTP/1.1', `Content-Length: ${sound.length}`)),
      sound,
    ]);
    for (const byte of all.subarray(0, 200)) client.socket.write(Buffer.of(byte));
    client.socket.write(all.subarray(200, -1));
    await until(async () => (await stored()).equals(sound.subarray(0, -1)), {
      what: 'all but the last byte is stored',
    });
    client.socket.write(all.subarray(-1));
    await client.hears('HTTP/1.1 200 OK\r\n');
  });

  it('may come back after a cut, and then goes on with its broadcast', async () => {
    const [first, second] = [source(), source()];
    first.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
    await first.hears('200 OK');
    first.socket.end(sound);
    await first.closed();
    const before = await new BroadcastRegistry(handle).get(station);
    expect(before).toMatchObject({ state: 'live' });
    await until(async () => !(await new BroadcastRegistry(handle).hasPublisher(station)), {
      what: 'its place is free',
    });
    second.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
    await second.hears('200 OK');
    second.socket.write(sound);
    await until(async () => (await stored()).length === 2 * sound.length, { what: 'both parts are stored' });
    expect((await new BroadcastRegistry(handle).get(station))?.broadcastId).toBe(before?.broadcastId);
  });

  it('is told in words what is wrong, before it sends anything', async () => {
    const first = 'PUT /ingest/STATION HTTP/1.1';
    const good = head(first, 'Expect: 100-continue');
    const refusals: [string, string, string][] = [
      [good.replace(basic(key), basic('wrong')), '401 Unauthorized', 'WWW-Authenticate: Basic'],
      [good.replace(`${basic(key)}\r\n`, ''), '401 Unauthorized', 'No stream key'],
      [good.replace(station, 'nowhere'), '404 Not Found', 'There is no station'],
      [good.replace('audio/wav', 'audio/nonsense'), '415 Unsupported Media Type', 'cannot be pushed'],
      [good.replace('Expect:', 'Ex pect:'), '400 Bad Request', ''],
      [`${first} but not really\r\n\r\n`, '400 Bad Request', ''],
      [good.replace('Expect:', `X: ${'x'.repeat(20_000)}\r\nExpect:`), '431 Request Header', ''],
    ];
    for (const [request, status, text] of refusals) {
      const client = source();
      client.socket.write(request);
      await client.closed();
      expect(client.heard()).toContain(status);
      expect(client.heard()).toContain(text);
      expect(client.heard()).not.toContain('100 Continue');
    }
  });

  it('is refused while another one publishes, unless it takes over', async () => {
    const [one, two, three] = [source(), source(), source()];
    one.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
    await one.hears('200 OK');
    one.socket.write(sound);
    await storesAll();
    two.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
    await two.closed();
    expect(two.heard()).toMatch(/^HTTP\/1\.0 409 Conflict\r\n[\s\S]*Retry-After: 2[\s\S]*Somebody else is on air/);
    three.socket.write(head('SOURCE /ingest/STATION?takeover=1 HTTP/1.0'));
    await three.hears('200 OK');
    three.socket.write(sound);
    await one.closed();
    expect(three.socket.closed).toBe(false);
  });

  it('that sends broken pieces is told so, and others are not harmed', async () => {
    const client = source();
    client.socket.write(head('PUT /ingest/STATION HTTP/1.1', 'Transfer-Encoding: chunked'));
    client.socket.write('zz\r\nnothing');
    await client.closed();
    expect(client.heard()).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*chunked/);
    expect((await fetch(`${node.origin}/healthz`)).status).toBe(200);
  });

  it('made with libshout asks what the server can do, and once without a key', async () => {
    const client = source();
    client.socket.write('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n\r\n');
    await client.hears('HTTP/1.1 204 No Content\r\n');
    expect(client.heard()).toMatch(/\r\nAllow: [A-Z, ]*PUT[A-Z, ]*SOURCE\r\n/);
    for (let at = 0; at < 12; at++) {
      const without = source();
      without.socket.write(
        head('SOURCE /ingest/STATION HTTP/1.0', 'Content-Length: 0').replace(`${basic(key)}\r\n`, ''),
      );
      await without.closed();
      expect(without.heard()).toContain('401 Unauthorized');
    }
  });

  it('does not get in the way of anything else at these addresses', async () => {
    for (const method of ['PUT', 'POST']) {
      const { status } = await fetch(`${node.origin}/api/v1/ingest/x`, { method, body: 'x' });
      expect([method, status]).toEqual([method, 404]);
    }
    const client = source();
    client.socket.write('P');
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.write(
      'UT /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    await client.hears('404 Not Found');
    await client.hears('alive');
  });
});

describe('the title of a source client', () => {
  const ask = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${node.origin}/admin/metadata?mode=updinfo&mount=/ingest/${station}&${query}`, { headers });
  const due = async () => {
    const { body } = await people.byActor.owner.client.ask(`/stations/${station}/metadata`);
    return body.due.at(-1)?.track;
  };
  const Authorization = () => basic(key).replace('Authorization: ', '');

  it('is set by song, by artist and title, in any character set', async () => {
    expect((await ask('song=x', { Authorization: Authorization() })).status).toBe(404); // off air
    const client = source();
    client.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
    await client.hears('200 OK');
    client.socket.write(sound);
    await storesAll();
    const said = await ask('song=Asha+Bhosle%20-%20Dum%20Maro%20-%20Dum', { Authorization: Authorization() });
    expect([said.status, await said.text()]).toEqual([200, expect.stringContaining('<return>1</return>')]);
    expect(await due()).toMatchObject({ artist: 'Asha Bhosle', title: 'Dum Maro - Dum' });
    const sets: [string, object][] = [
      [`song=Caf%E9&pass=${key}`, { title: 'Café', artist: '' }],
      [`song=Caf%C3%A9&pass=${key}`, { title: 'Café', artist: '' }],
      [`song=%CF%F0%E8&charset=windows-1251&pass=${key}`, { title: 'При', artist: '' }],
      [`artist=A&title=B%0AC&pass=${key}`, { title: 'B C', artist: 'A' }],
    ];
    for (const [query, track] of sets) {
      expect([query, (await ask(query)).status]).toEqual([query, 200]);
      expect(await due()).toMatchObject(track);
    }
  });

  it('needs the key of the station, and does not stand in the way of the page', async () => {
    const wrong = await ask('song=x&pass=wrong');
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Awaz Pulse"']);
    expect((await fetch(`${node.origin}/admin/metadata?mode=list`)).status).toBe(400);
    expect((await ask(`pass=${key}`)).status).toBe(400);
    expect([200, 503]).toContain((await fetch(`${node.origin}/admin`)).status);
  });
});

describe('programs as they are', () => {
  it('ffmpeg publishes by icecast://', async () => {
    const { path } = await testFfmpeg();
    const url = `icecast://source:${key}@127.0.0.1:${node.port}/ingest/${station}`;
    const input = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'sine=440:r=48000:d=1.5'];
    for (const legacy of ['0', '1']) {
      const before = (await stored()).length;
      const output = ['-c:a', 'aac', '-f', 'adts', '-content_type', 'audio/aac', '-legacy_icecast', legacy, url];
      const { code, stderr } = await runProgram(path, [...input, ...output]);
      expect([legacy, code, String(stderr)]).toEqual([legacy, 0, '']);
      expect((await stored()).length).toBeGreaterThan(before + 5000);
      await until(async () => !(await new BroadcastRegistry(handle).hasPublisher(station)), {
        what: 'the place is free',
      });
    }
  }, 30_000);

  it('a source client publishes over TLS, beside ordinary requests', async () => {
    const folder = await tempDir();
    const { certFile, keyFile } = await writeTestCertificate(folder.path);
    const secure = await startApiNode(redis, { TLS_CERT: certFile, TLS_KEY: keyFile });
    try {
      const client = source(connectTls({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false }));
      client.socket.write(head('SOURCE /ingest/STATION HTTP/1.0'));
      await client.hears('200 OK');
      client.socket.write(sound);
      await storesAll();
      const other = source(connectTls({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false }));
      other.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await other.hears('alive');
    } finally {
      await secure.close();
      await folder.close();
    }
  });
});

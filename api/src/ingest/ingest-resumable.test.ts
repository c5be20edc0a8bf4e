import type { ChunkLogEntry } from '@awaz/infra/chunk-log';
import { BROADCAST_ID_PATTERN, type IngestHello } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { QualityBoard } from '@awaz/infra/quality';
import { stationKeys } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { TitleRequests } from '@awaz/infra/titles';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };
const keys = new Map<string, string>();
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis);
  transcoder = await startFakeTranscoder(redis);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.cut();
});

afterAll(async () => {
  await transcoder.close();
  await node.close();
  await redis.close();
});

async function connect(station: string): Promise<TestClient> {
  const key = keys.get(station) ?? (await node.addStation(station));
  keys.set(station, key);
  const client = new TestClient(node.host, station, { key });
  clients.push(client);
  return client;
}

async function refusedHello(station: string, hello: Partial<IngestHello>) {
  const client = await connect(station);
  await client.send(JSON.stringify({ type: 'hello', format: 'audio/wav', ...hello }));
  return client.refused();
}

/** A client with `count` acknowledged chunks. */
async function publishing(station: string, count = 3) {
  const client = await connect(station);
  const ready = await client.hello();
  for (let seq = 0; seq < count; seq++) await client.chunk(seq, wavPiece(seq));
  await client.acked(count - 1);
  return { client, ...ready };
}

const chunks = (entries: ChunkLogEntry[]) => entries.filter((entry) => entry.kind === 'chunk');

describe('hello', () => {
  it('is answered with the broadcast, its epoch, the first number and the time', async () => {
    const client = await connect('hello');
    const before = Date.now();
    const ready = await client.hello();
    expect(ready).toMatchObject({ nextSeq: 0, broadcastId: expect.stringMatching(BROADCAST_ID_PATTERN) });
    expect(ready.epoch).not.toBe('');
    expect(ready.serverTime).toBeGreaterThanOrEqual(before);
    expect(ready.serverTime).toBeLessThanOrEqual(Date.now());
    expect(await node.registry.get('hello')).toMatchObject({ state: 'live', ladder: [{ kbps: 64 }, { kbps: 128 }] });
  });
});

describe('chunks', () => {
  it('are acknowledged once they are stored, with the time', async () => {
    const { client } = await publishing('acks', 10);
    const acks = client.messages.filter((message) => message.type === 'ack');
    expect(acks.at(-1)).toMatchObject({ seq: 9, serverTime: expect.any(Number) });
    const log = chunks(await node.log('acks'));
    expect(log.map(({ seq, payload }) => [seq, payload])).toEqual(log.map((_, i) => [i, wavPiece(i)]));
  });

  it('are acknowledged together when they come fast', async () => {
    const { client } = await publishing('together', 200);
    expect(client.messages.filter(({ type }) => type === 'ack').length).toBeLessThan(60);
  });

  it('are acknowledged and not stored again when they come twice', async () => {
    const { client } = await publishing('twice');
    const told = client.messages.length;
    await client.chunk(1, wavPiece(7));
    await until(() => client.messages.slice(told).some((message) => message.type === 'ack' && message.seq === 2));
    await client.chunk(3, wavPiece(3));
    await client.acked(3);
    expect(chunks(await node.log('twice')).map(({ payload }) => payload)).toEqual([0, 1, 2, 3].map((i) => wavPiece(i)));
  });

  it('get their capture time on the clock of the server', async () => {
    const client = await connect('clock');
    const ahead = 3_600_000;
    await client.hello({ clientTime: Date.now() + ahead });
    const captured = Array.from({ length: 5 }, (_, i) => Date.now() - 100 + i * 20);
    for (const [seq, time] of captured.entries()) await client.chunk(seq, wavPiece(seq), time + ahead);
    await client.acked(4);
    for (const [i, chunk] of chunks(await node.log('clock')).entries()) {
      expect(Math.abs(chunk.capturedAt - (captured[i] ?? 0))).toBeLessThan(2000); // the clock differs by an hour
      expect(chunk.capturedAt).toBeLessThanOrEqual(chunk.receivedAt);
    }
  });

  it('that are missing by their capture times are counted as lost', async () => {
    const client = await connect('lost');
    await client.hello();
    const now = Date.now();
    await client.chunk(0, wavPiece(0), now - 1000);
    await client.chunk(1, wavPiece(1), now - 980);
    await client.chunk(2, wavPiece(2), now - 480);
    await client.acked(2);
    expect((await client.next('quality', ({ lostChunks }) => lostChunks > 0)).lostChunks).toBe(24);
  });
});

describe('resume', () => {
  it('with the open epoch goes on where the log ends', async () => {
    const { client, broadcastId, epoch } = await publishing('resume');
    client.cut();
    const second = await connect('resume');
    const ready = await second.hello({ resume: { broadcastId, epoch } });
    expect(ready).toMatchObject({ broadcastId, epoch, nextSeq: 3 });
    await second.chunk(3, wavPiece(3));
    await second.acked(3);
    const log = await node.log('resume');
    expect(log.map((entry) => (entry.kind === 'chunk' ? entry.seq : entry.kind))).toEqual(['epoch', 0, 1, 2, 3]);
  });

  it('replaces its own half-open predecessor at once', async () => {
    const { client, broadcastId, epoch } = await publishing('half-open');
    const second = await connect('half-open');
    expect(await second.hello({ resume: { broadcastId, epoch } })).toMatchObject({ nextSeq: 3 });
    expect(await client.refused()).toMatchObject({ code: 'replaced', retryable: false });
    const third = await connect('half-open');
    expect(await third.hello({ resume: { broadcastId } })).toMatchObject({ broadcastId, nextSeq: 0 });
    expect(await second.refused()).toMatchObject({ code: 'replaced' });
  });

  it('with the broadcast alone begins a new epoch of it', async () => {
    const { client, broadcastId, epoch } = await publishing('reload');
    client.leave();
    const second = await connect('reload');
    const ready = await second.hello({ resume: { broadcastId } });
    expect(ready).toMatchObject({ broadcastId, nextSeq: 0 });
    expect(ready.epoch).not.toBe(epoch);
    await second.chunk(0, wavPiece(0));
    await second.acked(0);
    expect(await refusedHello('reload', { resume: { broadcastId, epoch } })).toMatchObject({
      code: 'resume_refused',
      message: expect.stringContaining('broadcastId alone'),
    });
    await second.chunk(1, wavPiece(1));
    await second.acked(1);
  });

  it('goes on in the numbers of the client after a header in the middle', async () => {
    const { client, broadcastId, epoch } = await publishing('inner');
    await client.chunk(3, wavPiece(0));
    await client.chunk(4, wavPiece(1));
    await client.acked(4);
    client.cut();
    const second = await connect('inner');
    expect(await second.hello({ resume: { broadcastId, epoch } })).toMatchObject({ epoch, nextSeq: 5 });
    await second.chunk(5, wavPiece(2));
    await second.chunk(6, wavPiece(0));
    await second.acked(6);
    const log = await node.log('inner');
    expect(log.map((entry) => (entry.kind === 'chunk' ? entry.seq : entry.kind))).toEqual([
      'epoch',
      0,
      1,
      2,
      'epoch',
      0,
      1,
      2,
      'epoch',
      0,
    ]);
  });

  it('is refused for a broadcast that is unknown, another one, or over, and says what to do', async () => {
    const { client, broadcastId } = await publishing('over');
    const advice = { code: 'resume_refused', retryable: false, message: expect.stringContaining('without resume') };
    for (const wrong of ['b0123456789abcdef', 'no such id', '', '{over}:live']) {
      expect(await refusedHello('over', { resume: { broadcastId: wrong } })).toMatchObject(advice);
    }
    await client.end();
    await client.next('ended');
    expect(await refusedHello('over', { resume: { broadcastId } })).toMatchObject(advice);
    expect((await node.registry.get('over'))?.state).toBe('ended');
  });

  it('keeps the capture times of a backlog, with or without the time in hello', async () => {
    const { client, broadcastId, epoch } = await publishing('backlog');
    client.cut();
    const captured = Date.now() - 20_000;
    const second = await connect('backlog');
    await second.hello({ resume: { broadcastId, epoch } });
    await second.chunk(3, wavPiece(3), captured);
    await second.acked(3);
    second.cut();
    const third = await connect('backlog');
    await third.hello({ resume: { broadcastId }, clientTime: Date.now() + 5000 });
    await third.chunk(0, wavPiece(0), captured + 5000);
    await third.acked(0);
    const [last, before] = chunks(await node.log('backlog')).reverse();
    expect(Math.abs((last?.capturedAt ?? 0) - captured)).toBeLessThan(2000); // it is 20 s old
    // Never before the chunk that came before it in the same epoch.
    expect((before?.capturedAt ?? 0) - captured).toBeGreaterThan(19_000);
  });

  it('may send 60 s of audio as fast as it can', async () => {
    const { client, broadcastId, epoch } = await publishing('exempt', 1);
    client.cut();
    const second = await connect('exempt');
    await second.hello({ resume: { broadcastId, epoch }, clientTime: Date.now() });
    const from = Date.now() - 60_000;
    for (let seq = 1; seq <= 60; seq++) await second.chunk(seq, wavPiece(seq % 200, 1000), from + seq * 1000);
    await second.acked(60);
    expect(chunks(await node.log('exempt'))).toHaveLength(61);
  });
});

describe('a second publisher', () => {
  it('gets station_busy, and with takeover the station in the same broadcast', async () => {
    const { client, broadcastId, epoch } = await publishing('second');
    expect(await refusedHello('second', {})).toMatchObject({ code: 'station_busy', retryable: true });
    const other = await connect('second');
    const ready = await other.hello({ takeover: true });
    expect(ready).toMatchObject({ broadcastId, nextSeq: 0 });
    expect(ready.epoch).not.toBe(epoch);
    expect(await client.refused()).toMatchObject({ code: 'replaced' });
    await other.chunk(0, wavPiece(0));
    await other.acked(0);
    expect(await refusedHello('second', { resume: { broadcastId, epoch } })).toMatchObject({ code: 'resume_refused' });
  });

  it('with another key cannot push out the first by the id of the broadcast alone', async () => {
    const { broadcastId } = await publishing('stranger');
    const { key } = await node.stations.addKey('stranger');
    const stranger = new TestClient(node.host, 'stranger', { key });
    clients.push(stranger);
    await stranger.send(JSON.stringify({ type: 'hello', format: 'audio/wav', resume: { broadcastId } }));
    expect(await stranger.refused()).toMatchObject({ code: 'station_busy' });
  });
});

describe('leaving', () => {
  it('gives the station back and leaves the broadcast to wait for its owner', async () => {
    const { client, broadcastId } = await publishing('leave');
    client.leave();
    await until(async () => (await node.handle.commands.exists(stationKeys('leave').publisher)) === 0);
    const record = await node.registry.get('leave');
    expect(record).toMatchObject({ broadcastId, state: 'live' });
    expect(record).not.toHaveProperty('ending');
    const back = await connect('leave');
    expect((await back.hello()).broadcastId).toBe(broadcastId);
  });

  it('is found out within seconds when the client stops answering', async () => {
    const { client } = await publishing('silent');
    client.socket.pause();
    const started = performance.now();
    await until(async () => (await node.handle.commands.exists(stationKeys('silent').publisher)) === 0);
    expect(performance.now() - started).toBeLessThan(7000);
  });
});

describe('the end', () => {
  it('comes after everything that was sent, and the next broadcast is another one', async () => {
    const client = await connect('end');
    const { broadcastId } = await client.hello();
    for (let seq = 0; seq < 50; seq++) await client.chunk(seq, wavPiece(seq));
    await client.end();
    expect(await client.next('ended')).toEqual({ type: 'ended', broadcastId, reason: 'ended_by_owner' });
    expect(await client.closed).toBe(1000);
    expect(client.messages.filter((message) => message.type === 'ack').at(-1)).toMatchObject({ seq: 49 });
    const next = await connect('end');
    expect((await next.hello()).broadcastId).not.toBe(broadcastId);
  });

  it('lets a new broadcast wait until the last one has ended', async () => {
    const { client, broadcastId } = await publishing('quick');
    await client.end();
    const next = await connect('quick');
    expect((await next.hello()).broadcastId).not.toBe(broadcastId);
  });
});

describe('titles', () => {
  const waiting = async (station: string, count: number) => {
    const titles = new TitleRequests(redis.handle());
    const record = await node.registry.get(station);
    return until(
      async () => {
        const { waiting: found } = await titles.state(record ?? { station, broadcastId: '' });
        return found.length >= count && found;
      },
      { what: `${count} titles wait` },
    );
  };

  it('belong to the audio of their capture time, on the server’s clock', async () => {
    const client = await connect('titles');
    const ahead = 3_600_000;
    await client.hello({ clientTime: Date.now() + ahead });
    await client.chunk(0, wavPiece(0), Date.now() + ahead);
    await client.acked(0);
    const said = Date.now();
    const track = { title: 'Song', artist: 'Band' };
    await client.send(JSON.stringify({ type: 'metadata', track, capturedAt: said + ahead - 500 }));
    await client.send(JSON.stringify({ type: 'metadata', show: 'Evening', host: null }));
    const [first, second] = await waiting('titles', 2);
    const { capturedAt } = chunks(await node.log('titles')).at(-1) ?? { capturedAt: Number.NaN };
    expect(first?.change).toEqual({ track });
    expect(Math.abs((first?.capturedAt ?? 0) - (said - 500))).toBeLessThan(1000);
    expect(second).toMatchObject({ capturedAt, change: { show: 'Evening', host: null } });
  });

  it.each([{ show: 'a\nb' }, { track: {} }, { track: { title: 'x', art: 'javascript:1' } }, { capturedAt: 'x' }])(
    'that are none end the connection: %j',
    async (wrong) => {
      const { client } = await publishing(`wrong-${JSON.stringify(wrong).length}`);
      await client.send(JSON.stringify({ type: 'metadata', ...wrong }));
      expect(await client.refused()).toMatchObject({ code: 'bad_message' });
    },
  );
});

describe('the figures of an uplink', () => {
  it('are told to those who look after the station too, until the publisher is gone', async () => {
    const { client } = await publishing('figures');
    const board = new QualityBoard(node.handle);
    await until(async () => (await board.read('figures')).has('ingest'), { what: 'ingest tells' });
    expect((await board.read('figures')).get('ingest')).toMatchObject({ kbps: expect.any(Number), lostChunks: 0 });
    client.cut();
    await until(async () => (await board.read('figures')).size === 0, { what: 'nothing is told any more' });
  });
});

describe('what is wrong with a stream', () => {
  const silence = (level: string) => ({
    sound: { levelDbfs: -61.5, silentMs: 16_000, alarms: { silence_on_air: { level, since: 1 } } },
  });
  const notices = (client: TestClient) =>
    client.messages.flatMap((message) => (message.type === 'notice' ? [message] : []));

  it('is told to its owner once, with the figures of the sound, and to the connection that replaces his', async () => {
    const { client, broadcastId, epoch } = await publishing('silent');
    const board = new QualityBoard(node.handle);
    let level = 'warn';
    const telling = setInterval(() => void board.tell('silent', 'encoder', silence(level)), 300);
    try {
      expect(await client.next('notice')).toMatchObject({
        ...{ code: 'silence_on_air', level: 'warn', message: expect.stringContaining('15 s') },
      });
      await client.next('quality', ({ levelDbfs, silentMs }) => levelDbfs === -61.5 && silentMs === 16_000);
      level = 'alarm';
      await client.next('notice', (notice) => notice.level === 'alarm');
      const again = await connect('silent');
      await again.hello({ resume: { broadcastId, epoch } });
      expect(await again.next('notice')).toMatchObject({ code: 'silence_on_air', level: 'alarm' });
      level = 'off';
      await again.next('notice', (notice) => notice.level === 'off');
      expect(notices(client).map((notice) => notice.level)).toEqual(['warn', 'alarm']);
      expect(notices(again).map((notice) => notice.level)).toEqual(['alarm', 'off']);
    } finally {
      clearInterval(telling);
    }
  });

  it('is an upload that is too slow: kept once, and told', async () => {
    const { client } = await publishing('slow', 1);
    const log = new EventLog(node.handle);
    const begin = await log.position('slow');
    const start = Date.now();
    let seq = 1;
    // Each 100 ms brings 20 ms of audio: after some 3 s it is 2 s late.
    const sending = setInterval(() => void client.chunk(seq, wavPiece(seq), start + 20 * seq++), 100);
    try {
      const isNotice = (message: { type: string }) => message.type === 'notice';
      const told = await until(() => client.messages.find(isNotice), { timeoutMs: 40_000, what: 'he is told' });
      expect(told).toMatchObject({ code: 'upload_slow', level: 'warn' });
      await client.next('quality', ({ lateMs }) => lateMs > 2000);
      const kept = await until(
        async () => {
          const { events } = await log.since('slow', begin);
          return events.length > 0 && events;
        },
        { what: 'the alarm is kept' },
      );
      expect(kept).toEqual([
        expect.objectContaining({
          event: 'stream:alarm',
          body: expect.objectContaining({ alarm: 'upload_slow', level: 'warn' }),
        }),
      ]);
    } finally {
      clearInterval(sending);
    }
  });
});

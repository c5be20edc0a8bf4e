import { MAX_CHUNK_BYTES } from '@awaz/infra/contract';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };
const studios: Studio[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis);
  transcoder = await startFakeTranscoder(redis);
});

afterEach(() => {
  for (const studio of studios.splice(0)) studio.socket.disconnect();
});

afterAll(async () => {
  await transcoder.close();
  await node.close();
  await redis.close();
});

type Body = Record<string, unknown>;

/** A Socket.IO client of the studio that keeps all that it is told. */
class Studio {
  readonly socket: Socket;
  readonly events: { name: string; body: Body }[] = [];

  constructor(token: unknown) {
    this.socket = io(`http://${node.host}/studio`, { transports: ['websocket'], forceNew: true, auth: { token } });
    this.socket.onAny((name: string, body: Body) => this.events.push({ name, body }));
    studios.push(this);
  }

  open(body: unknown): Promise<Body> {
    return this.socket.timeout(10_000).emitWithAck('ingest:open', body);
  }

  chunk(seq: unknown, bytes: unknown, capturedAt: unknown = Date.now()): Promise<Body> {
    return this.socket.timeout(10_000).emitWithAck('ingest:chunk', seq, capturedAt, bytes);
  }

  async next(name: string, fits: (body: Body) => boolean = () => true): Promise<Body> {
    const found = await until(() => this.events.find((event) => event.name === name && fits(event.body)), {
      what: `${name}; heard ${JSON.stringify(this.events.slice(-3))}`,
    });
    return found.body;
  }
}

const format = 'audio/wav';

describe('ingest over Socket.IO', () => {
  it('opens, stores and acknowledges chunks, and ends, as over a plain WebSocket', async () => {
    const studio = new Studio(await node.addStation('flow'));
    const opened = await studio.open({ station: 'flow', format });
    const { broadcastId } = opened;
    expect(opened).toMatchObject({ ok: true, nextSeq: 0, epoch: expect.any(String), serverTime: expect.any(Number) });
    for (let seq = 0; seq < 3; seq++) expect(await studio.chunk(seq, wavPiece(seq))).toEqual({ ok: true });
    await studio.next('ingest:ack', ({ seq, serverTime }) => seq === 2 && typeof serverTime === 'number');
    const log = await node.log('flow');
    expect(log.slice(1).map((entry) => entry.kind === 'chunk' && entry.payload)).toEqual(
      [0, 1, 2].map((i) => wavPiece(i)),
    );
    const ended = await studio.socket.timeout(10_000).emitWithAck('ingest:end');
    expect(ended).toEqual({ ok: true, broadcastId, reason: 'ended_by_owner' });
    expect(await studio.next('ingest:ended')).toEqual({ broadcastId, reason: 'ended_by_owner' });
    expect(await studio.open({ station: 'flow', format })).toMatchObject({ ok: true });
  });

  it('resumes what a plain WebSocket began, and the other way round', async () => {
    const key = await node.addStation('both');
    const client = new TestClient(node.host, 'both', { key });
    const { broadcastId, epoch } = await client.hello();
    await client.chunk(0, wavPiece(0));
    await client.acked(0);
    const studio = new Studio(key);
    const resume = { broadcastId, epoch };
    expect(await studio.open({ station: 'both', format, resume })).toMatchObject({
      ok: true,
      broadcastId,
      epoch,
      nextSeq: 1,
    });
    expect(await client.refused()).toMatchObject({ code: 'replaced' });
    await studio.chunk(1, wavPiece(1));
    await studio.next('ingest:ack', ({ seq }) => seq === 1);
    const back = new TestClient(node.host, 'both', { key });
    expect(await back.hello({ resume })).toMatchObject({ nextSeq: 2 });
    expect(await studio.next('ingest:error')).toMatchObject({ code: 'replaced', retryable: false });
    back.cut();
  });

  it('reports quality', async () => {
    const studio = new Studio(await node.addStation('quality'));
    await studio.open({ station: 'quality', format });
    expect(await studio.next('ingest:quality')).toMatchObject({ kbps: 0, levelDbfs: null, onAir: false });
  });

  it('answers ingest:open with the same errors', async () => {
    const key = await node.addStation('errors');
    const open = (token: unknown, body: unknown) => new Studio(token).open(body);
    const refusal = (code: string) => ({ ok: false, error: { code, message: expect.any(String) } });
    expect(await open(key, { station: 'nowhere', format })).toMatchObject(refusal('unknown_station'));
    expect(await open('wrong', { station: 'errors', format })).toMatchObject(refusal('bad_key'));
    expect(await open({ a: 1 }, { station: 'errors', format })).toMatchObject(refusal('bad_key'));
    expect(await open(key, { station: 'errors', format: 'image/png' })).toMatchObject(refusal('unsupported_format'));
    for (const body of [undefined, null, 'text', [], { station: 'errors' }, { station: 7, format }]) {
      expect(await open(key, body)).toMatchObject(refusal('bad_message'));
    }
    const resume = { broadcastId: 'b0000000000000000' };
    expect(await open(key, { station: 'errors', format, resume })).toMatchObject(refusal('resume_refused'));
    const first = new Studio(key);
    expect(await first.open({ station: 'errors', format })).toMatchObject({ ok: true });
    expect(await open(key, { station: 'errors', format })).toMatchObject({
      ok: false,
      error: { code: 'station_busy', retryAfterMs: expect.any(Number) },
    });
    expect(await first.open({ station: 'errors', format })).toMatchObject(refusal('bad_message'));
    await first.chunk(0, wavPiece(0));
    await first.next('ingest:ack');
  });

  it.each([
    ['bad_message', 'a number that is none', ['zero', wavPiece(0)]],
    ['bad_message', 'a negative number', [-1, wavPiece(0)]],
    ['bad_message', 'text where bytes belong', [0, 'text']],
    ['bad_message', 'nothing', [0]],
    ['bad_message', 'a gap', [5, wavPiece(5)]],
    ['bad_message', 'a time that is none', [0, wavPiece(0), 'now']],
    ['bad_media', 'garbage', [0, Buffer.from('garbage')]],
    ['chunk_too_large', 'too many bytes', [0, Buffer.concat([wavPiece(0), Buffer.alloc(MAX_CHUNK_BYTES)])]],
  ])('says %s for a chunk with %s, and the connection may open again', async (code, what, args) => {
    const station = what.replaceAll(' ', '-').slice(0, 30);
    const studio = new Studio(await node.addStation(station));
    await studio.open({ station, format });
    studio.socket.emit('ingest:chunk', args[0], args.length > 2 ? args[2] : Date.now(), args[1]);
    expect(await studio.next('ingest:error')).toMatchObject({ code });
    const reopened = await until(async () => {
      const answer = await studio.open({ station, format });
      return answer.ok === true && answer;
    });
    expect(reopened).toMatchObject({ nextSeq: 0 });
  });

  it('says bad_message for chunks and ends without an open ingest', async () => {
    const studio = new Studio('any');
    expect(await studio.chunk(0, wavPiece(0))).toMatchObject({ ok: false, error: { code: 'bad_message' } });
    studio.socket.emit('ingest:end');
    expect(await studio.next('ingest:error')).toMatchObject({ code: 'bad_message' });
  });

  it('gives the station back when the connection is gone', async () => {
    const key = await node.addStation('gone');
    const studio = new Studio(key);
    const { broadcastId } = await studio.open({ station: 'gone', format });
    studio.socket.disconnect();
    const again = await until(async () => {
      const answer = await new Studio(key).open({ station: 'gone', format });
      return answer.ok === true && answer;
    });
    expect(again).toMatchObject({ broadcastId });
  });
});

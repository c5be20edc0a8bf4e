import { BroadcastRegistry, TranscoderRoll } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger, createRegistry, pause } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSessionMetrics } from '../session/session-metrics.ts';
import { bestLag, decode, samplesOf, snrDb, sweep } from './test/signal.ts';
import { TestBroadcast } from './test/test-broadcast.ts';
import { TranscodeWorker } from './transcode-worker.ts';

/** Where audio begins in a broadcast: after the opening and the encoder's priming, in samples. */
const AUDIO_BEGINS = 270 * 1024 + 1024;
const L16 = 'audio/l16;rate=48000;channels=2;endian=little';
/** Bytes of 60 ms. */
const CHUNK = 2880 * 4;
const WITHIN = { timeoutMs: 60_000 };

let redis: TestRedis;
let handle: RedisHandle;
let ffmpegPath: string;
let fillerFrame: Uint8Array;
const closers: (() => Promise<void> | void)[] = [];

jest.setTimeout(120_000); // a busy machine is slow, not wrong

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const found = await testFfmpeg();
  ffmpegPath = found.path;
  fillerFrame = found.silentFrame;
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(() => redis.close());

/** A worker that puts in no filler: what is tested is where samples go, on a machine that may be busy. */
async function startWorker(): Promise<TranscodeWorker> {
  const own = redis.handle();
  const bus = new ControlBus(own);
  const session = {
    ...{ handle: own, bus, registry: new BroadcastRegistry(own), logger: createLogger('test', 'silent') },
    ...{ metrics: createSessionMetrics(createRegistry('test')), ffmpegPath, fillerFrame, fillerGraceMs: 300_000 },
  };
  const worker = new TranscodeWorker({ slots: 4, session });
  closers.push(
    () => own.close(),
    () => bus.close(),
    () => worker.close(),
  );
  await worker.ready();
  return worker;
}

async function othersAreFree(): Promise<void> {
  const roll = new TranscoderRoll(handle);
  await until(async () => (await roll.live()).some(({ busy }) => busy === 0), { ...WITHIN, what: 'another is free' });
}

/** Pushes a signal as it is captured, in real time. */
async function pushInTime(broadcast: TestBroadcast, sound: Buffer, capturedFrom: number): Promise<void> {
  for (let at = 0; at < sound.length; at += CHUNK) {
    const piece = sound.subarray(at, at + CHUNK);
    const capturedAt = capturedFrom + (at + piece.length) / 192;
    await pause(capturedAt - Date.now());
    await broadcast.chunk(piece, capturedAt);
  }
}

async function end(broadcast: TestBroadcast): Promise<void> {
  await appendEnd(handle, broadcast.record, 'ended_by_owner');
  const isOver = async () => (await broadcast.events()).at(-1)?.kind === 'end';
  await until(isOver, { ...WITHIN, what: 'the part log has its end' });
}

/** All samples are at their place, once. */
async function expectWhole(broadcast: TestBroadcast, wanted: Buffer): Promise<void> {
  const parts = await broadcast.parts();
  expect(parts.map(({ firstFrame }) => firstFrame)).toEqual(parts.map((_, i) => 9 * i));
  expect(parts.slice(30).filter(({ fillerFrames }) => fillerFrames > 0)).toEqual([]);
  const got = decode(ffmpegPath, await broadcast.file(2));
  const signal = samplesOf(wanted);
  for (let from = 4800; from + 9600 < signal.length / 2; from += 4800) {
    const lag = bestLag(signal, got, { from, count: 4800, around: AUDIO_BEGINS, reach: 10 });
    const heard = snrDb(signal, got, { from, count: 4800, lag }) > 10;
    expect({ from, lag, heard }).toEqual({ from, lag: AUDIO_BEGINS, heard: true });
  }
}

describe('a broadcast that changes its worker', () => {
  it('publishes until the worker that takes over is ready, and keeps every sample in its place', async () => {
    const first = await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'warm');
    await broadcast.epoch(L16);
    const fence = () => handle.commands.get(stationKeys('warm').fence);
    const start = Date.now();
    const sending = pushInTime(broadcast, sound, start);
    await until(async () => (await broadcast.logLength()) > 40, { ...WITHIN, what: 'it is on air' });
    await startWorker();
    await othersAreFree();
    await first.close();
    expect(await fence()).toBe('2');
    await sending;
    await end(broadcast);
    await expectWhole(broadcast, sound);
    const parts = (await broadcast.parts()).slice(31);
    const gaps = parts.slice(1).map(({ publishedAt }, i) => publishedAt - (parts[i]?.publishedAt ?? 0));
    const longest = gaps
      .slice(0, -1)
      .toSorted((a, b) => b - a)
      .slice(0, 3);
    process.stdout.write(`longest times between parts with a hand-over: ${longest.join(', ')} ms\n`);
  });

  it('moves a broadcast when it is asked to, and keeps it when no other is free', async () => {
    await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'moves');
    await broadcast.epoch(L16);
    const fence = () => handle.commands.get(stationKeys('moves').fence);
    const sending = pushInTime(broadcast, sound, Date.now());
    await until(async () => (await broadcast.logLength()) > 35, { ...WITHIN, what: 'it is on air' });
    const bus = new ControlBus(handle);
    closers.push(() => bus.close());
    const ask = () => bus.publish({ type: 'move_broadcast', ...broadcast.record });
    await ask();
    const before = await broadcast.logLength();
    await until(async () => (await broadcast.logLength()) > before + 3, { what: 'it goes on', timeoutMs: 60_000 });
    expect(await fence()).toBe('1');
    await startWorker();
    await othersAreFree();
    await ask();
    await until(async () => (await fence()) === '2', { what: 'the other has it', timeoutMs: 60_000 });
    await sending;
    await end(broadcast);
    await expectWhole(broadcast, sound);
    expect(await fence()).toBe('2');
  });
});

import { AlarmBoard } from '@awaz/infra/alarms';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { FRAME_DURATION_MS } from '@awaz/infra/contract';
import { PartLogWriter } from '@awaz/infra/part-log';
import {
  type Archive,
  ArchiveFullError,
  FolderArchive,
  type Recording,
  RecordingIndex,
  type RecordingName,
  recordingFiles,
} from '@awaz/infra/recordings';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, createRegistry } from '@awaz/infra/runtime';
import { startTestRedis, type TempDir, type TestRedis, tempDir, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fragmentFrames } from '../isobmff/fragment-frames.ts';
import { AAC_LC_CODEC, initSection } from '../isobmff/init-section.ts';
import { Packager, type SourceFrame } from '../packager/packager.ts';
import { createSessionMetrics } from '../session/session-metrics.ts';
import { bestLag, decode, samplesOf, snrDb, sweep } from '../worker/test/signal.ts';
import { TestBroadcast } from '../worker/test/test-broadcast.ts';
import { TranscodeWorker } from '../worker/transcode-worker.ts';
import { Archiver } from './archiver.ts';
import { RecordingKeeper } from './recording-keeper.ts';

const L16 = 'audio/l16;rate=48000;channels=2;endian=little';
/** Bytes of 60 ms. */
const CHUNK = 2880 * 4;
const logger = createLogger('test', 'silent');

let redis: TestRedis;
let handle: RedisHandle;
let index: RecordingIndex;
let ffmpegPath: string;
let fillerFrame: Uint8Array;
let folder: TempDir;
let archive: FolderArchive;
const closers: (() => Promise<void> | void)[] = [];

jest.setTimeout(120_000); // a busy machine is slow, not wrong

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  index = new RecordingIndex(handle);
  folder = await tempDir();
  archive = new FolderArchive(folder.path);
  const found = await testFfmpeg();
  ffmpegPath = found.path;
  fillerFrame = found.silentFrame;
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(async () => {
  await redis.close();
  await folder.close();
});

function startArchiver(into: Archive = archive): Archiver {
  const archiver = new Archiver({
    ...{ handle, archive: into, logger, registry: createRegistry('test'), fillerFrame, stepMs: 50 },
  });
  closers.push(() => archiver.close());
  return archiver;
}

async function startWorker(): Promise<TranscodeWorker> {
  const own = redis.handle();
  const bus = new ControlBus(own);
  const metrics = createSessionMetrics(createRegistry('test'));
  const session = { handle: own, bus, registry: new BroadcastRegistry(own), logger, metrics, ffmpegPath, fillerFrame };
  const worker = new TranscodeWorker({ slots: 4, session });
  closers.push(
    () => own.close(),
    () => bus.close(),
    () => worker.close(),
  );
  await worker.ready();
  return worker;
}

async function complete(name: RecordingName): Promise<Recording> {
  const what = 'the recording is complete';
  await until(async () => (await index.get(name))?.state === 'complete', { what, timeoutMs: 60_000 });
  return (await index.get(name)) as Recording;
}

/** The one file, and the same as a player of HLS gets it. */
async function mediaOf(recording: Recording): Promise<{ file: Buffer; fragments: Buffer }> {
  const files = recordingFiles(recording);
  const segments = await index.segments(recording);
  const whole = await Promise.all(segments.map(({ bytes }, i) => archive.read(files.segment(i), 0, bytes)));
  const frames = whole.map((bytes, i) => bytes.subarray(segments[i]?.headBytes));
  const head = await archive.read(files.head, 0, recording.headBytes ?? 0);
  const init = await archive.read(files.init, 0, await archive.size(files.init));
  return { file: Buffer.concat([head, ...frames]), fragments: Buffer.concat([init, ...whole]) };
}

describe('a recording', () => {
  it('holds every sample once and in order, also what came too late for the air, over a change of both workers', async () => {
    const first = { archiver: startArchiver(), worker: await startWorker() };
    const sound = sweep(9);
    const broadcast = await TestBroadcast.open(handle, 'cut', 2);
    await broadcast.stayPublisher(120_000);
    const beganAt = Date.now() - 2000;
    const push = async (from: number, to: number) => {
      const bytes = (seconds: number) => Math.floor((seconds * 192_000) / CHUNK) * CHUNK;
      for (let at = bytes(from); at < bytes(to); at += CHUNK) {
        await broadcast.chunk(sound.subarray(at, at + CHUNK), beganAt + (at + CHUNK) / 192);
      }
    };
    await broadcast.epoch(L16);
    await push(0, 2);
    const filledUntil = async () => {
      const last = (await broadcast.parts()).at(-1);
      return last === undefined ? 0 : last.programDateTime + last.frames * FRAME_DURATION_MS;
    };
    await until(async () => (await filledUntil()) > beganAt + 5000, { what: 'filler stands where the cut is' });
    await push(2, 5);
    await until(async () => (await broadcast.parts()).some(({ late }) => late !== undefined), { what: 'late frames' });
    await first.archiver.close();
    startArchiver();
    await first.worker.close();
    await startWorker();
    await push(5, 9);
    await appendEnd(handle, broadcast.record, 'ended_by_owner');
    const recording = await complete(broadcast.record);

    const { file, fragments } = await mediaOf(recording);
    const got = decode(ffmpegPath, file);
    expect(got.length / 2).toBe(recording.frames * 1024);
    expect(decode(ffmpegPath, fragments)).toEqual(got);
    const signal = samplesOf(sound);
    const frames = Math.floor(sound.length / CHUNK) * 2880;
    expect(recording).toMatchObject({ silentFrames: 0, lostFrames: 0, kbps: 256 });
    expect(recording.frames).toBe(Math.ceil(frames / 1024) + 1);
    for (let from = 2048; from + 4800 < frames - 2048; from += 4800) {
      const lag = bestLag(signal, got, { from, count: 4800, around: 1024, reach: 10 });
      expect({ from, lag, heard: snrDb(signal, got, { from, count: 4800, lag }) > 10 }).toEqual({
        ...{ from, lag: 1024, heard: true },
      });
    }
  });

  it('stands still while there is no space, tells the owner, and goes on with nothing lost within the log', async () => {
    let full = true;
    const limited: Archive = {
      write: (path, bytes) => (full ? Promise.reject(new ArchiveFullError(path)) : archive.write(path, bytes)),
      read: (path, start, end) => archive.read(path, start, end),
      size: (path) => archive.size(path),
      removeFolder: (path) => archive.removeFolder(path),
    };
    const { record } = await TestBroadcast.open(handle, 'full', 2);
    const { publish, end } = await publisher(record);
    const alarm = async () => (await new AlarmBoard(handle).read(record)).get('disk_full')?.level;
    startArchiver(limited);
    await publish(0, 500);
    await until(async () => (await alarm()) === 'warn', { what: 'the alarm' });
    expect(await index.get(record)).toMatchObject({ frames: 0, fullSince: expect.any(Number) });
    full = false;
    await until(async () => (await alarm()) === 'off', { what: 'the end of the alarm' });
    await publish(500, 900);
    await end();
    const recording = await complete(record);
    expect(recording.fullSince).toBeUndefined();
    const files = recordingFiles(record);
    const segments = await index.segments(record);
    const whole = await Promise.all(segments.map(({ bytes }, i) => archive.read(files.segment(i), 0, bytes)));
    const numbers = whole.flatMap((bytes) => fragmentFrames(bytes).map(([high = 0, low = 0]) => high * 256 + low));
    expect(numbers).toEqual(Array.from({ length: 900 }, (_, i) => i));
  });

  it('goes with its files when its station is gone', async () => {
    const { record } = await TestBroadcast.open(handle, 'gone', 2);
    const { publish, end } = await publisher(record);
    startArchiver();
    await publish(0, 30);
    await end();
    await complete(record);
    const keeper = new RecordingKeeper({
      ...{ handle, archive, logger, maxAgeMs: undefined, maxBytes: Number.POSITIVE_INFINITY, lookMs: 50 },
    });
    closers.push(() => keeper.close());
    await until(async () => (await index.get(record)) === undefined, { what: 'it is cleared away' });
    await expect(archive.size(recordingFiles(record).init)).rejects.toThrow('ENOENT');
  });
});

/** Publishes frames that tell their number as a worker would. */
async function publisher(record: TestBroadcast['record']) {
  const { station, broadcastId, startedAt, ladder, cut } = record;
  const writer = await PartLogWriter.acquire(handle, record);
  const inits = ladder.map(() => initSection({ sampleRate: 48_000, channels: 2, bitrate: 64_000 }));
  await writer.writeMeta({ station, broadcastId, startedAt, ladder, cut, codec: AAC_LC_CODEC }, inits);
  await index.open({ station, broadcastId, startedAt, kbps: 256, title: 'a show' });
  const packager = new Packager({ cut, renditions: 3, fillerFrame, recordedRung: 2, now: startedAt });
  let last: Awaited<ReturnType<PartLogWriter['lastPart']>>;
  const store = async (parts: ReturnType<Packager['push']>) => {
    for (const { part } of parts) {
      await writer.append(part);
      last = part;
    }
  };
  const frame = (number: number): SourceFrame => ({
    payloads: new Array<Uint8Array>(3).fill(new Uint8Array([number >> 8, number & 255])),
    capturedAt: startedAt + number * FRAME_DURATION_MS,
    startsRun: number === 0,
    keepLate: false,
    cursor: () => ({
      ...{ epoch: 'e', format: L16, entryId: '1-1', byteOffset: 0, restartSample: 0, prefix: '', state: '' },
      publishedSample: 0,
    }),
  });
  return {
    publish: async (from: number, to: number) => {
      const frames = Array.from({ length: to - from }, (_, i) => frame(from + i));
      await store(packager.push(frames, startedAt + to * FRAME_DURATION_MS));
    },
    end: async () => {
      await store(packager.flush(Date.now()));
      await writer.appendEnd(last, 'ended_by_owner');
      await new BroadcastRegistry(handle).end(station, broadcastId, 'ended_by_owner');
    },
  };
}

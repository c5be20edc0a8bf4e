import { readdirSync, readFileSync } from 'node:fs';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { type ProgrammeMetadata, SAMPLES_PER_FRAME } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { FencedError, PartLogWriter } from '@awaz/infra/part-log';
import { QualityBoard } from '@awaz/infra/quality';
import { broadcastKeys, ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger, createRegistry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, testFfmpeg, until } from '@awaz/infra/testkit';
import { TitleRequests } from '@awaz/infra/titles';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSessionMetrics } from '../session/session-metrics.ts';
import type { SoundFigures } from '../sound/sound-figures.ts';
import { sine } from '../sound/test/sounds.ts';
import { bestLag, decode, encode, samplesOf, snrDb, sweep } from './test/signal.ts';
import { TestBroadcast } from './test/test-broadcast.ts';
import { TranscodeWorker } from './transcode-worker.ts';

/** Where audio begins in a broadcast: after the opening and the encoder's priming, in samples. */
const AUDIO_BEGINS = 270 * 1024 + 1024;
const L16 = 'audio/l16;rate=48000;channels=2;endian=little';
/** Bytes of 60 ms. */
const CHUNK = 2880 * 4;

let redis: TestRedis;
let handle: RedisHandle;
let ffmpegPath: string;
let fillerFrame: Uint8Array;
const closers: (() => Promise<void> | void)[] = [];

jest.setTimeout(180_000); // a busy machine is slow, not wrong

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

/** Patient by default: what is tested is where samples go, on a machine that may be busy with other tests. */
async function startWorker(
  fillerGraceMs: number | undefined = 300_000,
  silenceTimes?: { warnMs: number; alarmMs: number },
): Promise<TranscodeWorker> {
  const own = redis.handle();
  const bus = new ControlBus(own);
  const worker = new TranscodeWorker({
    slots: 4,
    session: {
      handle: own,
      bus,
      registry: new BroadcastRegistry(own),
      logger: createLogger('test', 'silent'),
      metrics: createSessionMetrics(createRegistry('test')),
      ffmpegPath,
      fillerFrame,
      fillerGraceMs,
      silenceTimes,
    },
  });
  closers.push(
    () => own.close(),
    () => bus.close(),
    () => worker.close(),
  );
  await worker.ready();
  return worker;
}

/** Pushes a signal at once, as if it were captured in the seconds to come: nothing is ever late then. */
async function push(broadcast: TestBroadcast, sound: Buffer, capturedFrom: number): Promise<void> {
  for (let at = 0; at < sound.length; at += CHUNK) {
    const piece = sound.subarray(at, at + CHUNK);
    await broadcast.chunk(piece, capturedFrom + (at + piece.length) / 192);
  }
}

async function end(broadcast: TestBroadcast): Promise<void> {
  await appendEnd(handle, broadcast.record, 'ended_by_owner');
  await until(async () => (await broadcast.events()).at(-1)?.kind === 'end', {
    what: 'the part log has its end',
    timeoutMs: 60_000,
  });
}

/** All samples come out of a rendition at their place, with no filler between. */
async function expectWhole(broadcast: TestBroadcast, rendition: number, wanted: Buffer): Promise<void> {
  const got = decode(ffmpegPath, await broadcast.file(rendition));
  const signal = samplesOf(wanted);
  const lag = bestLag(signal, got, { from: 20_000, count: 20_000, around: AUDIO_BEGINS, reach: 30 });
  expect(lag).toBe(AUDIO_BEGINS);
  const frames = signal.length / 2;
  for (let from = 2048; from + 4800 < frames - 2048; from += 4800) {
    // Where it lies is judged apart from how well the encoder kept it.
    const here = bestLag(signal, got, { from, count: 4800, around: AUDIO_BEGINS, reach: 10 });
    const db = snrDb(signal, got, { from, count: 4800, lag: here });
    expect({ from, lag: here, heard: db > 10 }).toEqual({ from, lag: AUDIO_BEGINS, heard: true });
  }
}

function ffmpegPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('pipe:3');
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('TranscodeWorker', () => {
  it('publishes every sample of a pushed signal in all renditions, aligned, and ends the log', async () => {
    await startWorker();
    const sound = sweep(6);
    const broadcast = await TestBroadcast.open(handle, 'whole');
    await broadcast.epoch(L16);
    await push(broadcast, sound, Date.now());
    await end(broadcast);
    for (const rendition of [0, 1, 2]) await expectWhole(broadcast, rendition, sound);
    const parts = await broadcast.parts();
    parts.forEach((part, i) => {
      const before = parts[i - 1];
      expect(part.firstFrame).toBe(before === undefined ? 0 : before.firstFrame + before.frames);
      expect(part.frames).toBe(i === parts.length - 1 ? part.frames : 9);
    });
    expect(parts.at(-1)?.endsSegment).toBe(true);
  });

  it('leaves nothing in Redis longer than a minute after the end', async () => {
    await startWorker();
    const broadcast = await TestBroadcast.open(handle, 'gone');
    await broadcast.epoch(L16);
    await push(broadcast, sweep(1), Date.now());
    await end(broadcast);
    const registry = new BroadcastRegistry(handle);
    await until(async () => (await registry.get('gone'))?.state === 'ended', {
      what: 'the broadcast is marked as ended',
    });
    const keys = broadcastKeys('gone', broadcast.record.broadcastId);
    expect(await handle.commands.exists(keys.chunks, keys.ingest)).toBe(0);
    for (const key of [keys.parts, keys.meta]) {
      const ttl = await handle.commands.pttl(key);
      expect(ttl).toBeGreaterThan(50_000);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  it('goes on at the very sample when ffmpeg is killed in the middle', async () => {
    await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'killed');
    const half = CHUNK * 66;
    await broadcast.epoch(L16);
    const start = Date.now() + 3000;
    await push(broadcast, sound.subarray(0, half), start);
    await until(async () => (await broadcast.logLength()) > 45, {
      what: 'the first seconds are published',
      timeoutMs: 60_000,
    });
    const [pid] = await until(() => ffmpegPids().length > 0 && ffmpegPids(), {
      what: 'ffmpeg runs',
      timeoutMs: 60_000,
    });
    process.kill(pid as number, 'SIGKILL');
    await push(broadcast, sound.subarray(half), start + half / 192);
    await until(async () => (await broadcast.logLength()) > 60, { what: 'the rest is published', timeoutMs: 60_000 });
    await end(broadcast);
    for (const rendition of [0, 2]) await expectWhole(broadcast, rendition, sound);
  });

  it.each([
    ['WebM/Opus', 'audio/webm;codecs=opus', ['-c:a', 'libopus', '-b:a', '160k', '-f', 'webm', '-live', '1']],
    ['Ogg/Opus', 'audio/ogg', ['-c:a', 'libopus', '-b:a', '160k', '-f', 'ogg', '-page_duration', '60000']],
  ])('goes on at the very sample of %s after a kill', async (name, format, args) => {
    await startWorker();
    const file = encode(ffmpegPath, sweep(8), args); // before the job begins: it blocks this process, and so the job's lock
    const broadcast = await TestBroadcast.open(handle, name.toLowerCase().replace('/', '-'));
    await broadcast.epoch(format);
    const start = Date.now() + 3000;
    const piece = Math.ceil(file.length / 133);
    for (let i = 0; i < 133; i++) {
      await broadcast.chunk(file.subarray(i * piece, (i + 1) * piece), start + ((i + 1) * 8000) / 133);
      if (i !== 66) continue;
      await until(async () => (await broadcast.logLength()) > 45, {
        what: 'the first seconds are published',
        timeoutMs: 60_000,
      });
      process.kill(ffmpegPids()[0] as number, 'SIGKILL');
    }
    await until(async () => (await broadcast.logLength()) > 65, { what: 'the rest is published', timeoutMs: 60_000 });
    await end(broadcast);
    const got = decode(ffmpegPath, await broadcast.file(2));
    const reference = decode(ffmpegPath, file, format.slice(6, 10).replace(';', ''));
    const lag = bestLag(reference, got, { from: 20_000, count: 20_000, around: AUDIO_BEGINS, reach: 30 });
    expect(lag).toBe(AUDIO_BEGINS);
    for (let from = 4800; from + 9600 < reference.length / 2; from += 4800) {
      const db = snrDb(reference, got, { from, count: 4800, lag });
      expect({ from, clean: db > 10 }).toEqual({ from, clean: true });
    }
  });

  it('puts no filler between two runs of one stream, whatever its capture times say', async () => {
    await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'jitter');
    const [second, half] = [192_000, CHUNK * 66];
    await broadcast.epoch(L16);
    const start = Date.now() + 3000;
    await push(broadcast, sound.subarray(0, second), start);
    await push(broadcast, sound.subarray(second, half), start + 1150); // 150 ms later than its samples say
    await until(async () => (await broadcast.logLength()) > 45, {
      what: 'the first seconds are published',
      timeoutMs: 60_000,
    });
    process.kill(ffmpegPids()[0] as number, 'SIGKILL');
    await push(broadcast, sound.subarray(half), start + 150 + half / 192);
    await until(async () => (await broadcast.logLength()) > 60, { what: 'the rest is published', timeoutMs: 60_000 });
    await end(broadcast);
    const parts = await broadcast.parts();
    expect(parts.slice(30).filter(({ fillerFrames }) => fillerFrames > 0)).toEqual([]);
    await expectWhole(broadcast, 2, sound);
  });

  it('replaces an ffmpeg that hangs; filler goes on air meanwhile, and all of the audio after it', async () => {
    await startWorker(220);
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'hangs');
    const half = CHUNK * 66;
    await broadcast.epoch(L16);
    const start = Date.now() - half / 192;
    await push(broadcast, sound.subarray(0, half), start);
    await until(async () => (await broadcast.logLength()) > 45, {
      what: 'the first seconds are published',
      timeoutMs: 60_000,
    });
    const [pid] = ffmpegPids();
    process.kill(pid as number, 'SIGSTOP');
    await push(broadcast, sound.subarray(half), start + half / 192);
    await until(() => !ffmpegPids().includes(pid as number), { what: 'the hanging ffmpeg is gone', timeoutMs: 60_000 });
    await until(async () => (await broadcast.parts()).at(-1)?.fillerFrames === 0, {
      what: 'the audio goes on',
      timeoutMs: 60_000,
    });
    await end(broadcast);
    const parts = await broadcast.parts();
    const got = decode(ffmpegPath, await broadcast.file(1));
    const signal = samplesOf(sound);
    let filler = 0;
    let heard = 0;
    parts.slice(30).forEach((part, i, all) => {
      filler += part.fillerFrames;
      heard += part.frames - part.fillerFrames;
      const whole = [all[i - 1], part, all[i + 1]].every((near) => near?.fillerFrames === 0);
      if (!whole) return; // beside filler the encoder's windows fade
      const lag = AUDIO_BEGINS + filler * 1024;
      const from = part.firstFrame * 1024 - lag;
      expect({ from, clean: snrDb(signal, got, { from, count: 9216, lag }) > 10 }).toEqual({ from, clean: true });
    });
    expect(filler).toBeGreaterThan(20);
    expect(heard).toBe(Math.ceil(signal.length / 2 / 1024) + 1);
  });

  it('hands a broadcast to another worker without losing or doubling a sample', async () => {
    const first = await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'handover');
    const half = CHUNK * 66;
    await broadcast.epoch(L16);
    const start = Date.now() + 5000;
    await push(broadcast, sound.subarray(0, half), start);
    await until(async () => (await broadcast.logLength()) > 45, {
      what: 'the first seconds are published',
      timeoutMs: 60_000,
    });
    await startWorker();
    await first.close();
    await push(broadcast, sound.subarray(half), start + half / 192);
    await until(async () => (await broadcast.logLength()) > 60, {
      what: 'the other worker publishes',
      timeoutMs: 60_000,
    });
    await end(broadcast);
    await expectWhole(broadcast, 2, sound);
  });

  it('tells each title once and with its sound, whichever worker publishes it', async () => {
    const first = await startWorker();
    const sound = sweep(8);
    const broadcast = await TestBroadcast.open(handle, 'titled');
    const half = CHUNK * 66;
    const start = Date.now() + 5000;
    const titles = new TitleRequests(handle);
    const set = (title: string, ms: number) =>
      titles.add('titled', { capturedAt: start + ms, change: { track: { title, artist: '' } } });
    await set('in the first half', 1000);
    await set('in the second half', 6000);
    await broadcast.epoch(L16);
    await push(broadcast, sound.subarray(0, half), start);
    await until(async () => (await broadcast.logLength()) > 45, {
      what: 'the first seconds are published',
      timeoutMs: 60_000,
    });
    await first.close();
    await set('set while there was no worker', 5000);
    await startWorker();
    await push(broadcast, sound.subarray(half), start + half / 192);
    await end(broadcast);

    const parts = await broadcast.parts();
    const placed = parts.flatMap((part) => (part.programme ?? []).map((programme) => ({ part, programme })));
    for (const { part, programme } of placed) {
      expect(programme.at).toBeGreaterThanOrEqual(part.programDateTime);
      expect(programme.at).toBeLessThan(part.programDateTime + (part.frames * SAMPLES_PER_FRAME) / 48);
      for (const payload of part.payloads) expect(Buffer.from(payload).subarray(4, 8).toString()).toBe('emsg');
    }
    const wanted = [
      ['in the first half', 1000],
      ['set while there was no worker', 5000],
      ['in the second half', 6000],
    ] as const;
    expect(placed.map(({ programme }) => programme.track?.title)).toEqual(wanted.map(([title]) => title));
    placed.forEach(({ programme }, n) => {
      expect(Math.abs(programme.at - start - (wanted[n]?.[1] ?? 0))).toBeLessThanOrEqual(2);
    });
    const log = new EventLog(handle);
    const { epoch } = await log.position('titled');
    const told = (await log.since('titled', { epoch, offset: 0 })).events;
    expect(told.filter(({ event }) => event === 'stream:metadata').map(({ body }) => body)).toEqual(
      placed.map(({ programme: { show, host, track, at } }): ProgrammeMetadata => ({ show, host, track, at })),
    );
    decode(ffmpegPath, await broadcast.file(0));
  });

  it('goes on with the same timeline when a container stream follows another', async () => {
    await startWorker();
    const broadcast = await TestBroadcast.open(handle, 'epochs');
    const start = Date.now();
    await broadcast.epoch(L16);
    await push(broadcast, sweep(2), start);
    await broadcast.epoch(L16);
    await push(broadcast, sweep(2), start + 2000);
    await end(broadcast);
    const got = decode(ffmpegPath, await broadcast.file(2));
    const signal = samplesOf(sweep(2));
    const second = bestLag(signal, got, { from: 20_000, count: 20_000, around: AUDIO_BEGINS + 96_000, reach: 3000 });
    expect(Math.abs(second - AUDIO_BEGINS - 96_000)).toBeLessThan(2100);
    expect(snrDb(signal, got, { from: 4000, count: 80_000, lag: second })).toBeGreaterThan(10);
  });

  it('fences a worker off that another one has replaced', async () => {
    const broadcast = { station: 'fenced', broadcastId: 'b1' };
    const old = await PartLogWriter.acquire(handle, broadcast);
    await PartLogWriter.acquire(handle, broadcast);
    await expect(old.appendEnd(undefined, 'failed')).rejects.toThrow(FencedError);
  });

  it('tells the publisher when the bytes are not what they should be, and carries on with others', async () => {
    await startWorker();
    const told: string[] = [];
    const bus = new ControlBus(handle);
    closers.push(() => bus.close());
    bus.listen((message) => {
      if (message.type === 'media_refused') told.push(message.station);
    });
    const bad = await TestBroadcast.open(handle, 'bad');
    const good = await TestBroadcast.open(handle, 'good');
    await good.epoch(L16);
    await bad.epoch('audio/webm;codecs=opus');
    const now = Date.now();
    for (let i = 0; i < 40; i++) await bad.chunk(Buffer.alloc(4000, 'garbage'), now + i * 60);
    const sound = sweep(3);
    await push(good, sound, now);
    await until(() => told.includes('bad'), { what: 'the publisher of garbage is told', timeoutMs: 60_000 });
    await end(good);
    await expectWhole(good, 2, sound);
    await end(bad);
  });

  it('tells how fast it encodes and how late it publishes', async () => {
    await startWorker();
    const broadcast = await TestBroadcast.open(handle, 'figures');
    await broadcast.epoch(L16);
    await push(broadcast, sweep(6), Date.now() - 6000);
    const board = new QualityBoard(handle);
    const figures = await until(
      async () => {
        const told = (await board.read('figures')).get('encoder') as { speed: number | null; delayMs: number | null };
        return told.speed !== null && told.speed > 0 && told.delayMs !== null && told;
      },
      { timeoutMs: 60_000, what: 'the encoder tells' },
    );
    expect(figures).toMatchObject({ speed: expect.any(Number), delayMs: expect.any(Number) });
    await end(broadcast);
  });

  it('tells how loud the sound is, and nothing of it when none comes', async () => {
    await startWorker();
    const broadcast = await TestBroadcast.open(handle, 'loud');
    await broadcast.epoch(L16);
    await push(broadcast, sine({ hz: 1000, dbfs: -20, seconds: 6 }), Date.now() - 6000);
    const board = new QualityBoard(handle);
    const told = async () => ((await board.read('loud')).get('encoder') as { sound?: SoundFigures } | undefined)?.sound;
    const figures = await until(
      async () => {
        const sound = await told();
        return sound !== undefined && sound.shortTermLufs !== null && sound;
      },
      { timeoutMs: 60_000, everyMs: 50, what: 'the sound is told' },
    );
    expect(figures.levelDbfs).toBeCloseTo(-20, 0);
    expect(figures.rmsDbfs).toBeCloseTo(-23, 0);
    for (const name of ['momentaryLufs', 'shortTermLufs', 'integratedLufs'] as const) {
      expect(Math.abs((figures[name] ?? 0) + 20)).toBeLessThan(0.3);
    }
    const quiet = await until(
      async () => {
        const sound = await told();
        return sound !== undefined && sound.silentMs > 1000 && sound;
      },
      { timeoutMs: 60_000, everyMs: 50, what: 'silence is told' },
    );
    expect(quiet).toMatchObject({ levelDbfs: null, momentaryLufs: null, shortTermLufs: null, clipped: 0, alarms: {} });
    await end(broadcast);
  });

  it('keeps each change of an alarm once, whichever worker has the broadcast', async () => {
    const times = { warnMs: 1000, alarmMs: 2500 };
    const first = await startWorker(undefined, times);
    const broadcast = await TestBroadcast.open(handle, 'silent');
    await handle.commands.persist(stationKeys('silent').publisher); // nobody renews the lease here
    const { broadcastId } = broadcast.record;
    const log = new EventLog(handle);
    const begin = await log.position('silent');
    const alarms = async () =>
      (await log.since('silent', begin)).events.flatMap(({ event, body }) => (event === 'stream:alarm' ? [body] : []));
    const told = (count: number) =>
      until(async () => (await alarms()).length >= count, { timeoutMs: 60_000, what: `${count} changes are kept` });
    await broadcast.epoch(L16);
    const sound = sine({ hz: 1000, dbfs: -20, seconds: 1 });
    await push(broadcast, sound, Date.now());
    await told(1);
    await first.close();
    const second = await startWorker(undefined, times);
    await told(2);
    await until(
      async () => {
        await push(broadcast, sound, Date.now());
        return (await alarms()).length >= 3;
      },
      { timeoutMs: 60_000, everyMs: 500, what: 'the end of silence is kept' },
    );
    await second.close();
    const kept = await alarms();
    expect(kept.map(({ alarm, level }) => [alarm, level])).toEqual([
      ['silence_on_air', 'warn'],
      ['silence_on_air', 'alarm'],
      ['silence_on_air', 'off'],
    ]);
    expect(new Set(kept.map(({ since }) => since)).size).toBe(1);
    expect(kept.every((change) => change.broadcastId === broadcastId)).toBe(true);
    await startWorker();
    await end(broadcast);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger, createRegistry, pause, ReleaseStack } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, tempDir, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSessionMetrics } from '../session/session-metrics.ts';
import { bestLag, decode, encode, samplesOf, snrDb, sweep } from './test/signal.ts';
import { TestBroadcast } from './test/test-broadcast.ts';
import { TranscodeWorker } from './transcode-worker.ts';

/** Where audio begins in a broadcast: after the opening and the encoder's priming, in samples. */
const AUDIO_BEGINS = 270 * 1024 + 1024;
const L16 = 'audio/l16;rate=48000;channels=2;endian=little';
const CHUNK_MS = 60;
const CHUNK = CHUNK_MS * 192;
const GOOD = ['good-0', 'good-1', 'good-2'];

let redis: TestRedis;
let handle: RedisHandle;
let ffmpegPath: string;
let spinningFfmpeg: string;
let slowed: () => Promise<number>;
const refused: string[] = [];
const release = new ReleaseStack();

/** An ffmpeg that spins, and reads nothing, when its input is Ogg. */
async function writeSpinning(folder: string): Promise<string> {
  const path = join(folder, 'ffmpeg');
  await writeFile(
    path,
    `#!/bin/sh\ncase " $* " in *" -f ogg "*) while :; do :; done ;; esac\nexec '${ffmpegPath}' "$@"\n`,
  );
  await chmod(path, 0o755);
  return path;
}

beforeAll(async () => {
  redis = release.use(await startTestRedis());
  handle = redis.handle();
  const found = await testFfmpeg();
  ffmpegPath = found.path;
  spinningFfmpeg = await writeSpinning(release.use(await tempDir()).path);
  const own = release.use(redis.handle());
  const bus = release.use(new ControlBus(own));
  bus.listen((message) => {
    if (message.type === 'media_refused') refused.push(message.station);
  });
  const metrics = createSessionMetrics(createRegistry('test'));
  slowed = async () => (await metrics.slowed.get()).values[0]?.value ?? 0;
  const registry = new BroadcastRegistry(own);
  const logger = createLogger('test', 'silent');
  const { silentFrame: fillerFrame } = found;
  const session = { handle: own, bus, registry, logger, metrics, ffmpegPath: spinningFfmpeg, fillerFrame };
  // Patient: on a busy machine late is not lost.
  const worker = release.use(new TranscodeWorker({ slots: 7, session: { ...session, fillerGraceMs: 300_000 } }));
  await worker.ready();
}, 60_000);
afterAll(() => release.close());

async function open(station: string, format: string): Promise<TestBroadcast> {
  const broadcast = await TestBroadcast.open(handle, station);
  await handle.commands.persist(stationKeys(station).publisher); // nobody renews the lease here
  await broadcast.epoch(format);
  return broadcast;
}

/** Pushes a signal as it would be captured: a chunk each 60 ms. */
async function pushLive(broadcast: TestBroadcast, sound: Buffer): Promise<void> {
  const begun = Date.now();
  for (let at = 0; at < sound.length; at += CHUNK) {
    const capturedAt = begun + (at + CHUNK) / 192;
    await pause(Math.max(0, capturedAt - Date.now()), new AbortController().signal);
    await broadcast.chunk(sound.subarray(at, at + CHUNK), capturedAt);
  }
}

async function expectWhole(broadcast: TestBroadcast, sound: Buffer): Promise<void> {
  const fillers = (await broadcast.parts()).slice(30).map(({ fillerFrames }) => fillerFrames);
  expect(fillers.filter((frames) => frames > 0)).toEqual([]);
  const got = decode(ffmpegPath, await broadcast.file(2));
  const signal = samplesOf(sound);
  for (let from = 4800; from + 9600 < signal.length / 2; from += 4800) {
    // Where it lies is judged apart from how well the encoder kept it.
    const lag = bestLag(signal, got, { from, count: 4800, around: AUDIO_BEGINS, reach: 10 });
    const db = snrDb(signal, got, { from, count: 4800, lag });
    expect({ from, lag, db: db > 10 || db }).toEqual({ from, lag: AUDIO_BEGINS, db: true });
  }
}

/** The process of the spinning encoder; it is still the shell. */
function spinningPid(): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return line.includes(`\0${spinningFfmpeg}\0`) && line.includes('\0-f\0ogg\0');
    } catch {
      return false;
    }
  });
}

it('good broadcasts lose nothing beside one that floods, one that stalls, one that sends garbage and one whose ffmpeg spins', async () => {
  const sound = sweep(6);
  const ogg = encode(ffmpegPath, sweep(3), ['-c:a', 'libopus', '-f', 'ogg', '-page_duration', '60000']);
  const [flooding, stalling, garbage, spinning] = await Promise.all([
    open('flooding', L16),
    open('stalling', L16),
    open('garbage', 'audio/webm;codecs=opus'),
    open('spinning', 'audio/ogg'),
  ]);
  const now = Date.now();
  const minute = Buffer.alloc(60 * 192_000, sound);
  await spinning.chunk(ogg, now + 3000);
  await stalling.chunk(sound.subarray(0, 192_000), now + 1000);
  const good = await Promise.all(GOOD.map((station) => open(station, L16)));
  const flood = async () => {
    for (let at = 0; at < minute.length; at += 192_000) {
      await flooding.chunk(minute.subarray(at, at + 192_000), now + (at + 192_000) / 192);
    }
  };
  const rubbish = async () => {
    for (let i = 0; i < 40; i++) await garbage.chunk(Buffer.alloc(4000, 'garbage'), now + i * 60);
  };
  await Promise.all([flood(), rubbish(), ...good.map((broadcast) => pushLive(broadcast, sound))]);
  await until(() => refused.includes('garbage'), { timeoutMs: 60_000, what: 'garbage is refused' });
  await until(async () => (await slowed()) > 0, { timeoutMs: 60_000, what: 'the spinning encoder is slowed' });
  const pid = spinningPid();
  if (pid !== undefined) expect(getPriority(pid)).toBe(19);
  for (const broadcast of good) {
    await appendEnd(handle, broadcast.record, 'ended_by_owner');
    const ended = async () => (await broadcast.events()).at(-1)?.kind === 'end';
    await until(ended, { timeoutMs: 60_000, what: 'the part log has its end' });
    await expectWhole(broadcast, sound);
  }
}, 240_000);

import { spawnSync } from 'node:child_process';
import { parseLadder } from '@awaz/infra/contract';
import { testFfmpeg, until } from '@awaz/infra/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AdtsParser } from '../frames/adts-parser.ts';
import { cpuSecondsOf, spins } from './cpu-watchdog.ts';
import type { LadderInput } from './ladder-command.ts';
import { LadderProcess } from './ladder-process.ts';

let ffmpegPath: string;
const ladder = parseLadder('64k,128k,256k');
const floats = { demuxer: 'f32le', sampleRate: 48_000, channels: 2 };
const pcm = { demuxer: 's16le', sampleRate: 48_000, channels: 2 };

/** Two seconds of a ramp whose every sample is different from its neighbours. */
const sound = Buffer.alloc(2 * 48_000 * 4);
for (let i = 0; i < 2 * 48_000; i++) {
  const value = Math.round(8000 * Math.sin((i * i) / 400_000));
  sound.writeInt16LE(value, i * 4);
  sound.writeInt16LE(-value, i * 4 + 2);
}

beforeAll(async () => {
  ffmpegPath = (await testFfmpeg()).path;
});

/** A second and a half at 12 dB above full scale, after half a second of quiet sound; 32-bit floats. */
const hot = Buffer.alloc(2 * 48_000 * 8);
for (let i = 0; i < 2 * 48_000; i++) {
  const value = (i < 24_000 ? 0.1 : 4) * Math.sin((2 * Math.PI * 997 * i) / 48_000);
  hot.writeFloatLE(value, i * 8);
  hot.writeFloatLE(-value, i * 8 + 4);
}

type StartOptions = Partial<{
  ffmpegPath: string;
  input: LadderInput;
  skipSamples: number;
  limiter: boolean;
}>;

function start(more: StartOptions = {}) {
  const outputs: Buffer[][] = ladder.map(() => []);
  const sounds: Buffer[] = [];
  const { input = pcm } = more;
  const process = new LadderProcess(
    {
      ffmpegPath: more.ffmpegPath ?? ffmpegPath,
      input,
      skipSamples: more.skipSamples ?? 0,
      ladder,
      limiter: more.limiter ?? true,
    },
    { onAdts: (rendition, adts) => outputs[rendition]?.push(adts), onSound: (pcm) => sounds.push(pcm) },
  );
  return { process, adts: () => outputs.map((pieces) => Buffer.concat(pieces)), sound: () => Buffer.concat(sounds) };
}

/** Runs to the end. */
async function encoded(input: Buffer, more: StartOptions = {}) {
  const run = start(more);
  await run.process.started;
  await run.process.write(input);
  await run.process.finish();
  return run;
}

/** Largest sample of both channels from a stereo frame on, in dBFS. */
function peakDbfs(samples: Int16Array, from: number): number {
  let peak = 0;
  for (let i = from * 2; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
  return 20 * Math.log10(peak / 32_768);
}

function decode(adts: Buffer): Int16Array {
  const { stdout } = spawnSync(
    ffmpegPath,
    ['-loglevel', 'error', '-f', 'aac', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'],
    {
      input: adts,
      maxBuffer: 50_000_000,
    },
  );
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

describe('LadderProcess', () => {
  it('gives as many frames in every rendition, aligned to the sample', async () => {
    const { process, adts } = start();
    await process.started;
    await process.write(sound);
    expect(await process.finish()).toEqual({ kind: 'finished' });
    const counts = adts().map((bytes) => new AdtsParser().push(bytes).length);
    expect(counts).toEqual([95, 95, 95]);
    const [low, , high] = adts().map(decode) as [Int16Array, Int16Array, Int16Array];
    const errorAt = (lag: number) => {
      let sum = 0;
      for (let i = 20_000; i < 120_000; i += 2) sum += Math.abs((low[i] ?? 0) - (high[i + 2 * lag] ?? 0));
      return sum;
    };
    const lags = [-3, -2, -1, 0, 1, 2, 3];
    expect(lags.toSorted((a, b) => errorAt(a) - errorAt(b))[0]).toBe(0);
  });

  it('leaves out exactly the samples it is told to', async () => {
    const whole = start();
    await whole.process.started;
    await whole.process.write(sound);
    await whole.process.finish();
    const cut = start({ skipSamples: 700 });
    await cut.process.started;
    await cut.process.write(sound.subarray((10 * 1024 - 700) * 4)); // so that the grid is the same
    await cut.process.finish();
    const [a, b] = [decode(whole.adts()[2] as Buffer), decode(cut.adts()[2] as Buffer)];
    let worst = 0;
    for (let i = 20_000; i < 120_000; i++) worst = Math.max(worst, Math.abs((a[i + 10 * 1024 * 2] ?? 0) - (b[i] ?? 0)));
    expect(worst).toBeLessThan(80);
  });

  it('tells the sound as it came in, without the samples it leaves out, and before the limiter', async () => {
    const { sound: told } = await encoded(sound, { skipSamples: 700 });
    expect(told().equals(sound.subarray(700 * 4))).toBe(true);
    const overs = (await encoded(hot, { input: floats })).sound();
    expect(peakDbfs(new Int16Array(overs.buffer.slice(overs.byteOffset, overs.byteOffset + overs.length)), 0)).toBe(0);
  });

  it('passes sound below the ceiling of the limiter unchanged, to the sample', async () => {
    const [on, off] = await Promise.all([encoded(sound), encoded(sound, { limiter: false })]);
    for (const [rendition, adts] of on.adts().entries())
      expect(adts.equals(off.adts()[rendition] as Buffer)).toBe(true);
  });

  it('holds sound beyond full scale at -1 dBFS, give or take what AAC adds, and what comes before it is as loud as ever', async () => {
    const decoded = (await encoded(hot, { input: floats })).adts().map(decode);
    for (const samples of decoded) {
      expect(peakDbfs(samples, 0)).toBeLessThan(-0.3);
      expect(peakDbfs(samples, 60_000)).toBeGreaterThan(-1.3);
      expect(peakDbfs(samples.subarray(0, 2 * 20_000), 4000)).toBeCloseTo(-20, 0);
    }
    const unlimited = decode((await encoded(hot, { input: floats, limiter: false })).adts()[2] as Buffer);
    expect(peakDbfs(unlimited, 60_000)).toBeGreaterThan(-0.1);
  });

  it('goes on with the same samples after a restart 200 ms before, while the limiter works', async () => {
    const whole = decode((await encoded(hot, { input: floats })).adts()[2] as Buffer);
    const from = 60 * 1024; // 1.28 s
    const restarted = decode((await encoded(hot.subarray(from * 8), { input: floats })).adts()[2] as Buffer);
    let worst = 0;
    for (let i = 9600 * 2; i < (96_000 - from - 2048) * 2; i++) {
      worst = Math.max(worst, Math.abs((whole[i + from * 2] ?? 0) - (restarted[i] ?? 0)));
    }
    expect(worst).toBeLessThan(150);
  });

  it('calls it a failure when ffmpeg gives up on garbage, and says why', async () => {
    const { process } = start({ input: { demuxer: 'webm' } });
    await process.started;
    await process.write(Buffer.alloc(50_000, 'garbage '));
    const end = await process.ended;
    expect(end.kind).toBe('failed');
    expect(end).toHaveProperty('detail', expect.stringContaining('Invalid data'));
  });

  it('calls it a failure when the program is not there, and the process lives on', async () => {
    const end = await start({ ffmpegPath: '/nowhere/ffmpeg' }).process.ended;
    expect(end).toMatchObject({ kind: 'failed' });
  });

  it('calls a kill from outside a failure and one by its owner a kill', async () => {
    const first = start();
    await first.process.started;
    globalThis.process.kill(first.process.pid as number, 'SIGKILL');
    expect(await first.process.ended).toMatchObject({ kind: 'failed' });
    const second = start();
    await second.process.close();
    expect(await second.process.ended).toEqual({ kind: 'killed' });
  });

  it('runs under a limit of address space', async () => {
    const { process } = start();
    await process.started;
    const limits = await until(
      async () => {
        const { readFile } = await import('node:fs/promises');
        const name = await readFile(`/proc/${process.pid}/comm`, 'utf8');
        return name.includes('ffmpeg') && (await readFile(`/proc/${process.pid}/limits`, 'utf8'));
      },
      { what: 'the shell has become ffmpeg' },
    );
    expect(limits).toMatch(/Max address space\s+614400000/);
    await process.close();
  });
});

describe('cpu watchdog', () => {
  it('reads the CPU time of a process, and nothing of one that is gone', async () => {
    expect(cpuSecondsOf(process.pid)).toBeGreaterThan(0);
    expect(cpuSecondsOf(2 ** 30)).toBeUndefined();
  });

  it('lets a long show use CPU in proportion to its audio, and nothing else', () => {
    expect(spins({ cpuSeconds: 700, audioSeconds: 14_400 })).toBe(false);
    expect(spins({ cpuSeconds: 12, audioSeconds: 4 })).toBe(true);
  });
});

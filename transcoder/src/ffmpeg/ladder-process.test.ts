import { spawnSync } from 'node:child_process';
import { parseLadder } from '@awaz/infra/contract';
import { testFfmpeg, until } from '@awaz/infra/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AdtsParser } from '../frames/adts-parser.ts';
import { cpuSecondsOf, spins } from './cpu-watchdog.ts';
import { LadderProcess } from './ladder-process.ts';

let ffmpegPath: string;
const ladder = parseLadder('64k,128k,256k');
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

function start(more: Partial<{ ffmpegPath: string; demuxer: string; skipSamples: number }> = {}) {
  const outputs: Buffer[][] = ladder.map(() => []);
  const input = more.demuxer === undefined ? pcm : { demuxer: more.demuxer };
  const process = new LadderProcess(
    { ffmpegPath: more.ffmpegPath ?? ffmpegPath, input, skipSamples: more.skipSamples ?? 0, ladder },
    (rendition, adts) => outputs[rendition]?.push(adts),
  );
  return { process, adts: () => outputs.map((pieces) => Buffer.concat(pieces)) };
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

  it('calls it a failure when ffmpeg gives up on garbage, and says why', async () => {
    const { process } = start({ demuxer: 'webm' });
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
        const text = await readFile(`/proc/${process.pid}/limits`, 'utf8');
        const name = await readFile(`/proc/${process.pid}/comm`, 'utf8');
        return name.includes('ffmpeg') && text;
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

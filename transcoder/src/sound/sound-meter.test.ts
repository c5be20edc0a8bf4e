import { spawnSync } from 'node:child_process';
import { testFfmpeg } from '@awaz/infra/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { LEAST_LUFS } from './loudness-gate.ts';
import { LEAST_DBFS, SoundMeter } from './sound-meter.ts';
import { sine, stereo } from './test/sounds.ts';

let ffmpegPath: string;

beforeAll(async () => {
  ffmpegPath = (await testFfmpeg()).path;
});

function measured(pcm: Buffer) {
  const meter = new SoundMeter();
  meter.add(pcm);
  return meter.read();
}

/** Integrated loudness by ffmpeg's own meter. */
function loudnessByFfmpeg(pcm: Buffer): number {
  const input = ['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', 'pipe:0'];
  const args = ['-hide_banner', '-nostats', ...input, '-filter_complex', 'ebur128', '-f', 'null', '-'];
  const { stderr } = spawnSync(ffmpegPath, args, { input: pcm, maxBuffer: 50_000_000 });
  const summary = stderr.toString().slice(stderr.toString().lastIndexOf('Integrated loudness'));
  return Number(/I:\s+(-?[\d.]+) LUFS/.exec(summary)?.[1]);
}

describe('SoundMeter', () => {
  it('measures a sine of -20 dBFS as such: peak, RMS 3 dB below, -20 LUFS in both channels', () => {
    const { peakDbfs, rmsDbfs, momentaryLufs, shortTermLufs, integratedLufs, clips, samples } = measured(
      sine({ hz: 1000, dbfs: -20, seconds: 4 }),
    );
    expect(samples).toBe(4 * 48_000);
    expect(peakDbfs).toBeCloseTo(-20, 1);
    expect(rmsDbfs).toBeCloseTo(-23.01, 1);
    for (const lufs of [momentaryLufs, shortTermLufs, integratedLufs])
      expect(Math.abs((lufs ?? 0) + 20)).toBeLessThan(0.1);
    expect(clips).toBe(0);
  });

  it('agrees with the ebur128 filter of ffmpeg within 0.1 LU, on steady sound and on a programme with pauses', () => {
    const parts = [
      sine({ hz: 100, dbfs: -14, seconds: 4 }),
      sine({ hz: 4000, dbfs: -30, seconds: 5 }),
      sine({ hz: 1000, dbfs: -75, seconds: 3 }),
      sine({ hz: 700, dbfs: -18, seconds: 4 }),
      sine({ hz: 12_000, dbfs: -12, seconds: 2 }),
    ];
    for (const pcm of [...parts.filter((_, index) => index !== 2), Buffer.concat(parts)]) {
      expect(Math.abs((measured(pcm).integratedLufs ?? 0) - loudnessByFfmpeg(pcm))).toBeLessThan(0.1);
    }
  });

  it('gives the same figures in whatever pieces the bytes come', () => {
    const pcm = sine({ hz: 440, dbfs: -6, seconds: 1.5 });
    const whole = measured(pcm);
    const meter = new SoundMeter();
    const odd = Buffer.concat([Buffer.of(0), pcm]).subarray(1); // begins at an odd address
    let at = 0;
    for (const size of [1, 2, 3, 5, 4096, 19_201, 65_536]) {
      meter.add(odd.subarray(at, at + size));
      at += size;
    }
    meter.add(odd.subarray(at));
    expect(meter.read()).toEqual(whole);
  });

  it('tells digital silence as the least, and nothing at all as null', () => {
    expect(measured(stereo(1, () => 0))).toMatchObject({
      ...{ peakDbfs: LEAST_DBFS, rmsDbfs: LEAST_DBFS, momentaryLufs: LEAST_LUFS, integratedLufs: null },
    });
    expect(measured(Buffer.alloc(0))).toMatchObject({ samples: 0, peakDbfs: null, rmsDbfs: null, momentaryLufs: null });
  });

  it('counts runs of three samples at full scale, not single ones', () => {
    const runOf = (length: number) => (index: number) => (index % 480 < length ? 1 : 0);
    expect(measured(stereo(0.1, runOf(2))).clips).toBe(0);
    expect(measured(stereo(0.1, runOf(3))).clips).toBe(20); // ten in each channel
    expect(measured(stereo(0.1, runOf(200))).clips).toBe(20);
  });

  it('begins levels and clips anew with each reading, and goes on with loudness', () => {
    const meter = new SoundMeter();
    meter.add(sine({ hz: 1000, dbfs: -1, seconds: 3 }));
    meter.read();
    meter.add(sine({ hz: 1000, dbfs: -40, seconds: 1 }));
    const { peakDbfs, momentaryLufs, integratedLufs } = meter.read();
    expect(peakDbfs).toBeCloseTo(-40, 1);
    expect(momentaryLufs).toBeCloseTo(-40, 0);
    expect(integratedLufs).toBeGreaterThan(-4);
  });
});

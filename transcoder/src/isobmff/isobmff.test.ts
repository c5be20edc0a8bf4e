import { spawnSync } from 'node:child_process';
import { testFfmpeg } from '@awaz/infra/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AdtsParser } from '../frames/adts-parser.ts';
import { flatten, sizeOf } from './box.ts';
import { initSection } from './init-section.ts';
import { mediaFragment } from './media-fragment.ts';

let ffmpeg: string;
let adts: Buffer;

function run(args: string[], input: Buffer, loglevel = 'warning'): Buffer {
  const { status, stdout, stderr } = spawnSync(ffmpeg, ['-hide_banner', '-loglevel', loglevel, ...args], {
    input,
    maxBuffer: 50_000_000,
  });
  expect({ status, complaints: stderr.toString() }).toEqual({ status: 0, complaints: '' });
  return stdout;
}

beforeAll(async () => {
  ffmpeg = (await testFfmpeg()).path;
  const tone = Buffer.alloc(2 * 48_000 * 4);
  for (let i = 0; i < tone.length; i += 2) tone.writeInt16LE(Math.round(9000 * Math.sin(i / 37)), i);
  adts = run(
    ['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', 'pipe:0', '-c:a', 'aac', '-b:a', '128k', '-f', 'adts', 'pipe:1'],
    tone,
    'error',
  );
});

const decode = (format: string, bytes: Buffer) => run(['-f', format, '-i', 'pipe:0', '-f', 's16le', 'pipe:1'], bytes);

describe('init section and media fragments', () => {
  it('decode without a warning to exactly the samples of the ADTS stream they were made of', () => {
    const frames = new AdtsParser().push(adts);
    const pieces: Uint8Array[] = [initSection({ sampleRate: 48_000, channels: 2, bitrate: 128_000 })];
    for (let first = 0; first < frames.length; first += 9) {
      const part = frames.slice(first, first + 9);
      pieces.push(mediaFragment({ sequenceNumber: first + 1, baseMediaDecodeTime: first * 1024, frames: part }));
    }
    const mp4 = decode('mp4', Buffer.concat(pieces));
    const plain = decode('aac', adts);
    expect(mp4.length).toBe(frames.length * 1024 * 4);
    expect(mp4.equals(plain)).toBe(true);
  });

  it('keep a decode time beyond 32 bits', () => {
    const time = 2 ** 33 + 5;
    const bytes = Buffer.from(
      mediaFragment({ sequenceNumber: 1, baseMediaDecodeTime: time, frames: [new Uint8Array(3)] }),
    );
    const tfdt = bytes.indexOf('tfdt');
    expect(bytes.readBigUInt64BE(tfdt + 8)).toBe(BigInt(time));
  });

  it('point from trun at the first byte of mdat', () => {
    const bytes = Buffer.from(
      mediaFragment({
        sequenceNumber: 1,
        baseMediaDecodeTime: 0,
        frames: [new Uint8Array([1, 2]), new Uint8Array([3])],
      }),
    );
    const dataOffset = bytes.readUInt32BE(bytes.indexOf('trun') + 12);
    expect([...bytes.subarray(dataOffset)]).toEqual([1, 2, 3]);
    expect(bytes.readUInt32BE(0)).toBe(bytes.indexOf('mdat') - 4);
  });
});

describe('flatten', () => {
  it('writes nested content in order and agrees with sizeOf', () => {
    const content = [[1], [[2, 3], new Uint8Array([4])], [], [[[5]]]];
    expect([...flatten(content)]).toEqual([1, 2, 3, 4, 5]);
    expect(sizeOf(content)).toBe(5);
  });
});

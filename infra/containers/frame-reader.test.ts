import { describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { ADTS } from './adts-frame.ts';
import { concatBytes } from './byte-fields.ts';
import { createScanner } from './index.ts';
import { MPEG_AUDIO } from './mpeg-audio-frame.ts';

const AAC = parseIngestFormat('audio/aac');
const MP3 = parseIngestFormat('audio/mpeg');

/** An ADTS frame of so many bytes with zeros inside; 48 kHz stereo by default. */
function adtsFrame(size: number, { rateIndex = 3, channels = 2 } = {}): Uint8Array {
  const frame = new Uint8Array(size);
  frame.set([0xff, 0xf1, 0x40 | (rateIndex << 2) | (channels >> 2), ((channels & 3) << 6) | (size >> 11)]);
  frame.set([(size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc], 4);
  return frame;
}

/** An MPEG-1 layer III frame, 128 kbit/s at 48 kHz: 384 bytes. */
function mp3Frame(mode = 0x00): Uint8Array {
  const frame = new Uint8Array(384);
  frame.set([0xff, 0xfb, 0x94, mode]);
  return frame;
}

/** A frame with an Info tag: frames, size, no table, encoder's name and its delay of 576 samples. */
function infoFrame(flags: number): Uint8Array {
  const frame = mp3Frame();
  const words = [...Buffer.from('Info'), 0, 0, 0, flags, 0, 0, 1, 0, 0, 1, 0, 0];
  frame.set(words, 36);
  frame.set(Buffer.from('LAME3.100'), 36 + words.length);
  frame.set([0x24, 0x05, 0x40], 36 + words.length + 21);
  return frame;
}

function scan(format: typeof AAC, ...parts: Uint8Array[]) {
  const scanner = createScanner(format);
  const report = scanner.scan(concatBytes(parts));
  return { ...report, scanner, feed: concatBytes(report.feed) };
}

describe('frame headers', () => {
  test.each([
    [
      'MPEG-1 layer III, 128 kbit/s, 44.1 kHz',
      [0xff, 0xfb, 0x90, 0x00],
      { size: 417, samples: 1152, sampleRate: 44_100 },
    ],
    ['the same with padding', [0xff, 0xfb, 0x92, 0x00], { size: 418, samples: 1152, sampleRate: 44_100 }],
    [
      'MPEG-1 layer III, 320 kbit/s, 32 kHz',
      [0xff, 0xfb, 0xe8, 0x00],
      { size: 1440, samples: 1152, sampleRate: 32_000 },
    ],
    ['MPEG-1 layer II, 192 kbit/s, 48 kHz', [0xff, 0xfd, 0xa4, 0x00], { size: 576, samples: 1152, sampleRate: 48_000 }],
    [
      'MPEG-2 layer III, 64 kbit/s, 22.05 kHz',
      [0xff, 0xf3, 0x80, 0x00],
      { size: 208, samples: 576, sampleRate: 22_050 },
    ],
    ['MPEG-2 layer II, 64 kbit/s, 24 kHz', [0xff, 0xf5, 0x84, 0x00], { size: 384, samples: 1152, sampleRate: 24_000 }],
    ['MPEG-2.5 layer III, 8 kbit/s, 8 kHz', [0xff, 0xe3, 0x18, 0xc0], { size: 72, samples: 576, sampleRate: 8000 }],
  ])('of %s', (_, header, facts) => {
    expect(MPEG_AUDIO.readHeader(new Uint8Array(header), 0)).toMatchObject(facts);
  });

  test.each([
    ['no sync', [0xff, 0xdb, 0x90, 0x00]],
    ['the reserved version', [0xff, 0xeb, 0x90, 0x00]],
    ['the reserved layer', [0xff, 0xf9, 0x90, 0x00]],
    ['layer I', [0xff, 0xff, 0x90, 0x00]],
    ['free format', [0xff, 0xfb, 0x00, 0x00]],
    ['the reserved bitrate', [0xff, 0xfb, 0xf0, 0x00]],
    ['the reserved sample rate', [0xff, 0xfb, 0x9c, 0x00]],
  ])('with %s are none of ours', (_, header) => {
    expect(MPEG_AUDIO.readHeader(new Uint8Array(header), 0)).toBeUndefined();
  });

  test('of ADTS give size, samples and rate', () => {
    expect(ADTS.readHeader(adtsFrame(5000), 0)).toMatchObject({ size: 5000, samples: 1024, sampleRate: 48_000 });
    expect(ADTS.readHeader(adtsFrame(300, { rateIndex: 8 }), 0)).toMatchObject({ sampleRate: 16_000 });
    expect(ADTS.readHeader(adtsFrame(300, { rateIndex: 13 }), 0)).toBeUndefined();
    expect(ADTS.readHeader(adtsFrame(7), 0)).toBeUndefined();
    expect(ADTS.readHeader(new Uint8Array([0xff, 0xf3, 0x4c, 0x80, 0x10, 0x1f, 0xfc]), 0)).toBeUndefined();
  });
});

describe('a stream of frames', () => {
  test('is fed frame by frame as each is complete', () => {
    const scanner = createScanner(AAC);
    scanner.scan(concatBytes([adtsFrame(200), adtsFrame(210)]));
    expect(scanner.samples).toBe(2048);
    expect(scanner.scan(adtsFrame(220).subarray(0, 219)).feed).toEqual([]);
    expect(scanner.scan(new Uint8Array([0])).feed.map((view) => view.length)).toEqual([220]);
    expect(scanner.samples).toBe(3072);
  });

  test('that begins in the middle of a frame begins with the next', () => {
    const frames = [adtsFrame(200), adtsFrame(210), adtsFrame(220)];
    const { feed, scanner } = scan(AAC, adtsFrame(300).subarray(100), ...frames);
    expect(Buffer.compare(feed, concatBytes(frames))).toBe(0);
    expect(scanner.samples).toBe(3072);
  });

  test('of which a frame was cut goes on with the next whole one', () => {
    const { scanner } = scan(
      AAC,
      adtsFrame(200),
      adtsFrame(210),
      adtsFrame(220).subarray(0, 90),
      adtsFrame(230),
      adtsFrame(240),
      adtsFrame(250),
    );
    expect(scanner.samples).toBeGreaterThanOrEqual(4 * 1024);
  });

  test.each([
    { change: 'another sample rate', format: AAC, before: adtsFrame(200), after: adtsFrame(200, { rateIndex: 4 }) },
    {
      change: 'another number of channels',
      format: AAC,
      before: adtsFrame(200),
      after: adtsFrame(200, { channels: 1 }),
    },
    { change: 'mono instead of stereo', format: MP3, before: mp3Frame(), after: mp3Frame(0xc0) },
  ])('becomes a new one with $change', ({ format, before, after }) => {
    expect(scan(format, before, before, after, after).newStreamAt).toBe(2 * before.length);
    expect(scan(format, before, before, after, before, before).newStreamAt).toBeUndefined(); // a single one is damage
  });

  test('stays the same when only the kind of stereo changes', () => {
    expect(scan(MP3, mp3Frame(), mp3Frame(0x40), mp3Frame(0x70)).scanner.samples).toBe(3 * 1152);
  });

  test('is fed without tags', () => {
    const tag = new Uint8Array(10 + 300 + 10);
    tag.set([...Buffer.from('ID3'), 4, 0, 0x10, 0, 0, 2, 44]);
    const oldTag = new Uint8Array(128);
    oldTag.set(Buffer.from('TAG'));
    const { feed, scanner } = scan(MP3, tag, mp3Frame(), mp3Frame(), oldTag, tag, mp3Frame());
    expect(feed.length).toBe(3 * 384);
    expect(scanner.samples).toBe(3 * 1152);
  });

  test('that continues at a restart point takes its first frame at once', () => {
    const { restartPoints } = scan(AAC, adtsFrame(200), adtsFrame(210), adtsFrame(220));
    const [, , point] = restartPoints;
    const scanner = createScanner(AAC, point);
    scanner.scan(adtsFrame(220));
    expect(point).toMatchObject({ sample: 2048, offset: 410, sourceOffset: 410 });
    expect(scanner.samples).toBe(3072);
  });
});

describe('an MP3 file', () => {
  test('with an Info tag is counted without the delays of encoder and decoder, and can be restarted behind them', () => {
    const { feed, scanner, restartPoints } = scan(MP3, infoFrame(3), mp3Frame(), mp3Frame(), mp3Frame());
    expect(scanner.samples).toBe(3 * 1152 - 576 - 529);
    expect(restartPoints.map((point) => point.sample)).toEqual([47, 1199]);
    expect([...feed.subarray(36, 52)]).toEqual([...Buffer.from('Info'), 0, 0, 0, 3, 0, 0, 0, 0, 0, 1, 0, 0]);
  });

  test('whose tag ffmpeg would play is fed without it', () => {
    const { feed, scanner } = scan(MP3, infoFrame(1), mp3Frame(), mp3Frame());
    expect(feed.length).toBe(2 * 384);
    expect(scanner.samples).toBe(2 * 1152);
    const vbri = mp3Frame();
    vbri.set(Buffer.from('VBRI'), 36);
    expect(scan(MP3, vbri, mp3Frame(), mp3Frame()).feed.length).toBe(2 * 384);
  });

  test('behind another one is fed without its tag', () => {
    const { scanner } = scan(MP3, mp3Frame(), mp3Frame(), infoFrame(3), mp3Frame());
    expect(scanner.samples).toBe(3 * 1152);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fragmentOf } from '../test/real-parts.ts';
import { adtsOfPart } from './adts-frames.ts';
import { ICY_METAINT, IcyWeaver, icyBlock } from './icy-metadata.ts';
import { chosenRendition } from './stream-choice.ts';
import { StreamFeed } from './stream-feed.ts';
import type { StreamReceiver } from './stream-listener.ts';

const frames = fc.array(fc.uint8Array({ maxLength: 8000 }), { minLength: 1, maxLength: 9 });

/** Frames of an ADTS stream; throws when its headers do not fit together. */
function framesOfAdts(adts: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < adts.length; ) {
    const length = ((adts.readUInt16BE(at + 3) & 0x3ff) << 3) | ((adts[at + 5] ?? 0) >> 5);
    expect([adts[at], adts[at + 1], adts[at + 2], (adts[at + 3] ?? 0) >> 6]).toEqual([0xff, 0xf1, 0x4c, 2]);
    found.push(adts.subarray(at + 7, at + length));
    at += length;
  }
  return found;
}

describe('a part as ADTS', () => {
  it('has the very frames of the part, each behind a header with its length', () => {
    fc.assert(
      fc.property(frames, (made) => {
        const part = made.map((frame) => Buffer.from(frame));
        expect(framesOfAdts(adtsOfPart(fragmentOf(part)) ?? Buffer.alloc(0))).toEqual(part);
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing when the bytes are no part, whatever they are', () => {
    expect(adtsOfPart(Buffer.from('not a part'))).toBeUndefined();
    const part = fragmentOf([Buffer.alloc(100, 1), Buffer.alloc(200, 2)]);
    fc.assert(
      fc.property(
        fc.nat(part.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(part.length),
        (at, value, length) => {
          const broken = Buffer.from(part);
          broken[at] = value;
          const adts = adtsOfPart(broken.subarray(0, length));
          expect(adts === undefined || adts.length <= 2 * part.length).toBe(true);
        },
      ),
    );
  });
});

describe('ICY metadata', () => {
  it('stands after every so many bytes of audio, however the audio is cut, and is told once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 12 }), (sizes) => {
        const weaver = new IcyWeaver();
        const audio = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        const woven = Buffer.concat(audio.map((piece) => weaver.weave(piece, 'Night radio')));
        const { heard, blocks } = parseIcy(woven);
        expect(heard.equals(Buffer.concat(audio))).toBe(true);
        expect(blocks.slice(0, 1).join()).toBe(blocks.length === 0 ? '' : "StreamTitle='Night radio';");
        expect(blocks.slice(1).join('')).toBe('');
      }),
    );
  });

  it('tells a new title, keeps it within quotation marks and within its longest length', () => {
    const weaver = new IcyWeaver();
    weaver.weave(Buffer.alloc(ICY_METAINT), 'One');
    const { blocks } = parseIcy(
      Buffer.concat([Buffer.alloc(ICY_METAINT), weaver.weave(Buffer.alloc(ICY_METAINT), "D'or")].slice(1)),
    );
    expect(blocks).toEqual(["StreamTitle='D\u2019or';"]);
    const longest = icyBlock('\u00e9'.repeat(5000));
    expect(longest).toHaveLength(1 + (longest[0] ?? 0) * 16);
    expect(longest.toString()).toMatch(/\u00e9';\0*$/);
  });
});

function parseIcy(woven: Buffer): { heard: Buffer; blocks: string[] } {
  const heard: Buffer[] = [];
  const blocks: string[] = [];
  for (let at = 0; at < woven.length; ) {
    heard.push(woven.subarray(at, at + ICY_METAINT));
    at += ICY_METAINT;
    if (at >= woven.length) break;
    const length = (woven[at] ?? 0) * 16;
    blocks.push(woven.toString('utf8', at + 1, at + 1 + length).replace(/\0+$/, ''));
    at += 1 + length;
  }
  return { heard: Buffer.concat(heard), blocks };
}

describe('the choice of a rung', () => {
  const ladder = [64, 128, 256].map((kbps) => ({ name: `${kbps}k`, kbps }));

  it('is the nearest one, and the usual one without a number', () => {
    const chosen = (query: string) => ladder[chosenRendition(ladder, query)]?.kbps;
    expect(['kbps=64', 'kbps=90', 'kbps=1', 'kbps=999'].map(chosen)).toEqual([64, 64, 64, 256]);
    expect(['', 'kbps=', 'kbps=fast', 'kbps=-3', 'other=1'].map(chosen)).toEqual([128, 128, 128, 128, 128]);
  });
});

describe('a stream feed', () => {
  it('gives its last pieces to those who join, and drops only those who do not take theirs', () => {
    const observed = { bytes: 0, dropped: 0 };
    const feed = new StreamFeed({ sent: (bytes) => (observed.bytes += bytes), dropped: () => observed.dropped++ });
    const receiver = (takes: (taken: number) => boolean) => {
      const got: string[] = [];
      const made: StreamReceiver = {
        send: (bytes) => takes(got.push(String(bytes))),
        end: () => got.push('end'),
      };
      return { got, made };
    };
    for (let n = 0; n < 20; n++) feed.push({ bytes: Buffer.from(`${n} `), seconds: 0.192, title: '' });
    const quick = receiver(() => true);
    const slow = receiver((taken) => taken < 3);
    feed.join(quick.made);
    feed.join(slow.made);
    expect(quick.got).toEqual(['12 13 14 15 16 17 18 19 ']);
    for (let n = 20; n < 24; n++) feed.push({ bytes: Buffer.from(`${n} `), seconds: 0.192, title: '' });
    feed.end();
    feed.end();
    expect(quick.got.slice(1)).toEqual(['20 ', '21 ', '22 ', '23 ', 'end']);
    expect(slow.got.slice(1)).toEqual(['20 ', '21 ']);
    expect(observed.dropped).toBe(1);
    expect(feed.size).toBe(0);
  });
});

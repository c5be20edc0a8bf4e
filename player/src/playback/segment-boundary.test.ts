import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type HlsType from 'hls.js/light';
import { lookPastRounding } from './segment-boundary.ts';

/** Inner parts of hls.js that are looked at: it would be no test with a copy of them. */
type Inside = {
  streamController: {
    loadingParts: boolean;
    getFragmentAtPosition(bufferEnd: number, end: number, details: unknown): { sn: number } | null;
    fragmentTracker: { fragBuffered(frag: unknown, force: true): void };
  };
};

let Hls: typeof HlsType;
const open: HlsType[] = [];

beforeAll(async () => {
  Object.assign(globalThis, { self: globalThis }); // hls.js looks for the browser's global at import
  Hls = (await import('hls.js/light')).default;
});

afterEach(() => {
  for (const hls of open.splice(0)) hls.destroy();
});

/** hls.js with segment 34 buffered, whose first two parts were loaded in another rendition, and part 0 of 35 listed. */
function atSegmentEnd({ patched }: { patched: boolean }) {
  const hls = new Hls({ lowLatencyMode: true });
  open.push(hls);
  if (patched) expect(lookPastRounding(hls)).toBe(true);
  const { streamController } = hls as unknown as Inside;
  const segment = (sn: number, start: number, relurl?: string) => ({
    sn,
    start,
    duration: 1.92,
    end: start + 1.92,
    deltaPTS: 0,
    type: 'main',
    level: 2,
    urlId: 0,
    relurl,
  });
  const [over, next] = [segment(34, 65.28005666666665, '34.m4s'), segment(35, 67.20005666666665)];
  streamController.loadingParts = true;
  streamController.fragmentTracker.fragBuffered(over, true);
  const part = (fragment: unknown, index: number, loaded: boolean) => ({ fragment, index, loaded, gap: false });
  const partList = [part(over, 0, false), part(over, 1, false), part(over, 2, true), part(next, 0, false)];
  const details = { live: true, startSN: 34, endSN: 34, fragments: [over], fragmentHint: next, partList };
  return (bufferEnd: number) => streamController.getFragmentAtPosition(bufferEnd, 67.30672666666665, details)?.sn;
}

describe('at the end of a segment of which some parts were never loaded', () => {
  test('the next segment is taken although the browser cut off a fraction of a microsecond', () => {
    expect(atSegmentEnd({ patched: true })(67.200055)).toBe(35);
  });

  test('hls.js left alone stays at the segment that is over', () => {
    expect(atSegmentEnd({ patched: false })(67.200055)).toBe(34);
  });

  test('a buffer that ends a frame before it is still in the segment', () => {
    expect(atSegmentEnd({ patched: true })(67.200055 - 1024 / 48_000)).toBe(34);
  });
});

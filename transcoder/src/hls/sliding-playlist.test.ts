import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DeltaMismatchError,
  deltaUpdate,
  firstListedSegment,
  firstSegmentWithParts,
  type MediaPlaylist,
  type MediaSegment,
  mergeDeltaUpdate,
  parseMediaPlaylist,
  renderMediaPlaylist,
} from './index.ts';
import { sampleParts, samplePlaylist } from './sample-playlist.fixture.ts';

const LIMITS = { windowSeconds: 60, targetDuration: 2 };

/** The playlist of a broadcast that has `position` parts of 0.96 s, two in a segment, with a date range now and then. */
function playlistAt(position: number): MediaPlaylist {
  const complete = Math.floor(position / 2);
  const openParts = position % 2;
  const durations = Array.from({ length: complete }, () => 1.92);
  const first = firstListedSegment(durations, LIMITS);
  const withParts = firstSegmentWithParts(durations, openParts * 0.96, LIMITS.targetDuration);
  const segments = durations.slice(first).map((durationSeconds, index): MediaSegment => {
    const msn = first + index;
    return {
      uri: `${msn}.m4s`,
      durationSeconds,
      programDateTime: msn * 1920,
      parts: sampleParts(msn, msn >= withParts ? 2 : 0),
    };
  });
  const { openSegment: _, ...rest } = samplePlaylist({ segments: 1, openParts: 0 });
  const ranges = Array.from({ length: Math.floor(complete / 5) }, (_, index) => index * 5);
  return {
    ...rest,
    mediaSequence: first,
    segments,
    ...(openParts > 0
      ? { openSegment: { programDateTime: complete * 1920, parts: sampleParts(complete, openParts) } }
      : {}),
    dateRanges: ranges
      .filter((msn) => msn >= first)
      .map((msn) => ({ id: `r${msn}`, startDate: msn * 1920, addedAt: (msn + 5) * 1920 })),
    removedDateRanges: ranges
      .filter((msn) => msn < first)
      .map((msn) => ({ id: `r${msn}`, removedAt: (msn + 32) * 1920 })),
    preloadHint: { type: 'PART', uri: `${complete}.${openParts}.m4s` },
  };
}

const text = (playlist: MediaPlaylist) => renderMediaPlaylist(playlist);
const overTheWire = (playlist: MediaPlaylist) => parseMediaPlaylist(text(playlist));

describe('a sliding playlist', () => {
  it('lists at most the window and at least three target durations', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { maxLength: 80 }), (durations) => {
        const first = firstListedSegment(durations, LIMITS);
        const sum = (from: number) => durations.slice(from).reduce((total, seconds) => total + seconds, 0);
        expect(sum(first)).toBeLessThanOrEqual(60.001);
        if (first > 0) expect(sum(first)).toBeGreaterThanOrEqual(6);
        if (first > 0) expect(sum(first - 1)).toBeGreaterThan(59.999);
      }),
    );
    expect(firstListedSegment([1.92, 1.92, 1.92], { windowSeconds: 1, targetDuration: 2 })).toBe(0);
  });

  it('lists parts only within three target durations of its end', () => {
    const durations = [1.92, 1.92, 1.92, 1.92];
    expect(firstSegmentWithParts(durations, 0.192, 2)).toBe(1);
    expect(firstSegmentWithParts(durations, 0.384, 2)).toBe(2);
    expect(firstSegmentWithParts([], 0.192, 2)).toBe(0);
  });

  it('never counts back, and a segment never changes once it is listed', () => {
    let mediaSequence = 0;
    const known = new Map<string, string>();
    for (let position = 2; position < 150; position++) {
      const playlist = playlistAt(position);
      expect(playlist.mediaSequence).toBeGreaterThanOrEqual(mediaSequence);
      mediaSequence = playlist.mediaSequence;
      playlist.segments.forEach((segment, index) => {
        const line = JSON.stringify({ ...segment, parts: undefined });
        expect(segment.uri).toBe(`${playlist.mediaSequence + index}.m4s`);
        expect(known.get(segment.uri) ?? line).toBe(line);
        known.set(segment.uri, line);
      });
    }
  });

  it('comes out of any delta update and any earlier full playlist exactly as it is', () => {
    const moments = fc.record({ earlier: fc.integer({ min: 2, max: 220 }), parts: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(moments, fc.constantFrom('YES' as const, 'v2' as const), ({ earlier, parts }, skip) => {
        const full = playlistAt(earlier + parts);
        const update = overTheWire(deltaUpdate(full, { skip, now: (earlier + parts) * 960 }));
        const merged = mergeDeltaUpdate(update, overTheWire(playlistAt(earlier)));
        expect(text(merged)).toBe(text(full));
      }),
    );
  });

  it('cannot be merged from an update that skips what the client never had', () => {
    const update = overTheWire(deltaUpdate(playlistAt(100), { skip: 'YES', now: 0 }));
    expect(() => mergeDeltaUpdate(update, overTheWire(playlistAt(20)))).toThrow(DeltaMismatchError);
  });
});

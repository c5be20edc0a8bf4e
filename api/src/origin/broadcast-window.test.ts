import type { PublishedPart } from '@awaz/infra/part-log';
import { parseMediaPlaylist, renderMediaPlaylist } from '@awaz/transcoder/hls';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BroadcastWindow, RETAINED_SECONDS } from './broadcast-window.ts';
import { nextMadeUpPart, USUAL_CUT } from './test/made-up-broadcast.ts';
import { mediaPlaylistOf } from './window-playlist.ts';

const LADDER = [
  { name: '64k', kbps: 64 },
  { name: '128k', kbps: 128 },
];
const FACTS = { cut: USUAL_CUT, ladder: LADDER, startedAt: Date.UTC(2026, 0, 3) };
const META = { station: 's', broadcastId: 'b', codec: 'mp4a.40.2', ...FACTS };

function parts(count: number): PublishedPart[] {
  const made: PublishedPart[] = [];
  for (let index = 0; index < count; index++) made.push(nextMadeUpPart(made.at(-1), FACTS));
  return made;
}

const emptyWindow = (maxBytes?: number) => new BroadcastWindow({ meta: META, initSections: [] }, maxBytes);

function windowWith(published: readonly PublishedPart[]): BroadcastWindow {
  const window = emptyWindow();
  for (const part of published) window.append(part);
  return window;
}

describe('a broadcast window', () => {
  it('ignores what it has already, and begins anew where parts are missing', () => {
    const made = parts(60);
    const window = windowWith(made.slice(0, 25));
    expect(window.append(made[24] as PublishedPart)).toBe('ignored');
    expect(window.append(made[3] as PublishedPart)).toBe('ignored');
    expect(window.edge).toMatchObject({ lastMsn: 1, openParts: 5 });
    expect(window.append(made[33] as PublishedPart)).toBe('ignored');
    expect(window.append(made[40] as PublishedPart)).toBe('restarted');
    expect(window.edge).toMatchObject({ lastMsn: 3, openParts: 1 });
    for (const part of made.slice(41)) expect(window.append(part)).toBe('appended');
    expect(window.segments.map((segment) => segment.msn)).toEqual([4, 5]);
    expect(window.part(3, 0)).toBeUndefined();
  });

  it('that is loaded in the middle of a segment begins with the next one', () => {
    const window = windowWith(parts(45).slice(13));
    expect(window.segments.map((segment) => segment.msn)).toEqual([2, 3]);
    expect(window.edge).toMatchObject({ lastMsn: 3, openParts: 5 });
  });

  it('keeps two minutes and not more', () => {
    const window = windowWith(parts(1000));
    const seconds = window.segments.reduce((sum, segment) => sum + segment.seconds, 0);
    expect(seconds).toBeLessThanOrEqual(RETAINED_SECONDS);
    expect(seconds).toBeGreaterThan(RETAINED_SECONDS - 2);
    const bytes = window.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    expect(window.bytes).toBe(bytes);
  });

  it('drops its oldest segments when it holds more bytes than it may', () => {
    const made = parts(100);
    const window = emptyWindow(200_000);
    for (const part of made) window.append(part);
    expect(window.bytes).toBeLessThanOrEqual(200_000);
    expect(window.segments.map((segment) => segment.msn)).toEqual([6, 7, 8, 9]);
  });

  it('gives the same playlist however much of the log it was loaded from', () => {
    const made = parts(900);
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 899 }), fc.nat(50), (end, later) => {
        const whole = windowWith(made.slice(0, end));
        const part = windowWith(made.slice(Math.max(0, end - 340 - later), end));
        expect(renderMediaPlaylist(mediaPlaylistOf(part, 0))).toBe(renderMediaPlaylist(mediaPlaylistOf(whole, 0)));
      }),
      { numRuns: 20 },
    );
  });

  it('never counts back, keeps targets, and gives the same bytes for the same number', () => {
    const made = parts(420);
    const window = emptyWindow();
    const known = new Map<string, string>();
    let last = -1;
    let head = '';
    for (const part of made) {
      window.append(part);
      if (window.segments.length === 0) continue;
      const text = renderMediaPlaylist(mediaPlaylistOf(window, 1));
      const playlist = parseMediaPlaylist(text);
      expect(playlist.mediaSequence).toBeGreaterThanOrEqual(last);
      last = playlist.mediaSequence;
      const targets = text.split('#EXT-X-MEDIA-SEQUENCE')[0] ?? '';
      expect(head === '' || targets === head).toBe(true);
      head = targets;
      expect(playlist.preloadHint?.uri).toBe(`${window.edge.lastMsn + 1}.${window.edge.openParts}.m4s`);
    }
    for (const segment of window.segments) {
      const bytes = segment.whole(1)?.toString() ?? '';
      const fromLog = made.filter((part) => part.msn === segment.msn).map((part) => String(part.payloads[1]));
      expect(bytes).toBe(fromLog.join(''));
      known.set(String(segment.msn), bytes);
    }
    expect(known.size).toBe(window.segments.length);
  });
});

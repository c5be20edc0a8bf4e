import type { PublishedPart } from '@awaz/infra/part-log';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import type { PublishedProgramme } from '@awaz/infra/titles';
import {
  deltaUpdate,
  type MediaPlaylist,
  mergeDeltaUpdate,
  parseMediaPlaylist,
  renderMediaPlaylist,
} from '@awaz/transcoder/hls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BroadcastWindow } from './broadcast-window.ts';
import { MadeUpBroadcast, nextMadeUpPart, USUAL_CUT } from './test/made-up-broadcast.ts';
import { startOrigin } from './test/origin-server.ts';
import { mediaPlaylistOf } from './window-playlist.ts';

const LADDER = [
  { name: '64k', kbps: 64 },
  { name: '128k', kbps: 128 },
];
const STARTED_AT = Date.UTC(2026, 0, 3);
const FACTS = { cut: USUAL_CUT, ladder: LADDER, startedAt: STARTED_AT };
const META = { station: 's', broadcastId: 'b', codec: 'mp4a.40.2', ...FACTS };
const PART_MS = 192;

/** Parts of a broadcast with a title in each of those that are named, as a worker publishes them. */
function titledParts(count: number, titled: readonly number[]): PublishedPart[] {
  const made: PublishedPart[] = [];
  let before: PublishedProgramme | undefined;
  for (let number = 0; number < count; number++) {
    const part = nextMadeUpPart(made.at(-1), FACTS);
    const at = Math.ceil(part.programDateTime) + 7;
    const track = { title: `title ${number}`, artist: '' };
    const programme = titled.includes(number)
      ? [{ show: null, host: null, track, at, publishedAt: part.publishedAt }]
      : undefined;
    made.push({
      ...part,
      ...(programme === undefined ? {} : { programme }),
      ...(part.index === 0 && before !== undefined ? { programmeBefore: before } : {}),
    });
    before = programme?.at(-1) ?? before;
  }
  return made;
}

function windowWith(parts: readonly PublishedPart[]): BroadcastWindow {
  const window = new BroadcastWindow({ meta: META, initSections: [] });
  for (const part of parts) window.append(part);
  return window;
}

const titlesOf = (playlist: MediaPlaylist) => playlist.dateRanges.map(({ custom }) => custom?.['X-TITLE']);

describe('date ranges of a window', () => {
  it('hold what reaches into the listed minute, and what is audible now however long ago it began', () => {
    const parts = titledParts(1000, [3, 40, 500]);
    expect(titlesOf(mediaPlaylistOf(windowWith(parts.slice(0, 60)), 0))).toEqual(['title 3', 'title 40']);
    // The minute before part 520 begins at part 200: title 40 reaches into it.
    expect(titlesOf(mediaPlaylistOf(windowWith(parts.slice(0, 520)), 0))).toEqual(['title 40', 'title 500']);
    const late = mediaPlaylistOf(windowWith(parts), 0);
    expect(titlesOf(late)).toEqual(['title 500']);
    expect(late.dateRanges[0]?.startDate).toBe(STARTED_AT + 500 * PART_MS + 7);
    expect(late.dateRanges[0]?.startDate).toBeLessThan(late.segments[0]?.programDateTime ?? 0);
  });

  it('are the same in all renditions, and however much of the log a node has read', () => {
    const titled = fc.uniqueArray(fc.nat(899), { maxLength: 30 });
    fc.assert(
      fc.property(titled, fc.integer({ min: 400, max: 899 }), fc.nat(50), (numbers, end, later) => {
        const parts = titledParts(900, numbers);
        const whole = windowWith(parts.slice(0, end));
        const late = windowWith(parts.slice(Math.max(0, end - 450 - later), end));
        const text = (window: BroadcastWindow, rendition: number) =>
          renderMediaPlaylist({ ...mediaPlaylistOf(window, rendition), renditionReports: [] });
        expect(text(late, 0)).toBe(text(whole, 0));
        expect(text(whole, 1)).toBe(text(whole, 0));
        const delta = (window: BroadcastWindow) =>
          renderMediaPlaylist(deltaUpdate(mediaPlaylistOf(window, 0), { skip: 'v2', now: window.updatedAt }));
        expect(delta(late)).toBe(delta(whole));
      }),
      { numRuns: 25 },
    );
  });

  it('come and go in delta updates as in full playlists', () => {
    const titled = fc.uniqueArray(fc.nat(799), { maxLength: 60 });
    fc.assert(
      fc.property(
        titled,
        fc.integer({ min: 100, max: 700 }),
        fc.integer({ min: 1, max: 50 }),
        (numbers, from, step) => {
          const parts = titledParts(from + 100, numbers);
          const window = windowWith(parts.slice(0, from));
          let known = parseMediaPlaylist(renderMediaPlaylist(mediaPlaylistOf(window, 0)));
          for (let next = from; next < parts.length; next += step) {
            for (const part of parts.slice(next, next + step)) window.append(part);
            const full = mediaPlaylistOf(window, 0);
            const delta = deltaUpdate(full, { skip: 'v2', now: window.updatedAt });
            known = mergeDeltaUpdate(parseMediaPlaylist(renderMediaPlaylist(delta)), known);
            expect(renderMediaPlaylist(known)).toBe(renderMediaPlaylist({ ...full, removedDateRanges: [] }));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keep their attributes as long as they are listed, and never share an id', () => {
    const parts = titledParts(900, [1, 2, 3, 50, 51, 300, 620, 621, 899]);
    const window = windowWith([]);
    const known = new Map<string, string>();
    for (const part of parts) {
      window.append(part);
      for (const range of mediaPlaylistOf(window, 0).dateRanges) {
        const text = JSON.stringify(range);
        expect(known.get(range.id) ?? text).toBe(text);
        known.set(range.id, text);
      }
    }
    expect(known.size).toBe(9);
  });
});

describe('titles of a broadcast', () => {
  let redis: TestRedis;
  let handle: RedisHandle;

  beforeAll(async () => {
    redis = await startTestRedis();
    handle = redis.handle();
  });
  afterAll(() => redis.close());

  it('stand in every media playlist as exactly this', async () => {
    const servers = [await startOrigin(handle), await startOrigin(handle)];
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'exact', startedAt: STARTED_AT });
    broadcast.title('A "song", x=1', STARTED_AT + 5900);
    await broadcast.publish(2);
    for (const server of servers) {
      for (const rendition of ['64k', '128k', '256k']) {
        const { text } = await server.get(broadcast.path(rendition, 'playlist.m3u8'));
        expect(text.match(/#EXT-X-DATERANGE.*/g)).toEqual([
          `#EXT-X-DATERANGE:ID="programme-${STARTED_AT + 5900}",CLASS="com.awaz.programme",START-DATE="2026-01-03T00:00:05.900Z",END-ON-NEXT=YES,X-TITLE="A 'song', x=1"`,
        ]);
      }
    }
    for (const server of servers) await server.close();
  });
});

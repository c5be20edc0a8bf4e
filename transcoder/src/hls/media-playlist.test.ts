import { describe, expect, it } from '@jest/globals';
import { deltaUpdate, type MediaPlaylist, parseMediaPlaylist, renderMediaPlaylist } from './index.ts';
import { samplePlaylist } from './sample-playlist.fixture.ts';

describe('a live media playlist', () => {
  it('renders whole, with parts at the edge, one hint and a report for each other rendition', () => {
    expect(renderMediaPlaylist(samplePlaylist({ segments: 4, openParts: 2 }))).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,CAN-SKIP-DATERANGES=YES,HOLD-BACK=6,PART-HOLD-BACK=2.88
#EXT-X-PART-INF:PART-TARGET=0.96
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:13.440Z
#EXTINF:1.92,
7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:15.360Z
#EXTINF:1.92,
8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:17.280Z
#EXT-X-PART:DURATION=0.96,URI="9.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.96,URI="9.1.m4s",INDEPENDENT=YES
#EXTINF:1.92,
9.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:19.200Z
#EXT-X-PART:DURATION=0.96,URI="10.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.96,URI="10.1.m4s",INDEPENDENT=YES
#EXTINF:1.92,
10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:21.120Z
#EXT-X-PART:DURATION=0.96,URI="11.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.96,URI="11.1.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="11.2.m4s"
#EXT-X-RENDITION-REPORT:URI="../64k/playlist.m3u8",LAST-MSN=11,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="../256k/playlist.m3u8",LAST-MSN=11,LAST-PART=1
`);
  });

  it('has an end list and no hint once it has ended, even if a hint is left in the value', () => {
    const text = renderMediaPlaylist({ ...samplePlaylist({ segments: 1, openParts: 0 }), ended: true });
    expect(text.endsWith('LAST-PART=1\n#EXT-X-ENDLIST\n')).toBe(true);
    expect(text).not.toContain('PRELOAD-HINT');
  });

  it('shows discontinuities, gaps and init sections before the parts they apply to', () => {
    const playlist = samplePlaylist({ segments: 1, openParts: 1 });
    const marked: MediaPlaylist = {
      ...playlist,
      discontinuitySequence: 3,
      segments: playlist.segments.map((segment) => ({ ...segment, gap: true })),
      openSegment: { parts: [], ...playlist.openSegment, discontinuity: true, map: { uri: 'other.mp4' } },
    };
    const text = renderMediaPlaylist(marked);
    expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n');
    expect(text).toContain('#EXT-X-GAP\n#EXTINF:1.92,\n7.m4s\n');
    expect(text).toContain(
      '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="other.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:15.360Z\n#EXT-X-PART:',
    );
    expect(parseMediaPlaylist(text)).toEqual(marked);
  });
});

describe('a delta update', () => {
  const full = samplePlaylist({ segments: 10, openParts: 1 });

  it('renders whole: the segments beyond the skip boundary are replaced, with their tags', () => {
    const text = renderMediaPlaylist(deltaUpdate(full, { skip: 'YES', now: 0 }));
    expect(text.split('\n').slice(0, 11).join('\n')).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,CAN-SKIP-DATERANGES=YES,HOLD-BACK=6,PART-HOLD-BACK=2.88
#EXT-X-PART-INF:PART-TARGET=0.96
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SKIP:SKIPPED-SEGMENTS=3
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:19.200Z
#EXTINF:1.92,
10.m4s`);
    expect(text).not.toContain('EXT-X-MAP');
  });

  it('is the full playlist when nothing lies beyond the boundary, when it has ended, or when it cannot skip', () => {
    const short = samplePlaylist({ segments: 7, openParts: 1 });
    expect(deltaUpdate(short, { skip: 'YES', now: 0 })).toBe(short);
    const ended = { ...full, ended: true };
    expect(deltaUpdate(ended, { skip: 'v2', now: 0 })).toBe(ended);
    const { serverControl: _, ...without } = full;
    expect(deltaUpdate(without, { skip: 'YES', now: 0 })).toBe(without);
  });

  it('of version 2 leaves out date ranges that came more than the boundary ago and names those that went since', () => {
    const now = 1_000_000;
    const ranged: MediaPlaylist = {
      ...full,
      dateRanges: [
        { id: 'old', startDate: 0, addedAt: now - 12_001, custom: { 'X-TITLE': 'a "quoted"\nname' } },
        { id: 'new', startDate: 1, addedAt: now - 11_999, durationSeconds: 3.5 },
      ],
      removedDateRanges: [
        { id: 'gone long ago', removedAt: now - 12_001 },
        { id: 'gone', removedAt: now - 5 },
        { id: 'gone too', removedAt: now - 4 },
      ],
    };
    const second = renderMediaPlaylist(deltaUpdate(ranged, { skip: 'v2', now }));
    expect(second).toContain('#EXT-X-VERSION:10\n');
    expect(second).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES="gone\tgone too"\n');
    expect(second).toContain('#EXT-X-DATERANGE:ID="new",START-DATE="1970-01-01T00:00:00.001Z",DURATION=3.5\n');
    expect(second).not.toContain('ID="old"');
    const first = renderMediaPlaylist(deltaUpdate(ranged, { skip: 'YES', now }));
    expect(first).toContain('#EXT-X-VERSION:9\n');
    expect(first).toContain('ID="old",START-DATE="1970-01-01T00:00:00.000Z",X-TITLE="a \'quoted\' name"\n');
  });

  it('of version 2 lists no removed date ranges as an empty text', () => {
    const text = renderMediaPlaylist(deltaUpdate(full, { skip: 'v2', now: 0 }));
    expect(text).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=""\n');
  });
});

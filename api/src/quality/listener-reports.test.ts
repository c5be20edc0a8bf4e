import { describe, expect, it } from '@jest/globals';
import { LATENCY_COUNTS_MS, ListenerReports, STALLS_COUNT_MS } from './listener-reports.ts';

const session = (n: number) => `~${String(n).padStart(22, '0')}`;
const pagesOf = (reports: ListenerReports, station: string, now: number) => reports.figures(station, now)?.pages;

describe('ListenerReports', () => {
  it('keeps what each page said last', () => {
    const reports = new ListenerReports();
    for (const latencyMs of [900, 600]) reports.heard({ station: 'a', session: session(1), latencyMs }, 0);
    reports.heard({ station: 'a', session: session(2), stalls: 1 }, 0);
    const figures = reports.figures('a', 1);
    expect(figures).toMatchObject({ pages: 2, stalled: 1 });
    expect(Object.values(figures?.latencies ?? {})).toEqual([1]);
    expect(reports.figures('b', 1)).toBeUndefined();
  });

  it('counts a stall for a minute, and a page for three heartbeats', () => {
    const reports = new ListenerReports();
    reports.heard({ station: 'a', session: session(1), stalls: 2 }, 0);
    for (let now = 10_000; now <= STALLS_COUNT_MS; now += 10_000)
      reports.heard({ station: 'a', session: session(1) }, now);
    expect(reports.figures('a', STALLS_COUNT_MS)).toMatchObject({ pages: 1, stalled: 1 });
    expect(reports.figures('a', STALLS_COUNT_MS + 1)).toMatchObject({ pages: 1, stalled: 0 });
    expect(pagesOf(reports, 'a', STALLS_COUNT_MS + LATENCY_COUNTS_MS)).toBe(1);
    expect(reports.figures('a', STALLS_COUNT_MS + LATENCY_COUNTS_MS + 1)).toBeUndefined();
    expect([reports.size, reports.stations]).toEqual([0, []]);
  });

  it('counts nobody without a session, and no newcomer when there is no room', () => {
    const reports = new ListenerReports(1);
    expect(reports.heard({ station: 'a', latencyMs: 1 }, 0)).toBe(false);
    expect(reports.heard({ station: 'a', session: session(1) }, 0)).toBe(true);
    expect(reports.heard({ station: 'b', session: session(2) }, 0)).toBe(false);
    expect(reports.heard({ station: 'a', session: session(1) }, 1)).toBe(true);
    expect([reports.size, pagesOf(reports, 'a', 1), reports.stations]).toEqual([1, 1, ['a']]);
  });
});

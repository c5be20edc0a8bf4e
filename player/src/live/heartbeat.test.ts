import { heartbeatSchema } from '@awaz/infra/contract/schemas';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Heartbeat, type HeartbeatFigures } from './heartbeat.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function beating(figures: HeartbeatFigures) {
  const sent: object[] = [];
  const heartbeat = new Heartbeat({ figures: () => figures, send: (report) => sent.push(report) });
  return { heartbeat, sent };
}

describe('Heartbeat', () => {
  it('sends at once and every 10 s, stalls since the last time only', () => {
    const figures: HeartbeatFigures = { latencyMs: 700.4, bufferMs: 950, stalls: 3, engine: 'native', kbps: null };
    const { heartbeat, sent } = beating(figures);
    heartbeat.start();
    figures.stalls = 4;
    jest.advanceTimersByTime(20_000);
    heartbeat.stop();
    heartbeat.stop();
    jest.advanceTimersByTime(60_000);
    const same = { latencyMs: 700, bufferMs: 950, engine: 'native' };
    expect(sent).toEqual([
      { ...same, stalls: 3 },
      { ...same, stalls: 1 },
      { ...same, stalls: 0 },
    ]);
  });

  it('sends as soon as it is known how late the sound is heard, then every 10 s again', () => {
    const figures: HeartbeatFigures = { latencyMs: null };
    const { heartbeat, sent } = beating(figures);
    heartbeat.start();
    jest.advanceTimersByTime(3500);
    figures.latencyMs = 650;
    jest.advanceTimersByTime(500);
    expect(sent).toEqual([{}, { latencyMs: 650 }]);
    jest.advanceTimersByTime(9999);
    expect(sent).toHaveLength(2);
    jest.advanceTimersByTime(1);
    heartbeat.stop();
    expect(sent).toHaveLength(3);
  });

  it('leaves out what cannot be true, so that the server takes the rest', () => {
    const { heartbeat, sent } = beating({ latencyMs: -5, bufferMs: Number.NaN, stalls: 1, kbps: 128.2 });
    heartbeat.start();
    heartbeat.stop();
    expect(sent).toEqual([{ stalls: 1, rendition: '128k' }]);
    expect(heartbeatSchema.safeParse({ station: 'radio', ...sent[0] }).success).toBe(true);
  });
});

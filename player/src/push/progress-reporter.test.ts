import { describe, expect, test } from '@jest/globals';
import { clockText, ProgressReporter, type PushProgress, progressLine } from './progress-reporter.ts';

const PROGRESS: PushProgress = {
  elapsedMs: 754_000,
  state: 'open',
  ackedMs: 750_000,
  ackedBytes: 12_000_000,
  unackedMs: 240,
  lostMs: 0,
  reconnects: 0,
  rttMs: undefined,
  server: undefined,
};

describe('the progress line', () => {
  test('tells what is measured and nothing else', () => {
    expect(progressLine(PROGRESS)).toBe('12:34 open · 128 kbit/s · 12:30 stored · 0.2 s waiting');
  });

  test('tells what the server says, and what went wrong', () => {
    const server = { kbps: 128, jitterMs: 7.4, onAir: true };
    const line = progressLine({ ...PROGRESS, rttMs: 21, server, reconnects: 2, lostMs: 4300 });
    expect(line).toContain('round trip 21 ms · on air · jitter 7 ms · 2 reconnects · 4.3 s lost');
  });

  test('tells that nothing is on air yet', () => {
    const server = { kbps: 128, jitterMs: 7, onAir: false };
    expect(progressLine({ ...PROGRESS, server })).toContain('not on air yet');
  });

  test.each([
    [7000, '0:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

describe('a progress reporter', () => {
  test('rewrites its line on a terminal, within its width, below what stays', () => {
    let written = '';
    const terminal = { isTTY: true, columns: 20, write: (text: string) => (written += text) };
    const reporter = new ProgressReporter(terminal, () => PROGRESS);
    reporter.note('Connected.');
    reporter.close();
    expect(written).toBe('\r\x1b[KConnected.\n\r\x1b[K12:34 open · 128 kb\n');
  });

  test('writes plain lines elsewhere', () => {
    let written = '';
    const reporter = new ProgressReporter({ write: (text: string) => (written += text) }, () => PROGRESS);
    reporter.note('Connected.');
    reporter.close();
    expect(written).toBe('Connected.\n');
  });
});

import { expect, test } from '@jest/globals';
import { lengthText, recordingFacts, recordingName } from './recording-text.ts';

const recording = {
  ...{ id: 'b1', title: '', startedAt: Date.UTC(2026, 10, 25, 18), state: 'complete' as const, kbps: 256 },
  ...{ seconds: 3723, silentSeconds: 0.4, lostSeconds: 0, bytes: 119_100_000, playlist: '/p', file: '/f' },
};

test('a length is written as players write it', () => {
  expect([0, 7.9, 720, 3723].map(lengthText)).toEqual(['0:00', '0:07', '12:00', '1:02:03']);
});

test('a recording without a title is called by its beginning', () => {
  expect(recordingName(recording)).toContain('2026');
  expect(recordingName({ ...recording, title: 'Subah' })).toBe('Subah');
});

test('silence and loss are told only when somebody would miss something', () => {
  expect(recordingFacts(recording)).toMatch(/ · 1:02:03 · 119\.1 MB$/);
  const torn = recordingFacts({ ...recording, silentSeconds: 12, lostSeconds: 61, bytes: 5000 });
  expect(torn).toMatch(/ · 5 kB · 0:12 of it silence.* · 1:01 lost/);
});

import { expect, test } from '@jest/globals';
import { decodeAudio } from '../e2e/pcm.ts';
import { tone } from '../testkit/index.ts';
import { CHUNK_MS, WebmFeed } from './webm-feed.ts';

test('the chunks are a WebM stream that goes on when its sound begins anew', async () => {
  const feed = await WebmFeed.of(tone({ seconds: 1.2 }));
  const chunks = Array.from({ length: 50 }, (_, n) => feed.chunk(n));
  const { channels } = await decodeAudio(Buffer.concat(chunks), 'webm');
  const [left] = channels;
  expect((left?.length ?? 0) / 48).toBeGreaterThan(50 * CHUNK_MS - 20);
  const loud = left?.filter((sample) => Math.abs(sample) > 0.1).length ?? 0;
  expect(loud / (left?.length ?? 1)).toBeGreaterThan(0.6);
});

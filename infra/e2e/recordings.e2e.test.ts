import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadRecording, type RecordingName } from '../testkit/index.ts';
import { decodeAudio } from './pcm.ts';
import { left, listenBack, PLACE_OF_FIRST_SAMPLE, type Played, pushAndFollow, worstSnrDb } from './played.ts';
import { type Stack, startStack } from './stack.ts';

/** Recordings with the demuxer that reads them back. */
const RECORDINGS: readonly [RecordingName, string][] = [
  ['mediarecorder-webm-opus-120ms', 'webm'],
  ['mediarecorder-mp4-opus-240ms', 'mp4'],
];

/** How much of each is replayed, in ms. */
const REPLAYED_MS = 20_000;

let stack: Stack;
const outcomes = new Map<string, Played | Error>();

beforeAll(async () => {
  // No filler on a busy machine: what is tested is where samples go, not how soon.
  stack = await startStack({ env: { FILLER_GRACE_MS: '60000' } });
  await Promise.all(
    RECORDINGS.map(async ([name, demuxer]) => {
      outcomes.set(name, await replay(name, demuxer).catch((error: Error) => error));
    }),
  );
}, 120_000);
afterAll(() => stack.close());

async function replay(name: RecordingName, demuxer: string): Promise<Played> {
  const { mime, startedAtMs, chunks } = loadRecording(name);
  const replayed = chunks
    .map(({ atMs, bytes }) => ({ atMs: atMs - startedAtMs, bytes }))
    .filter(({ atMs }) => atMs < REPLAYED_MS);
  const station = await stack.addStation(name);
  const followed = await pushAndFollow({ server: stack.url, station, type: mime, chunks: replayed });
  return listenBack(followed, await decodeAudio(Buffer.concat(replayed.map(({ bytes }) => bytes)), demuxer));
}

describe.each(RECORDINGS.map(([name]) => name))('%s replayed with its own timing', (name) => {
  const get = () => {
    const outcome = outcomes.get(name) ?? new Error(`${name} was not replayed.`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  test('is heard whole behind the opening filler, no sample lost, doubled or moved, in all three renditions', () => {
    const { reference, decoded, lags } = get();
    expect(lags).toHaveLength(3);
    expect(new Set(lags.flat())).toEqual(new Set([PLACE_OF_FIRST_SAMPLE]));
    expect(left(decoded[0]).length).toBeGreaterThanOrEqual(PLACE_OF_FIRST_SAMPLE + left(reference).length);
  });

  test('sounds as it was recorded, on both channels', () => {
    expect(worstSnrDb(get())).toBeGreaterThan(20);
  });
});

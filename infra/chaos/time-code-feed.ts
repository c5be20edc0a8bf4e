import { WebmFeed } from '../bench/webm-feed.ts';
import { pcm16Of } from '../testkit/index.ts';
import { NUMBER_MS, TIME_CODE_RATE, timeCodeSamples } from './time-code.ts';

/** Numbers that are made at a time. */
const PIECE_NUMBERS = 100;

/** Bitrate of an owner with a modest uplink, in kbit/s. */
const FEED_KBPS = 64;

/** The time code from number 0 on as WebM with Opus, in chunks as a recorder hands them out; `seconds` long. */
export function timeCodeFeed(seconds: number): Promise<WebmFeed> {
  const numbers = Math.ceil((seconds * 1000) / NUMBER_MS);
  const form = { rate: TIME_CODE_RATE, channels: 1, seconds: (numbers * NUMBER_MS) / 1000, kbps: FEED_KBPS };
  return WebmFeed.ofPieces(pieces(numbers), form);
}

function* pieces(numbers: number): Generator<Uint8Array> {
  for (let first = 0; first < numbers; first += PIECE_NUMBERS) {
    yield pcm16Of(timeCodeSamples(first, Math.min(PIECE_NUMBERS, numbers - first)));
  }
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IngestServerMessage } from '../contract/index.ts';
import { pcm16Of, tone, until } from '../testkit/index.ts';
import { decodeAudio } from './pcm.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { evenChunks, sendInRealTime } from './timed-send.ts';

const L16 = 'audio/l16;rate=48000;channels=2;endian=little';

/** Longest push. */
const SECONDS = 60;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { LADDER: '64k,256k' } });
}, 60_000);
afterAll(() => stack.close());

/** Pushes a tone of 997 Hz until the push is closed; what the server says comes in `messages`. */
async function pushTone(slug: string, amplitude: number) {
  const second = pcm16Of(tone({ seconds: 1, frequencyHz: 997, amplitude }).samples); // whole waves: it can be repeated
  const chunks = evenChunks(Buffer.concat(new Array<Buffer>(SECONDS).fill(second)), SECONDS);
  const station = await stack.addStation(slug);
  const ingest = await openSimpleIngest({ server: stack.url, station, type: L16 });
  const stop = new AbortController();
  const sent = sendInRealTime(chunks, ingest.send, stop.signal).catch(() => undefined);
  const next = <Type extends IngestServerMessage['type']>(
    type: Type,
    fits: (message: Extract<IngestServerMessage, { type: Type }>) => boolean,
  ) =>
    until(() => ingest.messages.find((message) => message.type === type && fits(message as never)), {
      ...{ timeoutMs: 40_000, everyMs: 100 },
      what: `the server says ${type}`,
    }).catch((error: Error) => {
      throw new Error(`${error.message} It said ${JSON.stringify(ingest.messages.slice(-3))}.`);
    });
  const end = async () => {
    stop.abort();
    await sent;
    await ingest.end();
  };
  return { next, end };
}

/** Largest sample of the second half of what a new listener gets in so many bytes, in dBFS. */
async function heardPeakDbfs(slug: string, bytes: number): Promise<number> {
  const abort = new AbortController();
  const response = await fetch(`${stack.url}/live/${slug}/stream.aac?kbps=256`, { signal: abort.signal });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length >= bytes) break;
  }
  abort.abort();
  const { channels } = await decodeAudio(Buffer.concat(pieces), 'aac');
  const samples = channels[0] ?? new Float32Array(0);
  const heard = samples.subarray(samples.length / 2);
  return 20 * Math.log10(heard.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
}

describe('the sound of a broadcast', () => {
  test('is measured for its owner and for Prometheus: a tone of -20 dBFS has -20 LUFS', async () => {
    const push = await pushTone('measured', 0.1);
    const figures = await push.next('quality', ({ shortTermLufs }) => shortTermLufs !== null);
    expect(figures).toMatchObject({ clipped: 0, silentMs: 0 });
    const { levelDbfs, shortTermLufs, integratedLufs } = figures as Extract<IngestServerMessage, { type: 'quality' }>;
    for (const value of [levelDbfs, shortTermLufs, integratedLufs])
      expect(Math.abs((value ?? 0) + 20)).toBeLessThan(0.5);
    const metrics = await (await fetch(stack.transcoderMetricsUrl)).text();
    expect(metrics).toMatch(/awaz_sound_loudness_lufs\{[^}]*window="short_term"[^}]*\} -(19\.[5-9]|20)/);
    await push.end();
  }, 60_000);

  test('is limited, and its owner is told once that it is too loud', async () => {
    const push = await pushTone('loud', 1);
    const notice = await push.next('notice', ({ code }) => code === 'clipping');
    expect(notice).toMatchObject({ level: 'warn' });
    expect(await push.next('quality', ({ clipped }) => (clipped ?? 0) > 3)).toMatchObject({ levelDbfs: 0 });
    const peak = await heardPeakDbfs('loud', 96_000);
    expect(peak).toBeLessThan(-0.8);
    expect(peak).toBeGreaterThan(-1.2);
    await push.end();
  }, 60_000);
});

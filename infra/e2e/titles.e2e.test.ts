import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../binaries/index.ts';
import { listenPath, type ProgrammeMetadata } from '../contract/index.ts';
import { EventLog } from '../events/index.ts';
import { pause } from '../runtime/index.ts';
import { launchChromium, runProgram, type TestChromium, until } from '../testkit/index.ts';
import { fetchBytes, variantsOf } from './hls-reader.ts';
import { pressPlay } from './pages.ts';
import { openSimpleIngest, type SimpleIngest } from './simple-push.ts';
import { type Stack, type StackStation, startStack } from './stack.ts';
import { type Noticed, watchToneAndTitle } from './tone-and-title.ts';

const CHUNK_MS = 60;
/** A tone and its title last this long, in chunks: 3 s. */
const CHUNKS_PER_TONE = 50;
/** How often tone and title change together. */
const CHANGES = 8;
/** Most that the title of a page may be apart from its sound, in ms. */
const APART_MS = 100;
/** Rules of `npm run check` about headers, date ranges, delta updates, what media hold, and bit rates. */
const RULES = [1, 9, 20, 21, 26, 27, 29, 44, 45, 46, 47, 51, 52, 53];
const L16 = 'audio/l16;rate=48000;channels=2;endian=little';

let stack: Stack;
let station: StackStation;
let chromium: TestChromium;
const playing = new AbortController();

beforeAll(async () => {
  stack = await startStack({ apis: 2 });
  station = await stack.addStation('titled');
  chromium = await launchChromium();
}, 60_000);

afterAll(async () => {
  playing.abort();
  await chromium.close();
  await stack.close();
});

/** 60 ms of a tone, loud on both sides. */
function toneChunk(hz: number, firstFrame: number): Buffer {
  const bytes = Buffer.alloc(48 * CHUNK_MS * 4);
  for (let frame = 0; frame < 48 * CHUNK_MS; frame++) {
    const sample = Math.round(12_000 * Math.sin((2 * Math.PI * hz * (firstFrame + frame)) / 48_000));
    bytes.writeInt16LE(sample, frame * 4);
    bytes.writeInt16LE(sample, frame * 4 + 2);
  }
  return bytes;
}

/** Plays a low and a high tone in turn; each time a title goes ahead of the first sample, until the signal is aborted. */
async function playTones(ingest: SimpleIngest, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  for (let chunk = 0; !signal.aborted; chunk++) {
    const tone = Math.floor(chunk / CHUNKS_PER_TONE);
    const name = tone % 2 === 0 ? 'low' : 'high';
    const title = { type: 'metadata', track: { title: `Tone ${tone} ${name}`, artist: 'Test' } };
    // The first message of a connection has to be audio.
    if (chunk > 0 && chunk % CHUNKS_PER_TONE === 0) ingest.say(title);
    ingest.send(toneChunk(tone % 2 === 0 ? 440 : 1760, chunk * 48 * CHUNK_MS));
    if (chunk === 0) ingest.say(title);
    await pause(Math.max(0, startedAt + (chunk + 1) * CHUNK_MS - Date.now()), signal);
  }
}

/** What three of four values do not exceed: a machine that holds the page up for a moment says nothing of the page. */
const usual = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.75) - 1] ?? Number.NaN;

/** Tones that follow upon another one; the same tone again after a hole is no change. */
function changesIn(tones: readonly Noticed[]): Noticed[] {
  const heard = tones.filter(({ what }) => what !== '');
  return heard.filter(({ what }, n) => what !== heard[n - 1]?.what);
}

test('a page changes its title when its sound changes, and every channel tells the same moments', async () => {
  const ingest = await openSimpleIngest({ server: stack.url, station, type: L16 });
  const tones = playTones(ingest, playing.signal);
  const variants = await variantsOf(stack.url, station.slug);
  const page = await chromium.newPage();
  const noticed = await watchToneAndTitle(page);
  await page.goto(`${stack.url}${listenPath(station.slug)}`);
  await pressPlay({ page });
  const changed = () => changesIn(noticed.tones);
  await until(() => changed().length >= CHANGES + 1, { timeoutMs: 90_000, what: 'the tone changes are heard' });

  const check = await runProgram(process.execPath, [
    ...[join(projectRoot(), 'api/dist/check/main.js'), `${stack.url}/live/${station.slug}/index.m3u8`],
    ...['--json', '--seconds', '8'],
  ]);
  const { findings } = JSON.parse(check.text) as { findings: { id: string; verdict: string; looked: number }[] };
  // Rules about time judge the machine that runs this test; these are about what titles change.
  const concerned = findings.filter(({ id }) => RULES.includes(Number.parseInt(id, 10)));
  expect(concerned.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  for (const id of ['46', '47', '53a', '53b']) expect(concerned.find((rule) => rule.id === id)?.verdict).toBe('pass');

  // What plays from the beginning was joined in the middle; from then on tone and title change together.
  const apart = changed()
    .slice(1)
    .map(({ at, what }) => {
      const titles = noticed.titles.filter((title) => title.what.includes(` ${what} `));
      return Math.min(...titles.map((title) => Math.abs(title.at - at)));
    });
  const figures = apart.map(Math.round).join(' ');
  expect({ figures, inTime: usual(apart) <= APART_MS }).toEqual({ figures, inTime: true });
  expect(await page.locator('.listen-track').textContent()).toMatch(/^Test – Tone \d+ (low|high)$/);

  const log = new EventLog(stack.redis.handle());
  const { epoch } = await log.position(station.slug);
  const { events } = await log.since(station.slug, { epoch, offset: 0 });
  const told = events.flatMap(({ event, body }) => (event === 'stream:metadata' ? [body as ProgrammeMetadata] : []));
  expect(told.length).toBeGreaterThan(CHANGES);
  const toldAt = new Map(told.map(({ at, track }) => [at, track?.title]));
  expect(toldAt.size).toBe(told.length);
  for (const { url } of stack.apis) {
    for (const variant of variants) {
      const text = String(await fetchBytes(variant.url.replace(stack.url, url)));
      const listed = [...text.matchAll(/#EXT-X-DATERANGE:.*START-DATE="([^"]+)".*X-TITLE="([^"]+)"/g)];
      expect(listed.length).toBeGreaterThan(CHANGES);
      for (const [, start = '', title] of listed) {
        const at = Date.parse(start);
        if (at <= (told.at(-1)?.at ?? 0)) expect(toldAt.get(at)).toBe(title);
      }
    }
  }
  playing.abort();
  await tones;
  await ingest.end();
  expect(ingest.messages.filter(({ type }) => type === 'error' || type === 'notice')).toEqual([]);
  expect(chromium.pageErrors).toEqual([]);
}, 240_000);

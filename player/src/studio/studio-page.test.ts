import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createScanner } from '@awaz/infra/containers';
import { parseIngestFormat } from '@awaz/infra/contract';
import {
  launchChromium,
  runProgram,
  type TestChromium,
  tempDir,
  testFfmpeg,
  tone,
  until,
  wavOf,
} from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { StudioSite } from './test/studio-site.ts';

type BrowserPage = Awaited<ReturnType<TestChromium['newPage']>>;

const PAGES = join(import.meta.dirname, '../../dist-pages');
const KEY = 'k'.repeat(32);

/** Peak of the fake microphone: -20 dBFS. */
const AMPLITUDE = 0.1;

jest.setTimeout(60_000);

let chromium: TestChromium;
let site: StudioSite;
let page: BrowserPage;

beforeAll(async () => {
  const { samples } = tone({ seconds: 10, channels: 1, amplitude: AMPLITUDE });
  chromium = await launchChromium({ fakeMicrophoneWav: wavOf(samples, 48_000, 1) });
});

beforeEach(async () => {
  site = new StudioSite(PAGES);
  await site.start();
  page = await chromium.context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
});

afterEach(async () => {
  await page.close();
  await site.close();
});

afterAll(() => chromium?.close());

const button = (name: string) => page.getByRole('button', { name });
const sees = (text: string | RegExp) => page.getByText(text, { exact: true }).first().waitFor({ timeout: 15_000 });
const audioOf = (epoch: number) => Buffer.concat(site.ingest.epochs[epoch]?.chunks.map((chunk) => chunk.payload) ?? []);
const chunks = () => site.ingest.epochs.reduce((sum, epoch) => sum + epoch.chunks.length, 0);

const spanSeconds = (times: number[]) => ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;

async function enter(): Promise<void> {
  await page.goto(`${site.url}/studio#station=lahore&key=${KEY}`);
  await button('Go live').waitFor();
}

async function goLive(): Promise<void> {
  await enter();
  await button('Go live').click();
  await sees('ON AIR');
}

async function stop(): Promise<void> {
  await button('Stop').click();
  await button('End broadcast').click();
  await sees('Your broadcast has ended.');
}

/** Seconds that ffmpeg decodes of a recording, and what it complains about. */
async function decode(recording: Buffer): Promise<{ seconds: number; complaints: string }> {
  const folder = await tempDir();
  const file = join(folder.path, 'recording.webm');
  await writeFile(file, recording);
  const ffmpeg = await testFfmpeg();
  const pcm = ['-f', 's16le', '-ar', '48000', '-ac', '1', '-'];
  const { stdout, stderr } = await runProgram(ffmpeg.path, ['-v', 'warning', '-i', file, ...pcm]);
  await folder.close();
  return { seconds: stdout.length / 96_000, complaints: String(stderr) };
}

/**
 * Chunks that end within a frame: all of them, if a frame's bytes waited for the next frame; a few, when the machine is
 * too busy to fetch a frame before the next one begins.
 */
function chunksWithPartsOfFrames(chunks: readonly { payload: Uint8Array }[]): number {
  const scanner = createScanner(parseIngestFormat('audio/webm;codecs=opus'));
  let sent = 0;
  return chunks.filter(({ payload }) => {
    scanner.scan(payload);
    sent += payload.length;
    return scanner.sourceOffset !== sent;
  }).length;
}

describe('the studio', () => {
  test('takes station and key from its link, and takes them off the address', async () => {
    await enter();
    expect(page.url()).toBe(`${site.url}/studio`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('lahore');
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
    await page.reload();
    await button('Go live').waitFor();
  });

  test('shows how loud the server finds the broadcast, and what is wrong with it, until that is over', async () => {
    await goLive();
    await sees('−18.4 LUFS');
    await sees('−19.1 LUFS');
    const say = (level: string) =>
      site.ingest.say({ type: 'notice', code: 'too_quiet', level, message: 'You are quiet.' });
    say('warn');
    await sees('You are quiet.');
    say('off');
    await page.getByText('You are quiet.').waitFor({ state: 'detached' });
    await stop();
    expect(await page.getByText('LUFS').count()).toBe(0);
  });

  test('asks for station and key where there is no link, and forgets them on leaving', async () => {
    await page.goto(`${site.url}/studio`);
    await page.getByText('Use a stream key instead').click();
    await button('Enter').click();
    await sees(/That is no studio link/);
    await page.getByLabel('Station').fill('lahore');
    await page.getByLabel('Stream key').fill(KEY);
    await page.keyboard.press('Enter');
    await button('Go live').waitFor();
    await button('Leave').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('measures the microphone on its meter', async () => {
    await enter();
    const meter = page.getByRole('meter', { name: 'Microphone level' });
    await until(async () =>
      /minus \d+ decibels, (good|quiet)/.test((await meter.getAttribute('aria-valuetext')) ?? ''),
    );
    const level = Number(await meter.getAttribute('value'));
    expect(level).toBeLessThan(-10);
    expect(level).toBeGreaterThan(-45);
  });

  test('is on air when all three lamps are, and sends each frame when it is complete', async () => {
    site.isPublished = false;
    await enter();
    await button('Go live').click();
    await sees('stores your sound');
    await sees('Almost on air');
    site.isPublished = true;
    await sees('ON AIR');
    await until(async () => (await page.title()).includes('ON AIR'));
    await until(() => chunks() >= 50, { timeoutMs: 15_000 });
    await stop();
    expect(site.ingest.ended).toBe(true);
    const [epoch] = site.ingest.epochs;
    expect(epoch?.format).toBe('audio/webm;codecs=opus');
    const captured = epoch?.chunks.map((chunk) => chunk.capturedAt) ?? [];
    const { seconds, complaints } = await decode(audioOf(0));
    expect(Math.abs(seconds - spanSeconds(captured))).toBeLessThan(0.3);
    expect(complaints).toBe('');
    expect(chunksWithPartsOfFrames(epoch?.chunks ?? [])).toBeLessThan((epoch?.chunks.length ?? 0) / 2);
  });

  test('keeps talking through a cut: nothing is lost, order is kept, and the words say so', async () => {
    await goLive();
    site.setDown(true);
    await sees(/Connection lost\. Keep talking: [1-9]/);
    await sees('Reconnecting');
    await sees('hear filler');
    site.setDown(false);
    await sees('ON AIR');
    await until(() => chunks() >= 60, { timeoutMs: 15_000 });
    await stop();
    expect(site.ingest.epochs).toHaveLength(1);
    const captured = site.ingest.epochs[0]?.chunks.map((chunk) => chunk.capturedAt) ?? [];
    expect(captured).toEqual([...captured].sort((a, b) => a - b));
    const { seconds, complaints } = await decode(audioOf(0));
    expect(Math.abs(seconds - spanSeconds(captured))).toBeLessThan(0.3);
    expect(complaints).toBe('');
  });

  test('uses the browser’s recorder where there is no encoder, and says so', async () => {
    await page.addInitScript(() => {
      AudioEncoder.isConfigSupported = (config) => Promise.resolve({ config, supported: false });
    });
    await goLive();
    await sees(/the browser’s recorder, 64 kbit\/s \(encoder: this browser has none\)/);
    await until(() => chunks() >= 10, { timeoutMs: 15_000 });
    await stop();
    expect((await decode(audioOf(0))).complaints).toBe('');
  });

  test('lowers the bitrate of an upload that is too slow, without a gap', async () => {
    await goLive();
    await sees(/Opus 64 kbit\/s, pieces of 20 ms/);
    site.narrow(5000);
    await sees(/Upload is too slow for 64/);
    site.narrow(Number.POSITIVE_INFINITY);
    const before = chunks();
    await until(() => chunks() > before + 100, { timeoutMs: 15_000 });
    await stop();
    expect(site.ingest.epochs).toHaveLength(1);
    const captured = site.ingest.epochs[0]?.chunks.map((chunk) => chunk.capturedAt) ?? [];
    const { seconds, complaints } = await decode(audioOf(0));
    expect(Math.abs(seconds - captured.length * 0.02)).toBeLessThan(0.03);
    expect(Math.abs(seconds - spanSeconds(captured))).toBeLessThan(0.1);
    expect(complaints).toBe('');
  });

  test('goes on with its broadcast after a reload', async () => {
    await goLive();
    await page.reload();
    await sees('You were on air. Resume?');
    await button('Resume').click();
    await sees('ON AIR');
    await stop();
    expect(site.ingest.epochs).toHaveLength(2);
    expect(site.ingest.hellos.at(-1)?.resume).toEqual({ broadcastId: site.ingest.broadcastId });
  });

  test('goes on with another microphone in another epoch', async () => {
    await goLive();
    await page.getByLabel('Microphone', { exact: true }).selectOption({ label: 'Fake Audio Input 2' });
    await until(() => site.ingest.epochs.length === 2 && (site.ingest.epochs[1]?.chunks.length ?? 0) > 10, {
      timeoutMs: 15_000,
    });
    await stop();
    expect((await decode(audioOf(1))).complaints).toBe('');
  });

  test('offers a takeover when somebody else is on air', async () => {
    site.ingest.refusals.push('station_busy');
    await enter();
    await button('Go live').click();
    await sees('Another publisher is on air.');
    await button('Take over').click();
    await sees('ON AIR');
    expect(site.ingest.hellos.at(-1)?.takeover).toBe(true);
  });

  test('says why the server refuses', async () => {
    site.ingest.refusals.push('key_revoked');
    await enter();
    await button('Go live').click();
    await sees('This stream key was revoked.');
    await button('Enter another key').click();
    await page.getByText('Use a stream key instead').waitFor();
  });

  test('says that the browser blocks the microphone', async () => {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
    });
    await page.goto(`${site.url}/studio#station=lahore&key=${KEY}`);
    await sees('The browser blocks the microphone.');
    await button('Use the microphone').waitFor();
  });

  test('says that a microphone was unplugged', async () => {
    await goLive();
    await page.evaluate(() => {
      const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await getUserMedia(wish);
        const [track] = stream.getAudioTracks();
        setTimeout(() => {
          track?.stop();
          track?.dispatchEvent(new Event('ended'));
        }, 500);
        return stream;
      };
    });
    await page.getByLabel('Microphone', { exact: true }).selectOption({ label: 'Fake Audio Input 1' });
    await sees(/was unplugged\. You are silent\./);
    await sees('unplugged');
  });

  test('can be used by keyboard alone', async () => {
    await enter();
    await button('Go live').focus();
    await page.keyboard.press('Enter');
    await sees('ON AIR');
    const dialog = page.getByRole('dialog', { name: 'End the broadcast?' });
    await button('Stop').focus();
    await page.keyboard.press('Space');
    await dialog.waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Stay on air');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await button('Stop').focus();
    await page.keyboard.press('Space');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sees('Your broadcast has ended.');
  });

  test('throws no error', () => {
    expect(chromium.pageErrors).toEqual([]);
  });
});

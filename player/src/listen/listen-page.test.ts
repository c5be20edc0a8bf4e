import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launchChromium, type TestChromium, tempDir, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PARTS_PER_SEGMENT } from './test/fake-broadcast.ts';
import { FakeSite } from './test/fake-site.ts';
import { splitFragments } from './test/fragmented-mp4.ts';

type BrowserPage = Awaited<ReturnType<TestChromium['newPage']>>;

const PAGES = join(import.meta.dirname, '../../dist-pages');
const CLIP_SECONDS = 240;

jest.setTimeout(60_000);

let chromium: TestChromium;
let site: FakeSite;
let page: BrowserPage;

/** A tone as fMP4 with one fragment per part. */
async function encodeClip(): Promise<Buffer> {
  const folder = await tempDir();
  const ffmpeg = await testFfmpeg();
  const file = join(folder.path, 'clip.mp4');
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${CLIP_SECONDS}`, '-ac', '2'];
  const mp4 = [
    '-c:a',
    'aac',
    '-b:a',
    '64k',
    '-movflags',
    'empty_moov+default_base_moof',
    '-frag_duration',
    '192000',
    file,
  ];
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', ...tone, ...mp4]);
  const clip = await readFile(file);
  await folder.close();
  return clip;
}

beforeAll(async () => {
  const media = splitFragments(await encodeClip());
  [site, chromium] = await Promise.all([FakeSite.start(PAGES, media), launchChromium()]);
});

afterAll(async () => {
  await chromium?.close();
  await site?.close();
});

beforeEach(async () => {
  await page?.close();
  site.broadcast = undefined;
  site.cut = false;
  site.stations = [{ slug: 'radio', title: 'Radio Lahore', live: false, startedAt: null }];
  site.asked.length = 0;
});

const open = async (path = '/s/radio') => {
  page = await chromium.newPage(`${site.url}${path}`);
};
const button = (name: string | RegExp) => page.getByRole('button', { name });
const state = () => page.evaluate(() => window.awazPlayer?.state);
const reach = (wanted: string, timeout = 20_000) =>
  page.waitForFunction((one) => window.awazPlayer?.state === one, wanted, { timeout, polling: 20 });
const snapshot = () => page.evaluate(() => window.awazPlayer?.snapshot());
const spoken = () => page.getByRole('status').first().textContent();
const play = async () => {
  await button('Play').click();
  await reach('live');
};

describe('listening', () => {
  test('one press plays, close to live, steered by the controller, counted as one session', async () => {
    site.goOnAir();
    await open();
    expect(await page.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
    await play();
    await page.waitForFunction(() => (window.awazPlayer?.snapshot().latencyMs ?? 9e9) < 1500);
    const figures = await snapshot();
    expect(figures).toMatchObject({ engine: 'hlsjs', onAir: true, targetMs: expect.any(Number) });
    const sessions = new Set(site.asked.flatMap((path) => /~[\w-]{22}/.exec(path) ?? []));
    expect([...sessions]).toEqual([figures?.session]);
    const openings = site.asked.filter((path) => path.includes('/index.m3u8'));
    for (const path of openings) expect(path).toContain(`?session=${figures?.session}`);
    expect(await spoken()).toBe('Playing Radio Lahore');
  });

  test('a join at the second part of a segment goes on with the first part of the next', async () => {
    const broadcast = site.goOnAir();
    await open();
    const parts = () => site.asked.flatMap((path) => /\d+\.\d+(?=\.m4s)/.exec(path) ?? []);
    for (let tries = 0; !parts()[0]?.endsWith('.1') && tries < 20; tries++) {
      await page.reload();
      await button('Play').hover();
      await until(() => broadcast.parts % PARTS_PER_SEGMENT === 4, { everyMs: 5 });
      site.asked.length = 0;
      await play();
    }
    const [segment] = (parts()[0] ?? '').split('.');
    await until(() => parts().includes(`${segment}.9`));
    await until(() => parts().at(-1) !== `${segment}.9`);
    expect(parts()[9]).toBe(`${Number(segment) + 1}.0`);
  });

  test('the session survives a reload of the page', async () => {
    site.goOnAir();
    await open();
    await play();
    const first = (await snapshot())?.session;
    await page.reload();
    await play();
    expect((await snapshot())?.session).toBe(first);
  });

  test('keys play, pause and mute, and Go to live leaves what was missed', async () => {
    site.goOnAir();
    await open();
    await page.keyboard.press('Space');
    await reach('live');
    await page.keyboard.press('m');
    expect(await page.evaluate(() => document.querySelector('audio')?.muted)).toBe(true);
    await page.keyboard.press('k');
    await reach('behind');
    await page.waitForFunction(() => (window.awazPlayer?.snapshot().behindSeconds ?? 0) > 3.5, undefined, {
      timeout: 15_000,
    });
    await page.keyboard.press('k');
    await button('Go to live').click();
    await reach('live');
    await page.waitForFunction(() => (window.awazPlayer?.snapshot().behindSeconds ?? 99) < 1);
  });

  test('with the API down the station still plays', async () => {
    site.stations = undefined;
    site.goOnAir();
    await open();
    await play();
    expect(await page.locator('h1').textContent()).toBe('radio');
  });

  test('page data that say off air are corrected by the origin itself', async () => {
    site.goOnAir();
    const body = JSON.stringify({ slug: 'radio', title: 'Radio Lahore', live: false });
    await chromium.context.route('**/api/v1/stations/radio', (route) => route.fulfill({ body }));
    await open();
    await reach('idle');
    await page.waitForFunction(() => window.awazPlayer?.onAir === true);
    await chromium.context.unrouteAll();
    await play();
  });

  test('hls.js with its own settings plays without the controller, for comparison', async () => {
    site.goOnAir();
    await open('/s/radio?engine=hlsjs-default');
    await play();
    expect(await snapshot()).toMatchObject({ engine: 'hlsjs-default', targetMs: null, rate: 1 });
  });
});

describe('trouble', () => {
  test('when the station goes quiet it waits, then catches up with live by itself', async () => {
    const broadcast = site.goOnAir();
    await open();
    await play();
    broadcast.goQuiet(3000);
    await reach('stalled');
    await reach('live');
    await page.waitForFunction(() => (window.awazPlayer?.snapshot().latencyMs ?? 9e9) < 2000);
    expect(await snapshot()).toMatchObject({ stalls: 1 });
  });

  test('a cut network is said, tried again, and over by itself', async () => {
    site.goOnAir();
    await open();
    await play();
    site.cut = true;
    await reach('reconnecting');
    expect(await spoken()).toBe('Connection lost. Trying again…');
    await button('Try now').waitFor();
    site.cut = false;
    await reach('live');
  });

  test('an address without a station says so', async () => {
    site.stations = [];
    await open();
    await page.route('**/live/radio/index.m3u8*', (route) =>
      route.fulfill({ status: 404, body: '{"code":"unknown_station"}' }),
    );
    await page.reload();
    await reach('error');
    expect(await page.locator('h1').textContent()).toBe('No station here');
    expect(await page.getByText('Listen in another app').count()).toBe(0);
    expect(await spoken()).toContain('There is no station at this address');
  });
});

describe('on and off air', () => {
  test('off air is shown, and Play waits for the station and starts with it', async () => {
    await open();
    await reach('offair');
    await button('Play when on air').click();
    site.goOnAir();
    await reach('live');
  });

  test('who did not press Play is not surprised by sound', async () => {
    await open();
    await reach('offair');
    site.goOnAir();
    await reach('idle');
    expect(await page.evaluate(() => document.querySelector('audio')?.paused)).toBe(true);
    await button('Play').waitFor();
  });

  test('the end of a broadcast is played out and said, and the next one starts by itself', async () => {
    const first = site.goOnAir();
    await open();
    await play();
    first.ended = true;
    await reach('ended');
    expect(await spoken()).toContain('The show has ended.');
    const second = site.goOnAir();
    await reach('live');
    expect((await snapshot())?.broadcastId).toBe(second.id);
  });

  test('a broadcast that was over before Play is not played as if it were live', async () => {
    site.goOnAir().ended = true;
    site.stations = undefined;
    await open();
    await button('Play').click();
    await reach('ended');
    expect(await state()).toBe('ended');
  });
});

describe('for everybody', () => {
  test('landmarks, a skip link, names on all controls, and targets of at least 44 px', async () => {
    site.goOnAir();
    await open();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('heading', { level: 1, name: 'Radio Lahore' }).waitFor();
    for (const role of ['banner', 'navigation', 'main'] as const) expect(await page.getByRole(role).count()).toBe(1);
    const controls = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, summary, input, a[href]:not(.skip-link)')]
        .filter((one) => one.checkVisibility())
        .map((one) => ({ name: one.ariaLabel ?? one.textContent, height: one.getBoundingClientRect().height })),
    );
    for (const { name, height } of controls) {
      expect(name.trim()).not.toBe('');
      expect(height).toBeGreaterThanOrEqual(44);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the player');
  });

  test('whoever turns the shortcuts off types k and m in peace', async () => {
    await open();
    await reach('offair');
    await page.getByText('Keyboard').click();
    await page.getByRole('checkbox', { name: 'Shortcuts on this page' }).uncheck();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('m');
    expect(await page.evaluate(() => document.querySelector('audio')?.muted)).toBe(false);
    await page.evaluate(() => localStorage.clear());
  });

  test.each([360, 768, 1440])('nothing is cut off or scrolls sideways at %d px, in both directions', async (width) => {
    await open();
    await page.setViewportSize({ width, height: 800 });
    await reach('offair');
    for (const fold of await page.locator('summary').all()) await fold.click();
    for (const dir of ['ltr', 'rtl']) {
      await page.evaluate((value) => document.documentElement.setAttribute('dir', value), dir);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  test('who wants less motion gets none', async () => {
    site.goOnAir();
    await open();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await play();
    const running = () => document.getAnimations().filter((one) => one.playState === 'running').length;
    expect(await page.evaluate(running)).toBe(0);
  });
});

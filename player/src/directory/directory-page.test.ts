import { join } from 'node:path';
import { launchChromium, type TestChromium } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FakeSite } from '../listen/test/fake-site.ts';

type BrowserPage = Awaited<ReturnType<TestChromium['newPage']>>;

const PAGES = join(import.meta.dirname, '../../dist-pages');

jest.setTimeout(60_000);

let chromium: TestChromium;
let site: FakeSite;
let page: BrowserPage;

beforeAll(async () => {
  const noMedia = { init: Buffer.alloc(0), fragments: [] };
  [site, chromium] = await Promise.all([FakeSite.start(PAGES, noMedia), launchChromium()]);
});

beforeEach(() => {
  const listeners = { count: 1200, peak: 1300, exact: true };
  site.stations = [
    { slug: 'night', title: 'Night Desk', live: true, startedAt: Date.now() - 65_000, listeners },
    { slug: 'subah', title: 'آواز صبح', live: false, startedAt: null },
  ];
});

afterEach(() => page.close());

afterAll(async () => {
  await chromium?.close();
  await site?.close();
});

const open = async () => {
  page = await chromium.newPage(`${site.url}/`);
};

describe('the directory', () => {
  test('leads to each station, those on air first', async () => {
    await open();
    const links = page.getByRole('main').getByRole('link');
    await links.first().waitFor();
    expect(await links.allInnerTexts()).toEqual([
      expect.stringMatching(/Night Desk\s+LIVE\s+1,200 listening\s+on air for 1:/),
      expect.any(String),
    ]);
    await links.first().click();
    expect(new URL(page.url()).pathname).toBe('/s/night');
  });

  test('has landmarks, one h1, and a skip link that is reached first', async () => {
    await open();
    await page.getByRole('heading', { name: 'On air now 1' }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('banner').count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the stations');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('stations');
  });

  test('says when there is no station', async () => {
    site.stations = [];
    await open();
    await page.getByText('There is no station here yet.').waitFor();
  });

  test('says when the list cannot be loaded, and loads it when asked again', async () => {
    site.stations = undefined;
    await open();
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    site.stations = [{ slug: 'night', title: 'Night Desk', live: true, startedAt: null }];
    await again.click();
    await page.getByRole('link', { name: /Night Desk/ }).waitFor();
  });

  test.each(['dark', 'light'] as const)('fits 360 px without sideways scrolling, in %s', async (colorScheme) => {
    await open();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('link', { name: /Night Desk/ }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test('the theme switch turns the colours over and is remembered', async () => {
    await open();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light colours' }).click();
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await background()).toBe('rgb(253, 250, 246)');
    await page.reload();
    expect(await background()).toBe('rgb(253, 250, 246)');
    await page.evaluate(() => localStorage.clear());
  });
});

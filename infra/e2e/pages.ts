import type { Locator, Page } from 'playwright-core';
import { listenPath, studioPath } from '../contract/index.ts';
import type { TestChromium } from '../testkit/index.ts';
import { type PageProbe, probeMicrophone, probePlayer } from './page-probe.ts';
import type { StackStation } from './stack.ts';

/** A page with ears. */
export type ProbedPage = { page: Page; probe: PageProbe };

/** Longest time a person would wait for a page to react, in ms. */
const PAGE_MS = 20_000;

/** Opens the studio by the link that an owner gets. The probe hears what the page gets from the microphone. */
export async function openStudio(
  chromium: TestChromium,
  { server, station }: { server: string; station: StackStation },
): Promise<ProbedPage> {
  const page = await chromium.newPage();
  const probe = await probeMicrophone(page);
  await page.goto(`${server}${studioPath(station.slug, station.key)}`);
  return { page, probe };
}

/**
 * Lets the studio use the microphone as it is, without the treatment that is made for voices. A studio that was allowed
 * to use it before opens it by itself.
 */
export async function useMicrophone({ page }: ProbedPage): Promise<void> {
  await page.getByRole('radio', { name: /^music/i }).check({ timeout: PAGE_MS });
  const ready = page.getByRole('button', { name: 'Go live' });
  const allow = page.getByRole('button', { name: 'Use the microphone' });
  await ready.or(allow).waitFor({ timeout: PAGE_MS });
  if (await allow.isVisible()) await allow.click({ timeout: PAGE_MS });
  await ready.waitFor({ timeout: PAGE_MS });
}

/** Presses "Go live" and waits until the studio knows that it is heard. */
export async function goLive({ page }: Pick<ProbedPage, 'page'>): Promise<void> {
  await page.getByRole('button', { name: 'Go live' }).click({ timeout: PAGE_MS });
  await onAir({ page });
}

/** Waits until the studio says that it is on air. */
export async function onAir({ page }: Pick<ProbedPage, 'page'>): Promise<void> {
  await says(page, page.getByText('ON AIR', { exact: true }));
}

/** Waits until something can be seen on a page; fails with what is there instead. */
export async function says(page: Page, what: Locator): Promise<void> {
  try {
    await what.waitFor({ timeout: PAGE_MS });
  } catch (error) {
    const text = await page.locator('body').innerText();
    throw new Error(`${(error as Error).message}\nThe page says:\n${text}`, { cause: error });
  }
}

/** Presses "Stop", means it, and waits until the studio can go live again. */
export async function stopBroadcast({ page }: Pick<ProbedPage, 'page'>): Promise<void> {
  await page.getByRole('button', { name: 'Stop' }).click({ timeout: PAGE_MS });
  await page.getByRole('button', { name: 'End broadcast' }).click({ timeout: PAGE_MS });
  await says(page, page.getByText('Your broadcast has ended.'));
}

/** Opens a station's listener page. The probe hears what the page plays. `query` like `?engine=hlsjs-default`. */
export async function openListener(
  chromium: TestChromium,
  { server, slug, query = '' }: { server: string; slug: string; query?: string },
): Promise<ProbedPage> {
  const page = await chromium.newPage();
  const probe = await probePlayer(page);
  await page.goto(`${server}${listenPath(slug)}${query}`);
  return { page, probe };
}

/** Presses "Play". */
export async function pressPlay({ page }: Pick<ProbedPage, 'page'>): Promise<void> {
  await page.getByRole('button', { name: /^(play|tap)/i }).click({ timeout: PAGE_MS });
}

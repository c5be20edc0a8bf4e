import type { Locator, Page } from 'playwright-core';
import { until } from '../testkit/index.ts';

/** What has the focus: its words. */
export function focusedText(page: Page): Promise<string> {
  return page.evaluate("document.activeElement?.textContent ?? ''");
}

/** Waits until what has the focus says these words. */
export async function focusComesTo(page: Page, words: string): Promise<void> {
  await until(async () => (await focusedText(page)) === words, { what: `"${words}" has the focus` });
}

/** What has the focus: its `name`, or empty. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate("document.activeElement?.getAttribute('name') ?? ''");
}

/** Takes the focus away. */
export async function blur(page: Page): Promise<void> {
  await page.evaluate('document.activeElement.blur()');
}

/** How wide the page is written in a direction, in px; more than the window means that it scrolls sideways. */
export function widthIn(page: Page, direction: 'ltr' | 'rtl'): Promise<number> {
  return page.evaluate(`document.documentElement.dir = '${direction}'; document.documentElement.scrollWidth`);
}

/** What is said below a field, as screen readers find it. */
export async function noteOf(page: Page, field: Locator): Promise<string> {
  const id = (await field.getAttribute('aria-describedby')) ?? '';
  return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
}

/** Waits until the page's player plays. */
export async function playing(page: Page): Promise<void> {
  await until(() => page.evaluate<boolean>("window.awazPlayer?.state === 'live'"), {
    ...{ timeoutMs: 20_000, everyMs: 50, what: 'the player plays' },
  });
}

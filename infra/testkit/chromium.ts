import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../binaries/index.ts';
import { tempDir } from './temp-dir.ts';

/** How {@link launchChromium} starts the browser. */
export type ChromiumOptions = {
  /** A WAV file (path or bytes) that is heard as the microphone, over and over. Without it the microphone beeps. */
  fakeMicrophoneWav?: string | Buffer;
  /** Further command-line flags. */
  args?: readonly string[];
};

/** A headless Chromium of one test, with a fresh profile. */
export type TestChromium = {
  readonly browser: Browser;
  /** Its first context; the microphone is allowed. */
  readonly context: BrowserContext;
  /** Opens a page. Errors that it does not catch, and breaches of its security policy, are kept in `pageErrors`. */
  newPage(url?: string): Promise<Page>;
  /** Uncaught errors, and breaches of their security policy, of all pages so far. */
  readonly pageErrors: readonly string[];
  /** Ends the browser and removes its files. May be called again. */
  close(): Promise<void>;
};

/** Flags that let sound, microphone and timers work as on a desk, and keep the network silent. */
const FLAGS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
] as const;

/** Starts a real browser with a microphone that a test controls. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<TestChromium> {
  const program = await findChromium();
  const folder = await tempDir();
  const microphone = await microphoneFlag(options.fakeMicrophoneWav, folder.path);
  try {
    const browser = await chromium.launch({
      executablePath: program.executablePath,
      args: [...program.args, ...FLAGS, ...microphone, ...(options.args ?? [])],
      env: program.env,
      timeout: 30_000,
    });
    const context = await browser.newContext({ permissions: ['microphone'] });
    const pageErrors: string[] = [];
    return {
      browser,
      context,
      pageErrors,
      newPage: async (url) => {
        const page = await context.newPage();
        page.on('pageerror', (error) => pageErrors.push(error.message));
        page.on('console', (message) => {
          if (/Content Security Policy/i.test(message.text())) pageErrors.push(message.text());
        });
        if (url !== undefined) await page.goto(url);
        return page;
      },
      close: async () => {
        await browser.close();
        await folder.close();
      },
    };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function microphoneFlag(wav: string | Buffer | undefined, folder: string): Promise<string[]> {
  if (wav === undefined) return [];
  const file = typeof wav === 'string' ? wav : join(folder, 'microphone.wav');
  if (typeof wav !== 'string') await writeFile(file, wav);
  return [`--use-file-for-fake-audio-capture=${file}`];
}

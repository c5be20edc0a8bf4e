import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { axeFaults, launchChromium, type TestChromium, tone, until, wavOf } from '../testkit/index.ts';
import { focusedText, playing, widthIn } from './page-looks.ts';
import { goLive, openListener, pressPlay, says, stopBroadcast } from './pages.ts';
import { makeStation, register, type TestPerson, type Visitor, visit } from './people.ts';
import { type Stack, startStack } from './stack.ts';

jest.setTimeout(90_000);

let stack: Stack;
let chromium: TestChromium;
let owner: TestPerson;
let visitor: Visitor;

beforeAll(async () => {
  const { samples } = tone({ seconds: 10, channels: 1, amplitude: 0.1 });
  const fakeMicrophoneWav = wavOf(samples, 48_000, 1);
  [stack, chromium] = await Promise.all([startStack(), launchChromium({ fakeMicrophoneWav })]);
  owner = await register(stack.url, 'Owner');
  visitor = await visit(chromium, { server: stack.url, as: owner });
}, 60_000);

afterAll(async () => {
  await visitor?.close();
  await chromium?.close();
  await stack?.close();
});

const open = async (path: string) => {
  const page = await visitor.open(path);
  page.on('dialog', (dialog) => void dialog.accept());
  return page;
};

describe('one’s own stations', () => {
  test('the first one is made in the studio, and its owner goes on air without a key', async () => {
    const page = await open('/studio');
    await says(page, page.getByText('You have no station yet.'));
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'New station' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Café Lahore');
    expect(await page.getByRole('textbox', { name: 'Address' }).inputValue()).toBe('cafe-lahore');
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make station' }).click();
    await page.waitForURL(`${stack.url}/studio?station=cafe-lahore`);
    await says(page, page.getByRole('heading', { level: 1, name: 'Café Lahore' }));
    await goLive({ page });
    const { page: ear } = await openListener(chromium, { server: stack.url, slug: 'cafe-lahore' });
    await pressPlay({ page: ear });
    await playing(ear);
    await ear.close();
    await page.reload();
    await page.getByRole('button', { name: 'Resume' }).click();
    await says(page, page.getByText('ON AIR', { exact: true }));
    await stopBroadcast({ page });
    await page.close();
  });

  test('an address that is taken or cannot be one is told beside its field', async () => {
    const page = await open('/studio');
    await page.getByRole('button', { name: 'New station' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('صبح');
    await page.getByRole('button', { name: 'Make station' }).click();
    await says(page, page.getByText('Use 1 to 40 small letters'));
    await page.getByRole('textbox', { name: 'Address' }).fill('cafe-lahore');
    await page.getByRole('button', { name: 'Make station' }).click();
    await says(page, page.getByText('This address is taken.'));
    await page.getByRole('textbox', { name: 'Address' }).fill('subah');
    await page.getByRole('radio', { name: /Only those/ }).check();
    await page.getByRole('button', { name: 'Make station' }).click();
    await page.waitForURL(`${stack.url}/studio?station=subah`);
    await page.goto(`${stack.url}/studio`);
    await says(page, page.getByRole('listitem').filter({ hasText: 'صبح' }).getByText('Private'));
    await page.close();
  });

  test('a stream key is shown once, works, and is cut off when it is revoked', async () => {
    await makeStation(stack.url, owner, { slug: 'keys', title: 'Keys' });
    const page = await open('/studio?station=keys');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await says(page, page.getByText('There is no key yet.'));
    await page.getByLabel('What it is for').fill('Studio PC');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const fresh = page.getByRole('region', { name: 'Your new key' });
    const key = (await fresh.getByRole('code').textContent()) ?? '';
    expect(key).toMatch(/^[a-z0-9]{32}$/);
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(key);
    const studio = await open(`/studio#station=keys&key=${key}`);
    await goLive({ page: studio });
    await page.getByRole('button', { name: 'Revoke Studio PC' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke Studio PC?' });
    await dialog.waitFor();
    expect(await focusedText(page)).toBe('Keep it');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await says(page, page.getByText('Revoked', { exact: true }));
    await says(studio, studio.getByText('This stream key was revoked.'));
    await studio.close();
    await page.close();
  });

  test('settings are kept, and a station that is removed is gone', async () => {
    await makeStation(stack.url, owner, { slug: 'settings', title: 'Old name' });
    const page = await open('/studio?station=settings');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('نیا نام');
    await page.getByRole('textbox', { name: 'Language' }).fill('not a language');
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, page.getByText('Is no language tag'));
    await page.getByRole('textbox', { name: 'Language' }).fill('UR');
    await page.getByRole('textbox', { name: 'Tags' }).fill('Qawwali, Talk');
    await page.getByRole('radio', { name: /^Safe/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, page.getByText('Saved.'));
    expect(await axeFaults(page)).toEqual([]);
    await page.reload();
    await says(page, page.getByRole('heading', { level: 1, name: 'نیا نام' }));
    await page.getByRole('tab', { name: 'Settings' }).click();
    expect(await page.getByRole('textbox', { name: 'Language' }).inputValue()).toBe('ur');
    expect(await page.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('qawwali, talk');
    expect(await page.getByRole('radio', { name: /^Safe/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Remove station' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.waitForURL(`${stack.url}/studio`);
    await says(page, page.getByRole('link', { name: 'Open studio of Keys' }));
    expect(await page.getByText('نیا نام').count()).toBe(0);
    await page.close();
  });

  test('tabs of the studio are reached by arrow keys', async () => {
    const page = await open('/studio?station=keys');
    await page.getByRole('tab', { name: 'Sound' }).focus();
    await page.keyboard.press('ArrowRight');
    await says(page, page.getByRole('heading', { name: 'Reported messages' }));
    await page.keyboard.press('ArrowRight');
    await says(page, page.getByRole('heading', { name: 'Stream keys' }));
    expect(await page.getByRole('tab', { name: 'Keys' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    await says(page, page.getByRole('button', { name: /Go live|Use the microphone/ }));
    await page.close();
  });

  test('another’s station is not opened', async () => {
    const other = await register(stack.url, 'Other');
    await makeStation(stack.url, other, { slug: 'others' });
    const page = await open('/studio?station=others');
    await says(page, page.getByText('The station others is none of yours.'));
    await page.close();
  });

  test.each([360, 768, 1440])('nothing scrolls sideways at %d px, in both directions', async (width) => {
    const page = await open('/studio');
    await page.setViewportSize({ width, height: 800 });
    await says(page, page.getByRole('link', { name: 'Open studio of Keys' }));
    await page.getByRole('button', { name: 'New station' }).click();
    for (const dir of ['ltr', 'rtl'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
    await page.close();
  });

  test('no page throws an error or breaks its security policy', async () => {
    await until(() => visitor.context.pages().length === 0);
    expect(visitor.errors).toEqual([]);
  });
});

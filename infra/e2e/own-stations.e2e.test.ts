import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { axeFaults, launchChromium, type TestChromium, tone, until, wavOf } from '../testkit/index.ts';
import { focusComesTo, focusedText, playing, widthIn } from './page-looks.ts';
import { goLive, openListener, pressPlay, says, stopBroadcast } from './pages.ts';
import { askApi, makeStation, register, type TestPerson, type Visitor, visit } from './people.ts';
import { type Stack, startStack } from './stack.ts';
import { type StatusServer, startStatusServer } from './status-server.ts';

jest.setTimeout(90_000);

let stack: Stack;
let chromium: TestChromium;
let owner: TestPerson;
let visitor: Visitor;
/** Where webhooks lead. */
let receiver: StatusServer;

beforeAll(async () => {
  const { samples } = tone({ seconds: 10, channels: 1, amplitude: 0.1 });
  const fakeMicrophoneWav = wavOf(samples, 48_000, 1);
  const env = { WEBHOOK_ALLOW_PRIVATE: 'true' };
  [stack, chromium] = await Promise.all([startStack({ env }), launchChromium({ fakeMicrophoneWav })]);
  receiver = await startStatusServer();
  owner = await register(stack.url, 'Owner');
  visitor = await visit(chromium, { server: stack.url, as: owner });
}, 60_000);

afterAll(async () => {
  await visitor?.close();
  await chromium?.close();
  await receiver?.close();
  await stack?.close();
});

/** A grey picture as an uncompressed bitmap (BMP) of 24 bits. */
function bitmapOf(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(((width * 3 + 3) & ~3) * height, 0x99);
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(head.length + pixels.length, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return Buffer.concat([head, pixels]);
}

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

  test('a stream key is replaced, and the old one goes on for a while', async () => {
    await askApi(stack.url, '/stations/keys/keys', { token: owner.token, body: { label: 'Mobile' } });
    const page = await open('/studio?station=keys');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Replace Mobile' }).click();
    await page.getByRole('dialog', { name: 'Replace Mobile?' }).getByRole('button', { name: 'Replace' }).click();
    const fresh = page.getByRole('region', { name: 'Your new key' });
    expect(await fresh.getByRole('code').textContent()).toMatch(/^[a-z0-9]{32}$/);
    await says(
      page,
      page
        .getByRole('listitem')
        .filter({ hasText: 'Mobile' })
        .getByText(/^Until/),
    );
    await page.close();
  });

  test('what cannot be loaded offline comes by itself when the way is back', async () => {
    const page = await open('/studio?station=keys');
    await page.getByRole('tab', { name: 'Settings' }).waitFor();
    await visitor.context.setOffline(true);
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    await says(page, page.getByText('You are offline. Check your network.'));
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(1);
    await visitor.context.setOffline(false);
    await says(page, page.getByText('There is no webhook.'));
    expect(await page.getByText('You are offline.').count()).toBe(0);
    await page.close();
  });

  test('settings are kept, and a station that is removed is gone', async () => {
    await makeStation(stack.url, owner, { slug: 'settings', title: 'Old name' });
    const page = await open('/studio?station=settings');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('نیا نام');
    await page.getByRole('combobox', { name: 'Language' }).fill('not a language');
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, page.getByText('Is no language tag'));
    await page.getByRole('combobox', { name: 'Language' }).fill('UR');
    await page.getByRole('textbox', { name: 'Tags' }).fill('Qawwali, Talk');
    await page.getByRole('textbox', { name: 'About the station' }).fill('Morning talk.\nEvery day.');
    await page.getByRole('radio', { name: /^Safe/ }).check();
    await page.getByRole('radio', { name: /^Saver/ }).check();
    await page.getByRole('group', { name: 'Limiter' }).getByRole('radio', { name: /^Off/ }).check();
    await page.getByRole('radio', { name: /^Play everything/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, page.getByText('Saved.'));
    expect(await axeFaults(page)).toEqual([]);
    await page.reload();
    await says(page, page.getByRole('heading', { level: 1, name: 'نیا نام' }));
    await page.getByRole('tab', { name: 'Settings' }).click();
    expect(await page.getByRole('combobox', { name: 'Language' }).inputValue()).toBe('ur');
    expect(await page.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('qawwali, talk');
    expect(await page.getByRole('radio', { name: /^Safe/ }).isChecked()).toBe(true);
    expect(await page.getByRole('radio', { name: /^Saver/ }).isChecked()).toBe(true);
    expect(await page.getByRole('group', { name: 'Limiter' }).getByRole('radio', { name: /^Off/ }).isChecked()).toBe(
      true,
    );
    expect(await page.getByRole('radio', { name: /^Play everything/ }).isChecked()).toBe(true);
    const ear = await open('/s/settings');
    await ear.getByText('About', { exact: true }).click();
    await says(ear, ear.getByText('Every day.'));
    await ear.close();
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

  test('a picture is seen before it is sent, and then by listeners; a file that is none is refused', async () => {
    await makeStation(stack.url, owner, { slug: 'picture', title: 'Picture' });
    const page = await open('/studio?station=picture');
    await page.getByRole('tab', { name: 'Settings' }).click();
    const card = page.getByRole('region', { name: 'Picture' });
    const file = card.locator('input[type=file]');
    await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await says(page, card.getByText('This file is no picture that the browser can read.'));
    // Neither type nor size are what the server takes: the page makes another file of it.
    await file.setInputFiles({ name: 'photo.bmp', mimeType: 'image/bmp', buffer: bitmapOf(1200, 900) });
    await says(page, card.getByText('This is how it will look.'));
    await focusComesTo(page, 'Use this picture');
    await page.keyboard.press('Enter');
    await says(page, card.getByText('Your station has a new picture.'));
    expect(await axeFaults(page)).toEqual([]);
    const { page: ear } = await openListener(chromium, { server: stack.url, slug: 'picture' });
    const shown = ear.locator('.station-art > img[src^="/artwork/picture/"]');
    await until(() => shown.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 1000));
    await ear.close();
    await card.getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
    await says(page, card.getByText('The picture is removed.'));
    await until(async () => (await card.locator('img').count()) === 0, { what: 'the picture is gone' });
    await page.close();
  });

  test('people are named by address, change roles, and come back when they were removed by mistake', async () => {
    await makeStation(stack.url, owner, { slug: 'people', title: 'People' });
    await register(stack.url, 'Noor');
    const page = await open('/studio?station=people');
    await page.getByRole('tab', { name: 'People' }).click();
    await says(page, page.getByText('It is just you so far.'));
    const who = page.getByRole('combobox', { name: 'Who' });
    await who.fill('nobody@example.org');
    await page.keyboard.press('Enter');
    await says(page, page.getByText('There is no account with this address. Ask them to register first.'));
    await who.fill('Somebody');
    await page.keyboard.press('Enter');
    await says(page, page.getByText('Nobody by this name wrote in your chat lately.'));
    await who.fill('noor@example.org');
    await page.keyboard.press('Enter');
    await says(page, page.getByText('Noor is now: Moderator.'));
    await page.getByRole('combobox', { name: 'Role of Noor' }).selectOption('Member');
    await says(page, page.getByText(/^May listen while the station is private/));
    await page.getByRole('button', { name: 'Remove Noor' }).click();
    await says(page, page.getByText('Noor was removed.'));
    await focusComesTo(page, 'Undo');
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await says(page, page.getByRole('combobox', { name: 'Role of Noor' }));
    expect(await askApi(stack.url, '/stations/people/people', { token: owner.token, method: 'GET' })).toMatchObject({
      people: [{ name: 'Noor', role: 'member' }],
    });
    await page.close();
  });

  test('a listen link of a private station is shown once, lets listen, and does not when it was revoked', async () => {
    await makeStation(stack.url, owner, { slug: 'closed', title: 'Closed', public: false });
    const page = await open('/studio?station=closed');
    await page.getByRole('tab', { name: 'People' }).click();
    await says(page, page.getByText('There is no link yet.'));
    await page.getByRole('textbox', { name: 'Whom it is for' }).fill('Family');
    await page.getByRole('combobox', { name: 'Good for' }).selectOption('A day');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const fresh = page.getByRole('region', { name: 'Your new link' });
    const link = (await fresh.getByRole('code').textContent()) ?? '';
    expect(await axeFaults(page)).toEqual([]);
    await fresh.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain('listen_');
    await page.getByRole('tab', { name: 'Sound' }).click();
    await goLive({ page });
    const guest = await chromium.newPage(link);
    const [own, stranger] = [await open('/s/closed'), await chromium.newPage(`${stack.url}/s/closed`)];
    for (const ear of [guest, own]) {
      await pressPlay({ page: ear });
      await playing(ear);
    }
    for (const ear of [guest, own]) {
      await says(ear, ear.getByRole('heading', { level: 1, name: 'Closed' }));
      await says(ear, ear.getByText('Nobody has written yet.'));
    }
    await says(stranger, stranger.getByText('There is no station at this address, or it is private.').last());
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Revoke Family' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await says(page, page.getByText('There is no link yet.'));
    await says(guest, guest.getByText('This link does not let you listen any more.').last());
    await page.getByRole('tab', { name: 'Sound' }).click();
    await stopBroadcast({ page });
    for (const one of [page, guest, own, stranger]) await one.close();
  });

  test('a webhook is made, tried, looked into, sent again and switched off', async () => {
    await makeStation(stack.url, owner, { slug: 'hooks', title: 'Hooks' });
    const page = await open('/studio?station=hooks');
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    await page.getByRole('button', { name: 'New webhook' }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill('ftp://example.org');
    await page.getByRole('button', { name: 'Make webhook' }).click();
    await says(page, page.getByText('Use an address that begins with https:// or http://.'));
    await page.getByRole('textbox', { name: 'Address' }).fill(receiver.url);
    await page.getByRole('button', { name: 'Make webhook' }).click();
    const fresh = page.getByRole('region', { name: 'The secret of your webhook' });
    expect(await fresh.getByRole('code').textContent()).toMatch(/^whsec_/);
    await fresh.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain('whsec_');
    await page.getByRole('button', { name: /^Send a test to/ }).click();
    await says(page, page.getByText(/^Taken with 200, after/).first());
    receiver.status = 500;
    await page.getByRole('button', { name: /^Send a test to/ }).click();
    await says(page, page.getByText(/^Answered with 500/).first());
    await says(page, page.getByText(/^Nothing has been taken since/));
    receiver.status = 200;
    await page.getByRole('tab', { name: 'Sound' }).click();
    await goLive({ page });
    await stopBroadcast({ page });
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    await page.getByRole('button', { name: /^Log of/ }).click();
    const live = page.locator('.webhook-log').getByRole('listitem').filter({ hasText: 'On air' });
    await says(page, live.getByText('Taken', { exact: true }));
    const sent = () => receiver.bodies.filter((body) => body.includes('"type":"live"')).length;
    const before = sent();
    await live.getByRole('button', { name: 'Send again' }).click();
    await until(() => sent() > before, { timeoutMs: 20_000, what: 'the message comes again' });
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^New secret for/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    expect(await fresh.getByRole('code').textContent()).toMatch(/^whsec_/);
    await fresh.getByRole('button', { name: 'I have it' }).click();
    await says(page, page.getByText(/^The secret before signs too until/));
    await page.getByRole('button', { name: /^Switch off/ }).click();
    await says(page, page.getByText(/^Off since/));
    await page.getByRole('button', { name: /^Remove http/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await says(page, page.getByText('There is no webhook.'));
    await page.close();
  });

  test.each([360, 768, 1440])('nothing scrolls sideways at %d px, in both directions', async (width) => {
    const page = await open('/studio');
    await page.setViewportSize({ width, height: 800 });
    await says(page, page.getByRole('link', { name: 'Open studio of Keys' }));
    await page.getByRole('button', { name: 'New station' }).click();
    for (const dir of ['ltr', 'rtl'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
    await page.goto(`${stack.url}/studio?station=closed`);
    await page.getByRole('tab', { name: 'History' }).click();
    await says(page, page.getByText('Made a listen link'));
    expect(await axeFaults(page)).toEqual([]);
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      for (const dir of ['ltr', 'rtl'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
    }
    await page.close();
  });

  test('no page throws an error or breaks its security policy', async () => {
    await until(() => visitor.context.pages().length === 0);
    expect(visitor.errors).toEqual([]);
  });
});

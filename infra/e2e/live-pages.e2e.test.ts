import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFaults, launchChromium, type TestChromium, tone, until, wavOf } from '../testkit/index.ts';
import { focusedText, playing, widthIn } from './page-looks.ts';
import { goLive, pressPlay, says, stopBroadcast } from './pages.ts';
import { askApi, makeStation, register, type TestPerson, type Visitor, visit } from './people.ts';
import { type Stack, startStack } from './stack.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

jest.setTimeout(90_000);

let stack: Stack;
let chromium: TestChromium;
let owner: TestPerson;
let ayesha: TestPerson;
/** The way of visitors to the server. */
let wire: TcpProxy;
const visitors: Visitor[] = [];

beforeAll(async () => {
  const { samples } = tone({ seconds: 10, channels: 1, amplitude: 0.1 });
  const fakeMicrophoneWav = wavOf(samples, 48_000, 1);
  [stack, chromium] = await Promise.all([startStack(), launchChromium({ fakeMicrophoneWav })]);
  wire = await startTcpProxy(Number(new URL(stack.url).port));
  [owner, ayesha] = await Promise.all([register(stack.url, 'Zainab'), register(stack.url, 'Ayesha')]);
}, 60_000);

afterEach(async () => {
  const errors = visitors.flatMap((visitor) => visitor.errors);
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
  expect(errors).toEqual([]);
});

afterAll(async () => {
  await chromium?.close();
  await wire?.close();
  await stack?.close();
});

const arrive = async (path: string, as?: TestPerson): Promise<Page> => {
  const server = `http://127.0.0.1:${wire.port}`;
  const visitor = await visit(chromium, as === undefined ? { server } : { server, as });
  visitors.push(visitor);
  const page = await visitor.open(path);
  page.on('dialog', (dialog) => void dialog.accept());
  return page;
};
const station = async (slug: string, title = `Station ${slug}`) => {
  await makeStation(stack.url, owner, { slug, title });
};
const chatOf = (page: Page) => page.getByRole('region', { name: 'Chat' });
const message = (page: Page, text: string) => chatOf(page).getByRole('listitem').filter({ hasText: text });
const box = (page: Page) => chatOf(page).getByRole('textbox', { name: 'Write a message' });
const write = async (page: Page, text: string) => {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
};
const settings = (slug: string, body: object) =>
  askApi(stack.url, `/stations/${slug}/chat/settings`, { method: 'PATCH', token: owner.token, body });

describe('chat on the listener page', () => {
  test('opens by itself; a guest gives a name once, and what is written is text', async () => {
    await station('talk');
    const [guest, account] = [await arrive('/s/talk'), await arrive('/s/talk', ayesha)];
    await says(guest, chatOf(guest).getByText('Nobody has written yet.'));
    await write(guest, 'hello <b>all</b>');
    await says(guest, chatOf(guest).getByText('Enter a name.'));
    await chatOf(guest).getByLabel('Your name in this chat').fill('Bilal');
    await box(guest).focus();
    await guest.keyboard.press('Enter');
    await says(account, message(account, 'hello <b>all</b>'));
    expect(await message(account, 'hello').getAttribute('aria-label')).toMatch(/^Bilal, .+: hello <b>all<\/b>$/);
    await write(account, 'سلام Bilal');
    await says(guest, message(guest, 'سلام Bilal').getByText('Ayesha', { exact: true }));
    await guest.reload();
    await says(guest, message(guest, 'سلام Bilal'));
    await says(guest, chatOf(guest).getByText('Writing as Bilal'));
    expect(await axeFaults(guest)).toEqual([]);
  });

  test('what is written during a cut is kept, and sent once when the way is free', async () => {
    await station('cut');
    const page = await arrive('/s/cut', ayesha);
    await box(page).waitFor();
    wire.cut();
    await says(page, chatOf(page).getByText('Chat is reconnecting… Messages are kept.'));
    await write(page, 'can you hear me?');
    await says(page, chatOf(page).getByText('Waiting to be sent'));
    wire.mend();
    await chatOf(page).getByText('Waiting to be sent').waitFor({ state: 'hidden' });
    await says(page, message(page, 'can you hear me?').getByText('Ayesha'));
    expect(await message(page, 'can you hear me?').count()).toBe(1);
  });

  test('says why one cannot write: slow mode with its end, members only, closed', async () => {
    await station('rules');
    const [page, guest] = [await arrive('/s/rules', ayesha), await arrive('/s/rules')];
    await box(page).waitFor();
    await settings('rules', { slowSeconds: 3 });
    await says(page, chatOf(page).getByText('Slow mode 3 s'));
    await write(page, 'one');
    await says(page, message(page, 'one').getByText('Ayesha'));
    await write(page, 'two');
    await says(
      page,
      chatOf(page)
        .getByText(/Slow mode: you can write again in 0:0/)
        .first(),
    );
    expect(await box(page).isDisabled()).toBe(true);
    await says(page, message(page, 'two').getByText('Ayesha'));
    await settings('rules', { mode: 'accounts', slowSeconds: 0 });
    await says(guest, chatOf(guest).getByText('Sign in to write here.'));
    await settings('rules', { mode: 'members' });
    await says(page, chatOf(page).getByText('Only members write here.'));
    await settings('rules', { mode: 'off' });
    await says(page, chatOf(page).getByText('Chat is closed for this show.'));
    expect(await box(page).count()).toBe(0);
  });

  test('a word that is refused comes back with the reason, and can be dropped', async () => {
    await station('words');
    await settings('words', { words: ['goose'] });
    const page = await arrive('/s/words', ayesha);
    await write(page, 'you GOOSE');
    await says(page, chatOf(page).getByText(/^Not sent:/));
    await chatOf(page).getByRole('button', { name: 'Drop it' }).click();
    await says(page, chatOf(page).getByText('Nobody has written yet.'));
  });

  test('whoever scrolled up is told how many came, and jumps to the newest', async () => {
    await station('scroll');
    const [page, other] = [await arrive('/s/scroll', ayesha), await arrive('/s/scroll', owner)];
    await box(other).waitFor();
    for (let i = 0; i < 8; i++) await write(other, `line ${i} ${'and on '.repeat(60)}`);
    await says(page, message(page, 'line 7 '));
    await chatOf(page).getByRole('listitem').first().scrollIntoViewIfNeeded();
    await write(other, 'fresh news');
    const pill = chatOf(page).getByRole('button', { name: /1 new message/ });
    await pill.click();
    await says(page, message(page, 'fresh news'));
    expect(await focusedText(page)).toContain('fresh news');
    await pill.waitFor({ state: 'hidden' });
  });

  test('is moderated by keyboard alone: delete, mute with its end, ban', async () => {
    await station('order');
    const [host, guest] = [await arrive('/s/order', owner), await arrive('/s/order', ayesha)];
    await box(guest).waitFor();
    await write(guest, 'first');
    await write(guest, 'second');
    await says(host, message(host, 'second'));
    await box(host).focus();
    await host.keyboard.press('Shift+Tab');
    await host.keyboard.press('Shift+Tab');
    expect(await focusedText(host)).toContain('second');
    await host.keyboard.press('ArrowUp');
    expect(await focusedText(host)).toContain('first');
    await host.keyboard.press('Enter');
    await until(async () => (await focusedText(host)) === 'Delete', { what: 'Delete has the focus' });
    expect(await axeFaults(host)).toEqual([]);
    await host.keyboard.press('Enter');
    await message(guest, 'first').waitFor({ state: 'hidden' });
    await message(host, 'second').focus();
    await host.keyboard.press('Enter');
    await until(async () => (await focusedText(host)) === 'Delete', { what: 'Delete has the focus' });
    await host.keyboard.press('Tab');
    expect(await focusedText(host)).toBe('Mute 10 min');
    await host.keyboard.press('Enter');
    await says(host, chatOf(host).getByText(/^Ayesha cannot write until/));
    await write(guest, 'third');
    await says(
      guest,
      chatOf(guest)
        .getByText(/You can write again in (10|9):/)
        .first(),
    );
    for (let i = 0; i < 2; i++) await host.keyboard.press('Tab');
    expect(await focusedText(host)).toBe('Ban');
    await host.keyboard.press('Enter');
    const dialog = host.getByRole('dialog', { name: 'Ban Ayesha?' });
    await dialog.waitFor();
    expect(await focusedText(host)).toBe('Cancel');
    await host.keyboard.press('Tab');
    await host.keyboard.press('Enter');
    await says(host, chatOf(host).getByText('Ayesha is banned from this chat.'));
    await guest.reload();
    await says(guest, chatOf(guest).getByText('A moderator removed you from chat. You can still listen.'));
    const studio = await visitors[0]?.open('/studio?station=order');
    if (studio === undefined) throw new Error('The host has left.');
    await studio.getByRole('tab', { name: 'Chat' }).click();
    await says(studio, studio.getByRole('listitem').filter({ hasText: 'Banned' }).getByText('Ayesha'));
    await studio.getByRole('button', { name: 'Lift it for Ayesha' }).first().click();
    await until(async () => (await studio.getByRole('button', { name: 'Lift it for Ayesha' }).count()) < 2);
    expect(await axeFaults(studio)).toEqual([]);
  });
});

describe('a station on air', () => {
  test('tells the directory, listeners and host at once: who is on, what plays, how many listen, what they like', async () => {
    await station('onair', 'Radio Subah');
    const directory = await arrive('/');
    await says(directory, directory.getByRole('link', { name: /Radio Subah/ }));
    const [studio, ear] = [await arrive('/studio?station=onair', owner), await arrive('/s/onair')];
    await studio.getByRole('textbox', { name: 'Show' }).fill('Subah ki Mehfil');
    await studio.getByRole('textbox', { name: 'Host' }).fill('زینب');
    await studio.getByRole('button', { name: 'Tell listeners' }).click();
    await says(studio, studio.getByText('Will be told when you are on air.'));
    // From here on the directory knows by its live connection alone.
    await directory.route('**/api/v1/stations', (route) => route.abort());
    await goLive({ page: studio });
    await says(studio, studio.getByText('Told.'));
    await says(directory, directory.getByRole('link', { name: /Radio Subah.*LIVE/s }));
    await says(directory, directory.getByText('Radio Subah is on air.'));
    await pressPlay({ page: ear });
    await playing(ear);
    await says(ear, ear.getByText('Subah ki Mehfil · زینب'));
    await says(ear, ear.getByText('1 listening'));
    const audience = studio.getByRole('region', { name: 'Listeners', exact: true });
    await says(studio, audience.getByText('1', { exact: true }).first());
    await studio.getByRole('textbox', { name: 'Title' }).fill('Dum Mast');
    await studio.getByRole('textbox', { name: 'Artist' }).fill('Nusrat');
    await studio.keyboard.press('Enter');
    await says(ear, ear.getByText('Nusrat – Dum Mast'));
    await ear.getByRole('button', { name: /^Like\./ }).click();
    await says(ear, ear.getByRole('button', { name: 'Like. 1 like so far' }));
    const hostSees = async () => /Likes\s*[1-9]/.test(await audience.innerText());
    const likeAgain = async () => {
      await ear.getByRole('button', { name: /^Like\./ }).click();
      return hostSees(); // a newest value may go unheard; the next one tells it again
    };
    await until(likeAgain, { everyMs: 1000, timeoutMs: 20_000, what: 'the host sees the likes' });
    expect(await axeFaults(ear)).toEqual([]);
    expect(await axeFaults(studio)).toEqual([]);
    for (const page of [ear, studio, directory]) {
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        for (const dir of ['rtl', 'ltr'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
      }
    }
    await stopBroadcast({ page: studio });
    await says(directory, directory.getByText('Radio Subah went off air.'));
  });
});

describe('a moderator', () => {
  test('finds the station in the studio, sees what was reported, and sets titles there', async () => {
    await makeStation(stack.url, owner, { slug: 'watched', title: 'Watched', public: false });
    await askApi(stack.url, '/stations/watched/people', {
      token: owner.token,
      body: { email: ayesha.email, role: 'moderator' },
    });
    const page = await arrive('/studio', ayesha);
    await page.getByRole('link', { name: 'Moderate Watched' }).click();
    await says(page, page.getByRole('heading', { level: 1, name: 'Moderating Watched' }));
    await box(page).waitFor();
    await write(page, 'be kind');
    await says(page, message(page, 'be kind').getByText('Moderator'));
    await says(page, page.getByText('Nothing was reported.'));
    expect(await axeFaults(page)).toEqual([]);
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const dir of ['rtl', 'ltr'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
    }
    await page.getByRole('tab', { name: 'Title and listeners' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Dum Mast');
    await page.keyboard.press('Enter');
    await says(page, page.getByText('Will be told when you are on air.'));
    await page.goto(`${stack.url}/studio?moderate=talk`);
    await says(page, page.getByText('You are no moderator of talk.'));
    await askApi(stack.url, `/stations/watched/people/${ayesha.id}`, { token: owner.token, method: 'DELETE' });
    await page.goto(`${stack.url}/studio`);
    await says(page, page.getByText('You have no station yet.'));
    expect(await page.getByText('Watched').count()).toBe(0);
  });
});

describe('the directory', () => {
  test('is searched by words, language and tag; the address keeps it, and Back goes back', async () => {
    const made = { language: 'sd', tags: ['kafi'] };
    await makeStation(stack.url, owner, { slug: 'sindh', title: 'Radio Sindh', ...made });
    await makeStation(stack.url, owner, { slug: 'bhit', title: 'Bhit Shah', ...made, tags: ['kafi', 'talk'] });
    const page = await arrive('/');
    const found = (count: number) => says(page, page.getByText(`${count} station${count === 1 ? '' : 's'} found.`));
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Sindhi');
    await found(2);
    expect(new URL(page.url()).search).toBe('?language=sd');
    await page.getByRole('button', { name: 'talk', exact: true }).click();
    await found(1);
    await says(page, page.getByRole('link', { name: /Bhit Shah/ }));
    expect(await page.getByRole('button', { name: 'talk', exact: true }).getAttribute('aria-pressed')).toBe('true');
    expect(await axeFaults(page)).toEqual([]);
    await page.goBack();
    await says(page, page.getByRole('link', { name: /Radio Sindh/ }));
    await page.getByRole('textbox', { name: 'Search' }).fill('nothing like this');
    await says(page, page.getByText('No station fits.'));
    await page.getByRole('button', { name: 'Show all stations' }).click();
    await page.getByRole('button', { name: 'On air', exact: true }).click();
    await says(page, page.getByText('Nobody is on air right now.'));
    await page.goto(`${stack.url}/?q=BHIT`);
    await says(page, page.getByRole('link', { name: /Bhit Shah/ }));
    expect(await page.getByRole('textbox', { name: 'Search' }).inputValue()).toBe('BHIT');
    expect(await page.getByRole('main').getByRole('link').count()).toBe(1);
  });
});

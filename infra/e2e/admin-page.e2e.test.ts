import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFaults, launchChromium, type TestChromium, tone, until, wavOf } from '../testkit/index.ts';
import { widthIn } from './page-looks.ts';
import { says } from './pages.ts';
import { askApi, makeStation, register, type TestPerson, type Visitor, visit } from './people.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';

jest.setTimeout(60_000);

let stack: Stack;
let chromium: TestChromium;
let owner: TestPerson;
let admin: Visitor;
let page: Page;

beforeAll(async () => {
  [stack, chromium] = await Promise.all([startStack(), launchChromium()]);
  owner = await register(stack.url, 'Zainab');
  await makeStation(stack.url, owner, { slug: 'lahore', title: 'Radio Lahore' });
  admin = await visit(chromium, { server: stack.url });
  const { signInUrl } = (await stack.runStation(['admin-link'])) as { signInUrl: string };
  page = await admin.open(new URL(signInUrl).pathname + new URL(signInUrl).hash);
  await page.getByRole('button', { name: 'Later' }).click();
  await page.waitForURL(`${stack.url}/admin`);
}, 60_000);

afterAll(async () => {
  await admin?.close();
  await chromium?.close();
  await stack?.close();
});

const tab = (name: string) => page.getByRole('tab', { name });
const row = (name: string) => page.getByRole('row').filter({ hasText: name });

describe('the administration', () => {
  test('stops a stream, and both the host and the table know it', async () => {
    await says(page, page.getByText('Nobody is on air.'));
    expect(await axeFaults(page)).toEqual([]);
    const { key } = await askApi<{ key: string }>(stack.url, '/stations/lahore/keys', { token: owner.token, body: {} });
    const sound = tone({ seconds: 4 });
    const file = wavOf(sound.samples, sound.rate, sound.channels);
    const ingest = await openSimpleIngest({ server: stack.url, station: { slug: 'lahore', key }, type: 'audio/wav' });
    ingest.send(file);
    await says(page, row('Radio Lahore').getByText('On air', { exact: true }));
    await page.getByRole('button', { name: 'Stop Radio Lahore' }).click();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await says(page, page.getByText('Radio Lahore was stopped.'));
    await says(page, page.getByText('Nobody is on air.'));
    await tab('Audit log').click();
    await says(page, row('admin.stream_stopped').getByText('lahore').first());
    expect(await axeFaults(page)).toEqual([]);
  });

  test('changes roles and disables accounts, but never the last administrator', async () => {
    await register(stack.url, 'Bilal');
    await tab('People').click();
    await row('Bilal').getByRole('combobox').selectOption('listener');
    await says(page, page.getByText('Bilal was changed.'));
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Disable Bilal' }).click();
    await says(page, page.getByRole('button', { name: 'Enable Bilal' }));
    await page.getByRole('button', { name: 'Enable Bilal' }).click();
    await says(page, page.getByRole('button', { name: 'Disable Bilal' }));
    const own = row('you').getByRole('combobox');
    await own.selectOption('listener');
    await says(page, page.getByText('This is the last administrator who can sign in.'));
    await until(async () => (await own.inputValue()) === 'admin', { what: 'the choice is taken back' });
  });

  test('long lists come in parts', async () => {
    for (let i = 0; i < 60; i++) {
      await askApi(stack.url, '/stations/lahore', {
        method: 'PATCH',
        token: owner.token,
        body: { title: `Lahore ${i}` },
      });
    }
    await tab('Audit log').click();
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    const rows = await page.getByRole('row').count();
    await page.getByRole('button', { name: 'Show more' }).click();
    await until(async () => (await page.getByRole('row').count()) > rows);
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'hidden' });
  });

  test.each([360, 768, 1440])('nothing scrolls sideways at %d px, in both directions', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const name of ['On air', 'People', 'Audit log']) {
      await tab(name).click();
      for (const dir of ['rtl', 'ltr'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
    }
  });

  test('is closed to others, who are told what to do', async () => {
    const visitor = await visit(chromium, { server: stack.url, as: owner });
    const other = await visitor.open('/admin');
    await says(other, other.getByText('This page is for administrators.'));
    const guest = await visit(chromium, { server: stack.url });
    const door = await guest.open('/admin');
    await says(door, door.getByRole('heading', { name: 'Sign in' }));
    await Promise.all([visitor.close(), guest.close()]);
    expect([...admin.errors, ...visitor.errors, ...guest.errors]).toEqual([]);
  });
});

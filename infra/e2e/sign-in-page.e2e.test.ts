import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFaults, launchChromium, type TestChromium, until } from '../testkit/index.ts';
import { blur, focusedName, noteOf, widthIn } from './page-looks.ts';
import { says } from './pages.ts';
import { register, type TestPerson, type Visitor, visit } from './people.ts';
import { type Stack, startStack } from './stack.ts';

jest.setTimeout(60_000);

let stack: Stack;
let chromium: TestChromium;
let ayesha: TestPerson;
let guest: Visitor;

beforeAll(async () => {
  [stack, chromium] = await Promise.all([startStack(), launchChromium()]);
  ayesha = await register(stack.url, 'Ayesha');
}, 60_000);

afterAll(async () => {
  await chromium?.close();
  await stack?.close();
});

beforeEach(async () => {
  guest = await visit(chromium, { server: stack.url });
});

afterEach(async () => {
  await guest.close();
  expect(guest.errors).toEqual([]);
});

const heading = (page: Page, name: string) => page.getByRole('heading', { name });

/** Presses Tab until this field has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe('signing in', () => {
  test('an account is made by keyboard alone, and leads to where one wanted to go', async () => {
    const page = await guest.open('/sign-in?next=%2Fstudio');
    await heading(page, 'Sign in').waitFor();
    await page.getByRole('button', { name: 'Create an account' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Create an account').waitFor();
    for (const [name, text] of [
      ['name', 'Bilal'],
      ['email', 'bilal@example.org'],
      ['password', 'a long way from home'],
    ] as const) {
      await blur(page);
      await tabTo(page, name);
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stack.url}/studio`);
    await says(page, heading(page, 'Your stations'));
    await says(page, page.getByRole('link', { name: 'Your account, Bilal' }));
  });

  test('stays over a reload, and in no place that a script can read', async () => {
    const page = await guest.open('/sign-in');
    await signIn(page, ayesha);
    await says(page, page.getByText('ayesha@example.org'));
    await page.reload();
    await says(page, page.getByText('ayesha@example.org'));
    const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie');
    expect(kept).not.toMatch(/eyJ|awaz_refresh/);
  });

  test('says what is wrong beside each field, and the first of them has the focus', async () => {
    const page = await guest.open('/sign-in?new');
    await page.getByRole('button', { name: 'Create account' }).click();
    for (const text of ['Enter a name.', 'Enter an address like name@example.org.', 'A password needs at least']) {
      await says(page, page.getByText(text));
    }
    await until(async () => (await focusedName(page)) === 'name', { what: 'the name has the focus' });
    expect(await noteOf(page, page.getByLabel('Email'))).toContain('Enter an address');
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true');
  });

  test('a wrong password and an unknown address are answered alike', async () => {
    const page = await guest.open('/sign-in');
    for (const email of [ayesha.email, 'nobody@example.org']) {
      await signIn(page, { email, password: 'not this one' });
      await says(page, page.getByText('Address or password is not right.'));
      await page.reload();
    }
  });

  test('an address that is taken is said beside it', async () => {
    const page = await guest.open('/sign-in?new');
    await page.getByLabel('Name', { exact: true }).fill('Another');
    await page.getByLabel('Email').fill(ayesha.email);
    await page.getByLabel('Password', { exact: true }).fill('long enough to be one');
    await page.getByRole('button', { name: 'Create account' }).click();
    await says(page, page.getByText('There is an account with this address already.'));
    await until(async () => (await focusedName(page)) === 'email', { what: 'the address has the focus' });
  });

  test('too many tries are told with the time to wait, and a server that is away with what to do', async () => {
    const page = await guest.open('/sign-in');
    const body = JSON.stringify({ code: 'rate_limited', detail: '', title: '', status: 429 });
    const headers = { 'Retry-After': '300', 'Content-Type': 'application/problem+json' };
    await page.route('**/auth/login', (route) => route.fulfill({ status: 429, body, headers }), { times: 1 });
    await signIn(page, ayesha);
    await says(page, page.getByText('Too many tries. Try again in 5 minutes.'));
    await page.route('**/auth/login', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await says(page, page.getByText('The server does not answer.'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await says(page, page.getByText(ayesha.email));
  });
});

describe('being signed in', () => {
  let visitor: Visitor;
  beforeEach(async () => {
    visitor = await visit(chromium, { server: stack.url, as: ayesha });
  });
  afterEach(async () => {
    await visitor.close();
    expect(visitor.errors).toEqual([]);
  });

  test('tabs that wake at the same time all stay signed in', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map(() => visitor.open('/sign-in')));
    for (const page of pages) await says(page, page.getByText(ayesha.email));
    await Promise.all(pages.map((page) => page.reload()));
    for (const page of pages) await says(page, page.getByText(ayesha.email));
  });

  test('signing out in one tab signs the others out', async () => {
    const [one, other] = [await visitor.open('/sign-in'), await visitor.open('/studio')];
    await says(other, heading(other, 'Your stations'));
    await one.getByRole('button', { name: 'Sign out', exact: true }).click();
    await says(one, heading(one, 'Sign in'));
    await says(other, heading(other, 'Sign in'));
    await other.reload();
    await says(other, heading(other, 'Sign in'));
  });

  test('a refresh that fails for a while is made up for', async () => {
    const page = await visitor.context.newPage();
    await page.route('**/auth/refresh', (route) => route.abort(), { times: 2 });
    await page.goto(`${stack.url}/sign-in`);
    await says(page, page.getByText('The server does not answer.'));
    await says(page, page.getByText(ayesha.email));
  });

  test('name and password can be changed; the old password signs in no more', async () => {
    const person = await register(stack.url, 'Chaman');
    const own = await visit(chromium, { server: stack.url, as: person });
    const page = await own.open('/sign-in');
    await says(page, page.getByText(person.email));
    await page.getByLabel('Name', { exact: true }).fill('چمن');
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, page.getByText('Saved.'));
    await says(page, page.getByText('چمن', { exact: true }));
    await page.getByLabel('Current password').fill(person.password);
    await page.getByLabel('New password').fill('something else entirely');
    await page.getByRole('button', { name: 'Set new password' }).click();
    await says(page, page.getByText('Your new password counts from now on.'));
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await says(page, heading(page, 'Sign in'));
    await signIn(page, person);
    await says(page, page.getByText('Address or password is not right.'));
    await signIn(page, { ...person, password: 'something else entirely' });
    await says(page, page.getByText(person.email));
    await own.close();
    expect(own.errors).toEqual([]);
  });
});

describe('a one-time link', () => {
  const link = async () => {
    const { signInUrl } = (await stack.runStation(['admin-link'])) as { signInUrl: string };
    const { pathname, hash } = new URL(signInUrl);
    return pathname + hash;
  };

  test('signs an administrator in once, who then chooses address and password', async () => {
    const path = await link();
    const page = await guest.open(path);
    await says(page, heading(page, 'Welcome'));
    expect(page.url()).toBe(`${stack.url}/sign-in`);
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel('Name', { exact: true }).fill('Admin');
    await page.getByLabel('Email').fill('admin@example.org');
    await page.getByLabel('Password', { exact: true }).fill('the keys of the house');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.waitForURL(`${stack.url}/admin`);
    const other = await visit(chromium, { server: stack.url });
    const again = await other.open(path);
    await says(again, again.getByText('This link does not work any more.'));
    await signIn(again, { email: 'admin@example.org', password: 'the keys of the house' });
    await says(again, again.getByText('Administrator', { exact: true }));
    await other.close();
    expect(other.errors).toEqual([]);
  });
});

describe('for everybody', () => {
  test.each(['dark', 'light'] as const)('no rule of WCAG 2.2 AA is broken, in %s', async (colorScheme) => {
    const page = await guest.open('/sign-in');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await heading(page, 'Sign in').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByRole('button', { name: 'Create account' }).click();
    await says(page, page.getByText('Enter a name.'));
    expect(await axeFaults(page)).toEqual([]);
    await signInFrom(page);
    expect(await axeFaults(page)).toEqual([]);
  });

  test.each([360, 768, 1440])('nothing scrolls sideways at %d px, in both directions', async (width) => {
    const page = await guest.open('/sign-in?new');
    await page.setViewportSize({ width, height: 800 });
    await heading(page, 'Create an account').waitFor();
    for (const dir of ['ltr', 'rtl'] as const) expect(await widthIn(page, dir)).toBeLessThanOrEqual(width);
  });

  async function signInFrom(page: Page): Promise<void> {
    await page.goto(`${stack.url}/sign-in`);
    await signIn(page, ayesha);
    await says(page, page.getByText(ayesha.email));
  }
});

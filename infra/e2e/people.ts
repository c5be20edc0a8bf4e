import type { BrowserContext, Page } from 'playwright-core';
import type { NewStationRequest, SignedIn } from '../contract/index.ts';
import type { TestChromium } from '../testkit/index.ts';

/** Somebody with an account. */
export type TestPerson = { name: string; email: string; password: string; token: string; id: string };

/** Somebody at a browser of their own. */
export type Visitor = {
  readonly context: BrowserContext;
  /** Opens a page of the server. */
  open(path: string): Promise<Page>;
  /** Errors that no page caught, and breaches of the pages' security policy. */
  readonly errors: readonly string[];
  close(): Promise<void>;
};

/** Asks the API as somebody; gives the body of a success. */
export async function askApi<Answer>(
  server: string,
  path: string,
  { token, method = 'POST', body }: { token?: string; method?: string; body?: object } = {},
): Promise<Answer> {
  const response = await fetch(`${server}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** Makes an account. */
export async function register(server: string, name: string): Promise<TestPerson> {
  const person = { name, email: `${name.toLowerCase()}@example.org`, password: `the password of ${name}` };
  const { accessToken, account } = await askApi<SignedIn>(server, '/auth/register', { body: person });
  return { ...person, token: accessToken, id: account.id };
}

/** Makes a station of somebody. */
export async function makeStation(server: string, owner: TestPerson, station: NewStationRequest): Promise<void> {
  await askApi(server, '/stations', { token: owner.token, body: station });
}

/** A browser profile of its own, signed in as somebody or nobody. */
export async function visit(
  chromium: TestChromium,
  { server, as }: { server: string; as?: TestPerson },
): Promise<Visitor> {
  const context = await chromium.browser.newContext({ permissions: ['microphone'] });
  const errors: string[] = [];
  if (as !== undefined) {
    const { email, password } = as;
    const answer = await context.request.post(`${server}/api/v1/auth/login`, { data: { email, password } });
    if (!answer.ok()) throw new Error(`${as.name} could not sign in: ${await answer.text()}`);
    await context.addInitScript("if (location.protocol !== 'about:') localStorage.setItem('awaz-signed-in', 'yes')");
  }
  context.on('page', (page) => {
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
    });
  });
  return {
    context,
    errors,
    open: async (path) => {
      const page = await context.newPage();
      await page.goto(`${server}${path}`);
      return page;
    },
    close: () => context.close(),
  };
}

import { createLogger, ReleaseStack } from '@awaz/infra/runtime';
import { type TestRedis, tempDir } from '@awaz/infra/testkit';
import { readConfig } from '../config.ts';
import type { RealtimeLimits } from '../realtime/index.ts';
import { startServer } from '../server.ts';

/** One whole API on a port of its own, with a data folder of its own. */
export type ApiNode = {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  /** May be called again. */
  close(): Promise<void>;
};

/** `scale` multiplies the rate limits. */
export type NodeLimits = { scale?: number; realtime?: Partial<RealtimeLimits> };

/** Starts an API on a Redis; `env` changes its environment. Limits are wide when left out. */
export async function startApiNode(
  redis: TestRedis,
  env: Record<string, string> = {},
  { scale = 1000, realtime = {} }: NodeLimits = {},
): Promise<ApiNode> {
  const release = new ReleaseStack();
  const folder = release.use(await tempDir());
  const place = { REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder.path };
  const config = readConfig({ ...place, MAX_CPU_PERCENT: '100', ...env });
  const logger = createLogger('api-test', 'silent');
  const server = release.use(await startServer({ config, logger, limitScale: scale, realtimeLimits: realtime }));
  const origin = `http://127.0.0.1:${server.port}`;
  return { origin, port: server.port, dataDir: folder.path, close: () => release.close() };
}

/** An answer of the API. */
export type ApiAnswer = {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what came, whatever it is
  body: any;
};

/** How to ask. */
export type ApiAsk = {
  method?: string;
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
};

/** Somebody who talks to an API like a browser: keeps its cookies. */
export class ApiClient {
  /** Name to value. */
  readonly cookies = new Map<string, string>();
  /** Sent as bearer token when a call gives none. */
  token: string | undefined;
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Asks below `/api/v1`. */
  async ask(path: string, { method = 'GET', token = this.token, body, headers = {} }: ApiAsk = {}): Promise<ApiAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.#origin}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined || token === '' ? {} : { Authorization: `Bearer ${token}` }),
        ...(cookie === '' ? {} : { Cookie: cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** `POST` below `/api/v1`. */
  post(path: string, body?: unknown, rest: ApiAsk = {}): Promise<ApiAnswer> {
    return this.ask(path, { ...rest, method: 'POST', body });
  }

  /** Makes an account and takes its token. */
  async register(name: string, password = 'correct horse'): Promise<ApiAnswer> {
    const answer = await this.post('/auth/register', { email: `${name}@example.org`, password, name });
    if (answer.status !== 201) throw new Error(`cannot register: ${JSON.stringify(answer.body)}`);
    this.token = answer.body.accessToken;
    return answer;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=', 2);
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { extname, join } from 'node:path';
import { type Duplex, Transform } from 'node:stream';
import type { IngestQuality } from '@awaz/infra/contract';
import { FakeIngestServer } from '../../ingest-client/test/fake-ingest-server.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const QUALITY_EVERY_MS = 200;

/** The built pages and a fake ingest behind one address, with a network that can be taken away. */
export class StudioSite {
  readonly ingest = new FakeIngestServer();
  /** Whether the server tells that own sound was published. */
  isPublished = true;
  readonly #pages: string;
  readonly #sockets = new Set<Socket | Duplex>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #isDown = false;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `pages` is the folder of built pages. */
  constructor(pages: string) {
    this.#pages = pages;
  }

  /** Starts on a free port. */
  async start(): Promise<void> {
    await this.ingest.start();
    this.#server.on('upgrade', (request, socket) => this.#pass(request, socket));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#timer = setInterval(() => this.ingest.say(this.#quality), QUALITY_EVERY_MS);
  }

  /** Address of the site. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes the network between page and ingest away, or gives it back. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (isDown) for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets at most so many bytes a second through from a page to ingest. */
  narrow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.setDown(true);
    await this.ingest.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #quality(): IngestQuality {
    const uplink = { kbps: 64, jitterMs: 3, rttMs: 1, lostChunks: 0, lateMs: 0 };
    const levels = { levelDbfs: -9, rmsDbfs: -21, clipped: 0, silentMs: 0 };
    const loudness = { momentaryLufs: -17.2, shortTermLufs: -18.4, integratedLufs: -19.1 };
    return { type: 'quality', ...uplink, ...levels, ...loudness, onAir: this.isPublished };
  }

  #width(): Transform {
    return new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        setTimeout(() => done(null, bytes), (bytes.length * 1000) / this.#bytesPerSecond);
      },
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    if (path === '/api/v1/auth/refresh') return nobody(response);
    const file = path === '/studio' ? '/studio.html' : path;
    const bytes = await readFile(join(this.#pages, file)).catch(() => undefined);
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
    response.end(bytes);
  }

  #pass(request: IncomingMessage, client: Duplex): void {
    if (this.#isDown) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(new URL(this.ingest.url).port), '127.0.0.1');
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    upstream.write([`GET ${request.url} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
    client.pipe(this.#width()).pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        this.#sockets.delete(one);
      });
    }
  }
}

/** The API's word that nobody is signed in. */
function nobody(response: ServerResponse): void {
  const problem = { type: 'about:blank', title: '', status: 401, detail: '', code: 'refresh_refused' };
  response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

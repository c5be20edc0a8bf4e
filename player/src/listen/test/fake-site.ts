import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { FakeBroadcast, PARTS_PER_SEGMENT } from './fake-broadcast.ts';
import type { FragmentedMp4 } from './fragmented-mp4.ts';

/** How often held playlist requests are looked at, in ms. */
const HOLD_LOOK_MS = 5;

/** What the fake API tells of stations; `live` of the station `radio` follows its broadcast. */
export type FakeStation = {
  slug: string;
  title: string;
  live: boolean;
  startedAt: number | null;
  listeners?: { count: number; peak: number; exact: boolean };
};

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Pages, API and a low-latency origin of one station, `radio`, in one server with faults on demand. */
export class FakeSite {
  /** The broadcast on air or just over; undefined while off air. */
  broadcast: FakeBroadcast | undefined;
  /** Answered by the API; undefined makes it fail. */
  stations: FakeStation[] | undefined = [];
  /** All connections are cut instead of answered, pages excepted. */
  cut = false;
  /** Paths below `/live` that were asked for, with their queries. */
  readonly asked: string[] = [];
  readonly #pages: string;
  readonly #media: FragmentedMp4;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #sessions = 0;

  private constructor(pages: string, media: FragmentedMp4) {
    this.#pages = pages;
    this.#media = media;
  }

  /** Starts on a free port; `pages` is the folder of built pages. */
  static async start(pages: string, media: FragmentedMp4): Promise<FakeSite> {
    const site = new FakeSite(pages, media);
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  /** URL of the server, without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Begins a broadcast and gives it. */
  goOnAir(): FakeBroadcast {
    this.broadcast = new FakeBroadcast(`broadcast${Date.now()}`);
    return this.broadcast;
  }

  /** Cuts all connections and ends. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site');
    const isPage = !pathname.startsWith('/live/') && !pathname.startsWith('/api/');
    if (isPage) return this.#page(pathname, response);
    if (this.cut) return void request.destroy();
    if (pathname.startsWith('/api/')) return this.#api(pathname, response);
    this.asked.push(request.url ?? '');
    await this.#live(pathname.split('/').slice(3), { searchParams, response });
  }

  async #page(path: string, response: ServerResponse): Promise<void> {
    const file = path === '/' ? 'index.html' : path.startsWith('/s/') ? 'listen.html' : path.slice(1);
    try {
      const body = await readFile(join(this.#pages, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  #api(path: string, response: ServerResponse): void {
    const slug = path.split('/')[4];
    const onAir = this.broadcast !== undefined && !this.broadcast.ended;
    const stations = this.stations?.map((one) => (one.slug === 'radio' ? { ...one, live: onAir } : one));
    const body = slug === undefined ? { stations } : stations?.find((one) => one.slug === slug);
    const status = this.stations === undefined ? 503 : body === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }

  async #live(path: string[], { searchParams, response }: { searchParams: URLSearchParams; response: ServerResponse }) {
    const broadcast = this.broadcast;
    if (broadcast === undefined) {
      response.writeHead(404, { 'retry-after': '1' }).end('{"code":"off_air"}');
      return;
    }
    const file = path.at(-1) ?? '';
    if (file === 'index.m3u8') {
      const session = searchParams.get('session') ?? `~${String(++this.#sessions).padStart(22, '0')}`;
      const variant = '#EXT-X-STREAM-INF:BANDWIDTH=140000,CODECS="mp4a.40.2"';
      response.end(`#EXTM3U\n#EXT-X-VERSION:9\n${variant}\n${session}/${broadcast.id}/128k/playlist.m3u8\n`);
      return;
    }
    if (path.at(-3) !== broadcast.id) return void response.writeHead(404).end();
    if (file === 'playlist.m3u8') return this.#playlist(broadcast, { searchParams, response });
    const bytes = this.#bytes(file);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  }

  async #playlist(
    broadcast: FakeBroadcast,
    { searchParams, response }: { searchParams: URLSearchParams; response: ServerResponse },
  ): Promise<void> {
    const msn = Number(searchParams.get('_HLS_msn') ?? -1);
    const part = Number(searchParams.get('_HLS_part') ?? 0);
    while (msn >= 0 && !broadcast.has(msn, part) && !response.destroyed && this.broadcast === broadcast) {
      await new Promise((resolve) => setTimeout(resolve, HOLD_LOOK_MS));
    }
    response.end(broadcast.playlist());
  }

  #bytes(file: string): Buffer | undefined {
    if (file === 'init.mp4') return this.#media.init;
    const name = /^(\d+)(?:\.(\d+))?\.m4s$/.exec(file);
    const first = Number(name?.[1]) * PARTS_PER_SEGMENT;
    if (name?.[2] !== undefined) return this.#media.fragments[first + Number(name[2])];
    return name === null ? undefined : Buffer.concat(this.#media.fragments.slice(first, first + PARTS_PER_SEGMENT));
  }
}

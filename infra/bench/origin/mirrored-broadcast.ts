import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { rawGet } from './raw-get.ts';

/** An answer as the origin gave it. */
export type MirroredAnswer = { headers: Record<string, string>; body: Buffer; text: string };

/** Header fields that are kept; the others are the server's own business. */
const KEPT_HEADERS = [
  ...['content-type', 'content-encoding', 'vary', 'cache-control', 'priority', 'accept-ranges'],
  ...['access-control-allow-origin', 'access-control-expose-headers'],
];

/** How many media files of a rendition are kept: 126 s of parts, and their segments. */
const KEPT_FILES = 720;

/** Pause before what failed is tried again, in ms. */
const RETRY_MS = 200;

/** One rendition of the mirrored broadcast: its playlist at this moment, its files, and who waits for more. */
export class MirroredRendition {
  readonly files = new Map<string, MirroredAnswer>();
  playlist: MirroredAnswer | undefined;
  #edge = { msn: -1, part: -1 };
  #waiting: { msn: number; part: number; resolve: () => void }[] = [];

  /** Settles when the playlist lists this part, or a later one; a whole segment is asked for with the next one's part 0. */
  async reached(msn: number, part: number): Promise<void> {
    if (this.#has(msn, part)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ msn, part, resolve }));
  }

  /** Takes the next version of the playlist. */
  publish(playlist: MirroredAnswer, edge: { msn: number; part: number }): void {
    this.playlist = playlist;
    this.#edge = edge;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ msn, part }) => !this.#has(msn, part));
    for (const { msn, part, resolve } of waiting) if (this.#has(msn, part)) resolve();
  }

  #has(msn: number, part: number): boolean {
    return msn < this.#edge.msn || (msn === this.#edge.msn && part <= this.#edge.part);
  }
}

/**
 * What an origin answers for its broadcast, kept in memory: a follower asks for each playlist and each part once and
 * holds the very bytes. The first request for a station begins it; it goes on until the process ends.
 */
export class MirroredBroadcast {
  readonly #upstream: string;
  readonly #renditions = new Map<string, MirroredRendition>();
  #multivariant: Promise<MirroredAnswer> | undefined;

  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  /** The multivariant playlist of a station, with a session that stands for all. */
  multivariant(station: string): Promise<MirroredAnswer> {
    this.#multivariant ??= this.#begin(station);
    return this.#multivariant;
  }

  /** A rendition by `{broadcast}/{name}`. */
  rendition(key: string): MirroredRendition | undefined {
    return this.#renditions.get(key);
  }

  async #begin(station: string): Promise<MirroredAnswer> {
    const base = `${this.#upstream}/live/${station}/`;
    const answer = await ask(`${base}index.m3u8`);
    for (const uri of answer.text.split('\n').filter((line) => line.endsWith('/playlist.m3u8'))) {
      const [, broadcast, name] = uri.split('/');
      const rendition = new MirroredRendition();
      this.#renditions.set(`${broadcast}/${name}`, rendition);
      await this.#follow(rendition, `${base}${uri}`);
    }
    return answer;
  }

  /** Settles once the rendition can be listened to; goes on behind. */
  async #follow(rendition: MirroredRendition, url: string): Promise<void> {
    let next = await this.#take(rendition, url, '');
    const goOn = async () => {
      for (;;) {
        try {
          next = await this.#take(rendition, url, `?_HLS_msn=${next.msn}&_HLS_part=${next.part}`);
        } catch {
          await sleep(RETRY_MS);
        }
      }
    };
    void goOn();
  }

  async #take(rendition: MirroredRendition, url: string, query: string): Promise<{ msn: number; part: number }> {
    const playlist = await ask(`${url}${query}`);
    const { text } = playlist;
    const uris = [...text.matchAll(/URI="([^".]+\.[^"]+)"|^([^#\n]+\.m4s)$/gm)].map(
      ([, tag, line]) => tag ?? line ?? '',
    );
    const hinted = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="((\d+)\.(\d+)\.m4s)"/.exec(text);
    for (const uri of uris) {
      if (uri === hinted?.[1] || !/^[\w.]+$/.test(uri) || rendition.files.has(uri)) continue;
      rendition.files.set(uri, await ask(new URL(uri, url).href));
    }
    for (const uri of rendition.files.keys()) {
      if (rendition.files.size <= KEPT_FILES) break;
      if (uri !== 'init.mp4') rendition.files.delete(uri);
    }
    const next = { msn: Number(hinted?.[2]), part: Number(hinted?.[3]) };
    rendition.publish(playlist, { msn: next.msn, part: next.part - 1 });
    return next;
  }
}

async function ask(url: string): Promise<MirroredAnswer> {
  const headers = { 'accept-encoding': 'gzip', 'user-agent': 'mirror' };
  const { status, headers: answer, body } = await rawGet(url, headers);
  if (status !== 200) throw new Error(`${url} is ${status}`);
  const kept = KEPT_HEADERS.flatMap((name) => (answer[name] === undefined ? [] : [[name, answer[name]]]));
  const text = answer['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString('latin1');
  return { headers: Object.fromEntries(kept) as Record<string, string>, body, text };
}

import { gzipSync } from 'node:zlib';
import {
  deltaUpdate,
  type MediaPlaylist,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
  type SkipDirective,
} from '@awaz/transcoder/hls';
import { Answer } from './answer.ts';
import { playlistHeaders } from './answer-headers.ts';
import type { BroadcastWindow } from './broadcast-window.ts';
import { mediaPlaylistOf, multivariantPlaylistOf } from './window-playlist.ts';

/** Which of the answers that a media playlist has is asked for. */
export type PlaylistVariant = {
  /** Place in the ladder. */
  rendition: number;
  skip: SkipDirective | undefined;
  /** Whether the client takes gzip. */
  gzip: boolean;
  /** Whether the request named what to wait for; decides how long caches may keep the answer. */
  blocking: boolean;
};

/** Stands for the session in a multivariant playlist that is not yet anybody's. */
const SESSION_PLACE = '{session}';

/** A window of 512 bytes is as good for a few hundred, and takes half of the time, most of which is setting it up. */
const SMALL_GZIP = { windowBits: 9, memLevel: 1 } as const;

/** Told what each render took, in ms. */
export type RenderObserver = (ms: number) => void;

/**
 * The playlists of one broadcast: each variant is rendered once and compressed once per version of the window, however
 * many clients wait for it.
 */
export class PlaylistCache {
  readonly #window: BroadcastWindow;
  readonly #onRender: RenderObserver;
  #version = -1;
  readonly #models = new Map<number, MediaPlaylist>();
  readonly #texts = new Map<number, Buffer>();
  readonly #answers = new Map<number, Answer>();
  #multivariant: string | undefined;

  constructor(window: BroadcastWindow, onRender: RenderObserver) {
    this.#window = window;
    this.#onRender = onRender;
  }

  /** A media playlist as it is now. */
  media(variant: PlaylistVariant): Answer {
    this.#forgetOld();
    const text = variant.rendition * 3 + (variant.skip === undefined ? 0 : variant.skip === 'YES' ? 1 : 2);
    const key = text * 4 + (variant.gzip ? 2 : 0) + (variant.blocking ? 1 : 0);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const body = this.#body(text, variant);
    const headers = playlistHeaders({
      cacheClass: variant.blocking ? 'blocking playlist' : 'playlist',
      targetDuration: this.#window.targetDuration,
      gzip: variant.gzip,
    });
    const answer = new Answer(200, headers, body);
    this.#answers.set(key, answer);
    return answer;
  }

  /** The multivariant playlist for one session; only the session is put in for it alone. */
  multivariant(session: string, gzip: boolean): Answer {
    this.#forgetOld();
    this.#multivariant ??= renderMultivariantPlaylist(multivariantPlaylistOf(this.#window, SESSION_PLACE));
    const text = Buffer.from(this.#multivariant.replaceAll(SESSION_PLACE, session));
    const { targetDuration } = this.#window;
    const headers = playlistHeaders({ cacheClass: 'multivariant', targetDuration, gzip });
    return new Answer(200, headers, gzip ? gzipSync(text, SMALL_GZIP) : text);
  }

  #body(text: number, { rendition, skip, gzip }: PlaylistVariant): Buffer {
    // Negative keys are the plain texts, the others the compressed ones.
    const key = gzip ? text : -1 - text;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const body = gzip
      ? gzipSync(this.#body(text, { rendition, skip, gzip: false, blocking: false }))
      : this.#render(rendition, skip);
    this.#texts.set(key, body);
    return body;
  }

  #render(rendition: number, skip: SkipDirective | undefined): Buffer {
    const begun = performance.now();
    let full = this.#models.get(rendition);
    if (full === undefined) {
      full = mediaPlaylistOf(this.#window, rendition);
      this.#models.set(rendition, full);
    }
    const playlist = skip === undefined ? full : deltaUpdate(full, { skip, now: this.#window.updatedAt });
    const text = Buffer.from(renderMediaPlaylist(playlist));
    this.#onRender(performance.now() - begun);
    return text;
  }

  #forgetOld(): void {
    if (this.#version === this.#window.version) return;
    this.#version = this.#window.version;
    this.#models.clear();
    this.#texts.clear();
    this.#answers.clear();
    this.#multivariant = undefined;
  }
}

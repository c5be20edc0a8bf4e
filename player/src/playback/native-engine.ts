import { probeAir } from './air-probe.ts';
import type { Engine, EngineFigures, EngineOptions } from './engine.ts';

/** Bitrate and target are the browser's own affair. */
const UNKNOWN = { targetSeconds: null, kbps: null };

/** The HLS player of WebKit: nothing to load, AirPlay, background and lock screen for free. It keeps its own latency. */
export class NativeEngine implements Engine {
  readonly name = 'native' as const;
  readonly #options: EngineOptions;
  readonly #life = new AbortController();

  constructor(options: EngineOptions) {
    this.#options = options;
    const { audio, events } = options;
    const { signal } = this.#life;
    audio.addEventListener('ended', () => events.onEnded(), { signal });
    audio.addEventListener('error', () => void this.#explainError(), { signal });
    audio.src = options.url;
    audio.load();
  }

  figures(): EngineFigures {
    const { audio } = this.#options;
    const start = 'getStartDate' in audio && typeof audio.getStartDate === 'function' ? audio.getStartDate() : null;
    const startMs = start instanceof Date ? start.getTime() : Number.NaN;
    return {
      ...UNKNOWN,
      playingAt: Number.isNaN(startMs) ? null : startMs + audio.currentTime * 1000,
      behindSeconds: this.#edge() === null ? null : Math.max(0, (this.#edge() ?? 0) - audio.currentTime),
    };
  }

  /** WebKit keeps its own distance to the edge. */
  follow(): void {}

  /** Nor can it be told to buffer more. */
  noteStall(): void {}

  goToLive(): void {
    const edge = this.#edge();
    if (edge !== null) this.#options.audio.currentTime = edge;
  }

  close(): void {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#options.audio.removeAttribute('src');
    this.#options.audio.load();
  }

  #edge(): number | null {
    const { seekable } = this.#options.audio;
    return seekable.length === 0 ? null : seekable.end(seekable.length - 1);
  }

  /** A media error does not tell a broadcast that is over from one that cannot be decoded: ask the origin. */
  async #explainError(): Promise<void> {
    const { audio, events, url } = this.#options;
    const unplayable = audio.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
    const report = await probeAir({ url, signal: this.#life.signal });
    if (this.#life.signal.aborted) return;
    if (report.air === 'off') events.onFailure({ kind: 'off_air' });
    else events.onFailure({ kind: report.air === 'on' && unplayable ? 'unsupported' : 'network' });
  }
}

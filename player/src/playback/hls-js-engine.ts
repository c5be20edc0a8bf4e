import Hls, { type ErrorData, type FragLoadedData } from 'hls.js/light';
import { programmeOfDateRanges } from './date-range-programme.ts';
import type { Engine, EngineFigures, EngineOptions } from './engine.ts';
import { steeredConfig } from './hls-js-config.ts';
import { failureOf } from './hls-js-failure.ts';
import { LiveSteering } from './live-steering.ts';
import { addressOf } from './media-address.ts';
import { lookPastRounding } from './segment-boundary.ts';

/** hls.js may rebuild its media pipeline this often in one engine; then the engine gives up. */
const MEDIA_RECOVERIES = 2;

/** hls.js, either steered by our latency controller or (`steered: false`) with its own settings for comparison. */
export class HlsJsEngine implements Engine {
  readonly name;
  readonly #options: EngineOptions;
  readonly #hls: Hls;
  readonly #steering: LiveSteering | undefined;
  readonly #listening = new AbortController();
  #loading = false;
  #recoveries = 0;

  constructor(options: EngineOptions & { steered: boolean }) {
    this.name = options.steered ? ('hlsjs' as const) : ('hlsjs-default' as const);
    this.#options = options;
    const { audio, url, targetSeconds } = options;
    const hls = new Hls(options.steered ? steeredConfig() : {});
    this.#hls = hls;
    this.#listen();
    if (options.steered) {
      lookPastRounding(hls);
      const onStuck = () => this.#options.events.onFailure({ kind: 'network' });
      const isLoading = () => this.#loading;
      this.#steering = new LiveSteering({ hls, audio, targetSeconds, isLoading, onStuck });
    }
    hls.loadSource(url);
    hls.attachMedia(audio);
  }

  figures(): EngineFigures {
    const live = this.#hls.liveSyncPosition;
    const level = this.#hls.levels[this.#hls.currentLevel];
    return {
      playingAt: this.#hls.playingDate?.getTime() ?? null,
      behindSeconds: live === null ? null : live - this.#options.audio.currentTime,
      targetSeconds: this.#steering?.target ?? null,
      kbps: level === undefined ? null : Math.round((level.averageBitrate || level.bitrate) / 1000),
    };
  }

  follow(following: boolean): void {
    this.#steering?.follow(following);
  }

  goToLive(): void {
    const live = this.#hls.liveSyncPosition;
    if (live !== null) this.#options.audio.currentTime = live;
  }

  noteStall(): void {
    this.#steering?.noteStall();
  }

  close(): void {
    this.#listening.abort();
    this.#steering?.close();
    this.#hls.destroy();
  }

  #listen(): void {
    const { Events } = Hls;
    const { audio, events } = this.#options;
    const hls = this.#hls;
    hls.on(Events.MANIFEST_PARSED, (_, { levels }) => {
      const address = addressOf(levels[0]?.url[0] ?? '');
      if (address !== undefined) events.onAddress(address);
    });
    hls.on(Events.LEVEL_LOADED, (_, { details }) => {
      // A broadcast that was over before its first sound: its last minute is no live programme.
      if (!details.live && audio.readyState === HTMLMediaElement.HAVE_NOTHING) events.onEnded();
    });
    hls.on(Events.LEVEL_UPDATED, (_, { details }) => {
      events.onProgramme(programmeOfDateRanges(Object.values(details.dateRanges)));
    });
    hls.on(Events.LEVEL_SWITCHING, () => {
      this.#loading = true;
    });
    hls.on(Events.FRAG_LOADING, () => {
      this.#loading = true;
    });
    hls.on(Events.FRAG_LOADED, (_, data) => {
      this.#loading = this.#hasNextPart(data);
    });
    hls.on(Events.ERROR, (_, error) => this.#onError(error));
    audio.addEventListener('ended', () => events.onEnded(), { signal: this.#listening.signal });
  }

  /** After one part hls.js asks for the next of the same segment without an event, when the playlist had it. */
  #hasNextPart({ frag, part }: FragLoadedData): boolean {
    if (part === null || part === undefined) return false;
    const parts = this.#hls.latestLevelDetails?.partList ?? [];
    return parts.some((one) => one.fragment.sn === frag.sn && one.index === part.index + 1 && !one.loaded);
  }

  #onError(error: ErrorData): void {
    this.#loading = false;
    if (!error.fatal) return;
    const recoverable = error.type === Hls.ErrorTypes.MEDIA_ERROR && failureOf(error).kind === 'network';
    if (recoverable && this.#recoveries < MEDIA_RECOVERIES) {
      this.#recoveries += 1;
      this.#hls.recoverMediaError();
      return;
    }
    this.#options.events.onFailure(failureOf(error));
  }
}

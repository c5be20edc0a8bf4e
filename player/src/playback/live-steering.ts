import type Hls from 'hls.js/light';
import { startWatchdogMemory, type WatchdogAction, watch } from './buffer-watchdog.ts';
import { bufferEnd, forwardBuffer } from './forward-buffer.ts';
import {
  forgetSamples,
  SAMPLE_EVERY_MS,
  startLatencyMemory,
  steer,
  targetFor,
  widenAfterStall,
} from './latency-controller.ts';
import { lowerCap, NO_CAP, type RenditionCap, relaxCap } from './rendition-cap.ts';

/** Whoever has this many seconds buffered needs no rescue: the watchdog looks away. */
const SAFE_SECONDS = 5;

/** hls.js wants to be past the end of the buffer by this, in seconds, to look at the next segment. */
const NUDGE_SECONDS = 0.02;

/** What {@link LiveSteering} works on. */
export type SteeringOptions = {
  hls: Hls;
  audio: HTMLAudioElement;
  /** Instead of the target that follows from the part target, in seconds. */
  targetSeconds: number | undefined;
  /** Whether a request for media is under way. */
  isLoading: () => boolean;
  /** All remedies are spent. */
  onStuck: () => void;
};

/** Applies the latency controller and the watchdog to one hls.js instance, 20 times a second, until closed. */
export class LiveSteering {
  readonly #options: SteeringOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #listening = new AbortController();
  #latency = startLatencyMemory(performance.now());
  #watchdog = startWatchdogMemory(performance.now());
  #cap = NO_CAP;
  #following = true;
  #target: number | null = null;

  constructor(options: SteeringOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), SAMPLE_EVERY_MS);
    const { signal } = this.#listening;
    options.audio.addEventListener('seeking', () => this.#onSeeking(), { signal });
  }

  /** The controller's target in seconds; null before the first playlist. */
  get target(): number | null {
    return this.#target;
  }

  /** See `Engine.follow`. */
  follow(following: boolean): void {
    this.#following = following;
    if (!following) this.#options.audio.playbackRate = 1;
  }

  /** See `Engine.goToLive`. */
  goToLive(secondsBefore = 0): void {
    const position = this.#options.hls.liveSyncPosition;
    if (position !== null) this.#options.audio.currentTime = position - secondsBefore;
  }

  /** See `Engine.noteStall`. */
  noteStall(): void {
    const { hls, audio } = this.#options;
    const now = performance.now();
    this.#latency = widenAfterStall(this.#latency, now);
    const details = hls.latestLevelDetails;
    const waiting = details === null ? 0 : details.partEnd - bufferEnd(audio.buffered);
    if (waiting >= (details?.partTarget || Number.POSITIVE_INFINITY)) this.#setCap(lowerCap(hls.loadLevel, now));
  }

  /** Stops steering and leaves the rate at 1. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#listening.abort();
    this.#options.audio.playbackRate = 1;
  }

  #look(): void {
    const { hls, audio } = this.#options;
    const details = hls.latestLevelDetails;
    if (details === null || audio.readyState === HTMLMediaElement.HAVE_NOTHING) return;
    const partTarget = details.partTarget;
    if (!details.live || !partTarget) {
      audio.playbackRate = 1;
      return;
    }
    if (audio.paused) {
      this.#latency = forgetSamples(this.#latency);
      this.#watchdog = startWatchdogMemory(performance.now());
      return;
    }
    this.#setCap(relaxCap(this.#cap, { highest: hls.levels.length - 1, at: performance.now() }));
    const forward = forwardBuffer(audio.buffered, audio.currentTime);
    if (this.#following) this.#steer(forward, this.#options.targetSeconds ?? targetFor(partTarget));
    if (forward < SAFE_SECONDS) this.#guard(details.partEnd, partTarget);
  }

  #setCap(cap: RenditionCap): void {
    if (cap === this.#cap) return;
    this.#cap = cap;
    this.#options.hls.autoLevelCapping = cap.level ?? -1;
  }

  #steer(forward: number, baseTarget: number): void {
    const { hls, audio } = this.#options;
    const live = hls.liveSyncPosition;
    const behind = live === null ? null : live - audio.currentTime;
    const { memory, decision } = steer(this.#latency, { at: performance.now(), forward, behind, baseTarget });
    this.#latency = memory;
    this.#target = decision.target;
    if (audio.playbackRate !== decision.rate) audio.playbackRate = decision.rate;
    if (decision.seek) this.goToLive(decision.seekOffset);
  }

  #guard(playlistEnd: number, partTarget: number): void {
    const sample = {
      at: performance.now(),
      bufferEnd: bufferEnd(this.#options.audio.buffered),
      playlistEnd,
      partTarget,
      loading: this.#options.isLoading(),
    };
    const { memory, action } = watch(this.#watchdog, sample);
    this.#watchdog = memory;
    this.#remedy(action);
  }

  #remedy(action: WatchdogAction): void {
    const { hls, audio, onStuck } = this.#options;
    if (action === 'nudge') audio.currentTime = bufferEnd(audio.buffered) + NUDGE_SECONDS;
    if (action === 'start_load') hls.startLoad();
    if (action === 'seek_live') this.goToLive();
    if (action === 'restart') onStuck();
  }

  #onSeeking(): void {
    this.#latency = forgetSamples(this.#latency);
  }
}

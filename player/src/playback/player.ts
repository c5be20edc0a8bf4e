import type { Milliseconds } from '@awaz/infra/contract';
import type { AirReport } from './air-probe.ts';
import { watchAir } from './air-watch.ts';
import type { Engine, EngineFailure, EngineOptions } from './engine.ts';
import { chooseEngine, detectAbilities, type EngineName } from './engine-choice.ts';
import { forwardBuffer } from './forward-buffer.ts';
import { type MediaAddress, stationUrl } from './media-address.ts';
import { type EngineFactory, engineFactory } from './open-engine.ts';
import {
  INITIAL_STATE,
  LIVE_WITHIN_SECONDS,
  needsEngine,
  type PlaybackEvent,
  type PlaybackState,
  transition,
  wantsSound,
  watchesAir,
} from './playback-state.ts';
import type { PlayerSnapshot } from './player-snapshot.ts';
import { reconnectWait } from './reconnect-schedule.ts';
import { rememberSession, sessionOf } from './session-memory.ts';
import { StallMeter } from './stall-meter.ts';
import { TimedProgramme } from './timed-programme.ts';
import { wait } from './wait.ts';

/** Paused longer than this, the player gives back network and media pipeline; Play then joins at live. */
const RELEASE_AFTER_MS: Milliseconds = 30_000;

/** A connect that has no sound after this long is given up and tried anew, in ms. */
const CONNECT_AT_MOST_MS: Milliseconds = 20_000;

/** How often latency is looked at to tell `live` from `behind`, in ms. */
const FIGURES_EVERY_MS = 250;

/** What a player is made of. It borrows the audio element. */
export type PlayerOptions = {
  station: string;
  audio: HTMLAudioElement;
  /** Forces an engine by name, like `?engine=` does; what is no name is ignored. */
  engine?: string | null;
  /** Forces the controller's target, in seconds. */
  targetSeconds?: number | undefined;
  /** What opens a private station, as it is at the moment: a listen token or an access token. */
  token?: () => string | undefined;
  /** Called after each change of state; figures change without it. */
  onChange: () => void;
};

/** Plays one station on one audio element and keeps at it: reconnects, notices ends and new broadcasts. */
export class Player {
  readonly station: string;
  readonly audio: HTMLAudioElement;
  readonly engineName: EngineName;
  /** What is audible at the playhead. Engines that cannot read it from the playlist need it from `stream:metadata` events. */
  readonly programme = new TimedProgramme(() => ({ audio: this.audio, playingAt: this.#playingAt }));
  readonly #options: PlayerOptions;
  readonly #stalls: StallMeter;
  readonly #life = new AbortController();
  readonly #figuresTimer: ReturnType<typeof setInterval>;
  #stateLife = new AbortController();
  #engineLife = new AbortController();
  #engine: Engine | undefined;
  #state: PlaybackState = INITIAL_STATE;
  #since = Date.now();
  #onAir: boolean | null = null;
  #address: MediaAddress | undefined;
  #session: string;
  #endedBroadcastId: string | undefined;
  #doubtsAir = false;
  #following = true;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.station = options.station;
    this.audio = options.audio;
    this.engineName = chooseEngine(detectAbilities(), options.engine);
    this.#session = sessionOf(options.station);
    this.#stalls = new StallMeter(options.audio, {
      onFlow: () => this.#dispatch({ type: 'playing' }),
      onStall: () => this.#engine?.noteStall(),
      onLongWait: () => this.#dispatch({ type: 'stalled' }),
    });
    this.#figuresTimer = setInterval(() => this.#lookAtLatency(), FIGURES_EVERY_MS);
    this.#listen();
    this.#enterState(0);
  }

  /** Where the player is. */
  get state(): PlaybackState {
    return this.#state;
  }

  /** When it got there, in ms since 1970. */
  get since(): Milliseconds {
    return this.#since;
  }

  /** Whether the station is on air; null while nobody has said. */
  get onAir(): boolean | null {
    return this.#onAir;
  }

  get #url(): string {
    return stationUrl(this.station, this.#session, this.#options.token?.());
  }

  get #playingAt(): number | null {
    return this.#engine?.figures().playingAt ?? null;
  }

  /** Figures of this moment. */
  snapshot(): PlayerSnapshot {
    const figures = this.#engine?.figures();
    const target = figures?.targetSeconds ?? null;
    const playingAt = this.#playingAt;
    return {
      state: this.#state.kind,
      engine: this.engineName,
      onAir: this.#onAir,
      broadcastId: this.#address?.broadcastId ?? null,
      session: this.#session,
      latencyMs: playingAt === null ? null : Math.round(Date.now() - playingAt),
      behindSeconds: figures?.behindSeconds ?? null,
      bufferMs: Math.round(forwardBuffer(this.audio.buffered, this.audio.currentTime) * 1000),
      targetMs: target === null ? null : Math.round(target * 1000),
      rate: this.audio.playbackRate,
      kbps: figures?.kbps ?? null,
      stalls: this.#stalls.count,
      stalledMs: Math.round(this.#stalls.totalMs),
    };
  }

  /** Starts, goes on, tries again, or waits for the station: whatever Play means in this state. */
  play(): void {
    if (this.#state.kind === 'behind' && this.#state.paused) {
      this.#follow((this.#engine?.figures().behindSeconds ?? 0) <= LIVE_WITHIN_SECONDS);
    }
    this.#dispatch({ type: 'play' });
  }

  /** Pauses, cancels a connect, or stops waiting for the station. */
  pause(): void {
    this.#dispatch({ type: 'pause' });
  }

  /** Play or pause, as the main button does. */
  toggle(): void {
    if (wantsSound(this.#state)) this.pause();
    else this.play();
  }

  /** Leaves what was missed and joins the live edge. */
  goToLive(): void {
    this.#follow(true);
    this.#engine?.goToLive();
    if (this.#state.kind === 'behind' && this.#state.paused) this.play();
  }

  /** Tells what the station's page data say, as long as the origin itself was not asked. */
  noteAir(onAir: boolean): void {
    if (this.#onAir !== null) return;
    this.#doubtsAir = !onAir;
    this.#setAir(onAir);
  }

  /** Asks the origin whether the station is on air, within `withinMs`, where that matters: somebody says that it changed. */
  askAboutAir(withinMs: Milliseconds): void {
    if (watchesAir(this.#state)) this.#enterState(Math.random() * withinMs);
  }

  /** There is a token now that was not there before: a station that seemed unknown is asked for again. */
  admit(): void {
    this.#dispatch({ type: 'admitted' });
  }

  /** Stops all of it and leaves the audio element empty. Idempotent. */
  close(): void {
    clearInterval(this.#figuresTimer);
    this.#life.abort();
    this.#stateLife.abort();
    this.#stalls.close();
    this.programme.close();
    this.#closeEngine();
  }

  #dispatch(event: PlaybackEvent): void {
    const before = this.#state;
    const next = transition(before, event);
    if (next === before || this.#life.signal.aborted) return;
    this.#state = next;
    this.#since = Date.now();
    if (needsEngine(next)) {
      if (!needsEngine(before)) this.#openEngine();
      else if (wantsSound(next) !== wantsSound(before)) this.#applyPause(!wantsSound(next));
    } else this.#closeEngine();
    this.#enterState(this.#firstQuestionAfter());
    this.#options.onChange();
  }

  /** When to ask the origin first in a new state: at once what only the page data said, soon after an end. */
  #firstQuestionAfter(): Milliseconds {
    if (this.#doubtsAir || this.#onAir === null) return 0;
    return this.#state.kind === 'ended' ? 300 : 3000;
  }

  /** Starts what a state does by the clock alone; leaving the state ends it. */
  #enterState(firstWaitMs: Milliseconds): void {
    this.#stateLife.abort();
    this.#stateLife = new AbortController();
    const { signal } = this.#stateLife;
    const state = this.#state;
    const after = (ms: Milliseconds, act: () => void) => void wait(ms, signal).then(() => !signal.aborted && act());
    if (state.kind === 'connecting') after(CONNECT_AT_MOST_MS, () => this.#outage('network'));
    if (state.kind === 'reconnecting') after(state.retryAt - Date.now(), () => this.#dispatch({ type: 'retry' }));
    if (state.kind === 'behind' && state.paused) after(RELEASE_AFTER_MS, () => this.#dispatch({ type: 'released' }));
    if (!watchesAir(state)) return;
    const probe = () => ({
      url: this.#url,
      endedBroadcastId: this.#endedBroadcastId,
      checkEnd: this.#doubtsAir,
    });
    void watchAir({ probe, firstWaitMs, signal, onReport: (report) => this.#onReport(report) });
  }

  #onReport(report: AirReport): void {
    if (report.air === 'unknown_station') this.#dispatch({ type: 'failed', fault: 'unknown_station' });
    if (report.air === 'off') this.#setAir(false);
    if (report.air !== 'on') return;
    this.#doubtsAir = false;
    this.#setAddress(report.address);
    this.#setAir(true);
  }

  #setAir(onAir: boolean): void {
    const changed = this.#onAir !== onAir;
    this.#onAir = onAir;
    const before = this.#state;
    this.#dispatch({ type: 'air', onAir });
    if (changed && before === this.#state) this.#options.onChange();
  }

  #setAddress(address: MediaAddress): void {
    if (this.#address !== undefined && this.#address.broadcastId !== address.broadcastId) this.programme.clear();
    this.#address = address;
    this.#session = address.session;
    rememberSession(this.station, address.session);
  }

  #openEngine(): void {
    this.#engineLife.abort();
    this.#engineLife = new AbortController();
    const { signal } = this.#engineLife;
    this.#following = true;
    const options: EngineOptions = {
      audio: this.audio,
      url: this.#url,
      targetSeconds: this.#options.targetSeconds,
      events: {
        onAddress: (address) => this.#onAddress(address),
        onEnded: () => !signal.aborted && this.#onEnded(),
        onFailure: (failure) => !signal.aborted && this.#onFailure(failure),
        onProgramme: (entries) => !signal.aborted && this.programme.take(entries),
      },
    };
    const adopt = (open: EngineFactory) => {
      if (!signal.aborted) this.#adopt(open(options));
    };
    const factory = engineFactory(this.engineName);
    if (!(factory instanceof Promise)) adopt(factory);
    else factory.then(adopt, () => options.events.onFailure({ kind: 'network' }));
  }

  #adopt(engine: Engine): void {
    this.#engine = engine;
    this.#applyPause(!wantsSound(this.#state));
  }

  #closeEngine(): void {
    this.#engineLife.abort();
    this.#engine?.close();
    this.#engine = undefined;
  }

  #onAddress(address: MediaAddress): void {
    this.#setAddress(address);
    if (address.broadcastId === this.#endedBroadcastId) this.#onEnded();
    else this.#setAir(true);
  }

  #onEnded(): void {
    this.#endedBroadcastId = this.#address?.broadcastId;
    this.#onAir = false;
    this.#dispatch({ type: 'stream_ended' });
  }

  #onFailure(failure: EngineFailure): void {
    switch (failure.kind) {
      case 'off_air':
        this.#setAir(false);
        break;
      case 'unsupported':
        this.#dispatch({ type: 'failed', fault: 'codec_unsupported' });
        break;
      case 'refused':
        this.#dispatch({ type: 'failed', fault: 'geo_or_private' });
        break;
      case 'capacity':
        this.#outage('capacity', failure.retryAfterMs);
        break;
      case 'network':
        this.#outage('network');
    }
  }

  #outage(cause: 'network' | 'capacity', waitMs?: Milliseconds): void {
    const tried = this.#state.kind === 'connecting' ? this.#state.attempt : 0;
    const retryAt = Date.now() + (waitMs ?? reconnectWait(tried + 1, Math.random));
    this.#dispatch({ type: 'outage', retryAt, cause });
  }

  #applyPause(paused: boolean): void {
    if (paused) this.audio.pause();
    else this.audio.play().catch((error: unknown) => this.#onPlayRefused(error));
  }

  #onPlayRefused(error: unknown): void {
    const blocked = error instanceof DOMException && error.name === 'NotAllowedError';
    if (blocked) this.#dispatch({ type: 'autoplay_blocked' });
  }

  #follow(following: boolean): void {
    this.#following = following;
    this.#engine?.follow(following);
  }

  #lookAtLatency(): void {
    const behindSeconds = this.#engine?.figures().behindSeconds;
    if (typeof behindSeconds !== 'number' || this.audio.paused) return;
    if (!this.#following && behindSeconds <= LIVE_WITHIN_SECONDS) this.#follow(true);
    this.#dispatch({ type: 'latency', behindSeconds, following: this.#following });
  }

  #listen(): void {
    const { signal } = this.#life;
    this.audio.addEventListener('canplay', () => this.#playAgain(), { signal });
    this.audio.addEventListener('pause', () => this.#onForeignPause(), { signal });
    addEventListener('offline', () => this.#outage('network'), { signal });
    addEventListener('online', () => this.#dispatch({ type: 'online' }), { signal });
    // Whoever looks again wants to know at once.
    document.addEventListener('visibilitychange', () => document.hidden || this.askAboutAir(0), { signal });
  }

  /** A media pipeline that was built anew comes up paused. */
  #playAgain(): void {
    if (this.#engine !== undefined && this.audio.paused && wantsSound(this.#state)) this.#applyPause(false);
  }

  /** The system paused us: headphones pulled out, a call, another tab's sound. */
  #onForeignPause(): void {
    if (this.#engine === undefined || this.audio.ended || this.#state.kind === 'connecting') return;
    if (wantsSound(this.#state)) this.pause();
  }
}

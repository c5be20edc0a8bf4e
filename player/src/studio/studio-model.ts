import { batch, computed, signal } from '@preact/signals';
import { AirSession, type AirView, OFF_AIR, type Outcome } from './air-session.ts';
import type { CaptureWish } from './capture.ts';
import { LevelMeter } from './level-meter.ts';
import { MeterBallistics } from './meter-scale.ts';
import { Microphone, type MicrophoneDevice, type MicrophoneState } from './microphone.ts';
import { ScreenLock } from './screen-lock.ts';
import { SignalWatch } from './signal-watch.ts';
import { recallSound, rememberSound, type SoundChoice } from './sound-memory.ts';
import { PRESETS, type SoundPreset } from './sound-preset.ts';
import { type StudioAlarm, worstAlarm } from './studio-alarm.ts';
import { isOnAir, lampsOf } from './studio-lamps.ts';
import { keepLiveMark, type LiveMark, readLiveMark, type StudioAccess, type TabStorage } from './studio-link.ts';
import { studioMessage } from './studio-message.ts';
import { t } from './words.ts';

/** How often figures are drawn, in ms. */
const TICK_MS = 250;

/** Where a studio is. */
export type StudioPlace = {
  link: StudioAccess;
  server: string;
  storage: TabStorage;
  /** The capture to use, if the browser can. */
  capture: CaptureWish;
};

/** Everything the studio shows, as signals, and everything one can do there. `close` frees microphone and connection. */
export class StudioModel {
  /** The station's slug. */
  readonly station: string;
  /** What the meter draws; read it for each frame. */
  readonly ballistics = new MeterBallistics();
  readonly microphone = signal<MicrophoneState>({ kind: 'asking' });
  readonly devices = signal<MicrophoneDevice[]>([]);
  readonly sound = signal<SoundChoice>(recallSound());
  readonly air = signal<AirView>(OFF_AIR);
  readonly now = signal(Date.now());
  readonly isLive = computed(() => !['idle', 'ended', 'failed'].includes(this.air.value.state));
  readonly canGoLive = computed(() => this.microphone.value.kind === 'open' && !this.isLive.value);
  readonly lamps = computed(() => {
    return lampsOf({ microphone: this.microphone.value, hasSignal: this.#hasSignal.value, air: this.air.value });
  });
  readonly isOnAir = computed(() => isOnAir(this.lamps.value));
  readonly message = computed(() =>
    studioMessage({
      isOnline: this.#isOnline.value,
      microphone: this.microphone.value,
      alarm: this.#alarm.value,
      air: this.air.value,
      airStateMs: this.now.value - this.#airStateSince.value,
      outcome: this.#outcome.value,
      isResumable: this.#resumable.value !== undefined && !this.isLive.value,
    }),
  );

  readonly #place: StudioPlace;
  readonly #hasSignal = signal(false);
  readonly #alarm = signal<StudioAlarm | undefined>(undefined);
  readonly #outcome = signal<Outcome | undefined>(undefined);
  readonly #isOnline = signal(navigator.onLine);
  readonly #resumable = signal<LiveMark | undefined>(undefined);
  readonly #airStateSince = signal(Date.now());
  readonly #watch = new SignalWatch();
  readonly #meter: LevelMeter;
  readonly #microphone: Microphone;
  readonly #listening = new AbortController();
  #measured: MediaStream | undefined;
  #session: AirSession | undefined;
  #lock: ScreenLock | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(place: StudioPlace) {
    this.#place = place;
    this.station = place.link.station;
    this.#resumable.value = readLiveMark(place.storage, this.station, Date.now());
    this.#meter = new LevelMeter((reading) => {
      const now = Date.now();
      this.ballistics.take(reading, now);
      this.#watch.take(reading, now);
    });
    this.#microphone = new Microphone((state, devices) => this.#microphoneChanged(state, devices));
  }

  /** Finds out about microphones, opens one if the browser does not have to ask, and begins to measure. */
  async start(): Promise<void> {
    const { signal: until } = this.#listening;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    window.addEventListener('online', () => this.#networkChanged(), { signal: until });
    window.addEventListener('offline', () => this.#networkChanged(), { signal: until });
    window.addEventListener('beforeunload', (event) => this.isLive.value && event.preventDefault(), { signal: until });
    for (const name of ['pointerdown', 'keydown'] as const) {
      window.addEventListener(name, () => void this.#meter.resume(), { signal: until, passive: true });
    }
    await this.#microphone.prepare();
    const state = this.microphone.value;
    if (state.kind === 'closed' && state.canAskSilently) await this.openMicrophone();
  }

  /** Opens the chosen microphone; the browser may ask. */
  async openMicrophone(): Promise<void> {
    await this.#microphone.open(this.sound.value);
  }

  /** Chooses a microphone; live, the broadcast goes on with it. */
  async chooseDevice(deviceId: string): Promise<void> {
    this.#choose({ ...this.sound.value, deviceId: deviceId === '' ? undefined : deviceId });
    await this.openMicrophone();
  }

  /** Chooses what will be heard; off air only. */
  async choosePreset(preset: SoundPreset): Promise<void> {
    this.#choose({ ...this.sound.value, preset });
    if (['open', 'asking'].includes(this.microphone.value.kind)) await this.openMicrophone();
  }

  /** Goes on air: on with the broadcast that this tab was on before the page was left, if it was, else a new one. */
  async goLive({ takeover = false } = {}): Promise<void> {
    if (this.isLive.value) return;
    if (this.microphone.value.kind !== 'open') await this.openMicrophone();
    const stream = this.#microphone.stream;
    if (stream === undefined) return;
    const { link, server, storage, capture } = this.#place;
    this.#outcome.value = undefined;
    this.#session = new AirSession({
      link,
      server,
      takeover,
      capture,
      resume: this.#resumable.value,
      over: (outcome) => this.#over(outcome),
      mark: (mark) => keepLiveMark(storage, mark),
    });
    this.#resumable.value = undefined;
    this.#lock = new ScreenLock();
    await this.#record(stream);
    this.#tick();
  }

  /** Ends the broadcast after what is left was delivered. */
  async stop(): Promise<void> {
    const ending = this.#session?.end();
    this.#tick();
    await ending;
  }

  /** Frees everything; a broadcast on air is left to the server, which waits for 60 s. May be called again. */
  close(): void {
    clearInterval(this.#timer);
    this.#listening.abort();
    this.#session?.close();
    this.#lock?.close();
    this.#meter.close();
    this.#microphone.close();
  }

  #choose(choice: SoundChoice): void {
    this.sound.value = choice;
    rememberSound(choice);
  }

  #microphoneChanged(state: MicrophoneState, devices: MicrophoneDevice[]): void {
    this.microphone.value = state;
    this.devices.value = devices;
    const stream = this.#microphone.stream;
    if (state.kind !== 'open' || stream === undefined || stream === this.#measured) return;
    this.#measured = stream;
    this.#watch.reset();
    void this.#meter.measure(stream);
    void this.#record(stream);
  }

  async #record(stream: MediaStream): Promise<void> {
    const { bitsPerSecond, channels } = PRESETS[this.sound.value.preset];
    try {
      await this.#session?.record({ stream, channels, bitsPerSecond });
    } catch (error) {
      this.#session?.close();
      this.#over({ kind: 'failed', code: undefined, message: t('refused.recorder', { why: String(error) }) });
    }
  }

  #networkChanged(): void {
    this.#isOnline.value = navigator.onLine;
    if (navigator.onLine) this.#session?.retryNow();
  }

  #over(outcome: Outcome): void {
    this.#session = undefined;
    this.#lock?.close();
    keepLiveMark(this.#place.storage, undefined);
    this.#outcome.value = outcome;
    this.#tick();
  }

  #tick(): void {
    batch(() => {
      const now = Date.now();
      const air = this.#session?.view(now) ?? OFF_AIR;
      if (air.state !== this.air.value.state) this.#airStateSince.value = now;
      this.air.value = air;
      this.now.value = now;
      this.#hasSignal.value = this.#watch.hasSignal(now);
      this.#alarm.value = worstAlarm(this.#watch.alarm(now, air.isOnAir), air.alarms);
    });
  }
}

import type { ProgrammeMetadata } from '@awaz/infra/contract';
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import {
  bindMediaKeys,
  describeToSystem,
  exposePlayer,
  type PlaybackState,
  Player,
  type PlayerSnapshot,
  prefetchEngine,
  recallVolume,
  reportToSystem,
  setVolume,
} from '../playback/index.ts';
import { whenIdle } from '../ui/when-idle.ts';
import type { LiveSide } from './live-side.tsx';
import { fetchStation, type StationData } from './station-data.ts';
import { VisitorRight } from './visitor-right.ts';

/** How often figures and countdowns are drawn, in ms. */
const TICK_MS = 500;

/** How often the API is asked for the station, in ms; the sound itself does not depend on it. */
const STATION_EVERY_MS = 30_000;

/** What the page plays, on what, and the wishes in its address. */
export type ListenPlace = { station: string; audio: HTMLAudioElement; query: URLSearchParams };

/** Everything the listener page shows, as signals, and everything one can do there. */
export type ListenModel = ReturnType<typeof createListenModel>;

/** Makes the page's player and model; they live as long as the page. */
export function createListenModel({ station, audio, query }: ListenPlace) {
  const playback = signal<{ state: PlaybackState; since: number; onAir: boolean | null }>();
  const figures = signal<PlayerSnapshot>();
  const now = signal(Date.now());
  const programme = signal<ProgrammeMetadata | null>(null);
  const data = signal<StationData | 'unknown' | undefined>(undefined);
  const volume = followVolume(audio);
  const live = signal<LiveSide>(); // undefined until its code has come
  const right = new VisitorRight(query, live);

  const player = new Player({
    station,
    audio,
    engine: query.get('engine'),
    targetSeconds: targetOf(query.get('target')),
    token: () => right.token,
    onChange: () => update(),
  });
  const tick = () => {
    now.value = Date.now();
    figures.value = player.snapshot();
  };
  const update = () => {
    playback.value = { state: player.state, since: player.since, onAir: player.onAir };
    tick();
    reportToSystem(player);
  };

  player.programme.listen((now) => {
    programme.value = now;
  });
  setInterval(() => document.hidden || tick(), TICK_MS);
  exposePlayer(player);
  bindMediaKeys(player);
  update();
  keepDescribed(station, data);
  const ask = keepStationData({ station, right, onAnswer: (answer) => (data.value = answer), player });
  const openLive = openLiveSoon({ player, live, listenToken: right.listenToken });
  right.seek({ playback, player, ask, openLive });

  return {
    station,
    player,
    playback,
    figures,
    now,
    data,
    /** What is audible at the playhead. */
    programme,
    volume,
    live,
    /** The token of the link that the page was opened by. */
    listenToken: right.listenToken,
    /** The visitor is about to press Play: fetch what that will need. */
    prepare: () => prefetchEngine(player.engineName),
    setVolume: (level: number) => setVolume(audio, level),
    toggleMute: () => {
      audio.muted = !audio.muted;
    },
  };
}

/** Tells lock screens and media keys what the station is, as far as it is known. */
function keepDescribed(station: string, data: ReadonlySignal<StationData | 'unknown' | undefined>): void {
  effect(() => {
    const known = data.value;
    const { title, show, artwork } = typeof known === 'object' ? known : { title: station, show: null, artwork: null };
    describeToSystem({ show: show ?? title, station: title, artwork });
  });
}

/** A target in seconds from the address, when it is a sensible one. */
export function targetOf(text: string | null): number | undefined {
  const seconds = Number(text ?? Number.NaN);
  return seconds >= 0.05 && seconds <= 10 ? seconds : undefined;
}

/** The volume of the page, as it was left last time. */
function followVolume(audio: HTMLAudioElement) {
  const volume = signal({ level: recallVolume(), muted: false });
  audio.volume = volume.value.level;
  audio.addEventListener('volumechange', () => {
    volume.value = { level: audio.volume, muted: audio.muted };
  });
  return volume;
}

type LiveOpening = { player: Player; live: Signal<LiveSide | undefined>; listenToken: string | undefined };

/** Fetches what is live at the first sound or when the page is idle; when that fails, at the next sound. Gives what does it now. */
function openLiveSoon({ player, live, listenToken }: LiveOpening): () => void {
  let isOpening = false;
  const open = async () => {
    if (isOpening) return;
    isOpening = true;
    try {
      const { openLiveSide } = await import('./live-side.tsx');
      live.value = openLiveSide({ station: player.station, player, listenToken });
    } catch {
      isOpening = false;
    }
  };
  player.audio.addEventListener('playing', () => void open());
  whenIdle(() => void open());
  return () => void open();
}

/** Asks for the station now and then; gives what asks at once. */
function keepStationData(options: {
  station: string;
  player: Player;
  right: VisitorRight;
  onAnswer: (answer: StationData | 'unknown') => void;
}): () => Promise<void> {
  const { station, player, right, onAnswer } = options;
  const ask = async () => {
    const question = { signal: AbortSignal.timeout(STATION_EVERY_MS), token: right.token };
    const answer = await fetchStation(station, question);
    if (answer === 'unavailable') return;
    onAnswer(answer === 'unknown' ? answer : answer.data);
    if (answer !== 'unknown') player.noteAir(answer.data.live);
  };
  void ask();
  setInterval(() => {
    if (!document.hidden) void ask();
  }, STATION_EVERY_MS);
  return ask;
}

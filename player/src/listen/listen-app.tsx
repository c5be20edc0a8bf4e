import { useComputed } from '@preact/signals';
import { type PlaybackState, wantsSound } from '../playback/index.ts';
import { Button, PulseLine, type PulseMode, StationArt, TopBar } from '../ui/index.ts';
import { Badges } from './badges.tsx';
import type { ListenModel } from './listen-model.ts';
import { LiveDetails } from './live-details.tsx';
import { NowPlaying } from './now-playing.tsx';
import { OpenElsewhere } from './open-elsewhere.tsx';
import { PlayButton } from './play-button.tsx';
import { playerMessage, spokenMessage } from './player-message.ts';
import { Shortcuts } from './shortcuts.tsx';
import { VolumeControl } from './volume-control.tsx';
import { t } from './words.ts';

/** The whole listener page under the audio element. */
export function ListenApp({ model }: { model: ListenModel }) {
  const data = model.data.value;
  const known = typeof data === 'object' ? data : undefined;
  const state = model.playback.value?.state;
  if (state === undefined) return null;
  const missing = state.kind === 'error' && state.fault === 'unknown_station';
  const title = missing ? t('listen.no_station') : (known?.title ?? model.station);
  const live = model.live.value;
  // Whoever listens sees what is heard; whoever does not, what is on air.
  const programme = model.programme.value ?? (wantsSound(state) ? null : live?.announced.value);
  const byline = [programme?.show ?? known?.show, programme?.host ?? known?.host].filter(Boolean).join(' · ');
  return (
    <>
      <a class="skip-link" href="#player">
        {t('listen.skip')}
      </a>
      <TopBar>
        <a class="topbar-link" href="/">
          {t('listen.all_stations')}
        </a>
        {live !== undefined && <live.Account />}
      </TopBar>
      <main class="listen" data-state={state.kind}>
        <StationArt slug={model.station} title={missing ? '?' : title} dimmed={isDim(state)} artwork={known?.artwork} />
        <section class="listen-player" id="player" aria-label={t('listen.player')} tabIndex={-1}>
          <Badges model={model} />
          <h1>
            <bdi>{title}</bdi>
          </h1>
          {byline !== '' && (
            <p class="listen-byline">
              <bdi>{byline}</bdi>
            </p>
          )}
          <NowPlaying track={programme?.track} />
          <PulseLine mode={pulseOf(state)} />
          <Controls model={model} state={state} />
          <Message model={model} state={state} station={title} />
          {!missing && (
            <div class="listen-folds">
              <About text={known?.description} />
              <LiveDetails model={model} />
              <OpenElsewhere station={model.station} token={model.listenToken} />
              <Shortcuts model={model} />
            </div>
          )}
        </section>
        {!missing && <aside class="listen-side">{live !== undefined && <live.Chat />}</aside>}
      </main>
    </>
  );
}

/** What the owner says about the station. */
function About({ text }: { text: string | null | undefined }) {
  if (!text) return null;
  return (
    <details class="fold">
      <summary>{t('listen.about')}</summary>
      <p class="fold-body listen-about" dir="auto">
        {text}
      </p>
    </details>
  );
}

function Controls({ model, state }: { model: ListenModel; state: PlaybackState }) {
  const live = model.live.value;
  return (
    <div class="controls">
      <VolumeControl model={model} />
      <PlayButton state={state} onPress={() => model.player.toggle()} onIntent={model.prepare} />
      <div class="controls-end">
        {live !== undefined && <live.Like />}
        {state.kind === 'behind' && <Button onClick={() => model.player.goToLive()}>{t('player.go_live')}</Button>}
        {state.kind === 'reconnecting' && <Button onClick={() => model.player.play()}>{t('player.try_now')}</Button>}
      </div>
    </div>
  );
}

/** What is seen counts seconds; what is spoken changes with the state alone. */
function Message({ model, state, station }: { model: ListenModel; state: PlaybackState; station: string }) {
  const context = useComputed(() => ({ now: model.now.value, since: model.playback.value?.since ?? 0 }));
  const told = { ...context.value, station, hasLink: model.listenToken !== undefined };
  return (
    <div class="listen-message">
      <p aria-hidden="true">{playerMessage(state, told)}</p>
      <p class="sr-only" role="status">
        {spokenMessage(state, told)}
      </p>
    </div>
  );
}

function isDim(state: PlaybackState): boolean {
  return state.kind === 'offair' || state.kind === 'ended' || state.kind === 'error';
}

function pulseOf(state: PlaybackState): PulseMode {
  switch (state.kind) {
    case 'live':
    case 'interlude':
      return 'live';
    case 'behind':
      return state.paused ? 'quiet' : 'live';
    case 'reconnecting':
      return 'broken';
    case 'offair':
    case 'ended':
    case 'error':
      return 'flat';
    default:
      return 'quiet';
  }
}

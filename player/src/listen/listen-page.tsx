import { effect } from '@preact/signals';
import { render } from 'preact';
import { restoreTheme } from '../ui/index.ts';
import { ListenApp } from './listen-app.tsx';
import { createListenModel, type ListenModel } from './listen-model.ts';
import { trackLine } from './now-playing.tsx';

declare global {
  interface Window {
    /** Set by the page's inline script when Play was pressed before this code was there. */
    awazEarlyPlay?: boolean;
  }
}

/** The station's slug from `/s/{station}`. */
export function stationOfPath(path: string): string {
  return decodeURIComponent(path.split('/').filter(Boolean).at(-1) ?? '');
}

function start(): void {
  const page = document.getElementById('page');
  if (page === null) return;
  const audio = document.createElement('audio');
  document.body.append(audio);
  restoreTheme();
  const station = stationOfPath(location.pathname);
  const model = createListenModel({ station, audio, query: new URLSearchParams(location.search) });
  keepTitle(model);
  page.replaceChildren();
  render(<ListenApp model={model} />, page);
  if (window.awazEarlyPlay) model.player.play();
}

/** Tabs tell a station that plays from one that does not. */
function keepTitle(model: ListenModel): void {
  effect(() => {
    const data = model.data.value;
    const title = typeof data === 'object' ? data.title : model.station;
    const playing = model.playback.value?.state.kind === 'live';
    const track = model.programme.value?.track;
    const shown = track ? `${trackLine(track)} · ${title}` : title;
    document.title = `${playing ? '▶ ' : ''}${shown} · Awaz Pulse`;
  });
}

start();

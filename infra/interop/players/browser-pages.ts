import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PageFile } from './counting-proxy.ts';

/** A player that runs in a page. */
export type BrowserPlayer = {
  /** Name of its npm package. */
  package: string;
  /** How it is told apart from others of the same package. */
  setting: string;
  /** Its program, below the package's folder; defines a global. */
  script: string;
  /** Starts it: a script that may use `media`, `url`, `fatal(text)`, `warn(name)`, and sets `latencyS` when it can. */
  setUp: string;
};

const HLS_JS = (config: string) => `
const hls = new Hls(${config});
hls.on(Hls.Events.ERROR, (_, data) => (data.fatal ? fatal : warn)(data.details));
hls.loadSource(url);
hls.attachMedia(media);
hls.once(Hls.Events.MANIFEST_PARSED, () => play(media));
latencyS = () => hls.latency;`;

const SHAKA = `
shaka.polyfill.installAll();
const player = new shaka.Player();
player.addEventListener('error', ({ detail }) => (detail.severity === 2 ? fatal : warn)('code ' + detail.code));
player.configure({ streaming: { lowLatencyMode: true } });
player.attach(media)
  .then(() => player.load(url))
  .then(() => play(media))
  .catch((error) => fatal('code ' + error.code + ' ' + (error.message ?? '')));
latencyS = () => player.getStats().liveLatency;`;

const VIDEO_JS = `
const player = videojs(media, { html5: { vhs: { llhls: true, overrideNative: true }, nativeAudioTracks: false } });
player.on('error', () => fatal('code ' + player.error().code + ' ' + player.error().message));
videojs.log.history.disable();
player.src({ src: url, type: 'application/x-mpegurl' });
player.ready(() => play(player));
latencyS = () => {
  const programme = player.tech(true).vhs?.playlists?.media()?.dateTimeObject;
  return programme === undefined ? undefined : player.liveTracker.liveCurrentTime() - player.currentTime();
};`;

/** All players that are tried in a browser. */
export const BROWSER_PLAYERS = {
  hlsLow: {
    package: 'hls.js',
    setting: 'lowLatencyMode on',
    script: 'dist/hls.min.js',
    setUp: HLS_JS('{ lowLatencyMode: true }'),
  },
  hlsPlain: {
    package: 'hls.js',
    setting: 'lowLatencyMode off',
    script: 'dist/hls.min.js',
    setUp: HLS_JS('{ lowLatencyMode: false }'),
  },
  hlsLight: {
    package: 'hls.js',
    setting: 'light build, lowLatencyMode on',
    script: 'dist/hls.light.min.js',
    setUp: HLS_JS('{ lowLatencyMode: true }'),
  },
  shaka: {
    package: 'shaka-player',
    setting: 'lowLatencyMode on',
    script: 'dist/shaka-player.compiled.js',
    setUp: SHAKA,
  },
  videojs: { package: 'video.js', setting: 'llhls on', script: 'dist/video.min.js', setUp: VIDEO_JS },
} as const satisfies Record<string, BrowserPlayer>;

/** Where a player's page is, on the server that {@link pageFiles} are served from. */
export const PAGE_PATH = '/interop-page';

const SCRIPT_PATH = '/interop-player.js';

/** What `window.interop` of a player's page holds. */
export type PageState = { fatal: string[]; warnings: Record<string, number>; latencyS: number | null };

/** The page of a player and its script, by their paths. `url` is what it shall play. */
export async function pageFiles(player: BrowserPlayer, url: string): Promise<Map<string, PageFile>> {
  const script = await readFile(join(packageFolder(player.package), player.script));
  return new Map([
    [PAGE_PATH, { type: 'text/html; charset=utf-8', body: pageOf(player, url) }],
    [SCRIPT_PATH, { type: 'text/javascript; charset=utf-8', body: script }],
  ]);
}

/** Version of a player's installed package. */
export async function versionOf({ package: name }: BrowserPlayer): Promise<string> {
  const text = await readFile(join(packageFolder(name), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

function pageOf({ package: name, setUp }: BrowserPlayer, url: string): string {
  return `<!doctype html><title>${name}</title>
<audio id="media" controls></audio>
<script src="${SCRIPT_PATH}"></script>
<script>
let latencyS = () => undefined;
const state = { fatal: [], warnings: {} };
window.interop = () => ({ ...state, latencyS: latencyS() ?? null });
const fatal = (text) => state.fatal.push(String(text));
const warn = (name) => { state.warnings[name] = (state.warnings[name] ?? 0) + 1; };
const play = (player) => Promise.resolve(player.play()).catch((error) => fatal('play: ' + error.message));
const media = document.getElementById('media');
media.addEventListener('error', () => fatal('media error ' + media.error?.code + ' ' + (media.error?.message ?? '')));
const url = ${JSON.stringify(url)};
${setUp}
</script>`;
}

import type { Page } from 'playwright-core';
import { ClickEar, type HeardClick, type HeardGap } from './clicks.ts';

/** Something that happened to the audio element: `playing`, `waiting`, `ended` and the like. */
export type MediaMoment = { at: number; name: string; time: number };

/** Bytes that were given to Media Source Extensions. */
export type Append = { at: number; bytes: number };

/** A media file that was fetched: when it was asked for and when its last byte was there. */
export type MediaFetch = { url: string; requestedAt: number; at: number };

/** The state of the audio element, ten times a second: media time, seconds of buffer ahead, playback rate. */
export type PlaybackSample = { at: number; time: number; aheadS: number; rate: number };

/** All that a probe noticed; times are ms since 1970. */
export type ProbeRecord = {
  clicks: HeardClick[];
  /** Stretches of 20 ms or more without any sound, after the first sound. */
  gaps: HeardGap[];
  moments: MediaMoment[];
  appends: Append[];
  fetches: MediaFetch[];
  samples: PlaybackSample[];
};

/** A probe in a page; it stays through reloads. */
export type PageProbe = {
  /** What was noticed so far; the arrays grow. */
  readonly record: Readonly<ProbeRecord>;
};

const WORKLET = `
${ClickEar.toString()}
registerProcessor('ear', class extends AudioWorkletProcessor {
  ear = new ClickEar();
  times = new Array(64).fill(0);
  quantum = 0;
  quiet = 0;
  started = false;
  process([input]) {
    const now = Date.now();
    const samples = input[0] ?? new Float32Array(128);
    this.times[this.quantum++ & 63] = now;
    for (const sample of samples) {
      const click = this.ear.hear(sample, sampleRate);
      if (click) this.port.postMessage({ kind: 'clicks', at: this.times[(click.frame >> 7) & 63], hz: click.hz });
      if (Math.abs(sample) > 0.0015) this.sound(now);
      else this.quiet++;
    }
    return true;
  }
  sound(now) {
    const ms = (this.quiet * 1000) / sampleRate;
    if (this.started && ms >= 20) this.port.postMessage({ kind: 'gaps', at: now - ms, ms });
    this.started = true;
    this.quiet = 0;
  }
});
`;

/** What both probes need in the page: a worklet to listen with and a way to tell what was heard. */
const COMMON = `
const waiting = [];
const report = (entry) => waiting.push(entry);
setInterval(() => { if (waiting.length > 0) window.awazProbe(waiting.splice(0)); }, 100);
let context;
async function ear(sourceIn) {
  if (context === undefined) {
    const fresh = new AudioContext({ latencyHint: 'interactive' });
    const code = URL.createObjectURL(new Blob([${JSON.stringify(WORKLET)}], { type: 'text/javascript' }));
    context = fresh.audioWorklet.addModule(code).then(() => fresh.resume()).then(() => fresh);
  }
  const ready = await context;
  const node = new AudioWorkletNode(ready, 'ear', { channelCount: 1, channelCountMode: 'explicit' });
  node.port.onmessage = ({ data }) => report(data);
  sourceIn(ready).connect(node).connect(ready.destination);
}
`;

const MICROPHONE = `(() => {
${COMMON}
const ask = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (...wishes) {
  const stream = await ask.apply(this, wishes);
  if (stream.getAudioTracks().length > 0) await ear((ready) => ready.createMediaStreamSource(stream));
  return stream;
};
})()`;

const PLAYER = `(() => {
${COMMON}
const attached = new WeakSet();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!attached.has(this)) attach(this);
  return play.call(this);
};
function attach(media) {
  attached.add(media);
  ear((ready) => ready.createMediaElementSource(media));
  for (const name of ['playing', 'waiting', 'ended', 'pause', 'emptied', 'seeking', 'error']) {
    media.addEventListener(name, () => report({ kind: 'moments', at: Date.now(), name, time: media.currentTime }));
  }
  setInterval(() => {
    const { buffered, currentTime: time, playbackRate: rate } = media;
    const aheadS = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1) - time;
    report({ kind: 'samples', at: Date.now(), time, aheadS, rate });
  }, 100);
}
const append = SourceBuffer.prototype.appendBuffer;
SourceBuffer.prototype.appendBuffer = function (data) {
  const bytes = data.byteLength;
  this.addEventListener('updateend', () => report({ kind: 'appends', at: Date.now(), bytes }), { once: true });
  return append.call(this, data);
};
new PerformanceObserver((list) => {
  for (const { name: url, requestStart, responseEnd } of list.getEntries()) {
    const since = performance.timeOrigin;
    if (url.includes('.m4s')) report({ kind: 'fetches', url, requestedAt: since + requestStart, at: since + responseEnd });
  }
}).observe({ type: 'resource', buffered: true });
})()`;

/** Listens to what the page gets from the microphone. To be called before the page is opened. */
export function probeMicrophone(page: Page): Promise<PageProbe> {
  return install(page, MICROPHONE);
}

/** Listens to what the page's audio element plays. To be called before the page is opened. */
export function probePlayer(page: Page): Promise<PageProbe> {
  return install(page, PLAYER);
}

async function install(page: Page, script: string): Promise<PageProbe> {
  const record: ProbeRecord = { clicks: [], gaps: [], moments: [], appends: [], fetches: [], samples: [] };
  await page.exposeFunction('awazProbe', (entries: ({ kind: keyof ProbeRecord } & Record<string, unknown>)[]) => {
    for (const { kind, ...entry } of entries) (record[kind] as unknown[]).push(entry);
  });
  await page.addInitScript({ content: script });
  return { record };
}

/** A time during which nothing was played although it should have been. */
export type Stall = { at: number; ms: number };

/**
 * Waits of the element after it first played: from `waiting` to the next `playing`. Shorter than one picture frame
 * (16 ms) is not heard and not counted.
 */
export function stallsIn(moments: readonly MediaMoment[]): Stall[] {
  const stalls: Stall[] = [];
  let played = false;
  let since: number | undefined;
  for (const { name, at } of moments) {
    if (name === 'playing') {
      if (since !== undefined && at - since > 16) stalls.push({ at: since, ms: at - since });
      since = undefined;
      played = true;
    } else if (name === 'waiting' && played) since ??= at;
    else if (name === 'pause' || name === 'emptied' || name === 'ended') since = undefined;
  }
  return stalls;
}

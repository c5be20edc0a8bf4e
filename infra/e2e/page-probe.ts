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

/** Hears clicks and holes in a stream of samples; its source text runs in pages and in audio worklets. */
const EAR = `
${ClickEar.toString()}
class Ear {
  clicks = new ClickEar();
  frame = 0;
  quiet = 0;
  started = false;
  constructor(rate, report) { this.rate = rate; this.report = report; }
  /** Takes samples; timeOf(frame) is when a frame was heard, in ms since 1970. */
  take(samples, timeOf) {
    for (const sample of samples) {
      const click = this.clicks.hear(sample, this.rate);
      if (click) this.report({ kind: 'clicks', at: timeOf(click.frame), hz: click.hz });
      if (Math.abs(sample) > 0.0015) this.sound(timeOf);
      else this.quiet++;
      this.frame++;
    }
  }
  sound(timeOf) {
    const ms = (this.quiet * 1000) / this.rate;
    if (this.started && ms >= 20) this.report({ kind: 'gaps', at: timeOf(this.frame) - ms, ms });
    this.started = true;
    this.quiet = 0;
  }
}
`;

/** Stamps by the clock: what is rendered now is heard now. */
const WORKLET = `
${EAR}
registerProcessor('ear', class extends AudioWorkletProcessor {
  ear = new Ear(sampleRate, (entry) => this.port.postMessage(entry));
  times = new Array(64).fill(0);
  process([input]) {
    const samples = input[0] ?? new Float32Array(128);
    this.times[(this.ear.frame >> 7) & 63] = Date.now();
    this.ear.take(samples, (frame) => this.times[(frame >> 7) & 63]);
    return true;
  }
});
`;

/** How both probes tell what they noticed. */
const COMMON = `
const waiting = [];
const report = (entry) => waiting.push(entry);
setInterval(() => { if (waiting.length > 0) window.awazProbe(waiting.splice(0)); }, 100);
`;

/**
 * The track's own audio data is looked at: a MediaStreamAudioSourceNode would hear it some 50 ms later than it was
 * captured. A sample is stamped with the time at which it would be here if its data came without any delay.
 */
const MICROPHONE = `(() => {
${COMMON}
${EAR}
async function listen(track) {
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 500 }).readable.getReader();
  let ear;
  let leastDelay = Infinity;
  for (;;) {
    const { value: data, done } = await reader.read();
    if (done) return;
    ear ??= new Ear(data.sampleRate, report);
    const captured = data.timestamp / 1000;
    const now = performance.timeOrigin + performance.now();
    leastDelay = Math.min(leastDelay + 0.001, now - captured - (data.numberOfFrames * 1000) / data.sampleRate);
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    data.close();
    const first = ear.frame;
    ear.take(samples, (frame) => captured + leastDelay + ((frame - first) * 1000) / ear.rate);
  }
}
const ask = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (...wishes) {
  const stream = await ask.apply(this, wishes);
  for (const track of stream.getAudioTracks()) listen(track);
  return stream;
};
})()`;

const PLAYER = `(() => {
${COMMON}
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
export async function probePlayer(page: Page): Promise<PageProbe> {
  // The probe's worklet comes from a blob, which the page's own policy would not let run.
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
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

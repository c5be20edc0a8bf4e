import type { Page } from 'playwright-core';

/** A tone that began, or a title of the page, and when; ms since 1970 on the page's own clock. */
export type Noticed = { at: number; what: string };

/** What a page was heard and seen to do; the arrays grow. */
export type ToneAndTitle = { tones: Noticed[]; titles: Noticed[] };

/** Tells the pitch of each 10 ms by its zero crossings, and reports when it has changed for three of them. */
const WORKLET = `
registerProcessor('pitch', class extends AudioWorkletProcessor {
  frames = 0; crossings = 0; positive = true; begun = 0; heard = ''; next = ''; since = 0; count = 0;
  process([input]) {
    const now = Date.now();
    for (const sample of input[0] ?? []) {
      if (this.frames === 0) this.begun = now;
      if (sample > 0 !== this.positive) { this.positive = !this.positive; this.crossings++; }
      if (++this.frames * 100 >= sampleRate) this.window();
    }
    return true;
  }
  window() {
    const what = this.crossings < 4 ? '' : this.crossings < 20 ? 'low' : 'high';
    if (what !== this.next) { this.next = what; this.since = this.begun; this.count = 0; }
    if (++this.count === 3 && what !== this.heard) {
      this.heard = what;
      this.port.postMessage({ at: this.since, what });
    }
    this.frames = 0; this.crossings = 0;
  }
});
`;

const SCRIPT = `(() => {
const attached = new WeakSet();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!attached.has(this)) attach(this);
  return play.call(this);
};
async function attach(media) {
  attached.add(media);
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([${JSON.stringify(WORKLET)}], { type: 'text/javascript' })));
  await context.resume();
  const node = new AudioWorkletNode(context, 'pitch', { channelCount: 1, channelCountMode: 'explicit' });
  node.port.onmessage = ({ data }) => window.awazNoticed('tones', data);
  context.createMediaElementSource(media).connect(node).connect(context.destination);
}
document.addEventListener('DOMContentLoaded', () => {
  const seen = () => window.awazNoticed('titles', { at: Date.now(), what: document.title });
  new MutationObserver(seen).observe(document.head, { childList: true, subtree: true, characterData: true });
});
})()`;

/** Listens to the pitch of what a page plays and watches its title. To be called before the page is opened. */
export async function watchToneAndTitle(page: Page): Promise<ToneAndTitle> {
  const noticed: ToneAndTitle = { tones: [], titles: [] };
  // The worklet comes from a blob, which the page's own policy would not let run.
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.exposeFunction('awazNoticed', (kind: keyof ToneAndTitle, one: Noticed) => noticed[kind].push(one));
  await page.addInitScript({ content: SCRIPT });
  return noticed;
}

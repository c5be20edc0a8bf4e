import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { launchChromium, until, wavOf } from '../testkit/index.ts';
import { clickCycle, clickIdOf, clicksIn, matchClicks } from './clicks.ts';
import { probeMicrophone, probePlayer, stallsIn } from './page-probe.ts';

/** A page that records its microphone for another page of the same browser, and one that plays it. */
const RECORDS = `<!doctype html><script>
const wire = new BroadcastChannel('wire');
navigator.mediaDevices
  .getUserMedia({ audio: { autoGainControl: false, noiseSuppression: false, echoCancellation: false } })
  .then((stream) => {
    const recorder = new MediaRecorder(stream, { mimeType: 'audio/webm;codecs=opus' });
    recorder.ondataavailable = async ({ data }) => wire.postMessage(await data.arrayBuffer());
    wire.onmessage = () => recorder.start(20);
    wire.postMessage('here');
  });
</script>`;
const PLAYS = `<!doctype html><audio></audio><script>
const wire = new BroadcastChannel('wire');
const audio = document.querySelector('audio');
const media = new MediaSource();
audio.src = URL.createObjectURL(media);
media.onsourceopen = () => {
  const buffer = media.addSourceBuffer('audio/webm;codecs=opus');
  const queue = [];
  const next = () => { if (!buffer.updating && queue.length > 0) buffer.appendBuffer(queue.shift()); };
  buffer.onupdateend = next;
  wire.onmessage = ({ data }) => { if (data instanceof ArrayBuffer) { queue.push(data); next(); } };
  wire.postMessage('start');
  audio.play();
};
</script>`;

test('clicks of a microphone are heard in another page, each once and told apart', async () => {
  const { samples, rate, channels } = clickCycle();
  const server = createServer((request, response) => response.end(request.url === '/plays' ? PLAYS : RECORDS));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chromium = await launchChromium({ fakeMicrophoneWav: wavOf(samples, rate, channels) });
  try {
    const studio = await chromium.newPage();
    const microphone = await probeMicrophone(studio);
    await studio.goto(`${site}/records`);
    const listener = await chromium.newPage();
    const player = await probePlayer(listener);
    await until(() => microphone.record.clicks.length > 0, { what: 'the microphone clicks' });
    await listener.goto(`${site}/plays`);
    await until(() => player.record.clicks.length >= 6, { timeoutMs: 25_000, what: 'six clicks are heard' });
    const match = matchClicks(microphone.record.clicks, player.record.clicks);
    expect(match).toMatchObject({ missing: [], doubled: [], unknown: [] });
    expect(match.pairs.length).toBeGreaterThanOrEqual(6);
    expect(player.record.appends.length).toBeGreaterThan(50);
    expect(chromium.pageErrors).toEqual([]);
  } finally {
    await chromium.close();
    server.close();
  }
}, 60_000);

test('every click of the cycle is found at its place and by its pitch', () => {
  const found = clicksIn(clickCycle().samples);
  expect(found.map(({ hz }) => clickIdOf(hz))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(found[1]?.at).toBe(((1600 + 120 + 400) * 48_000) / 1000);
});

test('a missing, a doubled and a strange click are told', () => {
  const said = [500, 640, 820, 1050].map((hz, i) => ({ at: i * 1600, hz }));
  const heard = [
    { at: 600, hz: 505 },
    { at: 620, hz: 505 },
    { at: 3800, hz: 815 },
    { at: 4000, hz: 2800 },
    { at: 5400, hz: 1060 },
  ];
  const match = matchClicks(said, heard);
  expect(match.pairs.map(({ latencyMs }) => latencyMs)).toEqual([600, 600, 600]);
  expect(match.missing).toEqual([said[1]]);
  expect(match.doubled).toEqual([heard[1]]);
  expect(match.unknown).toEqual([heard[3]]);
});

test('a wait counts as a stall only after the first sound and unless the listener paused', () => {
  const moments = [
    { name: 'waiting', at: 0 },
    { name: 'playing', at: 100 },
    { name: 'waiting', at: 1000 },
    { name: 'playing', at: 1010 },
    { name: 'waiting', at: 2000 },
    { name: 'playing', at: 2200 },
    { name: 'waiting', at: 3000 },
    { name: 'pause', at: 3100 },
    { name: 'playing', at: 9000 },
  ].map((moment) => ({ ...moment, time: 0 }));
  expect(stallsIn(moments)).toEqual([{ at: 2000, ms: 200 }]);
});

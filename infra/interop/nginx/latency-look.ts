import { percentile } from '../../bench/stats.ts';
import { CLICK_EVERY_MS, clickCycle, matchClicks } from '../../e2e/clicks.ts';
import { HoldUpWatch } from '../../e2e/hold-ups.ts';
import { stallsIn } from '../../e2e/page-probe.ts';
import { goLive, openListener, openStudio, type ProbedPage, pressPlay, useMicrophone } from '../../e2e/pages.ts';
import type { Stack, StackStation } from '../../e2e/stack.ts';
import { pause, ReleaseStack } from '../../runtime/index.ts';
import { launchChromium, wavOf } from '../../testkit/index.ts';
import type { InteropOptions } from '../check.ts';
import type { Findings } from './findings.ts';
import type { NginxProxy } from './nginx-proxy.ts';

/** Clicks that are listened to. */
const CLICKS = 75;

/** Time in which the players may find their target before they are measured, in ms. */
const SETTLE_MS = 20_000;

/** How much later than without the proxy a listener may hear, at the median, in ms. */
const LATER_MS = 20;

/** Chromium takes the test's certificate. */
const TRUSTING = { args: ['--ignore-certificate-errors'] };

type Places = { stack: Stack; proxy: NginxProxy; found: Findings; options: InteropOptions };

/** One studio and two listener pages at the same time: one through the proxy, one straight at an API process. */
export async function lookAtLatency({ stack, proxy, found, options }: Places): Promise<void> {
  const releases = new ReleaseStack();
  try {
    const station = await stack.addStation('interop-delay');
    const studio = await studioOnAir({ server: proxy.url, station }, releases);
    const ears: ProbedPage[] = [];
    for (const server of [stack.url, proxy.url]) {
      const chromium = releases.use(await launchChromium(TRUSTING));
      ears.push(await openListener(chromium, { server, slug: station.slug }));
    }
    await Promise.all(ears.map(pressPlay));
    options.progress('nginx: both players settle');
    await pause(SETTLE_MS, options.signal);
    options.progress(`nginx: listening to ${CLICKS} clicks, through nginx and directly`);
    const watch = new HoldUpWatch();
    const from = Date.now();
    await pause((CLICKS + 2) * CLICK_EVERY_MS, options.signal);
    const { pressure } = watch.take();
    watch.close();
    const [direct, through] = ears.map((ear) => heardSince(from, { studio, ear }));
    if (direct === undefined || through === undefined) throw new Error('Two pages were to listen.');
    tell(found, { direct, through });
    found.row('mouth to ear: share of time somebody waited for the CPU', pressure * 100, '%');
  } finally {
    await releases.close();
  }
}

/** The studio comes through the proxy too: its microphone needs TLS on any other host. */
async function studioOnAir(to: { server: string; station: StackStation }, releases: ReleaseStack): Promise<ProbedPage> {
  const { samples, rate, channels } = clickCycle();
  const speaker = releases.use(
    await launchChromium({ ...TRUSTING, fakeMicrophoneWav: wavOf(samples, rate, channels) }),
  );
  const studio = await openStudio(speaker, to);
  await useMicrophone(studio);
  await goLive(studio);
  return studio;
}

type Heard = { latenciesMs: number[]; lost: number; stalls: number };

function heardSince(from: number, { studio, ear }: { studio: ProbedPage; ear: ProbedPage }): Heard {
  const match = matchClicks(studio.probe.record.clicks, ear.probe.record.clicks);
  const late = ({ at }: { at: number }) => at >= from;
  return {
    latenciesMs: match.pairs.filter(({ said }) => late(said)).map(({ latencyMs }) => latencyMs),
    lost: match.missing.filter(late).length,
    stalls: stallsIn(ear.probe.record.moments).filter(late).length,
  };
}

function tell(found: Findings, heard: { direct: Heard; through: Heard }): void {
  for (const [way, { latenciesMs, lost, stalls }] of Object.entries(heard)) {
    const name = (what: string) => `mouth to ear ${way === 'direct' ? 'direct' : 'through nginx'}: ${what}`;
    found.row(name('clicks heard'), latenciesMs.length);
    for (const [label, p] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const)
      found.row(name(label), percentile(latenciesMs, p), 'ms');
    found.row(name('clicks lost, stalls'), `${lost}, ${stalls}`);
    found.expect(latenciesMs.length >= 60, `${name('')}only ${latenciesMs.length} clicks were heard`);
  }
  const laterMs = percentile(heard.through.latenciesMs, 0.5) - percentile(heard.direct.latenciesMs, 0.5);
  found.row('mouth to ear: later through nginx, p50', laterMs, 'ms');
  found.expect(laterMs <= LATER_MS, `listeners hear ${laterMs.toFixed(0)} ms later through nginx at the median`);
}

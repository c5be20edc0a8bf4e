import type { ListedVariant } from '../../e2e/media-playlist.ts';
import { pause } from '../../runtime/index.ts';
import { type NginxScene, pathOf, playlistThrough, tuneIn } from './scene.ts';
import { Wire } from './wire.ts';

/** Listeners that follow the live edge. */
const LISTENERS = 4;

/** How long they follow before and after a node is killed, in ms. */
const BEFORE_MS = 5000;
const AFTER_MS = 10_000;

/** Longest time between two parts that a listener may notice, in ms: a target duration. */
const LONGEST_GAP_MS = 2000;

/** What a listener noticed. */
type Followed = { parts: number; longestGapMs: number; failures: string[] };

/** Kills one of two API processes under listeners; they must go on at the other one without a failed request. */
export async function lookAtFailover(scene: NginxScene): Promise<void> {
  const { stack, found, options } = scene;
  const over = new AbortController();
  const following = Array.from({ length: LISTENERS }, () => follow(scene, over.signal));
  await pause(BEFORE_MS, options.signal);
  options.progress('nginx: one of two API processes is killed');
  await stack.apis[0]?.program.end('SIGKILL');
  await pause(AFTER_MS, options.signal);
  over.abort();
  const followed = await Promise.all(following);
  const gapMs = Math.max(...followed.map(({ longestGapMs }) => longestGapMs));
  const failures = followed.flatMap((one) => one.failures);
  found.row(
    'a node was killed: parts fetched by all listeners',
    followed.reduce((sum, { parts }) => sum + parts, 0),
  );
  found.row('a node was killed: failed requests', failures.length);
  found.row('a node was killed: longest time between two parts', gapMs, 'ms');
  for (const failure of failures.slice(0, 5)) found.faults.push(`after a node was killed: ${failure}`);
  found.expect(gapMs <= LONGEST_GAP_MS, `after a node was killed a listener waited ${gapMs.toFixed(0)} ms for a part`);
}

async function follow(scene: NginxScene, signal: AbortSignal): Promise<Followed> {
  const wire = await Wire.open(scene.proxy.url);
  const followed: Followed = { parts: 0, longestGapMs: 0, failures: [] };
  try {
    const variant = (await tuneIn({ ...scene, wire })).variants[0];
    if (variant === undefined) throw new Error('no variant is listed');
    await followEdge({ wire, variant, signal }, followed);
  } catch (error) {
    followed.failures.push((error as Error).message);
  } finally {
    wire.close();
  }
  return followed;
}

type Following = { wire: Wire; variant: ListedVariant; signal: AbortSignal };

/** Blocking playlist, then what is new in it, as hls.js does. */
async function followEdge({ wire, variant, signal }: Following, followed: Followed): Promise<void> {
  let edge = await playlistThrough(wire, variant);
  let lastAt = performance.now();
  while (!signal.aborted) {
    const before = edge.growing;
    edge = await playlistThrough(wire, variant, edge);
    const parts = [...edge.segments.flatMap((segment) => segment.parts), ...edge.growing.parts];
    const fresh = parts.filter(
      ({ msn, index }) => msn > before.msn || (msn === before.msn && index >= before.parts.length),
    );
    for (const part of fresh) {
      const { status } = await wire.get(pathOf(part.url));
      if (status !== 200) followed.failures.push(`${pathOf(part.url)} answered ${status}`);
      followed.longestGapMs = Math.max(followed.longestGapMs, performance.now() - lastAt);
      lastAt = performance.now();
      followed.parts++;
    }
  }
}

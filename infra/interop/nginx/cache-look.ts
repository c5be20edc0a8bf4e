import { randomBytes } from 'node:crypto';
import { percentile } from '../../bench/stats.ts';
import { fetchBytes } from '../../e2e/hls-reader.ts';
import type { ListedVariant } from '../../e2e/media-playlist.ts';
import { until } from '../../testkit/index.ts';
import { type NginxScene, pathOf, playlistPath, playlistThrough, tuneIn, withSession } from './scene.ts';

/** Listeners who get nothing but what is in the cache. */
const CACHED_LISTENERS = 20;

/** How often a playlist and a part are waited for, through the proxy and directly at the same time. */
const RELEASES = 40;

/** Listeners that wait for one part, how many parts, and how late half of them may get it, in ms: a lock takes 250. */
const WAITERS = 50;
const WAITED_PARTS = 5;
const WOKEN_MS = 100;

/** How much later through the proxy a release may be, at the median, in ms. */
const LATER_MS = 20;

/** Sessions, what is cached for whom, and what is held. */
export async function lookAtCache(scene: NginxScene): Promise<void> {
  const { variants } = await sessions(scene);
  const variant = variants.at(-1);
  if (variant === undefined) throw new Error('No variant is listed.');
  await sharedSegment(scene, variant);
  await countedListeners(scene, variant);
  await waitersForParts(scene, variant);
  await releases(scene, variant);
}

async function sessions(scene: NginxScene) {
  const [one, other] = [await tuneIn(scene), await tuneIn(scene)];
  scene.found.expect(one.session !== other.session, 'two listeners got the same session: index.m3u8 was cached');
  const again = await tuneIn(scene, `?session=${one.session}`);
  scene.found.expect(again.session === one.session, 'a known session was not continued');
  return one;
}

/** Asks for a segment in the name of two sessions; the second one must get the first one's copy. */
async function sharedSegment({ wire, stack, found }: NginxScene, variant: ListedVariant): Promise<void> {
  const segment = (await playlistThrough(wire, variant)).segments.at(-1);
  if (segment === undefined) throw new Error('No segment is listed.');
  const path = pathOf(segment.url);
  const first = await wire.get(withSession(path, newSession()));
  const second = await wire.get(withSession(path, newSession()));
  const bare = await wire.get(path.replace(/\/~[\w-]{22}\//, '/'));
  found.row('X-Cache of a segment: first, second session, none', [first, second, bare].map(cacheOf).join(', '));
  found.expect(cacheOf(first) === 'MISS', `the first session got X-Cache ${cacheOf(first)}`);
  found.expect(cacheOf(second) === 'HIT', `the second session got X-Cache ${cacheOf(second)}`);
  found.expect(cacheOf(bare) === 'HIT', `a request without a session got X-Cache ${cacheOf(bare)}`);
  const direct = await fetchBytes(`${stack.url}${path}`);
  for (const { body } of [first, second, bare])
    found.expect(body.equals(direct), `${path} has other bytes through nginx`);
}

/** Listeners whose media all come from the proxy's cache are in the number that everybody sees. */
async function countedListeners({ wire, stack, station, found }: NginxScene, variant: ListedVariant): Promise<void> {
  const sessions = Array.from({ length: CACHED_LISTENERS }, newSession);
  let shown: { count: number; exact: boolean } | undefined;
  const counted = async () => {
    const segment = (await playlistThrough(wire, variant)).segments.at(-2);
    for (const session of sessions) {
      await wire.get(withSession(playlistPath(variant), session));
      if (segment !== undefined) await wire.get(withSession(pathOf(segment.url), session));
    }
    const brief = await fetchBytes(`${stack.url}/api/v1/stations/${station.slug}`);
    shown = JSON.parse(brief.toString()).listeners;
    return shown?.exact === true && shown.count >= CACHED_LISTENERS;
  };
  await until(counted, { timeoutMs: 10_000, everyMs: 500 }).catch(() => undefined);
  found.row(
    `${CACHED_LISTENERS} listeners with media from the cache: count, exact`,
    `${shown?.count}, ${shown?.exact}`,
  );
  found.expect(
    shown?.exact === true && shown.count >= CACHED_LISTENERS,
    `of ${CACHED_LISTENERS} listeners behind the cache ${shown?.count} are counted`,
  );
}

/** Many sessions wait for the hinted part at once; nobody may be woken by a timer of the cache. */
async function waitersForParts(scene: NginxScene, variant: ListedVariant): Promise<void> {
  const laterMs: number[] = [];
  for (let i = 0; i < WAITED_PARTS; i++) laterMs.push(...(await waitersForOnePart(scene, variant)));
  const [p50, most] = [percentile(laterMs, 0.5), Math.max(...laterMs)];
  scene.found.row(`${WAITERS} listeners waiting for one part, later than a direct one: p50`, p50, 'ms');
  scene.found.row(`${WAITERS} listeners waiting for one part, later than a direct one: max`, most, 'ms');
  scene.found.expect(
    p50 <= WOKEN_MS,
    `of ${WAITERS} listeners waiting for one part, half get it more than ${p50.toFixed(0)} ms after a direct one`,
  );
}

async function waitersForOnePart({ wire, stack, found }: NginxScene, variant: ListedVariant): Promise<number[]> {
  const path = hintedPart((await playlistThrough(wire, variant)).text, variant);
  const direct = fetchBytes(`${stack.url}${path}`).then((body) => ({ body, at: performance.now() }));
  const held = Array.from({ length: WAITERS }, () => wire.get(withSession(path, newSession())));
  const [reference, answers] = [await direct, await Promise.all(held)];
  for (const { status, body } of answers)
    found.expect(
      status === 200 && body.equals(reference.body),
      `a waiter for ${path} got ${status}, ${body.length} bytes`,
    );
  const after = await wire.get(withSession(path, newSession()));
  found.expect(cacheOf(after) === 'HIT', `a part that was waited for is not in the cache: ${cacheOf(after)}`);
  return answers.map(({ at }) => at - reference.at);
}

/** Waits for the next playlist and the next part again and again, on both ways at the same time. */
async function releases({ wire, stack, found }: NginxScene, variant: ListedVariant): Promise<void> {
  const later: Record<'playlist' | 'part', number[]> = { playlist: [], part: [] };
  const lateness = async (path: string) => {
    const [direct, through] = await Promise.all([
      fetchBytes(`${stack.url}${path}`).then(() => performance.now()),
      wire.get(path),
    ]);
    found.expect(through.status === 200, `${path} answered ${through.status} through nginx`);
    return through.at - direct;
  };
  let edge = await playlistThrough(wire, variant);
  for (let i = 0; i < RELEASES; i++) {
    later.playlist.push(await lateness(playlistPath(variant, edge)));
    edge = await playlistThrough(wire, variant);
    later.part.push(await lateness(hintedPart(edge.text, variant)));
    edge = await playlistThrough(wire, variant);
  }
  for (const [kind, values] of Object.entries(later)) {
    const [p50, p95] = [percentile(values, 0.5), percentile(values, 0.95)];
    found.row(`held ${kind} through nginx, later than direct: p50`, p50, 'ms');
    found.row(`held ${kind} through nginx, later than direct: p95`, p95, 'ms');
    found.expect(p50 <= LATER_MS, `held ${kind}s come ${p50.toFixed(1)} ms later through nginx at the median`);
  }
}

function hintedPart(playlist: string, variant: ListedVariant): string {
  const uri = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(playlist)?.[1];
  if (uri === undefined) throw new Error(`No part is hinted at:\n${playlist}`);
  return pathOf(new URL(uri, variant.url).href);
}

function cacheOf({ headers }: { headers: Record<string, string> }): string {
  return headers['x-cache'] ?? 'none';
}

function newSession(): string {
  return `~${randomBytes(16).toString('base64url')}`;
}

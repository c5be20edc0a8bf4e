import { OPENING_SEGMENTS } from '../../contract/index.ts';
import { fetchPlaylist, variantsOf } from '../../e2e/hls-reader.ts';
import { startStack } from '../../e2e/stack.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { until } from '../../testkit/index.ts';
import { type InteropCheck, type InteropOptions, type InteropResult, judged } from '../check.ts';
import { lookAtCache } from './cache-look.ts';
import { lookAtConformance } from './conformance-look.ts';
import { lookAtFailover } from './failover-look.ts';
import { Findings } from './findings.ts';
import { lookAtFlow } from './flow-look.ts';
import { lookAtHttp } from './http-look.ts';
import { lookAtLatency } from './latency-look.ts';
import { startNginx } from './nginx-proxy.ts';
import { type Owner, pushThrough } from './owner.ts';
import type { NginxScene } from './scene.ts';
import { lookAtSocketIo } from './socket-look.ts';
import { Wire } from './wire.ts';

/** How long a station may take from the first byte until it can be tuned in to, in ms. */
const ON_AIR_MS = 20_000;

/** The looks in their order; the one that kills a node is the last. */
const LOOKS: readonly [name: string, look: (scene: NginxScene) => Promise<void>][] = [
  ['HTTP', lookAtHttp],
  ['the cache and what is held', lookAtCache],
  ['Socket.IO', lookAtSocketIo],
  ['conformance', lookAtConformance],
  ['a node is killed', lookAtFailover],
];

/** `infra/nginx/awaz.conf` in a real nginx, in front of two API processes. */
export const nginxCheck: InteropCheck = {
  name: 'nginx',
  summary:
    'infra/nginx in front of two API processes: HTTP/2, cache, sockets, a killed node, mouth to ear beside direct',
  needs: [{ program: 'nginx', debian: 'nginx-light', versionArgs: ['-v'] }],
  run: async (options) => {
    const releases = new ReleaseStack();
    try {
      return await lookAtAll(options, releases);
    } finally {
      await releases.close();
    }
  },
};

async function lookAtAll(options: InteropOptions, releases: ReleaseStack): Promise<InteropResult> {
  const found = new Findings();
  const look = lookBy(found, options);
  await look('what flows is not kept back', () => lookAtFlow(found));
  const stack = releases.use(await startStack({ apis: 2, env: { TRUST_PROXY: 'true', LOG_LEVEL: 'warn' } }));
  const proxy = releases.use(await startNginx(stack.apis.map(({ url }) => url)));
  await look('mouth to ear', () => lookAtLatency({ stack, proxy, found, options }));
  const station = await stack.addStation('interop');
  const owner = releases.use(await pushThrough(proxy, station));
  const wire = releases.use(await Wire.open(proxy.url));
  const scene: NginxScene = { stack, station, proxy, wire, found, options };
  await pastOpening(scene, owner);
  for (const [name, lookAt] of LOOKS) await look(name, () => lookAt(scene));
  found.expect(owner.isOn(), `the owner's broadcast through nginx has ended: ${owner.said().slice(-500)}`);
  return judged(found.rows, [...new Set(found.faults)]);
}

/** Makes one look after the other; one that cannot be finished is a fault and does not keep the others from being made. */
function lookBy(found: Findings, { progress, signal }: InteropOptions) {
  return async (name: string, lookAt: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    progress(`nginx: ${name}`);
    try {
      await lookAt();
    } catch (error) {
      found.faults.push(`${name}: ${(error as Error).message}`);
    }
  };
}

/** Waits until both nodes list more than the filler that opens a broadcast. */
async function pastOpening(scene: NginxScene, owner: Owner): Promise<void> {
  const { stack, station } = scene;
  for (const { url } of stack.apis) {
    const what = `${station.slug} is on air at ${url}; its owner says ${owner.said().slice(-500)}`;
    const listed = async () => {
      const [variant] = await variantsOf(url, station.slug);
      return variant !== undefined && (await fetchPlaylist(variant)).growing.msn > OPENING_SEGMENTS;
    };
    await until(listed, { timeoutMs: ON_AIR_MS, everyMs: 200, what });
  }
}

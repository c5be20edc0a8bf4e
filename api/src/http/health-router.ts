import type { TranscoderRoll } from '@awaz/infra/broadcasts';
import type { RedisHandle } from '@awaz/infra/redis';
import Router from 'koa-router';

/** How long Redis may take to answer before it counts as away, in ms. */
const ANSWER_WITHIN_MS = 1000;

/** Where the text of `/metrics` comes from: a registry, or the sums over several processes. */
export type MetricsText = {
  readonly contentType: string;
  metrics(): Promise<string>;
};

/** What health is read from. */
export type HealthOptions = {
  handle: RedisHandle;
  roll: Pick<TranscoderRoll, 'live'>;
  metrics: MetricsText;
  /** Whether the server is on its way down: not ready then, so that balancers send nobody here. */
  isClosing: () => boolean;
};

/** How ready the server is, as `/readyz` tells it. */
type Readiness = { ready: boolean; redis: boolean; transcoders: number };

/**
 * `GET /healthz` (200 while the process lives), `GET /readyz` (200 only when Redis answers and a transcoder lives; 503
 * otherwise) and `GET /metrics` (Prometheus text).
 */
export function healthRouter({ handle, roll, metrics, isClosing }: HealthOptions): Router {
  const read = async (): Promise<Readiness> => {
    await handle.commands.ping();
    const transcoders = (await roll.live()).length;
    return { ready: transcoders > 0 && !isClosing(), redis: true, transcoders };
  };
  const router = new Router();
  router.get('/healthz', (context) => {
    context.set('Cache-Control', 'no-store');
    context.body = { status: 'alive' };
  });
  router.get('/readyz', async (context) => {
    const away: Readiness = { ready: false, redis: false, transcoders: 0 };
    const readiness = await within(ANSWER_WITHIN_MS, read(), away);
    context.set('Cache-Control', 'no-store');
    context.status = readiness.ready ? 200 : 503;
    context.body = readiness;
  });
  router.get('/metrics', async (context) => {
    context.set('Cache-Control', 'no-store');
    context.type = metrics.contentType;
    context.body = await metrics.metrics();
  });
  return router;
}

/** What a promise gives, or `otherwise` when it fails or takes too long. */
async function within<T>(ms: number, promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise);
  });
  try {
    return await Promise.race([promise.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}

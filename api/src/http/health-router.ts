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
  /** Whether the process is too busy, and for whom it has no place. */
  admission: () => { busy: boolean; full: readonly string[] };
};

/** How ready the server is, as `/readyz` tells it. */
type Readiness = {
  ready: boolean;
  redis: boolean;
  transcoders: number;
  /** Why it is not ready. */
  reasons: string[];
  /** Kinds of newcomers (`listener`, `publisher`) that are told `server_full`; those who are there are served on. */
  full: readonly string[];
};

/**
 * `GET /healthz` (200 while the process lives), `GET /readyz` (200 only when Redis answers, a transcoder lives and
 * the process is not too busy; 503 with the reasons otherwise) and `GET /metrics` (Prometheus text).
 */
export function healthRouter({ handle, roll, metrics, isClosing, admission }: HealthOptions): Router {
  const read = async (): Promise<Readiness> => {
    await handle.commands.ping();
    const transcoders = (await roll.live()).length;
    const { busy, full } = admission();
    const reasons = [
      ...(transcoders === 0 ? ['no_transcoder'] : []),
      ...(isClosing() ? ['server_going_down'] : []),
      ...(busy ? ['busy'] : []),
    ];
    return { ready: reasons.length === 0, redis: true, transcoders, reasons, full };
  };
  const router = new Router();
  router.get('/healthz', (context) => {
    context.set('Cache-Control', 'no-store');
    context.body = { status: 'alive' };
  });
  router.get('/readyz', async (context) => {
    const { full } = admission();
    const away: Readiness = { ready: false, redis: false, transcoders: 0, reasons: ['no_redis'], full };
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

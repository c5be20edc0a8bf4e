import Koa, { type Context } from 'koa';
import Router from 'koa-router';
import type { MirroredAnswer, MirroredBroadcast } from './mirrored-broadcast.ts';

/** How long an idle connection is kept, in ms; as the product's. */
const KEEP_ALIVE_MS = 65_000;

/**
 * A low-latency origin as one writes it with Koa and koa-router: a route for each kind of address, bodies from memory.
 * It gives the same bytes as the origin that it mirrors.
 */
export function koaOrigin(broadcast: MirroredBroadcast) {
  const router = new Router();
  router.get('/healthz', (context) => {
    context.body = { status: 'alive' };
  });
  router.get('/live/:station/index.m3u8', async (context) => {
    answer(context, await broadcast.multivariant(context.params.station ?? ''));
  });
  router.get('/live/:station/:session/:broadcast/:rendition/playlist.m3u8', async (context) => {
    const rendition = broadcast.rendition(`${context.params.broadcast}/${context.params.rendition}`);
    if (rendition === undefined) return;
    const { _HLS_msn: msn, _HLS_part: part } = context.query;
    if (msn !== undefined) await rendition.reached(Number(msn) + (part === undefined ? 1 : 0), Number(part ?? 0));
    answer(context, rendition.playlist);
  });
  router.get('/live/:station/:session/:broadcast/:rendition/:file', (context) => {
    const rendition = broadcast.rendition(`${context.params.broadcast}/${context.params.rendition}`);
    answer(context, rendition?.files.get(context.params.file ?? ''));
  });
  const app = new Koa();
  app.on('error', () => undefined); // clients that went away
  app.use(router.routes());
  app.use(router.allowedMethods());
  return {
    listen: (port: number, host: string) => {
      const server = app.listen(port, host);
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      return server;
    },
  };
}

function answer(context: Context, mirrored: MirroredAnswer | undefined): void {
  if (mirrored === undefined) return;
  context.set(mirrored.headers);
  context.body = mirrored.body;
}

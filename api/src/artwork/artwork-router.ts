import { AwazError, SLUG_PATTERN } from '@awaz/infra/contract';
import Router from 'koa-router';
import type { ArtworkStore } from './artwork-store.ts';

/** How long a picture may be kept, in seconds: what is at its address never changes. */
const KEEP_SECONDS = 31_536_000;

/**
 * `GET /artwork/{station}/{hash}.webp`. Whoever knows the address gets the picture, also of a private station: nobody can
 * guess it. Other sites may show it.
 */
export function artworkRouter(artworks: Pick<ArtworkStore, 'read'>): Router {
  const router = new Router();
  router.get('/artwork/:station/:file', async (context) => {
    const { station = '', file = '' } = context.params as Record<string, string>;
    const [, hash] = /^([0-9a-f]{32})\.webp$/.exec(file) ?? [];
    const found = hash !== undefined && SLUG_PATTERN.test(station) ? await artworks.read(station, hash) : undefined;
    if (found === undefined) throw new AwazError('not_found', 'There is no such picture.');
    const scope = found.isPublic ? 'public' : 'private';
    context.set('Cache-Control', `${scope}, max-age=${KEEP_SECONDS}, immutable`);
    context.set('Cross-Origin-Resource-Policy', 'cross-origin');
    context.set('Access-Control-Allow-Origin', '*');
    context.type = 'image/webp';
    context.body = found.picture;
  });
  return router;
}

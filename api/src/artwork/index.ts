/** Pictures of stations. */
export { artworkRouter } from './artwork-router.ts';
export { type ArtworkRoutesOptions, artworkRoutes } from './artwork-routes.ts';
export { ArtworkStore } from './artwork-store.ts';

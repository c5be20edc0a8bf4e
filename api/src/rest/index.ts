/** How REST routes are written down and served: checked, authorised, described. */
export { decodeCursor, encodeCursor } from './page.ts';
export { type CallerSource, REST_PREFIX, type RestOptions, restRouter } from './rest-router.ts';
export { DEFAULT_BODY_LIMIT_BYTES, defineRoute, type Route, type RouteCall, type RouteTag } from './route.ts';

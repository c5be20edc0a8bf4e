/** The origin: everything below `/live/`, answered on the http server itself. */
export { KEEP_ALIVE_SECONDS } from './answer.ts';
export type { ListenAccess } from './listen-access.ts';
export { newSession } from './listener-session.ts';
export { type AudienceObserver, Origin, type OriginLimits, type OriginOptions } from './origin.ts';
export { LIVE_PREFIX } from './origin-path.ts';

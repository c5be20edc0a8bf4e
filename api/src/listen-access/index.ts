/** Who may listen to private stations: listen tokens, listener sessions, and what the origin asks. */
export { ListenGrants, type ListenGrantsOptions } from './listen-grants.ts';
export { ListenGuard, type ListenGuardOptions } from './listen-guard.ts';
export { type ListenTokenRoutesOptions, listenTokenRoutes } from './listen-token-routes.ts';
export { ListenTokens, MAX_LISTEN_TOKENS } from './listen-tokens.ts';

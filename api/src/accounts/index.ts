/** Accounts and their sign-ins. */
export type { Account, AccountChanges } from './account.ts';
export { AccountMetrics } from './account-metrics.ts';
export { type AccountRoutesOptions, accountRoutes } from './account-routes.ts';
export { AccountStore } from './account-store.ts';
export { Accounts, type Session } from './accounts.ts';
export { adminLink, ensureAdmin, firstAdminLink, keepEnsuringAdmin, type NamedAdmin } from './first-admin.ts';
export { OneTimeLinks } from './one-time-links.ts';
export type { CookieSettings } from './refresh-cookie.ts';
export { MAX_SIGN_INS, REFRESH_GRACE_MS, SIGN_IN_LIFE_MS, SignIns } from './sign-ins.ts';

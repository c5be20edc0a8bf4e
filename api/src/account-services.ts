import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry } from '@awaz/infra/runtime';
import {
  AccountMetrics,
  type AccountRoutesOptions,
  AccountStore,
  Accounts,
  OneTimeLinks,
  SignIns,
} from './accounts/index.ts';
import { Users } from './admin/index.ts';
import { AuditLog } from './audit/index.ts';
import {
  AccessTokens,
  AddressKeys,
  Authenticator,
  GuessLimiter,
  GuestIds,
  ownersBy,
  Passwords,
  PublisherAuth,
  ServerSecret,
} from './auth/index.ts';
import type { ApiConfig } from './config.ts';
import { RateLimits } from './limits/index.ts';
import type { StationStore } from './stations/index.ts';

/** What accounts need of the server. */
export type AccountServicesOptions = {
  handle: RedisHandle;
  stations: StationStore;
  config: Pick<ApiConfig, 'jwtSecret' | 'dataDir' | 'publicUrl'>;
  bus: ControlBus;
  metrics: Registry;
  logger: Logger;
  /** Multiplies every rate limit; for tests. */
  limitScale?: number | undefined;
};

/** Who somebody is, who may publish, and accounts. None of it owns a resource. */
export type AccountServices = AccountRoutesOptions & {
  store: AccountStore;
  passwords: Passwords;
  tokens: AccessTokens;
  publishers: PublisherAuth;
  authenticator: Authenticator;
  limits: RateLimits;
  audit: AuditLog;
  users: Users;
  addressKeys: AddressKeys;
};

/** Puts accounts and access together. */
export function createAccountServices(options: AccountServicesOptions): AccountServices {
  const { handle, stations, config, bus, metrics, logger } = options;
  const secret = new ServerSecret({ given: config.jwtSecret, dataDir: config.dataDir });
  const store = new AccountStore(handle);
  const passwords = new Passwords();
  const tokens = new AccessTokens(secret);
  const signIns = new SignIns(handle, secret);
  const accounts = new Accounts({ store, signIns, links: new OneTimeLinks(handle), passwords, tokens });
  const sources = { accounts: store, tokens };
  const publishers = new PublisherAuth(stations, {
    owners: ownersBy({ ...sources, standings: stations }),
    limiter: new GuessLimiter({ handle }),
  });
  const authenticator = new Authenticator({ ...sources, guests: new GuestIds(secret), publishers });
  const publicOrigin = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).origin;
  const limits = new RateLimits({ handle, metrics, scale: options.limitScale });
  const audit = new AuditLog({ handle, logger, metrics });
  const users = new Users({ store, accounts, bus });
  const counts = new AccountMetrics({ metrics, logger });
  const access = { publishers, authenticator, limits, audit, counts };
  const addressKeys = new AddressKeys(secret);
  return { accounts, cookies: { publicOrigin }, store, passwords, tokens, users, addressKeys, ...access };
}

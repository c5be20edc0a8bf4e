/** Who somebody is, and whether they may publish: stream keys and accounts' tokens. */
export { ACCESS_TOKEN_SECONDS, type AccessClaim, AccessTokens, type ReadClaim } from './access-tokens.ts';
export {
  type AccountSource,
  type AccountStanding,
  accountOfToken,
  ownersBy,
  type TokenAccount,
  type TokenAccounts,
} from './account-callers.ts';
export { AddressKeys } from './address-keys.ts';
export { Authenticator, type AuthenticatorOptions, type SocketCaller } from './authenticator.ts';
export {
  actorOfCaller,
  type Caller,
  GUEST,
  type StandingSource,
  type StationStanding,
  subjectOf,
  type TokenClaim,
  tokenExpiryOf,
} from './caller.ts';
export { basicPassword, bearerToken, clientAddress } from './credentials.ts';
export { GuessLimiter } from './guess-limiter.ts';
export { GuestIds } from './guest-ids.ts';
export { Passwords } from './passwords.ts';
export { type OwnerSource, type PublishClaim, PublisherAuth, type StreamKeySource } from './publisher-auth.ts';
export { randomLetters } from './random-letters.ts';
export { type SecretPlace, ServerSecret } from './server-secret.ts';
export { findStreamKey, hashStreamKey, isRevoked, makeStreamKey, type StreamKeyRecord } from './stream-key.ts';

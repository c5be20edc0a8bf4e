/** Who may do what: stream keys now; accounts and their tokens have their place here. */
export { bearerToken, clientAddress } from './credentials.ts';
export { type PublishClaim, PublisherAuth, type StreamKeySource } from './publisher-auth.ts';
export { findStreamKey, hashStreamKey, makeStreamKey, type StreamKeyRecord } from './stream-key.ts';

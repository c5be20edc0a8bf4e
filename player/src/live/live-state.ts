import type { Milliseconds, SocketError } from '@awaz/infra/contract';

/**
 * Where the connection is. `connecting`: the server has not answered yet · `live`: events come and calls are answered ·
 * `offline`: cut or not reached; it connects again by itself · `refused`: the server will not have this client, unless it
 * comes as somebody else (`renew`) · `closed`: over.
 */
export type LiveState = 'connecting' | 'live' | 'offline' | 'refused' | 'closed';

/** Why the connection is `offline` or `refused`. */
export type LiveProblem = SocketError & {
  /** Wait until the next attempt, in ms; undefined when there will be none. */
  retryInMs: Milliseconds | undefined;
};

/**
 * Where a topic that is followed is. `waiting`: for the connection, or for another try · `joined`: snapshot and events are
 * whole · `refused`: it may not be followed, or not any more · `left`: over.
 */
export type FeedState = 'waiting' | 'joined' | 'refused' | 'left';

import { AwazError, type EndReason } from '@awaz/infra/contract';

/** Thrown where a broadcast turns out to have ended although this connection did not end it. */
export class BroadcastOver extends Error {
  override name = 'BroadcastOver';
  readonly reason: EndReason;

  constructor(reason: EndReason) {
    super(`The broadcast has ended: ${reason}.`);
    this.reason = reason;
  }
}

/** What to tell a publisher whose broadcast ended; undefined when the end itself is all there is to tell. */
export function errorForEnd(reason: EndReason): AwazError | undefined {
  switch (reason) {
    case 'ended_by_owner':
    case 'owner_lost':
      return undefined;
    case 'key_revoked':
      return new AwazError('key_revoked', 'The stream key of this broadcast was revoked. Ask for another one.');
    case 'stopped_by_admin':
      return new AwazError(
        'stopped_by_admin',
        'An administrator ended the broadcast. Ask them before going on air again.',
      );
    case 'station_removed':
      return new AwazError('unknown_station', 'The station was removed while it was on air.');
    case 'replaced':
      return replacedError();
    case 'failed':
      return new AwazError('internal', 'The server could not go on with this broadcast. Begin a new one.', {
        retryAfterMs: 1000,
      });
  }
}

/** For the publisher whose station another one took. */
export function replacedError(): AwazError {
  return new AwazError(
    'replaced',
    'Another connection publishes on this station now. To take it back, connect with takeover.',
  );
}

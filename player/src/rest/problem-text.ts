import { translator } from '../i18n/index.ts';
import type { RestProblem } from './problem.ts';

const t = translator({
  unreachable: 'The server does not answer. Check your network and try again.',
  offline: 'You are offline. Check your network.',
  overloaded: 'The server is busy. Try again in a moment.',
  rate_limited: 'Too many tries. Try again in {wait}.',
  'rate_limited.later': 'Too many tries. Try again later.',
  unauthenticated: 'You are signed out. Sign in again.',
  bad_credentials: 'Address or password is not right.',
  refresh_refused: 'Your sign-in has ended. Sign in again.',
  forbidden: 'You are not allowed to do this.',
  email_taken: 'There is an account with this address already. Sign in instead.',
  station_exists: 'This address is taken. Choose another one.',
  limit_reached: 'You have as many as there may be.',
  unknown_station: 'There is no such station.',
  not_found: 'It is gone already.',
  conflict: 'Somebody changed it in the meantime. Reload and try again.',
  off_air: 'The station is off air already.',
  payload_too_large: 'This is too large.',
  other: 'This did not work: {why}',
  seconds_one: '{count} second',
  seconds_other: '{count} seconds',
  minutes_one: '{count} minute',
  minutes_other: '{count} minutes',
});

/** What a person reads of a failed request: what happened and what to do. */
export function problemText(problem: RestProblem): string {
  switch (problem.code) {
    case 'rate_limited':
      return problem.retryAfterMs === undefined
        ? t('rate_limited.later')
        : t('rate_limited', { wait: spanText(problem.retryAfterMs) });
    case 'overloaded':
    case 'unavailable':
    case 'server_going_down':
      return t('overloaded');
    case 'unauthenticated':
    case 'token_expired':
      return t('unauthenticated');
    case 'unreachable':
      return t(isOffline() ? 'offline' : 'unreachable');
    case 'bad_credentials':
    case 'refresh_refused':
    case 'forbidden':
    case 'email_taken':
    case 'station_exists':
    case 'limit_reached':
    case 'unknown_station':
    case 'not_found':
    case 'conflict':
    case 'off_air':
    case 'payload_too_large':
      return t(problem.code);
    default:
      return t('other', { why: problem.message });
  }
}

/** Whether the browser knows that nothing can be reached. */
function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false;
}

/** A wait in words, rounded up: "40 seconds", "15 minutes". */
export function spanText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 120 ? t('seconds', { count: seconds }) : t('minutes', { count: Math.ceil(seconds / 60) });
}

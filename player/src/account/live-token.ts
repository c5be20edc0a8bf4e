import type { TokenSource } from '../live/index.ts';
import { asProblem } from '../rest/problem.ts';
import type { AccountSession } from './account-session.ts';

/** Gives a live connection the token of whoever is signed in, and lets it come as a guest when nobody is. */
export function liveToken(session: AccountSession): TokenSource {
  return async (isRefused) => {
    if (session.state.peek().kind === 'signed_out') return undefined;
    try {
      if (isRefused) await session.renew();
      return await session.token();
    } catch (error) {
      if (asProblem(error).code === 'refresh_refused') return undefined;
      throw error;
    }
  };
}

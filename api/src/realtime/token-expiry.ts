import { sayGoodbye } from './connection.ts';
import type { Memberships } from './memberships.ts';
import type { RealtimeLimits } from './realtime-limits.ts';
import type { LiveNamespace, LiveSocket } from './socket-types.ts';

/** What is needed to end the rights of expired tokens. */
export type TokenExpiryOptions = {
  namespaces: readonly LiveNamespace[];
  memberships: Pick<Memberships, 'expelFromAll'>;
  limits: Pick<RealtimeLimits, 'expiryGraceMs' | 'expiryLookMs'>;
};

/** What a socket whose token expired is told. */
export const EXPIRED_MESSAGE = 'The access token has expired. Connect with a fresh one, or give it by auth:renew.';

/**
 * Looks for sockets whose access token expired a while ago without a new one. They are told goodbye and connect again;
 * one whose connection carries a broadcast stays, so that the broadcast does, but follows nothing and may call nothing.
 * `close` ends the looking and may be called again.
 */
export class TokenExpiry {
  readonly #options: TokenExpiryOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: TokenExpiryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.limits.expiryLookMs).unref();
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { namespaces, limits } = this.#options;
    const since = Date.now() - limits.expiryGraceMs;
    for (const namespace of namespaces) {
      for (const socket of namespace.sockets.values()) {
        const { tokenExpiresAt, isExpired } = socket.data;
        if (tokenExpiresAt !== undefined && tokenExpiresAt < since && isExpired !== true) this.#expire(socket);
      }
    }
  }

  #expire(socket: LiveSocket): void {
    if (!this.#carriesBroadcast(socket)) {
      sayGoodbye(socket, 'token_expired', EXPIRED_MESSAGE);
      return;
    }
    socket.data.isExpired = true;
    this.#options.memberships.expelFromAll(socket, { code: 'token_expired', message: EXPIRED_MESSAGE });
  }

  /** Another namespace of the same connection may be the one that publishes. */
  #carriesBroadcast({ conn }: LiveSocket): boolean {
    return this.#options.namespaces.some(({ sockets }) =>
      [...sockets.values()].some((other) => other.conn === conn && other.data.mayPublish === true),
    );
  }
}

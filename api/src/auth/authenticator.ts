import { AwazError, MAX_NAME_LENGTH, type SocketAuth, STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { accountOfToken, type TokenAccounts } from './account-callers.ts';
import type { Caller, TokenClaim } from './caller.ts';
import type { GuestIds } from './guest-ids.ts';
import type { PublisherAuth } from './publisher-auth.ts';

/** What an authenticator asks. */
export type AuthenticatorOptions = TokenAccounts & {
  guests: Pick<GuestIds, 'recognise'>;
  publishers: Pick<PublisherAuth, 'authorize'>;
};

/** Who is at the other end of a socket. */
export type SocketCaller = {
  caller: Caller;
  /** Of a guest: what the client is to give as `auth.guest` from now on. */
  signedGuest: string | undefined;
};

/** Name of guests that gave none. */
const NAMELESS = 'Guest';

/** Tells who somebody is by the token that came along: an access token, or a stream key of the station concerned. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * Whose token this is. Throws `unauthenticated`, `token_expired`, `forbidden` (the account was disabled, or a stream
   * key where no station is concerned), and for a stream key what `PublisherAuth.authorize` throws.
   */
  async identify({ token, station, address, signal }: TokenClaim): Promise<Caller> {
    if (!STREAM_KEY_PATTERN.test(token)) return this.#account(token);
    if (station === undefined) throw new AwazError('forbidden', 'A stream key is good for its own station only.');
    const { keyId } = await this.#options.publishers.authorize({ station, secret: token, address, signal });
    return { kind: 'stream_key', station, keyId };
  }

  /**
   * Who opens a socket: the account of `token`, else the guest of `guest` (a new one when it names none) by `name`. A
   * stream key makes a guest; it is looked at by ingest when the station is known. Throws like {@link identify}.
   */
  async identifySocket({ token, name, guest }: SocketAuth): Promise<SocketCaller> {
    if (token !== undefined && token !== '' && !STREAM_KEY_PATTERN.test(token)) {
      return { caller: await this.#account(token), signedGuest: undefined };
    }
    const { id, signed } = await this.#options.guests.recognise(guest);
    return { caller: { kind: 'guest', guest: { id, name: guestName(name) } }, signedGuest: signed };
  }

  async #account(token: string): Promise<Caller> {
    const { id, name, role, tokenExpiresAt } = await accountOfToken(this.#options, token);
    return { kind: 'account', account: { id, name, role }, tokenExpiresAt };
  }
}

/**
 * One line without marks that turn or hide text, cut to the longest name. Joiners stay: Persian, Indic scripts and emoji
 * are written with them.
 */
function guestName(name: string | undefined): string {
  const line = (name ?? '').normalize('NFC').replaceAll(/\s+/gu, ' ');
  const plain = line.replaceAll(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '').trim();
  const short = [...plain].slice(0, MAX_NAME_LENGTH).join('').trim();
  return /[^\s\u200c\u200d]/u.test(short) ? short : NAMELESS;
}

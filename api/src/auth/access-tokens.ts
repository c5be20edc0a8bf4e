import { ACCOUNT_ID_PATTERN, AwazError } from '@awaz/infra/contract';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { ServerSecret } from './server-secret.ts';

/** Life of an access token, in seconds. */
export const ACCESS_TOKEN_SECONDS = 900;

/** What an access token says: the account, and how often it had signed out everywhere when the token was made. */
export type AccessClaim = { accountId: string; generation: number };

/** What an access token that was read says; `expiresAt` in ms since 1970. */
export type ReadClaim = AccessClaim & { expiresAt: number };

const ISSUER = 'awaz';
const AUDIENCE = 'awaz-access';

/** Makes and reads access tokens: JWTs (RFC 7519), signed with HS256. */
export class AccessTokens {
  readonly #secret: ServerSecret;
  readonly #lifeSeconds: number;

  /** Another life than {@link ACCESS_TOKEN_SECONDS} is for tests. */
  constructor(secret: ServerSecret, lifeSeconds = ACCESS_TOKEN_SECONDS) {
    this.#secret = secret;
    this.#lifeSeconds = lifeSeconds;
  }

  /** A new token. */
  async issue({ accountId, generation }: AccessClaim): Promise<{ accessToken: string; expiresIn: number }> {
    const now = Math.floor(Date.now() / 1000);
    const accessToken = await new SignJWT({ gen: generation })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(accountId)
      .setIssuedAt(now)
      .setExpirationTime(now + this.#lifeSeconds)
      .sign(await this.#secret.key('access token'));
    return { accessToken, expiresIn: this.#lifeSeconds };
  }

  /** Reads a token. Throws `token_expired`, or `unauthenticated` for one that this server did not make. */
  async verify(token: string): Promise<ReadClaim> {
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'] };
    try {
      const { payload } = await jwtVerify(token, await this.#secret.key('access token'), options);
      const { sub = '', gen, exp } = payload;
      if (!ACCOUNT_ID_PATTERN.test(sub) || typeof gen !== 'number' || exp === undefined) throw noToken();
      return { accountId: sub, generation: gen, expiresAt: exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new AwazError('token_expired', 'The access token has expired. Get a new one by POST auth/refresh.');
      }
      if (error instanceof errors.JOSEError) throw noToken();
      throw error;
    }
  }
}

function noToken(): AwazError {
  return new AwazError('unauthenticated', 'The access token is none of this server. Sign in again.');
}

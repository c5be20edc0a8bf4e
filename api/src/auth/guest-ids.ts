import { createHmac, timingSafeEqual } from 'node:crypto';
import { GUEST_ID_PATTERN } from '@awaz/infra/contract';
import { randomLetters } from './random-letters.ts';
import type { ServerSecret } from './server-secret.ts';

/** Ids of guests, signed, so that a guest who comes back is the same one and nobody can pose as another. */
export class GuestIds {
  readonly #secret: ServerSecret;

  constructor(secret: ServerSecret) {
    this.#secret = secret;
  }

  /** The guest that a signed id names, else a new one. `signed` is for the client to keep. */
  async recognise(signed: string | undefined): Promise<{ id: string; signed: string }> {
    const id = await this.#read(signed);
    if (id !== undefined && signed !== undefined) return { id, signed };
    const fresh = `g${randomLetters(16)}`;
    return { id: fresh, signed: `${fresh}.${await this.#sign(fresh)}` };
  }

  async #read(signed: string | undefined): Promise<string | undefined> {
    const [id = '', signature = ''] = (signed ?? '').slice(0, 200).split('.', 2);
    if (!GUEST_ID_PATTERN.test(id)) return undefined;
    const expected = Buffer.from(await this.#sign(id));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
  }

  async #sign(id: string): Promise<string> {
    return createHmac('sha256', await this.#secret.key('guest id'))
      .update(id)
      .digest('base64url');
  }
}

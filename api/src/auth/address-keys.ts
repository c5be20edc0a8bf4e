import { createHmac } from 'node:crypto';
import { networkOf } from '../limits/index.ts';
import type { ServerSecret } from './server-secret.ts';

/** Letters of what is kept of an address. */
const KEY_LENGTH = 22;

/**
 * Turns addresses into what may be kept of them: a keyed hash that differs from station to station, so that it tells that
 * somebody comes from the same network as before and nothing else. A new `JWT_SECRET` makes all of them new.
 */
export class AddressKeys {
  readonly #secret: ServerSecret;

  constructor(secret: ServerSecret) {
    this.#secret = secret;
  }

  /** What is kept of an address on a station; a whole IPv6 /64 is one. Rejects when the secret cannot be read. */
  async keyOf(station: string, address: string): Promise<string> {
    const key = await this.#secret.key('address in a chat');
    const network = networkOf(address.replace(/^::ffff:(?=[\d.]+$)/, ''));
    return createHmac('sha256', key).update(`${station} ${network}`).digest('base64url').slice(0, KEY_LENGTH);
  }
}

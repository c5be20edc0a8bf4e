import { networkOf } from '../limits/index.ts';

/** Why a connection is one too many. */
export type Excess = 'total' | 'address';

/** Somebody who is counted; `leave` may be called again. */
export type Counted = { excess: Excess | undefined; leave(): void };

/** Counts connections, in all and by address; an IPv6 /64 counts as one address. */
export class ConnectionCensus {
  readonly #most: { total: number; perAddress: number };
  readonly #perAddress = new Map<string, number>();
  #total = 0;

  constructor(most: { total: number; perAddress: number }) {
    this.#most = most;
  }

  /** Counts a connection until it leaves, and tells whether it is one too many. */
  enter(address: string): Counted {
    const network = networkOf(address);
    const own = this.#perAddress.get(network) ?? 0;
    const { total, perAddress } = this.#most;
    const excess = own >= perAddress ? 'address' : this.#total >= total ? 'total' : undefined;
    this.#total += 1;
    this.#perAddress.set(network, own + 1);
    let inside = true;
    return {
      excess,
      leave: () => {
        if (inside) this.#leave(network);
        inside = false;
      },
    };
  }

  #leave(network: string): void {
    this.#total -= 1;
    const left = (this.#perAddress.get(network) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(network);
    else this.#perAddress.set(network, left);
  }
}

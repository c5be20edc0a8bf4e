import type { ListenGrants } from '../listen-access/index.ts';
import { MAX_TOPICS_PER_SOCKET } from './realtime-limits.ts';

/** Where rights to listen come from. */
export type GrantSource = Pick<ListenGrants, 'of' | 'isGood'>;

/**
 * Private stations that somebody may follow by a token that was shown, whoever they are: a listen token, or an access
 * token as `index.m3u8?token=` takes it. The right is looked up anew whenever it is asked for. Holds no resource.
 */
export class ListenPasses {
  readonly #grants: GrantSource;
  readonly #byStation = new Map<string, string>();

  constructor(grants: GrantSource) {
    this.#grants = grants;
  }

  /** Takes a token; one that gives no right changes nothing. Rejects when Redis does not answer. */
  async show(station: string, token: string): Promise<void> {
    const grant = await this.#grants.of(station, token);
    if (grant === undefined) return;
    this.#byStation.delete(station); // to the end of the order
    this.#byStation.set(station, grant);
    const [oldest] = this.#byStation.keys();
    if (oldest !== undefined && this.#byStation.size > MAX_TOPICS_PER_SOCKET) this.#byStation.delete(oldest);
  }

  /** What a right comes from, as text; undefined when no token was shown for the station. */
  grantOf(station: string): string | undefined {
    return this.#byStation.get(station);
  }

  /** Whether a token that was shown still lets its holder follow a station. Rejects when Redis does not answer. */
  async allow(station: string): Promise<boolean> {
    const grant = this.#byStation.get(station);
    return grant !== undefined && (await this.#grants.isGood(station, grant));
  }
}

/** The right of one request that carries a token, or none; see {@link ListenPasses}. */
export async function passesOf(
  grants: GrantSource,
  { station, token }: { station: string; token: string | undefined },
): Promise<ListenPasses> {
  const passes = new ListenPasses(grants);
  if (token !== undefined) await passes.show(station, token);
  return passes;
}

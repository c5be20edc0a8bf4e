import type { ChangeStationRequest, FreshKey, NewStationRequest, OwnStation, StreamKey } from '@awaz/infra/contract';
import type { AccountSession } from '../account/index.ts';

/** What an owner asks the API. Everything rejects with `RestProblem`. */
export class StationApi {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** The own stations, the oldest first. */
  async list(): Promise<OwnStation[]> {
    return (await this.#session.call<{ stations: OwnStation[] }>('/me/stations')).stations;
  }

  /** Makes a station. `wishId` makes a request that is sent again harmless. */
  make(body: NewStationRequest, wishId: string): Promise<OwnStation> {
    return this.#session.call('/stations', { method: 'POST', body, idempotencyKey: wishId });
  }

  /** Changes what is given and leaves the rest. */
  change(station: string, body: ChangeStationRequest): Promise<OwnStation> {
    return this.#session.call(`/stations/${station}`, { method: 'PATCH', body });
  }

  /** Removes a station with all that belongs to it. */
  remove(station: string): Promise<void> {
    return this.#session.call(`/stations/${station}`, { method: 'DELETE' });
  }

  /** Stream keys, revoked ones too. */
  async keys(station: string): Promise<StreamKey[]> {
    return (await this.#session.call<{ keys: StreamKey[] }>(`/stations/${station}/keys`)).keys;
  }

  /** Makes a stream key; the key itself is in this answer and nowhere else. */
  makeKey(station: string, label: string, wishId: string): Promise<FreshKey> {
    const body = label === '' ? {} : { label };
    return this.#session.call(`/stations/${station}/keys`, { method: 'POST', body, idempotencyKey: wishId });
  }

  /** Revokes a stream key at once. */
  revokeKey(station: string, keyId: string): Promise<void> {
    return this.#session.call(`/stations/${station}/keys/${keyId}`, { method: 'DELETE' });
  }
}

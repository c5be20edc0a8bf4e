import type {
  ChangeStationRequest,
  ChatReport,
  ChatRestriction,
  FreshKey,
  NewStationRequest,
  OwnStation,
  Page,
  StaffChatSettings,
  StreamKey,
} from '@awaz/infra/contract';
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

  /** What the chat allows, with its word filter. */
  chatSettings(station: string): Promise<StaffChatSettings> {
    return this.#session.call(`/stations/${station}/chat/settings`);
  }

  /** Changes what the chat allows; what is left out stays. */
  changeChatSettings(station: string, body: Partial<StaffChatSettings>): Promise<StaffChatSettings> {
    return this.#session.call(`/stations/${station}/chat/settings`, { method: 'PATCH', body });
  }

  /** Mutes and bans that hold, the newest first. */
  restrictions(station: string, cursor: string | undefined): Promise<Page<ChatRestriction>> {
    return this.#session.call(`/stations/${station}/chat/restrictions${cursorQuery(cursor)}`);
  }

  /** Lifts a mute or a ban. */
  lift(station: string, { target, kind }: Pick<ChatRestriction, 'target' | 'kind'>): Promise<void> {
    return this.#session.call(`/stations/${station}/chat/restrictions/${target}?kind=${kind}`, { method: 'DELETE' });
  }

  /** Reported messages. */
  reports(station: string, cursor: string | undefined): Promise<Page<ChatReport>> {
    return this.#session.call(`/stations/${station}/chat/reports${cursorQuery(cursor)}`);
  }

  /** Lets a reported message be. */
  letBe(station: string, message: string): Promise<void> {
    return this.#session.call(`/stations/${station}/chat/reports/${message}`, { method: 'DELETE' });
  }

  /** Deletes a message. */
  deleteMessage(station: string, message: string): Promise<void> {
    return this.#session.call(`/stations/${station}/chat/${message}`, { method: 'DELETE' });
  }
}

function cursorQuery(cursor: string | undefined): string {
  return cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
}

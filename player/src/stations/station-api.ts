import type {
  AuditEntry,
  ChangeStationRequest,
  ChangeWebhookRequest,
  ChatMessage,
  ChatReport,
  ChatRestriction,
  FreshKey,
  FreshListenToken,
  FreshWebhook,
  ListenToken,
  NamePersonRequest,
  NewListenTokenRequest,
  NewStationRequest,
  NewWebhookRequest,
  OwnArtwork,
  OwnRole,
  OwnStation,
  Page,
  Recording,
  StaffChatSettings,
  StationPerson,
  StreamKey,
  WebhookTry,
  WebhookView,
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

  /** Stations of others on which one is something. */
  async roles(): Promise<OwnRole[]> {
    return (await this.#session.call<{ stations: OwnRole[] }>('/me/roles')).stations;
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

  /** Gives the station another picture; `onSent` is told how much has gone, 0 to 1. */
  setPicture(station: string, picture: Blob, onSent: (share: number) => void): Promise<OwnArtwork> {
    return this.#session.call(`/stations/${station}/artwork`, { method: 'PUT', body: picture, onSent });
  }

  /** Takes the picture away. */
  removePicture(station: string): Promise<void> {
    return this.#session.call(`/stations/${station}/artwork`, { method: 'DELETE' });
  }

  /** Members and moderators. */
  async people(station: string): Promise<StationPerson[]> {
    return (await this.#session.call<{ people: StationPerson[] }>(`/stations/${station}/people`)).people;
  }

  /** Makes somebody a member or a moderator, or changes which of them. */
  namePerson(station: string, body: NamePersonRequest): Promise<StationPerson> {
    return this.#session.call(`/stations/${station}/people`, { method: 'POST', body });
  }

  /** Takes from somebody what they are on the station. */
  dismissPerson(station: string, account: string): Promise<void> {
    return this.#session.call(`/stations/${station}/people/${account}`, { method: 'DELETE' });
  }

  /** The newest messages of the chat. */
  async lastMessages(station: string): Promise<ChatMessage[]> {
    return (await this.#session.call<Page<ChatMessage>>(`/stations/${station}/chat?limit=100`)).items;
  }

  /** Listen tokens of a private station. */
  async listenTokens(station: string): Promise<ListenToken[]> {
    return (await this.#session.call<{ tokens: ListenToken[] }>(`/stations/${station}/listen-tokens`)).tokens;
  }

  /** Makes a listen token; the token itself is in this answer and nowhere else. */
  makeListenToken(station: string, body: NewListenTokenRequest, wishId: string): Promise<FreshListenToken> {
    const path = `/stations/${station}/listen-tokens`;
    return this.#session.call(path, { method: 'POST', body, idempotencyKey: wishId });
  }

  /** Revokes a listen token; who listens by it is cut off. */
  revokeListenToken(station: string, id: string): Promise<void> {
    return this.#session.call(`/stations/${station}/listen-tokens/${id}`, { method: 'DELETE' });
  }

  /** Webhooks, the oldest first. */
  async webhooks(station: string): Promise<WebhookView[]> {
    return (await this.#session.call<{ webhooks: WebhookView[] }>(`/stations/${station}/webhooks`)).webhooks;
  }

  /** Makes a webhook; its secret is in this answer and nowhere else. */
  makeWebhook(station: string, body: NewWebhookRequest, wishId: string): Promise<FreshWebhook> {
    return this.#session.call(`/stations/${station}/webhooks`, { method: 'POST', body, idempotencyKey: wishId });
  }

  /** Changes a webhook, or switches it off or on. */
  changeWebhook(station: string, id: string, body: ChangeWebhookRequest): Promise<WebhookView> {
    return this.#session.call(`/stations/${station}/webhooks/${id}`, { method: 'PATCH', body });
  }

  /** Gives a webhook another secret, which is in this answer and nowhere else; the old one signs too for a day. */
  rotateWebhookSecret(station: string, id: string): Promise<FreshWebhook> {
    return this.#session.call(`/stations/${station}/webhooks/${id}/secret`, { method: 'POST', body: {} });
  }

  /** Removes a webhook with its log. */
  removeWebhook(station: string, id: string): Promise<void> {
    return this.#session.call(`/stations/${station}/webhooks/${id}`, { method: 'DELETE' });
  }

  /** Sends a test message now, and settles with what came of it. */
  testWebhook(station: string, id: string): Promise<WebhookTry> {
    return this.#session.call(`/stations/${station}/webhooks/${id}/test`, { method: 'POST' });
  }

  /** The last tries to send to a webhook, the newest first. */
  async webhookTries(station: string, id: string): Promise<WebhookTry[]> {
    const path = `/stations/${station}/webhooks/${id}/deliveries`;
    return (await this.#session.call<{ deliveries: WebhookTry[] }>(path)).deliveries;
  }

  /** Sends a message of the log once more. */
  sendAgain(station: string, id: string, messageId: string): Promise<void> {
    const path = `/stations/${station}/webhooks/${id}/deliveries/${messageId}/redeliver`;
    return this.#session.call(path, { method: 'POST' });
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

  /** Makes a key in the place of another one, which stays good for ten minutes. */
  rotateKey(station: string, keyId: string, wishId: string): Promise<FreshKey> {
    const path = `/stations/${station}/keys/${keyId}/rotate`;
    return this.#session.call(path, { method: 'POST', body: {}, idempotencyKey: wishId });
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

  /** What was done on the station, the newest first. */
  history(station: string, cursor: string | undefined): Promise<Page<AuditEntry>> {
    return this.#session.call(`/stations/${station}/audit${cursorQuery(cursor)}`);
  }

  /** What was recorded, the newest first. */
  recordings(station: string, cursor: string | undefined): Promise<Page<Recording>> {
    return this.#session.call(`/stations/${station}/recordings${cursorQuery(cursor)}`);
  }

  /** Gives a recording another name. */
  renameRecording(station: string, id: string, title: string): Promise<Recording> {
    return this.#session.call(`/stations/${station}/recordings/${id}`, { method: 'PATCH', body: { title } });
  }

  /** Removes a recording with its sound. */
  removeRecording(station: string, id: string): Promise<void> {
    return this.#session.call(`/stations/${station}/recordings/${id}`, { method: 'DELETE' });
  }

  /** The address of a private station's file with the right to it in it; good for some minutes. */
  async privateAddress(path: string): Promise<string> {
    const url = new URL(path, location.origin);
    url.searchParams.set('token', await this.#session.token());
    return `${url.pathname}${url.search}`;
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

import type { z } from 'zod';
import type {
  auditEntrySchema,
  changeMeSchema,
  changePasswordSchema,
  changeStationSchema,
  changeWebhookSchema,
  chatSettingsSchema,
  freshKeySchema,
  freshListenTokenSchema,
  freshWebhookSchema,
  listenTokenSchema,
  loginSchema,
  namePersonSchema,
  newListenTokenSchema,
  newStationSchema,
  newWebhookSchema,
  oneTimeSchema,
  ownArtworkSchema,
  ownStationSchema,
  problemSchema,
  recordingSchema,
  registerSchema,
  reportSchema,
  restrictionSchema,
  signedInSchema,
  stationListSchema,
  stationPersonSchema,
  stationRoleSchema,
  stationViewSchema,
  streamKeySchema,
  streamSchema,
  userSchema,
  webhookSchema,
  webhookTrySchema,
} from './schemas/rest/index.ts';

/** A station as `GET /api/v1/stations` tells it. */
export type StationView = z.output<typeof stationViewSchema>;

/** Answer of `GET /api/v1/stations`. */
export type StationList = z.output<typeof stationListSchema>;

/** An error as a client reads it (RFC 9457), with our stable code beside it. */
export type Problem = z.output<typeof problemSchema>;

/** A part of a list; `next` is the `cursor` of the part after it, null when there is none. */
export type Page<Item> = { items: Item[]; next: string | null };

/** Body of `POST auth/register`. */
export type RegisterRequest = z.input<typeof registerSchema>;

/** Body of `POST auth/login`. */
export type LoginRequest = z.input<typeof loginSchema>;

/** Body of `POST auth/one-time`. */
export type OneTimeRequest = z.input<typeof oneTimeSchema>;

/** Body of `PATCH me`. */
export type ChangeMeRequest = z.input<typeof changeMeSchema>;

/** Body of `POST me/password`. */
export type ChangePasswordRequest = z.input<typeof changePasswordSchema>;

/** Answer of whatever signs somebody in. */
export type SignedIn = z.output<typeof signedInSchema>;

/** A recording of a broadcast. */
export type Recording = z.output<typeof recordingSchema>;

/** An entry of the audit log. */
export type AuditEntry = z.output<typeof auditEntrySchema>;

/** An account as administrators see it. */
export type AdminUser = z.output<typeof userSchema>;

/** A broadcast on air as administrators see it. */
export type AdminStream = z.output<typeof streamSchema>;

/** What a chat allows, as those see it who look after it. */
export type StaffChatSettings = z.output<typeof chatSettingsSchema>;

/** A mute or a ban that holds. */
export type ChatRestriction = z.output<typeof restrictionSchema>;

/** A message that was reported. */
export type ChatReport = z.output<typeof reportSchema>;

/** Body of `POST stations`. */
export type NewStationRequest = z.input<typeof newStationSchema>;

/** Body of `PATCH stations/{station}`. */
export type ChangeStationRequest = z.input<typeof changeStationSchema>;

/** A station as its owner sees it. */
export type OwnStation = z.output<typeof ownStationSchema>;

/** A stream key as lists show it. */
export type StreamKey = z.output<typeof streamKeySchema>;

/** A stream key that was made just now, with the key itself. */
export type FreshKey = z.output<typeof freshKeySchema>;

/** Answer of `PUT stations/{station}/artwork`. */
export type OwnArtwork = z.output<typeof ownArtworkSchema>;

/** Somebody who is something on a station. */
export type StationPerson = z.output<typeof stationPersonSchema>;

/** A station of somebody else on which one is something. */
export type OwnRole = z.output<typeof stationRoleSchema>;

/** Body of `POST stations/{station}/people`. */
export type NamePersonRequest = z.input<typeof namePersonSchema>;

/** A listen token as lists show it. */
export type ListenToken = z.output<typeof listenTokenSchema>;

/** A listen token that was made just now, with the token itself. */
export type FreshListenToken = z.output<typeof freshListenTokenSchema>;

/** Body of `POST stations/{station}/listen-tokens`. */
export type NewListenTokenRequest = z.input<typeof newListenTokenSchema>;

/** A webhook as lists show it. */
export type WebhookView = z.output<typeof webhookSchema>;

/** A webhook that was made just now, with its secret. */
export type FreshWebhook = z.output<typeof freshWebhookSchema>;

/** Body of `POST stations/{station}/webhooks`. */
export type NewWebhookRequest = z.input<typeof newWebhookSchema>;

/** Body of `PATCH stations/{station}/webhooks/{webhook}`. */
export type ChangeWebhookRequest = z.input<typeof changeWebhookSchema>;

/** One try to send a message to a webhook. */
export type WebhookTry = z.output<typeof webhookTrySchema>;

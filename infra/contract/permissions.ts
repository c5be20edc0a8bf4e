import type { AccountRole, StationRole } from './accounts.ts';

/**
 * Who somebody is when something is decided: towards one station (`owner` owns this very one, `moderator` and `member`
 * were named by its owner), or where no station is concerned (then only guest, account and admin occur; `account` is
 * anybody who is signed in). `stream_key` speaks for the station it belongs to.
 */
export const ACTORS = ['guest', 'account', 'member', 'moderator', 'owner', 'admin', 'stream_key'] as const;

/** See {@link ACTORS}. */
export type Actor = (typeof ACTORS)[number];

const everybody = ['guest', 'account', 'member', 'moderator', 'owner', 'admin'] as const;
const accounts = ['account', 'member', 'moderator', 'owner', 'admin'] as const;
const circle = ['member', 'moderator', 'owner', 'admin'] as const;
const staff = ['moderator', 'owner', 'admin'] as const;
const keepers = ['owner', 'admin'] as const;

/**
 * The one table of who may do what. Everything that asks goes through {@link mayDo}; chat modes, mutes and bans come on
 * top of it.
 */
export const PERMISSIONS = {
  /** List public stations and hear of those that go live. */
  'directory.read': everybody,
  /** Listen to, and follow the events of, a public station. */
  'station.listen': everybody,
  /** The same on a private station; a listen token gives it too. */
  'station.listen_private': circle,
  'station.create': accounts,
  'station.change': keepers,
  'station.remove': keepers,
  /** Make, list and revoke stream keys. */
  'station.keys': keepers,
  /** Name and dismiss members and moderators. */
  'station.people': keepers,
  /** Make and revoke listen tokens of a private station. */
  'station.listen_tokens': keepers,
  'station.webhooks': keepers,
  'station.analytics': keepers,
  /** Publish audio. */
  'broadcast.publish': ['owner', 'stream_key'],
  /** End the running broadcast. */
  'broadcast.stop': keepers,
  /** Say what is playing. */
  'metadata.set': ['moderator', 'owner', 'admin', 'stream_key'],
  /** See uplink, encoder and listeners in figures. */
  'quality.read': staff,
  /** Rename and remove recordings. */
  'recording.change': keepers,
  'chat.read': everybody,
  'chat.send': everybody,
  /** Report a message. */
  'chat.report': everybody,
  /** Delete messages, mute, read reports. */
  'chat.moderate': staff,
  /** Ban, and lift bans. */
  'chat.ban': staff,
  /** Chat mode, slow mode, word filter, links. */
  'chat.settings': staff,
  'interaction.like': everybody,
  /** See every stream, stop it, see users, change roles. */
  'admin.read': ['admin'],
  'admin.act': ['admin'],
  'audit.read': ['admin'],
  /** The part of the audit log that is about one station. */
  'audit.read_station': keepers,
} as const satisfies Record<string, readonly Actor[]>;

/** Something that somebody may or may not do. */
export type Action = keyof typeof PERMISSIONS;

/** Whether this actor may do this. */
export function mayDo(actor: Actor, action: Action): boolean {
  return (PERMISSIONS[action] as readonly Actor[]).includes(actor);
}

/** What is known of somebody who asks: nothing of a guest, and of an account what it is everywhere and on the station. */
export type Standing = {
  account?: { id: string; role: AccountRole } | undefined;
  /** Present when a station is concerned. */
  station?: { ownerId: string | undefined; role: StationRole | undefined } | undefined;
};

/** The strongest actor that somebody is. */
export function actorOf({ account, station }: Standing): Actor {
  if (account === undefined) return 'guest';
  if (account.role === 'admin') return 'admin';
  if (station === undefined) return 'account';
  return station.ownerId === account.id ? 'owner' : (station.role ?? 'account');
}

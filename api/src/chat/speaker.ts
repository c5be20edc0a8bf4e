import { type Actor, type ChatAuthor, chatRoleOf, mayDo } from '@awaz/infra/contract';

/** Somebody in a chat, as the gateways know them. */
export type Speaker = {
  /** Account or guest id. */
  id: string;
  name: string;
  /** What they are towards the station. */
  actor: Actor;
  /** Where they are; kept as a keyed hash only. */
  address: string;
};

/** Turns an address into what is kept of it: the same for the same network and station, and no way back. */
export type AddressKey = (station: string, address: string) => Promise<string>;

/** Whether somebody looks after the chat: slow mode, mutes, bans, links and word filter are not for them. */
export function isStaff({ actor }: Pick<Speaker, 'actor'>): boolean {
  return mayDo(actor, 'chat.moderate');
}

/** A speaker as messages show it. */
export function authorOf({ id, name, actor }: Speaker): ChatAuthor {
  return { id, name: wellFormed(name), role: chatRoleOf(actor) };
}

/** Replaces half surrogates: scripts in Redis cannot read them. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

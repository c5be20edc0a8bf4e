import type { Action } from '@awaz/infra/contract';
import type { StandingSource } from '../auth/index.ts';
import type { Speaker } from '../chat/index.ts';
import type { LiveSocket } from './socket-types.ts';
import { accessFor } from './station-access.ts';

/** What somebody wants to do in the chat of a station. */
export type ChatWish = { station: string; socket: LiveSocket; action: Action };

/** Who somebody is in the chat of a station. Throws like {@link accessFor} when they may not do this. */
export async function speakerTo({ station, socket, action }: ChatWish, standings: StandingSource): Promise<Speaker> {
  const { identity, address } = socket.data;
  const { actor } = await accessFor(action, { ...socket.data, station }, standings);
  return { id: identity.id, name: identity.name, actor, address };
}

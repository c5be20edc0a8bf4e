import { likeSchema } from '@awaz/infra/contract/schemas';
import type { StandingSource } from '../auth/index.ts';
import type { Likes } from '../likes/index.ts';
import { networkOf } from '../limits/index.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';
import { topicRoom } from './socket-types.ts';
import { accessTo } from './station-access.ts';

/** What the calls of likes need. */
export type LikeCallsOptions = { likes: Pick<Likes, 'like'>; standings: StandingSource };

/** Liking what is on. How often is looked at by the likes themselves: a like must not cost a write. */
export function likeCalls({ likes, standings }: LikeCallsOptions): SocketCall[] {
  return [
    defineCall({
      ...{ event: 'interaction:like', namespaces: ['/', '/studio'], schema: likeSchema },
      handler: async ({ station, mediaTime }, socket) => {
        const { identity, address } = socket.data;
        // Who follows the station was looked at when it joined.
        if (!socket.rooms.has(topicRoom(station))) await accessTo(station, socket.data, standings);
        return likes.like(station, { id: identity.id, network: networkOf(address) }, mediaTime);
      },
    }),
  ];
}

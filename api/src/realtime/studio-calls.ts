import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import type { EndReason } from '@awaz/infra/contract';
import { metadataSetSchema, stationCallSchema } from '@awaz/infra/contract/schemas';
import type { RedisHandle } from '@awaz/infra/redis';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import type { StandingSource } from '../auth/index.ts';
import type { ProgrammeService } from '../metadata/index.ts';
import { stopBroadcast } from '../stations/index.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';
import type { LiveSocket } from './socket-types.ts';
import { accessFor } from './station-access.ts';

/** What the calls of owners and administrators need. */
export type StudioCallsOptions = {
  handle: RedisHandle;
  registry: Pick<BroadcastRegistry, 'get'>;
  standings: StandingSource;
  programmes: Pick<ProgrammeService, 'set'>;
  audit: AuditRecorder;
};

/** What is playing, and the end of a broadcast. */
export function studioCalls(options: StudioCallsOptions): SocketCall[] {
  return [
    defineCall({
      ...{ event: 'stream:metadata:set', namespaces: ['/studio'], schema: metadataSetSchema },
      limit: 'stream:metadata:set',
      handler: async ({ station, ...programme }, { data }) => {
        await accessFor('metadata.set', { ...data, station }, options.standings);
        return options.programmes.set(station, programme);
      },
    }),
    defineCall({
      ...{ event: 'stream:stop', namespaces: ['/studio', '/admin'], schema: stationCallSchema, limit: 'stream:stop' },
      handler: ({ station }, socket) => stop(station, socket, options),
    }),
  ];
}

async function stop(
  station: string,
  { data: { caller, address } }: LiveSocket,
  { handle, registry, standings, audit }: StudioCallsOptions,
): Promise<{ broadcastId: string }> {
  const { standing } = await accessFor('broadcast.stop', { station, caller }, standings);
  const isOwner = caller.kind === 'account' && standing.ownerId === caller.account.id;
  const reason: EndReason = isOwner ? 'ended_by_owner' : 'stopped_by_admin';
  const stopped = await stopBroadcast({ handle, registry }, station, reason);
  const action = isOwner ? 'stream:stop' : 'admin.stream_stopped';
  await audit.record({ ...auditedBy(caller, address), action, station, target: stopped.broadcastId });
  return stopped;
}

import { type JoinAnswer, mayDo } from '@awaz/infra/contract';
import { emptyCallSchema, heartbeatSchema, stationCallSchema, streamJoinSchema } from '@awaz/infra/contract/schemas';
import type { EventLog } from '@awaz/infra/events';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import type { StandingSource } from '../auth/index.ts';
import { isFor } from './envelope.ts';
import type { LiveSources } from './live-sources.ts';
import type { LiveView } from './live-view.ts';
import type { Memberships } from './memberships.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';
import type { LiveSocket } from './socket-types.ts';
import { accessTo } from './station-access.ts';

/** What the calls of listeners need. */
export type LiveCallsOptions = {
  memberships: Memberships;
  view: LiveView;
  log: EventLog;
  standings: StandingSource;
  sources: LiveSources;
};

/** Following stations and the directory, and heartbeats. */
export function liveCalls(options: LiveCallsOptions): SocketCall[] {
  const { memberships, view, sources } = options;
  const directory = (socket: LiveSocket, answer: (value: object) => void) =>
    memberships.enter(socket, {
      topic: DIRECTORY_TOPIC,
      read: async (entry) => ({ stations: await view.directory(), position: entry.place }),
      answer,
    });
  const everywhere = ['/', '/studio'] as const;
  return [
    defineCall({
      ...{ event: 'directory:join', namespaces: ['/'], schema: emptyCallSchema, limit: 'directory:join' },
      handler: (_body, socket, answer) => directory(socket, answer).then(() => undefined),
    }),
    defineCall({
      ...{ event: 'admin:watch', namespaces: ['/admin'], schema: emptyCallSchema, limit: 'directory:join' },
      handler: (_body, socket, answer) => directory(socket, answer).then(() => undefined),
    }),
    defineCall({
      ...{ event: 'directory:leave', namespaces: ['/', '/admin'], schema: emptyCallSchema, limit: 'stream:leave' },
      handler: (_body, socket) => {
        memberships.leave(socket, DIRECTORY_TOPIC);
        return {};
      },
    }),
    joinCall(options),
    defineCall({
      ...{ event: 'stream:leave', namespaces: everywhere, schema: stationCallSchema, limit: 'stream:leave' },
      handler: ({ station }, socket) => {
        memberships.leave(socket, station);
        return {};
      },
    }),
    defineCall({
      ...{ event: 'stream:heartbeat', namespaces: ['/'], schema: heartbeatSchema, limit: 'stream:heartbeat' },
      handler: (report, socket) => {
        // exactOptionalPropertyTypes: what was left out is left out here too
        if (memberships.has(socket, report.station)) sources.heartbeat?.(JSON.parse(JSON.stringify(report)));
        return { serverTime: Date.now() };
      },
    }),
  ];
}

function joinCall({ memberships, view, log, standings }: LiveCallsOptions): SocketCall {
  return defineCall({
    ...{ event: 'stream:join', namespaces: ['/', '/studio'], schema: streamJoinSchema, limit: 'stream:join' },
    handler: async ({ station, since, token }, socket, answer) => {
      const { passes, identity, address } = socket.data;
      const shown = token ?? socket.data.listenToken;
      if (shown !== undefined) await passes.show(station, shown);
      const { actor } = await accessTo(station, socket.data, standings);
      const isStaff = mayDo(actor, 'quality.read');
      await memberships.enter(socket, {
        topic: station,
        isStaff,
        read: async (entry): Promise<JoinAnswer> => {
          const missed = since === undefined ? undefined : await entry.missed(log, since);
          const snapshot = await view.snapshot(station, { identity, actor, address }, entry.position);
          const position = entry.place;
          if (missed === undefined) return { snapshot, position };
          const events = missed.events.filter((event) => isFor(isStaff, event));
          return { snapshot, position, ...(missed.reset ? { reset: true } : { missed: events }) };
        },
        answer,
      });
      return undefined;
    },
  });
}

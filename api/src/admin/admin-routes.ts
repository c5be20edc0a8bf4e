import { AlarmBoard } from '@awaz/infra/alarms';
import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError } from '@awaz/infra/contract';
import {
  changeUserSchema,
  pageQuerySchema,
  pageSchema,
  stoppedSchema,
  streamSchema,
  userSchema,
} from '@awaz/infra/contract/schemas';
import { QualityBoard } from '@awaz/infra/quality';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import { z } from 'zod';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { decodeCursor, defineRoute, encodeCursor, type Route } from '../rest/index.ts';
import { type StationStore, stopBroadcast } from '../stations/index.ts';
import { liveStreams } from './streams.ts';
import type { Users } from './users.ts';

/** What the routes need. */
export type AdminRoutesOptions = {
  handle: RedisHandle;
  /** Tells transcoders. */
  bus: Pick<ControlBus, 'publish'>;
  stations: StationStore;
  registry: BroadcastRegistry;
  users: Users;
  audit: AuditRecorder;
};

/** `admin/streams` and `admin/users`. */
export function adminRoutes(options: AdminRoutesOptions): Route[] {
  return [...streamRoutes(options), ...userRoutes(options)];
}

function streamRoutes({ handle, bus, stations, registry, audit }: AdminRoutesOptions): Route[] {
  const board = new QualityBoard(handle);
  const alarms = new AlarmBoard(handle);
  return [
    defineRoute({
      ...{ method: 'GET', path: '/admin/streams', summary: 'Every broadcast on air', tag: 'admin' },
      action: 'admin.read',
      answer: z.object({ streams: z.array(streamSchema) }),
      handler: async () => ({ streams: await liveStreams({ stations, registry, board, alarms }) }),
    }),
    defineRoute({
      ...{ method: 'POST', path: '/admin/streams/:station/stop', summary: 'End a broadcast', tag: 'admin' },
      action: 'admin.act',
      answer: stoppedSchema,
      errors: ['off_air'],
      handler: async ({ station: { slug }, ...call }) => {
        const stopped = await stopBroadcast({ handle, registry }, slug, 'stopped_by_admin');
        await audit.record({
          ...auditedBy(call.caller, call.address),
          action: 'admin.stream_stopped',
          station: slug,
          target: stopped.broadcastId,
        });
        return stopped;
      },
    }),
    defineRoute({
      ...{ method: 'POST', path: '/admin/streams/:station/move', tag: 'admin', action: 'admin.act', status: 202 },
      summary: 'Ask its transcoder to hand a broadcast to another one; with none free it stays',
      answer: stoppedSchema,
      errors: ['off_air'],
      handler: async ({ station: { slug }, ...call }) => {
        const live = await registry.get(slug);
        if (live?.state !== 'live') throw new AwazError('off_air', `Station "${slug}" is off air.`);
        const { broadcastId } = live;
        await bus.publish({ type: 'move_broadcast', station: slug, broadcastId });
        const action = 'admin.stream_moved';
        await audit.record({ ...auditedBy(call.caller, call.address), action, station: slug, target: broadcastId });
        return { broadcastId };
      },
    }),
  ];
}

function userRoutes({ users, audit }: AdminRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'GET', path: '/admin/users', summary: 'Accounts, the newest first', tag: 'admin' },
      action: 'admin.read',
      query: pageQuerySchema,
      answer: pageSchema(userSchema),
      handler: async ({ query: { cursor, limit } }) => {
        const skip = decodeCursor(cursor, z.number().int().min(0)) ?? 0;
        const items = await users.list(skip, limit);
        return { items, next: items.length < limit ? null : encodeCursor(skip + limit) };
      },
    }),
    defineRoute({
      ...{ method: 'PATCH', path: '/admin/users/:account', tag: 'admin', action: 'admin.act' },
      summary: 'Change the role of an account, or whether it may sign in',
      params: z.object({ account: z.string().max(40) }),
      body: changeUserSchema,
      answer: userSchema,
      errors: ['not_found', 'conflict'],
      handler: async ({ params, body, ...call }) => {
        const { before, after } = await users.change(params.account, body);
        await audit.record({
          ...auditedBy(call.caller, call.address),
          action: 'admin.user_changed',
          target: after.id,
          before,
          after,
        });
        return after;
      },
    }),
  ];
}

import { AwazError } from '@awaz/infra/contract';
import { changeStationSchema, newStationSchema, ownStationSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import type { AccountStore } from '../accounts/index.ts';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import type { Caller } from '../auth/index.ts';
import type { ChatServices, Speaker } from '../chat/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { Station } from './station.ts';
import type { StationStore } from './station-store.ts';

/** Most stations of one account. */
export const MAX_OWN_STATIONS = 20;

/** What the routes need. */
export type OwnStationRoutesOptions = {
  stations: StationStore;
  store: Pick<AccountStore, 'makeOwner'>;
  chats: { settings: Pick<ChatServices['settings'], 'change'> };
  audit: AuditRecorder;
};

/** Making, changing and removing stations: `POST stations`, `GET me/stations`, `PATCH|DELETE stations/{station}`. */
export function ownStationRoutes(options: OwnStationRoutesOptions): Route[] {
  return [...makingRoutes(options), ...changingRoutes(options)];
}

function makingRoutes({ stations, store, audit, chats }: OwnStationRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'POST', path: '/stations', tag: 'stations', action: 'station.create' },
      ...{ summary: 'Make a station; whoever makes it owns it', status: 201, idempotent: true },
      body: newStationSchema,
      answer: ownStationSchema,
      errors: ['station_exists', 'limit_reached'],
      handler: async ({ body, caller, address }) => {
        const ownerId = accountIdOf(caller);
        if ((await ownedBy(stations, ownerId)).length >= MAX_OWN_STATIONS) {
          throw new AwazError('limit_reached', `You own ${MAX_OWN_STATIONS} stations, the most there may be.`);
        }
        const { public: isPublic = true, chat, ...wish } = body;
        const station = await stations.add({ ...wish, public: isPublic, ownerId });
        await store.makeOwner(ownerId);
        if (chat !== undefined) await chats.settings.change(station.slug, chat, ownerOf(caller, address));
        const after = ownView(station);
        await audit.record({ ...auditedBy(caller, address), action: 'station.made', station: station.slug, after });
        return after;
      },
    }),
    defineRoute({
      ...{ method: 'GET', path: '/me/stations', tag: 'stations', access: 'account', summary: 'The own stations' },
      answer: z.object({ stations: z.array(ownStationSchema) }),
      handler: async ({ caller }) => ({ stations: (await ownedBy(stations, accountIdOf(caller))).map(ownView) }),
    }),
  ];
}

function changingRoutes({ stations, audit }: OwnStationRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'PATCH', path: '/stations/:station', tag: 'stations', action: 'station.change' },
      summary: 'Change a station; with `If-Match: VERSION` only if it has not been changed since',
      body: changeStationSchema,
      answer: ownStationSchema,
      errors: ['conflict'],
      handler: async ({ station: { slug }, body, caller, address, context }) => {
        const version = wantedVersion(context.get('If-Match'));
        const before = await stations.get(slug);
        const after = ownView(await stations.change(slug, body, version));
        const was = before && ownView(before);
        await audit.record({
          ...auditedBy(caller, address),
          action: 'station.changed',
          station: slug,
          before: was,
          after,
        });
        return after;
      },
    }),
    defineRoute({
      ...{ method: 'DELETE', path: '/stations/:station', tag: 'stations', action: 'station.remove' },
      summary: 'Remove a station with its keys, and end its broadcast',
      handler: async ({ station: { slug }, caller, address }) => {
        await stations.remove(slug);
        await audit.record({ ...auditedBy(caller, address), action: 'station.removed', station: slug });
      },
    }),
  ];
}

function ownView({ slug, title, createdAt, tags, version, ...station }: Station) {
  const { profile = null, description = '', language = null, ladder = null, artwork = null } = station;
  return {
    ...{ slug, title, public: station.public, profile, description, language, tags, ladder, artwork },
    ...{ limiter: station.limiter, lateAudio: station.lateAudio },
    ...{ version, createdAt },
  };
}

/** Somebody who has just made a station, as its chat knows them. */
function ownerOf(caller: Caller, address: string): Speaker {
  if (caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  const { id, name } = caller.account;
  return { id, name, actor: 'owner', address };
}

/** The version that `If-Match` (RFC 9110 13.1.1) names. Throws `bad_request`. */
function wantedVersion(ifMatch: string): number | undefined {
  if (ifMatch === '' || ifMatch === '*') return undefined;
  const [, version] = /^"?(\d{1,15})"?$/.exec(ifMatch) ?? [];
  if (version !== undefined) return Number(version);
  throw new AwazError('bad_request', 'header If-Match: is no version of a station. Give its `version`, like "3".');
}

async function ownedBy(stations: StationStore, accountId: string): Promise<Station[]> {
  return (await stations.list()).filter(({ ownerId }) => ownerId === accountId);
}

function accountIdOf(caller: Caller): string {
  if (caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  return caller.account.id;
}

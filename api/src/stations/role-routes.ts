import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError } from '@awaz/infra/contract';
import { stationRoleSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { defineRoute, type Route } from '../rest/index.ts';
import type { StationPeople } from './station-people.ts';
import type { StationReader } from './station-routes.ts';

/** What the routes need. */
export type RoleRoutesOptions = {
  stations: Pick<StationReader, 'list'>;
  stationPeople: Pick<StationPeople, 'rolesOf'>;
  registry: Pick<BroadcastRegistry, 'get'>;
};

/** `GET me/roles`. */
export function roleRoutes({ stations, stationPeople, registry }: RoleRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'GET', path: '/me/roles', tag: 'stations', access: 'account' },
      summary: 'Stations of others on which one is a member or a moderator',
      answer: z.object({ stations: z.array(stationRoleSchema) }),
      handler: async ({ caller }) => {
        if (caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
        const { id } = caller.account;
        const others = (await stations.list()).filter(({ ownerId }) => ownerId !== id);
        const slugs = others.map(({ slug }) => slug);
        const roles = await stationPeople.rolesOf(id, slugs);
        const views = others.map(async ({ slug, title, public: isPublic, artwork = null }) => {
          const role = roles.get(slug);
          if (role === undefined) return [];
          const live = (await registry.get(slug))?.state === 'live';
          return [{ slug, title, public: isPublic, artwork, live, role }];
        });
        return { stations: (await Promise.all(views)).flat() };
      },
    }),
  ];
}

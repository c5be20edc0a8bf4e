import { AwazError } from '@awaz/infra/contract';
import { namePersonSchema, stationPersonSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import type { AccountStore } from '../accounts/index.ts';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { StationPeople } from './station-people.ts';

/** What the routes need. */
export type PeopleRoutesOptions = {
  stationPeople: StationPeople;
  store: Pick<AccountStore, 'get' | 'byEmail'>;
  audit: AuditRecorder;
};

/** `GET|POST stations/{station}/people` and `DELETE stations/{station}/people/{account}`. */
export function peopleRoutes({ stationPeople: people, store, audit }: PeopleRoutesOptions): Route[] {
  const common = { tag: 'stations', action: 'station.people' } as const;
  const nameOf = async (id: string) => (await store.get(id))?.name ?? '';
  return [
    defineRoute({
      ...{ ...common, method: 'GET', path: '/stations/:station/people', summary: 'Members and moderators' },
      answer: z.object({ people: z.array(stationPersonSchema) }),
      handler: async ({ station: { slug } }) => {
        const roles = [...(await people.list(slug))];
        return { people: await Promise.all(roles.map(async ([id, role]) => ({ id, name: await nameOf(id), role }))) };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/stations/:station/people' },
      summary: 'Name a member or a moderator, or change which of them somebody is',
      body: namePersonSchema,
      answer: stationPersonSchema,
      errors: ['not_found', 'limit_reached'],
      handler: async ({ station: { slug }, body: { account: id, email = '', role }, caller, address }) => {
        const account = id === undefined ? await store.byEmail(email) : await store.get(id);
        if (account === undefined) throw new AwazError('not_found', 'There is no such account. Ask them to register.');
        await people.name(slug, account.id, role);
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'person.named', station: slug, target: account.id, after: { role } });
        return { id: account.id, name: account.name, role };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', path: '/stations/:station/people/:account' },
      summary: 'Dismiss a member or a moderator',
      params: z.object({ account: z.string().max(40) }),
      errors: ['not_found'],
      handler: async ({ station: { slug }, params: { account: target }, caller, address }) => {
        await people.dismiss(slug, target);
        await audit.record({ ...auditedBy(caller, address), action: 'person.dismissed', station: slug, target });
      },
    }),
  ];
}
